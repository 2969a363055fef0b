"""Names that are nearly another."""

import time

import pytest

from wiki.slugs import title_key
from wiki.worklists.likeness import NearNames

TITLES = [
    *("배포 절차", "Redis 캐시", "Blue/Green", "C", "C++", "Java 8", "Kubernetes"),
    *("서버", "서비", "사용자 인증", "🚀 발사"),
]


def near(name: str) -> list[str]:
    names = NearNames((pk, title_key(title)) for pk, title in enumerate(TITLES))
    return [TITLES[pk] for pk in names.near(title_key(name))]


@pytest.mark.parametrize(
    ("name", "title"),
    [
        ("배포절차", "배포 절차"),
        ("배포-절차", "배포 절차"),
        ("배포 절치", "배포 절차"),
        ("베포 절차", "배포 절차"),
        ("redis캐시", "Redis 캐시"),
        ("blue green", "Blue/Green"),
        ("Kubernets", "Kubernetes"),
        ("Kubernettes", "Kubernetes"),
        ("Kuberentes", "Kubernetes"),
        ("kubernetez", "Kubernetes"),
        ("사용자인증", "사용자 인증"),
        ("발사", "🚀 발사"),
    ],
)
def test_blanks_signs_and_one_slip_aside_it_is_found(name, title):
    assert near(name) == [title]


@pytest.mark.parametrize(
    "name",
    ["", "🚀", "C#", "Java 9", "서바", "Redis", "배포", "Kubernetes 설치", "x" * 900],
)
def test_another_name_is_not_taken_for_a_slip(name):
    assert near(name) == []


def test_forty_names_among_twenty_thousand_alike_take_no_time():
    names = NearNames((pk, f"글 번호 {pk:05}") for pk in range(20_000))

    began = time.process_time()
    for number in range(40):
        names.near(f"글 번호 {number:05}x")

    assert time.process_time() - began < 1
