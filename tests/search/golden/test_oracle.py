"""The judgments hold what is promised: a plain look at every text agrees with them."""

import pytest

from tests.search.golden.oracle import Note, Oracle, fold, stands
from tests.search.golden.reading import notes, oracle, queries


def test_there_are_enough_notes_and_queries():
    titles = [note.title for note in notes()]
    asked = [query.ask for query in queries()]

    assert len(set(titles)) == len(titles) >= 80
    assert len(set(asked)) == len(asked) >= 120
    assert sum(bool(query.first) for query in queries()) >= 60


def test_judgments_name_notes_that_there_are():
    titles = {note.title for note in notes()}

    for query in queries():
        assert query.finds | query.may | ({query.first} - {""}) <= titles, query
        assert not query.finds & query.may, query
        assert not query.first or query.first in query.finds | query.may, query


def test_looking_at_every_text_agrees_with_the_judgments():
    found = {query: oracle().found(query.ask) for query in queries()}

    assert [q.ask for q in found if not q.finds <= found[q] <= q.finds | q.may] == []


@pytest.mark.parametrize(
    ("words", "text"),
    [
        ("배포", "무중단배포를"),
        ("name", "user_name"),
        ("name", "userName"),
        ("blue-green", "Blue/Green으로"),
        ("c++", "C++17"),
        ("ｇrpc", "gRPC"),
    ],
)
def test_oracle_finds(words, text):
    assert stands(words, text)


@pytest.mark.parametrize(
    ("words", "text"),
    [("name", "rename"), (".net", "network"), ("c#", "c"), ("배포", "배 포")],
)
def test_oracle_does_not_find(words, text):
    assert not stands(words, text)


def test_oracle_leaves_consonants_what_they_are():
    assert fold("ㅂㅍ") == "ㅂㅍ"
    assert Oracle((Note("배포"), Note("분"))).found("ㅂㅍ") == {"배포"}
