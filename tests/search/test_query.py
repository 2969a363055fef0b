import unicodedata

import pytest

from wiki.search.query import MAX_QUERY_CHARS, MAX_WORDS, parse_query


def test_words_and_tags_are_told_apart():
    query = parse_query("  gRPC  #CI_CD   스트리밍 ")

    assert query.words == ("gRPC", "스트리밍")
    assert query.tags == ("ci-cd",)
    assert query.text == "gRPC #CI_CD 스트리밍"
    assert not query.was_cut


def test_decomposed_input_is_composed():
    decomposed = unicodedata.normalize("NFD", "배포 #배포")

    assert parse_query(decomposed) == parse_query("배포 #배포")


@pytest.mark.parametrize("text", ["", "   ", "\n\t", "\u200b", "\u200b \ufeff"])
def test_nothing_visible_is_no_query(text):
    assert parse_query(text).is_empty


@pytest.mark.parametrize("text", ["#", "##", '"', "*", "a AND", "-", "title:", "%_\\"])
def test_signs_are_words(text):
    query = parse_query(text)

    assert query.words == tuple(text.split())
    assert query.tags == ()


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
