"""Titles much like a name that no entry has."""

import unicodedata

import pytest

from tests import make
from wiki.search.near import NEAR_TITLES, entries_with_name, near_titles

pytestmark = pytest.mark.django_db

TITLES = (
    "배포 절차",
    "무중단 배포",
    "데이터베이스",
    "Redis",
    "회고 모음",
    "gRPC 가이드",
)


@pytest.fixture
def entries(db):
    return [make.entry(title) for title in TITLES]


def near(person, title):
    return [entry.title for entry in near_titles(title, person)]


@pytest.mark.parametrize(
    "written, meant",
    [
        ("배포 절치", "배포 절차"),
        ("배포절차", "배포 절차"),
        ("절차 배포", "배포 절차"),
        ("데이타베이스", "데이터베이스"),
        ("데이터 베이스", "데이터베이스"),
        ("데이터베이스 설계", "데이터베이스"),
        ("Rdis", "Redis"),
        ("redsi", "Redis"),
        ("Reddis", "Redis"),
        ("🚀 Redis", "Redis"),
        ("회고", "회고 모음"),
        ("grpc-가이드", "gRPC 가이드"),
        ("ㅂㅍㅈㅊ", "배포 절차"),
        (unicodedata.normalize("NFD", "데이타베이스"), "데이터베이스"),
    ],
)
def test_what_was_meant_comes_first(writer, entries, written, meant):
    assert near(writer, written)[0] == meant


@pytest.mark.parametrize(
    "written", ["", "\u200b", "kubernetes", "전혀 딴 이름", "ㅋ", "%_"]
)
def test_what_is_not_alike_is_not_offered(writer, entries, written):
    assert near(writer, written) == []


def test_few_are_offered_the_likest_first(writer):
    for number in range(NEAR_TITLES + 3):
        make.entry(f"배포 절차 안내 {number}")
    make.entry("배포 절차")

    found = near(writer, "배포 절차서")

    assert len(found) == NEAR_TITLES
    assert found[0] == "배포 절차"


@pytest.mark.parametrize("written", ["비밀 계획서", "ㅂㅁㄱㅎ", "비밀 계획"])
def test_what_may_not_be_read_is_not_offered(writer, curator, written):
    make.entry("비밀 계획", visibility="curators", aliases=("비밀 계획서",))
    make.deleted(make.entry("비밀 계획 지움"))

    assert near(writer, written) == []
    assert near(curator, written) == ["비밀 계획"]
    assert entries_with_name(written, writer) == []


def test_a_name_that_is_there_is_found_by_any_title(writer, entries):
    other = make.entry("쿠버네티스", aliases=("k8s",))

    assert entries_with_name("K8S ", writer) == [other]
    assert entries_with_name("쿠버네티스", writer) == [other]
    assert entries_with_name("쿠버", writer) == []


def test_the_number_of_queries_is_constant(writer, django_assert_num_queries):
    make.entries(20)

    with django_assert_num_queries(2):
        near(writer, "글 0001")
