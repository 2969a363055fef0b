from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wiki.search.query import parse_query
from wiki.search.wording import Part, parts_of, with_words, without

EVERYTHING = (
    'gRPC "양방향 스트림" title:"배포 절차" #통신 tag:ci by:"김 지현" '
    '-"옛 글" -#버림 after:2024-03-01 before:2025-01-01'
)


def test_a_query_is_typed_again_as_it_was_understood():
    query = parse_query(EVERYTHING)

    again = parse_query(" ".join(part.text for part in parts_of(query)))

    assert replace(again, text="") == replace(query, text="")


@pytest.mark.parametrize(
    ("text", "part", "rest"),
    [
        ("배포 절차", Part("words", "배포"), "절차"),
        ('배포 "무중단 배포"', Part("phrases", '"무중단 배포"'), "배포"),
        ("배포 #ci", Part("tags", "#ci"), "배포"),
        ("배포 -초안", Part("excluded", "-초안"), "배포"),
        ("배포 after:2024", Part("after", "after:2024-01-01"), "배포"),
        ("배포", Part("words", "배포"), ""),
    ],
)
def test_a_part_is_dropped(text, part, rest):
    query = parse_query(text)

    assert part in parts_of(query)
    assert without(query, part) == rest


def test_words_are_replaced_and_the_rest_stays():
    query = parse_query('qovh "qovh" title:qovh 서버')

    assert with_words(query, {"qovh": "배포"}) == '배포 서버 "qovh" title:qovh'


@given(st.text(max_size=80) | st.text('"-#:tagbytile after2024 ', max_size=60))
def test_any_query_is_worded(text):
    query = parse_query(text)

    for part in parts_of(query):
        assert isinstance(without(query, part), str)
    assert with_words(query, {}).split() or query.is_empty
