"""Taking a whole batch back, and taking that back in turn."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests import make
from tests.views.acting import fresh
from wiki import editing
from wiki.editing import Content, EntryEdit, TagUse
from wiki.editing.batches import AlreadyUndone, new_batch, undo_batch
from wiki.models import Batch, BatchKind, Entry, RevisionMark

pytestmark = pytest.mark.django_db


def edited(entries, change, *, kind=BatchKind.BULK, by="민수"):
    """A batch that changed the content of each entry."""
    act = make.act(by, comment="한꺼번에")
    batch = new_batch(kind, act)
    edits = []
    for entry in Entry.objects.with_head().filter(pk__in=[e.pk for e in entries]):
        content = Content(**(vars(Content.of(entry)) | change(entry)))
        act = make.act(by, comment="한꺼번에", batch=batch)
        edits.append(
            EntryEdit(
                entry_id=entry.pk,
                base_version=entry.version,
                content=content,
                act=act,
            )
        )
    editing.edit_entries(edits)
    return batch


def with_line(entry):
    return {"body": f"{entry.body}\n\n덧붙인 줄"}


def undo(batch, **options):
    return undo_batch(batch, act=make.act("도윤"), **options)


def test_every_entry_goes_back_as_one_act():
    entries = [make.entry(body=f"글 {n}", tags=["가"]) for n in range(3)]
    batch = edited(entries, with_line)

    done = undo(batch)

    assert [fresh(e).body for e in entries] == ["글 0", "글 1", "글 2"]
    assert sorted(done.changed) == [e.pk for e in entries]
    assert (done.left, done.batch.kind, done.batch.undoes) == ((), "reversal", batch)
    heads = [fresh(e).head for e in entries]
    assert {(head.kind, head.batch_id) for head in heads} == {("revert", done.batch.pk)}
    marks = RevisionMark.objects.filter(kind="reverted", revision__batch=batch)
    assert sorted(marks.values_list("reason", flat=True)) == ["r3"] * 3


def test_what_came_later_stays_and_what_clashes_is_left():
    apart, clashing, gone = (
        make.entry(body="하나 둘 셋\n\n넷 다섯 여섯") for _ in range(3)
    )
    batch = edited(
        [apart, clashing, gone], lambda e: {"body": e.body.replace("하나", "첫째")}
    )
    make.edit(apart, fresh(apart).body.replace("여섯", "끝"))
    make.edit(clashing, fresh(clashing).body.replace("첫째", "처음"))
    make.deleted(fresh(gone))

    done = undo(batch)

    assert fresh(apart).body == "하나 둘 셋\n\n넷 다섯 끝"
    assert fresh(clashing).body.startswith("처음")
    assert done.changed == (apart.pk,)
    reasons = {left.entry.pk: left.reason for left in done.left}
    assert reasons == {
        clashing.pk: "The same place was changed since.",
        gone.pk: "It was deleted since.",
    }


def test_a_batch_is_undone_once_and_its_undo_can_be_undone():
    entry = make.entry(body="글")
    batch = edited([entry], with_line)
    first = undo(batch)

    with pytest.raises(AlreadyUndone):
        undo(batch)
    second = undo(first.batch)

    assert fresh(entry).body == "글\n\n덧붙인 줄"
    with pytest.raises(AlreadyUndone):
        undo(first.batch)
    undo(second.batch)
    assert fresh(entry).body == "글"


def test_nothing_to_take_back_makes_no_batch():
    entry = make.entry(body="글")
    batch = edited([entry], with_line)
    make.deleted(fresh(entry))

    done = undo(batch)

    assert done.batch is None
    assert len(done.left) == 1
    assert not Batch.objects.filter(kind="reversal").exists()
    # It can still be undone once the entry is there again.
    editing.restore_entry(fresh(entry), base_version=3, act=make.act())
    assert undo(batch).changed == (entry.pk,)


def test_imports_have_an_undo_of_their_own():
    with pytest.raises(ValueError, match="import"):
        undo(make.imported("하나"))


def test_deleted_entries_come_back_and_restored_ones_go():
    one, other = make.entry("하나", "[[둘]]"), make.entry("둘", "글", tags=["가"])
    act = make.act("민수")
    batch = new_batch(BatchKind.BULK, act)
    act = make.act("민수", batch=batch)
    editing.delete_entries(
        [editing.EntryDeletion(entry.pk, 1, act) for entry in (one, other)]
    )

    done = undo(batch)

    assert [fresh(e).is_deleted for e in (one, other)] == [False, False]
    assert fresh(other).get_absolute_url() in fresh(one).html
    undo(done.batch)
    assert [fresh(e).is_deleted for e in (one, other)] == [True, True]
    assert RevisionMark.objects.filter(kind="reverted").count() == 4


def test_titles_that_were_handed_on_go_back():
    one, other = make.entry("하나"), make.entry("둘")
    act = make.act("민수")
    batch = new_batch(BatchKind.RENAME, act)
    for entry, title in ((one, "셋"), (other, "하나")):
        now = fresh(entry)
        act = make.act("민수", batch=batch)
        editing.rename_entry(now, title, base_version=now.version, act=act)

    done = undo(batch)

    assert done.left == ()
    assert (fresh(one).title, fresh(other).title) == ("하나", "둘")


def test_several_revisions_of_an_entry_with_others_between_go():
    entry = make.entry(body="하나\n\n둘\n\n셋\n")
    batch = edited([entry], lambda e: {"body": e.body.replace("하나", "첫째")})
    make.edit(entry, fresh(entry).body.replace("둘", "남의 것"))
    act = make.act("민수", batch=batch)
    now = fresh(entry)
    editing.edit_entry(
        now,
        Content(title=now.title, body=now.body.replace("셋", "끝")),
        base_version=3,
        act=act,
    )

    undo(batch)

    assert fresh(entry).body == "하나\n\n남의 것\n\n셋\n"
    marks = RevisionMark.objects.filter(kind="reverted")
    assert sorted(marks.values_list("revision__number", flat=True)) == [2, 4]


def test_rights_count(writer):
    free = make.entry(body="글")
    locked = make.entry(body="글", protection="curators")
    hidden = make.entry(body="글", visibility="curators")
    batch = edited([free, locked, hidden], with_line)

    done = undo(batch, person=writer)

    assert done.changed == (free.pk,)
    assert {left.entry.pk: left.is_hidden for left in done.left} == {
        locked.pk: False,
        hidden.pk: True,
    }


def of_statements(queries):
    marks = ("SAVEPOINT", "RELEASE", "BEGIN", "COMMIT")
    return [q["sql"] for q in queries if not q["sql"].startswith(marks)]


@pytest.mark.parametrize("visibilities", [["public"], ["public", "members"]])
def test_queries_of_changed_tags_do_not_grow_with_the_entries(visibilities):
    make.entry(tags=["다"])
    asked = []
    for amount in (2, 40):
        entries = make.entries(amount, body="[[글 00001]] 본문", tags=["가", "나"])
        for number, entry in enumerate(entries):
            kept = visibilities[number % len(visibilities)]
            Entry.objects.filter(pk=entry.pk).update(visibility=kept)
        with CaptureQueriesContext(connection) as changing:
            batch = edited(entries, lambda e: {"tags": (TagUse("다"),)})
        with CaptureQueriesContext(connection) as undoing:
            done = undo(batch)
        assert len(done.changed) == amount
        asked.append((len(of_statements(changing)), len(of_statements(undoing))))

    assert asked[0] == asked[1]
    assert Entry.objects.filter(tags__key="나").count() == 42
