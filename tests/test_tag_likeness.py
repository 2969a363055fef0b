"""Which tags may be one topic under two names."""

import unicodedata

import pytest

from wiki.slugs import tag_key
from wiki.tag_likeness import like_tags


def alike(*names, topics=()):
    keys = [tag_key(name) for name in names]
    found = like_tags(dict.fromkeys(keys, 1), topics)
    return {(frozenset([one.kept, one.other]), one.reason) for one in found}


@pytest.mark.parametrize(
    "one, other",
    [
        ("ci-cd", "cicd"),
        ("CI/CD", "ｃｉ/cd"),
        ("node.js", "NodeJS"),
        ("container", "containers"),
        ("도커 컴포즈", "도커컴포즈"),
        ("언어/파이 썬", "언어/파이썬"),
        ("ﬁle", "files"),
    ],
)
def test_spellings_of_one_name_are_alike(one, other):
    [(pair, reason)] = alike(one, other, "다른 것")

    assert (pair, reason) == (frozenset(map(tag_key, (one, other))), "spelling")


@pytest.mark.parametrize(
    "one, other",
    [
        ("데이터베이스", "데이타베이스"),
        ("kubernetes", "kuberentes"),
        ("postgresql", "postgresq"),
        ("쿠버네티스", "쿠버네티슨"),
        ("refactoring", "refactorinng"),
    ],
)
def test_one_slip_is_seen(one, other):
    assert alike(one, other) == {(frozenset([one, other]), "typing")}


@pytest.mark.parametrize(
    "one, other",
    [
        ("java", "lava"),
        ("http", "https/2"),
        ("version-8", "version-9"),
        ("python2", "python3"),
        ("class", "clas"),
        ("css", "cs"),
        ("a/bcdef", "abcdeg"),
        ("데이터", "데이트"),
        ("c++", "c#"),
        ("🚀", "🚢"),
    ],
)
def test_what_is_another_thing_is_not(one, other):
    assert alike(one, other) == set()


def test_the_vocabulary_knows_other_names():
    topics = [("database", "db", "데이터베이스"), ("git", "깃")]

    assert alike("DB", "데이터베이스", "깃", topics=topics) == {
        (frozenset(["db", "데이터베이스"]), "vocabulary")
    }


def test_the_normal_form_is_no_difference():
    name = unicodedata.normalize("NFD", "데이터-베이스")

    assert len(alike(name, "데이터베이스")) == 1


def test_the_more_used_one_is_kept_and_the_surest_come_first():
    counts = {"cicd": 1, "ci-cd": 5, "kubernetes": 9, "kuberentes": 1, "db": 2}
    topics = [("cicd", "ci-cd"), ("database", "db", "kubernetes")]

    found = like_tags(counts, topics)

    assert [(one.kept, one.other, one.reason) for one in found] == [
        ("ci-cd", "cicd", "spelling"),
        ("kubernetes", "db", "vocabulary"),
        ("kubernetes", "kuberentes", "typing"),
    ]


def test_many_tags_are_compared_without_each_with_each():
    names = {
        f"꼬리표 이름 {number}번 {chr(0xAC00 + number)}": 1 for number in range(3000)
    }

    assert isinstance(like_tags(names), list)


def test_nothing_is_alike():
    assert like_tags({}) == []
