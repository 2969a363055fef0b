import re
import unicodedata

import pytest

from wiki.search.spellings import any_of, has_case_beyond_ascii, spellings


@pytest.mark.parametrize(
    ("word", "text"),
    [
        ("gRPC", "use GRPC here"),
        ("스트리밍", "양방향 스트리밍으로"),
        ("스트리밍", unicodedata.normalize("NFD", "양방향 스트리밍으로")),
        (unicodedata.normalize("NFD", "스트리밍"), "스트리밍"),
        ("école", "L'ÉCOLE"),
        ("ÉcoLe", "école"),
        ("école", unicodedata.normalize("NFD", "ÉcOlE")),
        ("ΣΊΣΥΦΟΣ", "σίσυφοσ"),
        ("привет", "ПРИВЕТ"),
        ("100%", "is 100% sure"),
        ("a.b*c", "x a.b*c y"),
        ("[x]", "- [x] done"),
        ("\\d", "the class \\d"),
        ("👩‍💻", "by 👩‍💻 and me"),
    ],
)
def test_word_is_found_however_it_is_spelled(word, text):
    assert re.search(spellings(word), text)


@pytest.mark.parametrize(
    ("word", "text"),
    [("a.c", "abc"), ("c++", "ccc"), ("배포", "배 포"), ("%", "x"), ("_", "x")],
)
def test_signs_stand_for_themselves(word, text):
    assert not re.search(spellings(word), text)


def test_longest_word_is_found_where_several_begin():
    assert any_of(["배", "배포 절차", "배포"]).search("배포 절차")[0] == "배포 절차"


def test_no_words_find_nothing():
    assert not any_of([]).search("anything")


@pytest.mark.parametrize(
    ("word", "expected"),
    [("gRPC", False), ("스트리밍", False), ("école", True), ("привет", True)],
)
def test_case_beyond_ascii(word, expected):
    assert has_case_beyond_ascii(word) is expected
