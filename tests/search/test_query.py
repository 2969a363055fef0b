import unicodedata
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wiki.search.query import MAX_QUERY_CHARS, MAX_WORDS, Query, parse_query


def parts(text):
    """What was understood, without what is empty."""
    query = vars(parse_query(text))
    return {k: v for k, v in query.items() if v and k not in ("text", "hashed")}


def test_words_and_tags_are_told_apart():
    query = parse_query("  gRPC  #CI_CD   스트리밍 ")

    assert query.words == ("gRPC", "스트리밍")
    assert query.tags == ("ci-cd",)
    assert query.text == "gRPC #CI_CD 스트리밍"
    assert not query.was_cut


@pytest.mark.parametrize(
    ("text", "understood"),
    [
        ('"양방향  스트림" gRPC', {"phrases": ("양방향 스트림",), "words": ("gRPC",)}),
        ("“양방향 스트림”", {"phrases": ("양방향 스트림",)}),
        ("배포 -초안", {"words": ("배포",), "excluded": ("초안",)}),
        ('-"배포 초안"', {"excluded": ("배포 초안",)}),
        ("tag:CI_CD", {"tags": ("ci-cd",)}),
        ('tag:"블루 그린" #배포', {"tags": ("블루-그린", "배포")}),
        ("-#초안 -tag:버림", {"excluded_tags": ("초안", "버림")}),
        ("title:gRPC", {"titles": ("gRPC",)}),
        ('TITLE:"gRPC 소개"', {"titles": ("gRPC 소개",)}),
        ('by:지현 by:"김 민수"', {"by": ("지현", "김 민수")}),
        ("after:2024", {"after": date(2024, 1, 1)}),
        ("before:2024-3", {"before": date(2024, 3, 1)}),
        ("after:2024-02-29", {"after": date(2024, 2, 29)}),
        ("after:2023 after:2024", {"after": date(2024, 1, 1)}),
        ("before:2023 before:2024", {"before": date(2023, 1, 1)}),
    ],
)
def test_language(text, understood):
    assert parts(text) == understood


@pytest.mark.parametrize(
    "text",
    [
        *("#", "##", '"', '""', "*", "a AND", "-", "--", "--force", "title:", "%_\\"),
        *("tag:", "by:", "before:", "after:soon", "after:2024-13", "after:2023-02-29"),
        *("site:x", "intitle:x", '"배포', 'a"b', "after:٢٠٢٤", "x:y", "<b>"),
        "before:0000",
    ],
)
def test_anything_else_is_plain_text(text):
    query = parse_query(text)

    assert query.words == tuple(text.split())
    assert parts(text).keys() == {"words"}


def test_excluded_operator_that_there_is_not_is_a_word():
    assert parse_query("-title:x -by:y").words == ("-title:x", "-by:y")


def test_decomposed_input_is_composed():
    text = '배포 #배포 title:배포 -배포 "배포 중"'

    assert parse_query(unicodedata.normalize("NFD", text)) == parse_query(text)


@pytest.mark.parametrize("text", ["", "   ", "\n\t", "\u200b", "\u200b \ufeff"])
def test_nothing_visible_is_no_query(text):
    assert parse_query(text).is_empty


@pytest.mark.parametrize("text", ["a", "-a", "#a", "by:a", "after:2024", "title:a"])
def test_anything_asked_for_is_a_query(text):
    assert not parse_query(text).is_empty


def test_same_word_counts_once():
    assert parse_query("a b a a").words == ("a", "b")


def test_too_long_query_is_cut_and_says_so():
    query = parse_query("x" * 9000)

    assert query.words == ("x" * MAX_QUERY_CHARS,)
    assert query.was_cut


def test_too_many_words_are_cut():
    query = parse_query(" ".join(f"w{n}" for n in range(30)))

    assert len(query.words) == MAX_WORDS
    assert query.was_cut


def test_tag_that_is_none_becomes_a_word():
    query = parse_query("x #1 #grpc").plain({"1"})

    assert query.words == ("x", "#1")
    assert query.tags == ("grpc",)


def test_tag_asked_for_by_name_stays_a_tag():
    assert parse_query("tag:1").plain({"1"}).tags == ("1",)


@given(st.text(max_size=400) | st.text('"-#:tagbytile after2024 ', max_size=60))
def test_no_input_is_an_error(text):
    query = parse_query(text)

    assert isinstance(query, Query)
    assert parse_query(query.text).text == query.text
