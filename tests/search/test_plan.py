import pytest
from hypothesis import given
from hypothesis import strategies as st

from wiki.search.plan import (
    MAX_PHRASE_TOKENS,
    Phrase,
    is_initials,
    make_plan,
    match_string,
    names_in,
    phrase_of,
    stem_of,
    tsquery,
)
from wiki.search.query import parse_query
from wiki.search.tokens import INITIAL


def plan(text, **synonyms):
    return make_plan(parse_query(text), synonyms)


def ways(text, **synonyms):
    """The ways of the only term, as a person reads them."""
    (term,) = plan(text, **synonyms).terms
    return [written(way) for way in term.ways]


def loose_ways(text):
    (term,) = plan(text).terms
    return [written(way) for way in term.loose]


def written(way):
    return " & ".join(" ".join(p.tokens) + "*" * p.is_prefix for p in way)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("배포", ["배포"]),
        ("쿠버네티스", ["쿠버 버네 네티 티스"]),
        ("큐", ["큐*"]),
        ("gRPC", ["grpc*"]),
        ("c", ["c"]),
        ("c++", ["c++"]),
        ("C#", ["c#"]),
        (".NET", ["net"]),
        ("k8s로", ["k8s 로*", "k8s*"]),
        ("Blue/Green", ["blue green*"]),
        ("배포는", ["배포 포는", "배포"]),
        ("배포에서는!", ["배포 포에 에서 서는", "배포"]),
        ("회의", ["회의"]),
        ("👍", ["👍"]),
        ('"java"', ["java"]),
        ('"배포 전략"', ["배포 포 전략"]),
        ('"배포 전"', ["배포 포 전*"]),
        ("ㅋㅋㅋ", ["ㅋㅋ ㅋㅋ", f"{INITIAL}ㅋㅋㅋ*"]),
        ("ㅂㅍ", ["ㅂㅍ", f"{INITIAL}ㅂㅍ*"]),
        ("ㄱ", ["ㄱ*"]),
        ("ㄳ", ["ㄳ*", f"{INITIAL}ㄱㅅ*"]),
    ],
)
def test_ways_to_find_a_word(text, found):
    assert ways(text) == found


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("전문검색", ["전문 & 검색"]),
        ("검색엔진", ["검색 & 엔진"]),
        ("전문검색을", ["전문 & 검색 색을", "전문 문검 & 색을", "전문 & 검색"]),
        ("데이터", []),
        ("가나다라마바사아자", []),
        ("HashMap", ["hash map"]),
        ("k8s", []),
        ('"전문검색"', []),
        ("전문-검색", []),
    ],
)
def test_long_words_are_looked_for_in_parts_too(text, found):
    assert loose_ways(text) == found


def test_names_of_a_tag_are_synonyms():
    names = ("Python", "파이썬")

    assert names_in(parse_query("파이썬으로 x")) == {"파이썬으로", "파이썬", "x"}
    assert ways("파이썬으로", 파이썬=names) == [
        *("파이 이썬 썬으 으로", "파이 이썬", "python")
    ]
    assert plan("파이썬", 파이썬=names).marks == ("파이썬", "Python")


@pytest.mark.parametrize(
    ("word", "stem"),
    [
        ("쿠버네티스에서는", "쿠버네티스"),
        ("서버의", "서버"),
        ("gRPC는", "grpc"),
        ("인덱스들", "인덱스"),
        ("아들", ""),
        ("a는", ""),
        ("나는", ""),
        ("배포", ""),
        ("은", ""),
        ("", ""),
        ("CI/CD-배포를,", "ci/cd-배포"),
    ],
)
def test_stem(word, stem):
    assert stem_of(word) == stem


def test_consonants_alone():
    assert is_initials("ㅂㅍ")
    assert not is_initials("ㅂ포")
    assert not is_initials("ㅏ")


def test_words_without_letters_do_not_count():
    assert [written(t.ways[0]) for t in plan("배포 -> ! grpc").terms] == [
        "배포",
        "grpc*",
    ]
    assert plan("-> !").is_hopeless
    assert not plan("by:지현").is_hopeless
    assert plan('-! "..."').excluded == ()


def test_very_long_phrase_is_cut():
    phrase = phrase_of("가" * 500, is_open=True)

    assert phrase == Phrase(("가가",) * MAX_PHRASE_TOKENS)


def test_both_languages_of_a_plan():
    found = plan('배포는 title:gRPC -"초안"')

    assert match_string(found, loosely=True) == (
        '{title headings tags body} : ((("배포 포는") OR ("배포")))'
        ' AND {title} : ((("grpc" *)))'
    )
    assert match_string(found, 2, loosely=False).startswith("{title headings} : ")
    assert tsquery(found.terms, loosely=False) == "((('배포' <-> '포는')) | (('배포')))"
    assert tsquery(found.titles, loosely=False, weights="A") == "((('grpc':*A)))"
    assert "<->" not in tsquery(found.terms, loosely=False, in_order=False)


@given(st.text(max_size=200))
def test_nothing_typed_is_syntax(text):
    found = plan(text)

    for term in (*found.terms, *found.titles):
        for way in term.all_ways(loosely=True):
            for token in (t for phrase in way for t in phrase.tokens):
                assert not set(token) & set("'\"\\:*()&|!<>^{} \x00")
