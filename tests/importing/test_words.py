"""Words found in Korean and Latin text."""

import time

import pytest

from wiki.importing.words import WordFinder


@pytest.fixture(scope="module")
def finder():
    finder = WordFinder()
    for word in (
        "redis",
        "자바",
        "자바스크립트",
        "c++",
        "c#",
        "ci-cd",
        "오픈 소스",
        ".net",
    ):
        finder.add(word, word)
    finder.add("C", "c", is_exact=True)
    finder.add("Go", "go", is_exact=True)
    finder.add("deployment", "deployment")
    finder.add("let's go", "")
    finder.close()
    return finder


@pytest.mark.parametrize(
    "text, names",
    [
        ("Redis에서 지연이 발생, REDIS를", ["redis", "redis"]),
        ("redis2 myredis _redis", []),
        ("자바스크립트와 자바", ["자바스크립트", "자바"]),
        ("대자바", []),
        ("C++ C# C c", ["c++", "c#", "c"]),
        ("CI/CD cicd ci cd CI-CD", ["ci-cd"] * 4),
        ("오픈소스 오픈 소스", ["오픈 소스"] * 2),
        ("deployments deploymentss", ["deployment"]),
        (".NET example.net", [".net"]),
        ("Go go, let's Go", ["go"]),
        ("자바", ["자바"]),
        ("İstanbul Redis", ["redis"]),
        ("", []),
    ],
)
def test_words(finder, text, names):
    assert [name for name, _ in finder.find(text)] == names


def test_positions_are_those_of_the_text(finder):
    text = "요즘 Redis를 쓴다. 자바도."

    assert [text[at:][:2] for _, at in finder.find(text)] == ["Re", "자바"]


def test_time_grows_with_the_text_and_not_with_its_tricks(finder):
    started = time.process_time()
    for text in ("c" * 500_000, "c+" * 250_000, "자" * 500_000, "ci-" * 150_000):
        list(finder.find(text))

    assert time.process_time() - started < 5


def test_an_empty_finder_finds_nothing():
    finder = WordFinder()
    finder.close()

    assert list(finder.find("Redis 자바")) == []
