"""What someone has typed so far, held against names."""

import re
import sqlite3

import pytest

from wiki.search import typed as typed_names
from wiki.search.typed import MAX_TYPED_WORDS, read_typed
from wiki.slugs import title_key

# Steps of typing 배포 절차 on a Korean keyboard, as the field shows them.
STEPS = (
    "ㅂ",
    "배",
    "뱊",
    "배포",
    "배포ㅈ",
    "배포저",
    "배포절",
    "배포절ㅊ",
    "배포절차",
    "배포 ㅈ",
    "배포 절차",
)


def fits(typed: str, name: str) -> bool:
    """By regular expression, and by GLOB, which have to agree."""
    asked = read_typed(typed)
    key = title_key(name)
    found = []
    for word in asked.words:
        text = key.replace(" ", "") if word.may_be_spaced else key
        by_regex = any(re.search(form.as_regex(), text) for form in word.forms)
        by_glob = any(globs(text, form.as_glob()) for form in word.forms)
        assert by_regex == by_glob
        found.append(by_regex)
    return all(found)


def globs(text: str, pattern: str) -> bool:
    with sqlite3.connect(":memory:") as database:
        return bool(database.execute("SELECT ? GLOB ?", (text, pattern)).fetchone()[0])


@pytest.mark.parametrize("step", STEPS)
def test_every_step_of_typing_a_name_finds_it(step):
    assert fits(step, "배포 절차")


@pytest.mark.parametrize(
    "typed, name",
    [
        ("ㅂㅍ", "무중단 배포"),
        ("ㅂㅍㅈㅊ", "배포 절차"),
        ("ㅄㄷ", "분산 대기열"),
        ("ㅋㅋ", "ㅋㅋ 웃음"),
        ("ㄱ리드", "그리드"),
        ("갑", "값"),
        ("값", "갑사 여행"),
        ("고", "과학"),
        ("돼", "돼지"),
        ("rd perf", "Performance of RDB"),
        ("perf red", "Redis performance"),
        ("C++", "C++ 문법"),
        ("[x]*?", "a[x]*?b"),
        ("절차 배포", "배포 절차"),
        ("🚀", "로켓 🚀"),
        ("ㅎ🚀", "한🚀"),
        ("é", "É clair"),
    ],
)
def test_a_name_is_found_by(typed, name):
    assert fits(typed, name)


@pytest.mark.parametrize(
    "typed, name",
    [
        ("ㅂㅍ", "포배"),
        ("배", "바위"),
        ("배포ㅈ", "배포 취소"),
        ("배 포", "바포"),
        ("뱊슈", "배포슈"),
        ("과", "고기"),
        ("이", "의자"),
        ("ㄱ", "까치"),
        ("test ing", "test"),
        ("testing", "test ing"),
        ("*", "아무 글"),
        ("[a-z]", "b"),
    ],
)
def test_a_name_is_not_found_by(typed, name):
    assert not fits(typed, name)


@pytest.mark.parametrize(
    "form, text, is_there",
    [
        ("start", "배포", True),
        ("start", "무중단 배포", False),
        ("word", "무중단 배포", True),
        ("word", "무중단배포", False),
    ],
)
def test_a_pattern_can_ask_for_a_beginning(form, text, is_there):
    pattern = read_typed("배포").words[0].forms[0]

    assert bool(re.search(pattern.as_regex(at=form), text)) == is_there
    assert globs(text, pattern.as_glob(at=form)) == is_there


@pytest.mark.parametrize(
    "typed, at, like",
    [
        ("c_%\\", "", "%c\\_\\%\\\\%"),
        ("redis", "start", "redis%"),
        ("redis", "word", None),
        ("ㅂ", "", None),
    ],
)
def test_plain_letters_can_be_looked_for_plainly(typed, at, like):
    assert read_typed(typed).words[0].forms[0].as_like(at=at) == like


@pytest.mark.parametrize(
    "typed, name, is_short_for",
    [
        ("rd perf", "performance of redis", True),
        ("k8s", "k8s-cluster", True),
        ("rd", "hard", False),
        ("rd", "r d", False),
        ("a" * 90, "a" * 89, False),
    ],
)
def test_short_forms_of_words(typed, name, is_short_for):
    asked = read_typed(typed)

    assert asked.may_be_short
    assert asked.is_short_for(name) == is_short_for


class Letters(str):
    """A name that counts how often a letter of it is looked at."""

    def __iter__(self):
        for letter in super().__iter__():
            looked_at.append(letter)
            yield letter


looked_at = []


@pytest.mark.parametrize("typed", ["a" * 12 + "b", "a" * 300 + "b", "ab" * 100 + "c"])
def test_a_name_is_read_once_for_each_word(typed, monkeypatch):
    name = "a" * 40_000
    asked = read_typed(" ".join([typed] * MAX_TYPED_WORDS))
    words = typed_names._LATIN_WORD

    class Finder:
        def findall(self, key):
            return list(map(Letters, words.findall(key)))

    monkeypatch.setattr(typed_names, "_LATIN_WORD", Finder())
    looked_at.clear()

    assert not asked.is_short_for(name)
    assert len(looked_at) <= len(name) * MAX_TYPED_WORDS


@pytest.mark.parametrize("typed", ["r", "배포", "c++", "rd ㅂ"])
def test_what_is_no_short_form(typed):
    assert not read_typed(typed).may_be_short


@pytest.mark.parametrize("typed", ["", "  ", "\x00", "\u200b", "a " * 50])
def test_nothing_and_too_much_are_no_name(typed):
    assert read_typed(typed) is None


def test_as_many_words_as_are_read_are_read():
    assert len(read_typed("a " * MAX_TYPED_WORDS).words) == MAX_TYPED_WORDS
