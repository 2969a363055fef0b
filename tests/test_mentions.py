import unicodedata

import pytest

from wiki.mentions import Effort, first_mention, names_to_look_for
from wiki.rendering import render


def linked(body: str, title: str = "Redis", *others: str) -> str | None:
    found = first_mention(body, names_to_look_for(title, others), title)
    return found and found.body


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ("Redis", "[[Redis]]"),
        ("캐시는 Redis를 쓴다", "캐시는 [[Redis]]를 쓴다"),
        ("캐시는 redis에서 온다.", "캐시는 [[Redis|redis]]에서 온다."),
        ("Redis, 그리고 Redis", "[[Redis]], 그리고 Redis"),
        ("(Redis)", "([[Redis]])"),
        ("**Redis**는 👩‍💻", "**[[Redis]]**는 👩‍💻"),
        ("# Redis\n\nRedis", "# Redis\n\n[[Redis]]"),
        ("`Redis` Redis", "`Redis` [[Redis]]"),
        ("```\nRedis\n```\n\nRedis", "```\nRedis\n```\n\n[[Redis]]"),
        ("    Redis\n\nRedis", "    Redis\n\n[[Redis]]"),
        ("[Redis 안내](https://x.kr) Redis", "[Redis 안내](https://x.kr) [[Redis]]"),
        ("[[Redis 안내]]와 Redis", "[[Redis 안내]]와 [[Redis]]"),
        ("https://redis.io/Redis 와 Redis", "https://redis.io/Redis 와 [[Redis]]"),
        ("> - Redis", "> - [[Redis]]"),
        ("| 가 |\n|---|\n| redis |", "| 가 |\n|---|\n| [[Redis\\|redis]] |"),
    ],
)
def test_the_first_mention_becomes_a_link(body, expected):
    assert linked(body) == expected


@pytest.mark.parametrize(
    "body",
    [
        "",
        "캐시",
        "Redis서버",
        "Rediss",
        "myRedis",
        "redis.conf",
        "redis-cli",
        "/etc/redis",
        "@redis #Redis",
        "`Redis`",
        "## Redis",
        "[Redis](https://redis.io)",
        "[[Redis 안내]]",
        "![Redis](redis.png)",
        "<!-- Redis -->",
        "<span title='Redis'>x</span>",
    ],
)
def test_what_is_no_mention(body):
    assert linked(body) is None


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ("배포를 한다", "[[배포]]를 한다"),
        ("배포", "[[배포]]"),
        ("재배포", None),
        ("배포판", None),
        ("무중단 배포", "무중단 [[배포]]"),
    ],
)
def test_korean_names_end_before_a_particle(body, expected):
    assert linked(body, "배포") == expected


def test_other_titles_are_looked_for_and_the_longest_comes_first():
    assert linked("레디스를", "Redis", "레디스") == "[[Redis|레디스]]를"
    assert linked("Redis Cluster", "Redis", "Redis Cluster") == (
        "[[Redis|Redis Cluster]]"
    )


def test_a_decomposed_text_keeps_its_letters():
    body = unicodedata.normalize("NFD", "레디스를 쓴다")
    name = unicodedata.normalize("NFD", "레디스")

    assert linked(body, "레디스") == body.replace(name, f"[[{name}]]", 1)


@pytest.mark.parametrize("title", ["C", "가", "🚀", "C+", "--"])
def test_names_of_fewer_than_two_letters_are_not_looked_for(title):
    assert names_to_look_for(title, ["", "R"]) == ()


@pytest.mark.parametrize("title", ["C++11", "Node.js", ".NET", "CI/CD", "배포 (2)"])
def test_names_with_signs(title):
    assert linked(f"앞 {title} 뒤", title) == f"앞 [[{title}]] 뒤"


def test_titles_that_no_link_can_have_are_not_offered():
    assert linked("가|나 글", "가|나") is None


def test_the_sentence_stands_around_the_mention():
    found = first_mention("앞의 *말* Redis를 쓴다.\n\n끝", ("Redis",), "Redis")

    assert (found.before, found.written, found.after) == (
        "앞의 말 ",
        "Redis",
        "를 쓴다.",
    )


def test_the_link_is_one_for_the_renderer_too():
    found = first_mention("우리는 Redis를 쓴다", ("Redis",), "Redis")

    assert [link.target for link in render(found.body).links] == ["Redis"]


def test_code_before_a_mention_does_not_hide_it():
    code = "`Redis` " * 30 + "``Redis ` Redis``\n"

    assert linked(f"{code}그리고 Redis는") == f"{code}그리고 [[Redis]]는"
    assert linked(f"```\n{code}\n```\n\n그리고 Redis는")
    assert linked("Redis는 `Redis`") == "[[Redis]]는 `Redis`"


def test_no_more_is_parsed_than_effort_is_left():
    body = "\n\n".join(["[Redis `Redis` Redis](x) \\`Redis"] * 2000)
    effort = Effort(100_000)

    assert first_mention(body, ("Redis",), "Redis", effort) is None
    assert -len(body) - 100 < effort.chars <= 0
    assert first_mention("Redis를", ("Redis",), "Redis", effort) is None


def test_a_text_full_of_what_only_looks_like_it_is_given_up():
    assert linked("`Redis` " * 5000) is None
