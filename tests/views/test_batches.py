"""The page of a batch, and taking it back there."""

from functools import partial

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests import make
from tests.views.acting import fresh, text_of
from wiki.editing.batches import new_batch, undo_batch
from wiki.editing.tag_acts import carry_out
from wiki.editing.tag_plans import plan_merge, plan_name, plan_rename
from wiki.models import Batch, Tag, TagAlias

pytestmark = pytest.mark.django_db


def renamed(by="지현", key="k8s", name="Kubernetes"):
    return carry_out(partial(plan_rename, key, name), act=make.act(by)).batch


def path(batch, act=""):
    return f"/batches/{batch.pk}/{act}"


def spelled(entry):
    return list(fresh(entry).head.tag_names())


def test_page_lists_what_changed_and_leads_to_the_changes(as_writer, as_curator):
    make.entry("글", tags=["k8s"])
    make.entry("비밀", tags=["k8s"], visibility="curators")
    batch = renamed()

    page = text_of(as_writer.get(path(batch)))
    assert "Tag renamed: k8s → Kubernetes" in page
    assert "1 revision<" in page
    assert "비밀" not in page
    assert "diff/?old=1&amp;new=2" in page
    assert path(batch, "undo/") not in page
    page = text_of(as_curator.get(path(batch)))
    assert "비밀" in page
    assert "/tags/k8s/" in page
    assert path(batch, "undo/") in page


def test_recent_changes_lead_to_the_page(as_writer, visitor):
    make.entry("글", tags=["k8s"])
    batch = renamed()

    assert f'href="{path(batch)}"' in text_of(as_writer.get("/recent/"))
    assert path(batch) not in text_of(visitor.get("/recent/"))


def test_page_is_for_members_and_of_notes_they_may_read(visitor, as_writer, as_curator):
    make.entry("비밀", tags=["k8s"], visibility="curators")
    batch = renamed()

    assert visitor.get(path(batch))["Location"].startswith("/accounts/login/")
    assert as_writer.get(path(batch)).status_code == 404
    assert as_curator.get(path(batch)).status_code == 200
    for number in (batch.pk + 1, 10**18, 0):
        assert as_curator.get(f"/batches/{number}/").status_code == 404


def test_an_act_on_names_alone_is_for_curators(as_writer, as_curator):
    make.entry(tags=["k8s"])
    batch = carry_out(partial(plan_name, "k8s", "쿠버"), act=make.act()).batch

    assert as_writer.get(path(batch)).status_code == 404
    assert "No note was changed" in text_of(as_curator.get(path(batch)))
    as_curator.post(path(batch, "undo/"), {})
    assert not TagAlias.objects.exists()


def test_an_import_has_its_own_page(as_curator):
    batch = make.imported("하나", with_run=True)

    answer = as_curator.get(path(batch))
    assert answer["Location"] == f"/imports/{batch.import_run.pk}/"
    assert as_curator.post(path(batch, "undo/")).status_code == 403


def test_curator_takes_it_back_and_that_too(as_curator, curator):
    entry = make.entry("글", tags=["k8s"])
    batch = renamed()

    assert "Take all of it back?" in text_of(as_curator.get(path(batch, "undo/")))
    assert spelled(entry) == ["Kubernetes"]
    answer = as_curator.post(path(batch, "undo/"), {"comment": "아니다"})

    reversal = Batch.objects.get(undoes=batch)
    assert answer["Location"] == path(reversal)
    assert (reversal.comment, reversal.author) == ("아니다", curator)
    assert spelled(entry) == ["k8s"]
    page = text_of(as_curator.get(path(batch)))
    assert "This was taken back" in page
    assert path(batch, "undo/") not in page
    again = as_curator.post(path(batch, "undo/"), {})
    assert again["Location"] == path(reversal)
    as_curator.post(path(reversal, "undo/"), {})
    assert spelled(entry) == ["Kubernetes"]


def test_what_is_left_is_listed(as_curator):
    one, other = make.entry("하나", tags=["db"]), make.entry("둘", tags=["db"])
    make.entry(tags=["database"])
    batch = carry_out(partial(plan_merge, "db", "database"), act=make.act()).batch
    make.deleted(fresh(other))
    TagAlias.objects.filter(key="db").delete()
    make.entry(tags=["db"])

    page = text_of(as_curator.post(path(batch, "undo/"), {}))

    assert "1 note is without the change" in page
    assert "It was deleted since." in page
    assert "in use otherwise" in page
    assert spelled(one) == ["db"]


def test_writers_and_visitors_are_refused(visitor, as_writer, writer):
    entry = make.entry("글", tags=["k8s"])
    batch = renamed(by=writer)

    for method in ("get", "post"):
        assert getattr(as_writer, method)(path(batch, "undo/")).status_code == 403
        sent_away = getattr(visitor, method)(path(batch, "undo/"))
        assert sent_away["Location"].startswith("/accounts/login/")
    assert spelled(entry) == ["Kubernetes"]


def test_who_renamed_a_note_takes_that_back(as_writer, writer, as_other_writer):
    entry = make.entry("하나")
    batch = new_batch("rename", make.act(writer, comment="새 이름"))
    make.edit(entry)
    from wiki import editing

    editing.rename_entry(
        fresh(entry), "둘", base_version=1, act=make.act(writer, batch=batch)
    )

    assert as_other_writer.post(path(batch, "undo/"), {}).status_code == 403
    as_writer.post(path(batch, "undo/"), {})

    assert fresh(entry).title == "하나"


def test_page_asks_the_same_for_any_number_of_notes(as_curator):
    asked = []
    for amount in (2, 60):
        make.entries(amount, tags=[f"tag {amount}"])
        batch = renamed(key=f"tag-{amount}", name=f"새 {amount}")
        with CaptureQueriesContext(connection) as queries:
            as_curator.get(path(batch))
        asked.append(len(queries))

    assert asked[0] == asked[1]


def test_a_feed_of_a_batch_that_was_undone_is_right(visitor):
    make.entry("글", tags=["k8s"])
    batch = renamed()
    undo_batch(batch, act=make.act())

    assert Tag.objects.get().key == "k8s"
    assert "(undone bulk change)" in text_of(visitor.get("/recent/feed/"))
