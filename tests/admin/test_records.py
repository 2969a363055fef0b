"""What is only looked at in the admin, the way in, and that all of it obeys the CSP."""

import re

import pytest
from django.utils import timezone

from tests import make
from wiki.models import Batch, Import, ImportItem, Tag

pytestmark = pytest.mark.django_db

INLINE = re.compile(
    r"<script(?![^>]*\bsrc=)(?![^>]*application/json)[^>]*>|<style|\sstyle="
    r"|\son[a-z]+="
)


def text_of(answer):
    return answer.content.decode()


@pytest.fixture
def run(writer):
    now = timezone.now()
    batch = Batch.objects.create(kind="import", author=writer, created_at=now)
    run = Import.objects.create(
        batch=batch,
        status="done",
        started_at=now,
        sources=["노트 모음"],
        totals={"created": 2, "conflict": 1},
        options={"split": "auto"},
    )
    ImportItem.objects.create(
        run=run,
        position=1,
        status="conflict",
        title="<b>배포</b>",
        source="노트 모음",
        path="글/배포.md",
        line=7,
        entry=make.entry("배포"),
        needs_eyes=True,
        details={"title_from": "heading"},
        proposal={"body": "<script>새 글"},
    )
    return run


def test_revision_is_shown_and_never_changed(as_administrator):
    entry = make.entry("배포", "<script>alert(1)</script>\n", tags=["CI"])
    address = f"/admin/wiki/revision/{entry.head_id}/change/"

    page = text_of(as_administrator.get(address))
    refused = as_administrator.post(address, {"body": "x"})

    assert "&lt;script&gt;alert" in page
    assert "<script>alert" not in page
    assert "CI" in page
    assert refused.status_code == 403
    for road in ("wiki/revision/add/", f"wiki/revision/{entry.head_id}/delete/"):
        assert as_administrator.get(f"/admin/{road}").status_code == 403


def test_revisions_of_an_entry_or_a_batch_can_be_listed(as_curator):
    entry = make.edit(make.entry("배포", "하나\n"), "둘\n")
    make.entry("다른 글")

    answer = as_curator.get(f"/admin/wiki/revision/?entry__id__exact={entry.pk}")

    found = answer.context["cl"].result_list
    assert [revision.number for revision in found] == [2, 1]
    assert as_curator.get("/admin/wiki/revision/?batch__id__exact=1").status_code == 200


@pytest.mark.parametrize("model", ["revision", "import", "importitem"])
def test_lists_take_the_same_queries_however_long(
    as_curator, run, model, django_assert_max_num_queries
):
    for number in range(30):
        make.entry(f"글 {number}")
        ImportItem.objects.create(
            run=run, position=number + 2, status="created", entry=make.entry()
        )

    with django_assert_max_num_queries(8):
        assert as_curator.get(f"/admin/wiki/{model}/").status_code == 200


def test_import_is_shown_with_its_items(as_curator, run):
    shown = text_of(as_curator.get(f"/admin/wiki/import/{run.pk}/change/"))
    items = text_of(as_curator.get(f"/admin/wiki/importitem/?run__id__exact={run.pk}"))
    item = run.items.get()
    details = text_of(as_curator.get(f"/admin/wiki/importitem/{item.pk}/change/"))

    assert "노트 모음" in shown
    assert f"run__id__exact={run.pk}" in shown
    assert "노트 모음: 글/배포.md:7" in items
    assert "&lt;b&gt;배포" in items
    assert "title_from" in details
    assert "<script>새 글" not in details


@pytest.mark.parametrize("model", ["import", "importitem"])
def test_imports_are_never_changed(as_administrator, run, model):
    pk = run.pk if model == "import" else run.items.get().pk

    for road in ("add/", f"{pk}/delete/"):
        answer = as_administrator.get(f"/admin/wiki/{model}/{road}")
        assert answer.status_code == 403
    answer = as_administrator.post(f"/admin/wiki/{model}/{pk}/change/", {})
    assert answer.status_code == 403


def test_tags_of_the_library_are_not_there(as_administrator):
    page = text_of(as_administrator.get("/admin/"))

    assert "/admin/taggit/" not in page
    assert "/admin/wiki/tag/" in page


def test_members_find_no_second_login(as_writer, as_curator):
    assert as_writer.get("/admin/login/").status_code == 403
    assert as_curator.get("/admin/login/").url == "/admin/"
    assert as_curator.get("/admin/password_change/").url == "/accounts/password/"


def test_closed_wiki_keeps_the_way_in(visitor, settings):
    settings.WIKI_ANONYMOUS_READ = False

    answer = visitor.get("/admin/login/?next=/admin/wiki/tag/")

    assert answer.url == "/accounts/login/?next=/admin/wiki/tag/"


def test_no_page_has_inline_script_or_style(as_administrator, administrator, run):
    entry = make.edit(make.entry("안내", "하나\n", tags=["CI"]), "둘\n")
    gone = make.deleted(make.entry("지운 글"))
    pages = [
        "",
        "wiki/",
        "wiki/entry/",
        "wiki/entry/?state=all&q=x",
        "wiki/entry/add/",
        f"wiki/entry/{entry.pk}/change/",
        f"wiki/entry/{entry.pk}/history/",
        f"wiki/entry/{gone.pk}/change/",
        "wiki/tag/",
        "wiki/tag/add/",
        f"wiki/tag/{Tag.objects.get().pk}/change/",
        "wiki/revision/",
        f"wiki/revision/{entry.head_id}/change/",
        "wiki/import/",
        f"wiki/import/{run.pk}/change/",
        f"wiki/importitem/{run.items.get().pk}/change/",
        "auth/user/",
        "auth/user/add/",
        f"auth/user/{administrator.pk}/change/",
        "auth/group/add/",
    ]

    for page in pages:
        answer = as_administrator.get(f"/admin/{page}")
        assert answer.status_code == 200, page
        assert not INLINE.search(text_of(answer)), page
        policy = answer["Content-Security-Policy"]
        assert "unsafe" not in policy


def test_admin_speaks_korean(as_administrator):
    answer = as_administrator.get("/admin/", headers={"accept-language": "ko"})

    assert '<html lang="ko"' in text_of(answer)
