from datetime import timedelta

import pytest
from django.contrib.auth.models import AnonymousUser
from django.utils import timezone

from tests import make
from wiki.activity import count_activity
from wiki.changes import (
    BatchChange,
    Cursor,
    EntryChange,
    Wanted,
    list_changes,
)
from wiki.models import Revision, RevisionMark

pytestmark = pytest.mark.django_db

VISITOR = AnonymousUser()


def shown(changes):
    return [
        f"import {row.entries}"
        if isinstance(row, BatchChange)
        else f"{row.newest.entry.title} {len(row.revisions)}"
        for row in changes.rows
    ]


def test_edits_of_one_day_fold_into_one_row():
    entry = make.entry("가", "하나", by="민수")
    make.entry("나")
    make.edit(entry, "하나 둘", by="지현")
    make.edit(entry, "하나 둘 셋", by="민수")

    changes = list_changes(VISITOR)

    assert shown(changes) == ["가 3", "나 1"]
    row = changes.rows[0]
    assert row.delta == 6
    assert row.is_new
    assert row.base_number == 0
    assert [who.author_label for who in row.other_people] == ["지현"]


def test_edits_of_different_days_are_rows_of_their_own():
    entry = make.entry("가")
    entry = make.edit(entry, "둘")
    yesterday = timezone.now() - timedelta(days=1)
    entry.revisions.filter(number=1).update(created_at=yesterday)

    changes = list_changes(VISITOR)

    assert shown(changes) == ["가 1", "가 1"]
    assert changes.rows[0].base_number == 1
    assert not changes.rows[0].is_new


def test_import_is_one_row():
    make.entry("먼저")
    make.imported("가", "나", "다")
    make.entry("나중")

    changes = list_changes(VISITOR)

    assert shown(changes) == ["나중 1", "import 3", "먼저 1"]
    row = changes.rows[1]
    assert row.is_import
    assert (row.created, row.updated, row.delta) == (3, 0, 6)
    assert [revision.title for revision in row.examples] == ["가", "나", "다"]


def test_import_counts_only_what_the_reader_may_see(writer, curator):
    batch = make.imported("가", "나")
    make.imported("비밀", visibility="curators")
    hidden = Revision.objects.get(title="나").entry
    make.deleted(hidden)

    assert shown(list_changes(VISITOR)) == ["import 1"]
    assert list_changes(VISITOR).rows[0].batch == batch
    assert shown(list_changes(writer)) == ["import 1"]
    assert shown(list_changes(curator)) == ["import 1", "import 1"]


def test_deleted_and_hidden_entries_leave_no_trace(writer):
    make.deleted(make.entry("가"))
    make.entry("나", visibility="members")

    assert list_changes(VISITOR).rows == ()
    assert count_activity(VISITOR, timezone.now() - timedelta(days=1)).edits == 0
    assert shown(list_changes(writer)) == ["나 1"]


def test_hidden_revision_is_for_curators(writer, curator):
    entry = make.edit(make.entry("가", "하나"), "둘", comment="험한 말")
    RevisionMark.objects.create(
        revision=make.revision(entry, 2), kind="hidden", created_at=timezone.now()
    )

    assert shown(list_changes(writer)) == ["가 1"]
    assert shown(list_changes(curator)) == ["가 2"]
    assert count_activity(VISITOR, timezone.now() - timedelta(days=1)).edits == 1


def test_kinds_tags_and_minor_edits():
    make.edit(make.entry("가", tags=["grpc"]), "고침")
    make.imported("나", "다", tags=["kafka"])
    Revision.objects.filter(number=2).update(is_minor=True)

    def rows(**wanted):
        return shown(list_changes(VISITOR, Wanted(**wanted)))

    assert rows(kind="new") == ["import 2", "가 1"]
    assert rows(kind="imported") == ["import 2"]
    assert rows(without_minor=True) == ["import 2", "가 1"]
    assert rows(tag="grpc") == ["가 2"]
    assert rows(tag="kafka") == ["import 2"]
    assert rows(tag="없음") == []
    assert rows(since=timezone.now() + timedelta(hours=1)) == []


def test_pages_hold_every_edit_once():
    made = [make.entry(f"글 {number}") for number in range(5)]
    make.imported("가", "나")
    made += [make.entry(f"글 {number}") for number in range(5, 9)]
    # Edits of one transaction share their instant.
    Revision.objects.filter(entry__in=made[:4]).update(created_at=timezone.now())

    found, cursor = [], None
    for _page in range(20):
        changes = list_changes(VISITOR, before=cursor, limit=3)
        found += shown(changes)
        cursor = changes.next_cursor and Cursor.parse(str(changes.next_cursor))
        if cursor is None:
            break

    assert sorted(found) == ["import 2", *(f"글 {number} 1" for number in range(9))]
    assert len(found) == 10


@pytest.mark.parametrize(
    "text",
    ["", "x", "1", "-", "1-", "-1", "1.5-2", "9" * 30 + "-1", "-5-1", "１-x", "1-1-1"],
)
def test_broken_cursor_is_none(text):
    assert Cursor.parse(text) is None


def test_cursor_beyond_every_number_finds_nothing_and_fails_nowhere():
    make.entry("가")

    assert list_changes(VISITOR, before=Cursor.parse("0-" + "9" * 30)).rows == ()


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        *((1001, 500, True), (3000, 1000, True), (501, 0, True)),
        *((1000, 500, False), (3000, 1500, False), (500, 0, False), (0, 900, False)),
    ],
)
def test_big_shrink(before, after, expected):
    entry = make.entry("가", "글" * before)
    entry.revisions.update(created_at=timezone.now() - timedelta(days=2))
    make.edit(entry, "글" * after)

    assert list_changes(VISITOR).rows[0].has_shrunk_a_lot is expected


def test_activity_counts_edits_people_and_new_entries(writer):
    make.edit(make.entry("가", by="민수"), "고침", by="지현")
    make.entry("나", by=writer)
    make.imported("다", "라")

    activity = count_activity(VISITOR, timezone.now() - timedelta(days=1))

    assert (activity.edits, activity.people, activity.created) == (3, 2, 2)


@pytest.mark.parametrize("amount", [1, 40])
def test_number_of_queries_does_not_grow(django_assert_num_queries, amount, writer):
    for number in range(min(amount, 8)):
        make.imported(*(f"글 {number}-{n}" for n in range(5)))
    make.entries(amount)

    with django_assert_num_queries(4):
        changes = list_changes(VISITOR)
        for row in changes.rows:
            if isinstance(row, EntryChange):
                assert row.newest.author_name
                assert row.newest.entry.get_absolute_url()
            else:
                assert row.run is None
                assert [example.entry.title for example in row.examples]
