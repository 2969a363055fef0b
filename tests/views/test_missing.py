"""Addresses that several notes share, and names that nobody has written yet."""

import pytest

from tests import make
from tests.views.acting import text_of
from wiki.models import Entry

pytestmark = pytest.mark.django_db


@pytest.fixture
def namesakes():
    rest = {"aliases": ("배포",)}
    first = make.entry("배포 (가)", "# 절\n**첫** 글의 [[말]]", tags=["CI"], **rest)
    make.entry("배포 (나)", "둘째 글", summary="둘째의 요약", **rest)
    make.entry("배포 (다)", "숨은 글", visibility="curators", **rest)
    Entry.objects.filter(pk=first.pk).update(source="노트", source_path="a/b/배포.md")


def test_the_list_tells_the_candidates_apart(visitor, namesakes):
    text = text_of(visitor.get("/wiki/배포/"))

    assert "“배포” means several notes" in text
    assert "절 첫 글의 말" in text
    assert "둘째의 요약" in text
    assert 'href="/tags/ci/"' in text
    assert "숨은 글" not in text
    assert "a/b" not in text


def test_members_are_told_where_they_came_from(as_writer, namesakes):
    assert "노트 / a/b" in text_of(as_writer.get("/wiki/배포/"))


def test_the_list_costs_the_same_for_many(visitor, django_assert_max_num_queries):
    make.entries(12, aliases=("같은 이름",), tags=["하나", "둘"])

    with django_assert_max_num_queries(9):
        answer = visitor.get("/wiki/같은-이름/")

    assert len(answer.context["candidates"]) == 12


def test_one_that_is_left_is_led_to(visitor, namesakes):
    make.deleted(Entry.objects.get(title="배포 (나)"))

    assert visitor.get("/wiki/배포/").status_code == 302


def test_a_red_link_leads_to_a_page_that_says_who_points_there(visitor, as_writer):
    make.entry("글", "앞 [[아직 없는 글]] 뒤")
    make.entry("숨은 글", "[[아직 없는 글]]", visibility="members")

    answer = visitor.get("/wiki/아직-없는-글/")

    assert answer.status_code == 404
    assert "1 note links to this name" in text_of(answer)
    assert "숨은 글" not in text_of(answer)
    new = text_of(as_writer.get("/new/?title=아직 없는 글"))
    assert 'value="아직 없는 글"' in new
    assert ">글</a>" in new
