"""Acts on tags while others save, and while others act on the same tags."""

import threading
from concurrent.futures import ThreadPoolExecutor
from functools import partial

import pytest
from django.db import connection

from tests import make
from tests.views.acting import fresh
from wiki.editing import AlreadyUndone, undo_batch
from wiki.editing.tag_acts import TagActRefused, carry_out
from wiki.editing.tag_plans import plan_delete, plan_merge, plan_rename
from wiki.models import Batch, Entry, EntryTag, Revision, Tag

pytestmark = pytest.mark.django_db(transaction=True)


def together(*works):
    """What each of them gave or raised, all let go at one moment."""
    gate = threading.Barrier(len(works))

    def run(work):
        gate.wait()
        try:
            return work()
        except (TagActRefused, AlreadyUndone) as refused:
            return refused
        finally:
            connection.close()

    with ThreadPoolExecutor(len(works)) as pool:
        return list(pool.map(run, works))


def means_what_it_says(entry):
    """Whether the rows of the entry are the tags that its newest revision names."""
    rows = EntryTag.objects.filter(content_object=entry).order_by("position")
    return [row.name for row in rows] == list(fresh(entry).head.tag_names())


@pytest.mark.parametrize("attempt", range(3))
def test_saves_that_come_between_lose_nothing_and_find_the_new_tag(attempt):
    old = [make.entry(tags=["db", "가"]) for _ in range(5)]
    make.entry(tags=["database"])

    def merges():
        return carry_out(partial(plan_merge, "db", "database"), act=make.act())

    def edits(entry):
        return make.edit(entry, f"새 글 {entry.pk}", tags=["db", "가", "나"])

    merged, *_, created = together(
        merges,
        *(partial(edits, entry) for entry in old[:3]),
        lambda: make.entry(tags=["db"]),
    )

    assert merged.batch
    assert not Tag.objects.filter(key="db").exists()
    for entry in (*old, created):
        keys = EntryTag.objects.filter(content_object=entry)
        assert "database" in keys.values_list("tag__key", flat=True)
        assert means_what_it_says(entry)
    assert [fresh(entry).body for entry in old[:3]] == [
        f"새 글 {entry.pk}" for entry in old[:3]
    ]


def test_of_two_acts_on_one_tag_the_later_finds_it_gone():
    entries = [make.entry(tags=["db"]) for _ in range(3)]

    results = together(
        lambda: carry_out(partial(plan_rename, "db", "하나"), act=make.act()),
        lambda: carry_out(partial(plan_rename, "db", "둘"), act=make.act()),
        lambda: carry_out(partial(plan_delete, "db"), act=make.act()),
    )

    assert sum(isinstance(one, TagActRefused) for one in results) == 2
    assert Batch.objects.count() == 1
    assert all(means_what_it_says(entry) for entry in entries)


def test_of_two_undos_one_is_told_that_it_was_done():
    entry = make.entry(tags=["db"])
    done = carry_out(partial(plan_rename, "db", "하나"), act=make.act())

    results = together(
        *[lambda: undo_batch(done.batch, act=make.act())] * 3,
    )

    assert sum(isinstance(one, AlreadyUndone) for one in results) == 2
    assert Revision.objects.filter(entry=entry).count() == 3
    assert list(fresh(entry).head.tag_names()) == ["db"]
    assert Entry.objects.get(pk=entry.pk).version == 3
