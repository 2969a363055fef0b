"""One revision as it was: the page, its source, and who may not see it."""

import pytest
from django.utils import timezone

from tests import make
from wiki import editing
from wiki.models import RevisionMark

pytestmark = pytest.mark.django_db


def page_of(client, entry, number, part=""):
    return client.get(f"{entry.get_absolute_url()}history/{number}/{part}")


def text_of(answer):
    return answer.content.decode()


def hide(entry, number):
    RevisionMark.objects.create(
        revision=make.revision(entry, number),
        kind=RevisionMark.Kind.HIDDEN,
        created_at=timezone.now(),
    )


def test_old_revision_says_that_it_is_old_and_by_whom(visitor, as_writer, writer):
    entry = make.entry("배포", "# 옛 절차\n", by=writer, comment="처음")
    make.edit(entry, "# 새 절차\n")

    answer = page_of(visitor, entry, 1)

    page = text_of(answer)
    assert answer.status_code == 200
    assert "This is an old revision." in page
    assert "민수" in page
    assert "처음" in page
    assert "옛 절차</h2>" in page
    assert "새 절차" not in page
    assert "diff/?old=1&amp;new=2" in page
    assert 'content="noindex"' in page
    assert "/revert/" not in page
    assert "/revert/1/" in text_of(page_of(as_writer, entry, 1))


def test_newest_revision_says_that_it_is_the_current_one(as_writer):
    entry = make.edit(make.entry("배포", "하나\n"), "둘\n")

    page = text_of(page_of(as_writer, entry, 2))

    assert "This is the current revision." in page
    assert "diff/?old=1&amp;new=2" in page
    assert "/revert/" not in page


def test_title_tags_and_fields_are_those_of_then(visitor):
    entry = make.entry(
        "배포 🚀",
        "글\n",
        tags=["CI/CD", "k8s"],
        summary="요약",
        source_url="https://example.com/a",
        aliases=("디플로이",),
        properties=(("author", "도윤"), ("n", 3)),
    )
    editing.rename_entry(entry, "릴리스", base_version=1, act=make.act())
    entry.refresh_from_db()
    make.edit(entry, tags=["ops"])

    page = text_of(page_of(visitor, entry, 1))

    for text in ("배포 🚀</h1>", "k8s", "요약", "example.com/a", "디플로이", "도윤"):
        assert text in page
    assert ">ops<" not in page


def test_links_lead_where_they_lead_now(visitor):
    entry = make.entry("배포", "[[있는 글]] [[없는 글]]\n")
    make.edit(entry, "새\n")
    make.entry("있는 글")

    page = text_of(page_of(visitor, entry, 1))

    assert 'href="/wiki/%EC%9E%88%EB%8A%94-%EA%B8%80/"' in page
    assert "/new/?title=" in page


def test_links_of_a_public_page_do_not_show_what_members_read(visitor):
    entry = make.entry("배포", "[[비밀]]\n")
    make.entry("비밀", visibility="members")

    assert "/new/?title=" in text_of(page_of(visitor, entry, 1))


def test_text_is_cleaned(visitor):
    entry = make.entry("배포", "<script>alert(1)</script> [x](javascript:alert(1))\n")

    page = text_of(page_of(visitor, entry, 1))

    assert "<script>alert" not in page
    assert 'href="javascript' not in page


def test_source_is_the_text_as_saved(visitor):
    body = "# 제목\r\n\r\n본문 & <b>\n\n\n"
    entry = make.entry("배포", body)
    make.edit(entry, "새\n")

    answer = page_of(visitor, entry, 1, "raw/")

    assert answer.content.decode() == "# 제목\n\n본문 & <b>\n\n\n"
    assert answer["Content-Type"] == "text/markdown; charset=utf-8"
    assert answer["X-Content-Type-Options"] == "nosniff"


@pytest.mark.parametrize("part", ["", "raw/"])
def test_unknown_revisions_are_404(visitor, part):
    entry = make.entry("배포")
    other = make.edit(make.entry("다른 글"), "둘\n")

    assert page_of(visitor, other, 2, part).status_code == 200
    for number in (0, 2, 999, 10**30, "9" * 5000):
        assert page_of(visitor, entry, number, part).status_code == 404


@pytest.mark.parametrize("part", ["", "raw/"])
def test_hidden_revision_is_for_curators(visitor, as_writer, as_curator, part):
    entry = make.edit(make.entry("배포", "비밀번호\n"), "둘\n")
    hide(entry, 1)

    assert page_of(visitor, entry, 1, part).status_code == 404
    assert page_of(as_writer, entry, 1, part).status_code == 404
    assert page_of(as_curator, entry, 1, part).status_code == 200


@pytest.mark.parametrize("part", ["", "raw/"])
def test_revisions_of_hidden_and_deleted_entries_are_404(visitor, as_writer, part):
    hidden = make.entry("모임", visibility="members")
    gone = make.deleted(make.entry("지난 글"))

    assert page_of(visitor, hidden, 1, part).status_code == 404
    assert page_of(as_writer, hidden, 1, part).status_code == 200
    assert page_of(as_writer, gone, 1, part).status_code == 404


@pytest.mark.parametrize("part", ["", "raw/"])
def test_former_address_leads_on(visitor, part):
    entry = make.entry("배포")
    editing.rename_entry(entry, "릴리스", base_version=1, act=make.act())

    answer = page_of(visitor, entry, 1, part)

    assert answer.status_code == 302
    assert visitor.get(answer.url).status_code == 200


def test_unknown_revision_of_a_found_entry_does_not_follow_its_old_name(visitor):
    first = make.entry("배포")
    editing.rename_entry(first, "릴리스", base_version=1, act=make.act())
    second = make.entry("배포 ")

    assert page_of(visitor, second, 7).status_code == 404


def test_empty_and_fallback_texts_are_shown(visitor):
    entry = make.edit(make.entry("배포", ""), "> " * 60_000)

    assert page_of(visitor, entry, 1).status_code == 200
    assert page_of(visitor, entry, 2).status_code == 200
