"""The search index made anew, while others save and search.

How far it is stands in the index itself: an entry that is in it is done. So it may be
stopped at any moment, killed too, and goes on where it was. Meanwhile saves keep what
they change in it, and searches read the texts of what is not in it yet.
"""

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from django.db import transaction

from wiki.editing.indexing import index_entries
from wiki.editing.races import retrying
from wiki.editing.rebuilding import held
from wiki.models import Entry, SearchState
from wiki.models.search import NO_ANALYSER
from wiki.search import index

# SQLite has one writer: a save waits no longer for these than for a few other saves.
ENTRIES_AT_ONCE = 40
CHARS_AT_ONCE = 200_000
# Entries that another release saved meanwhile are found by looking once more.
_PASSES = 5
# Searches that began before an index in use is emptied are over after so long.
SECONDS_TO_SETTLE = 2.0


@dataclass(frozen=True)
class Step:
    """How far it is, as progress is shown."""

    stage: str
    done: int
    total: int


def _unseen(step: Step) -> None:
    pass


def rebuild(watch: Callable[[Step], None] = _unseen) -> bool:
    """Makes the whole index anew, or goes on with one that was begun.

    Whether every live entry is in it now. Not in a transaction.
    """
    if index.state().is_whole:
        # From here on searches read texts, and none of them an index half emptied.
        SearchState.objects.update(analyser=NO_ANALYSER)
        time.sleep(SECONDS_TO_SETTLE)
    return complete(watch)


def complete(watch: Callable[[Step], None] = _unseen) -> bool:
    """Brings what is missing into the index; whether every live entry is in it now.

    An index of another analyser is emptied first. Two queries when nothing is missing.
    """
    if index.state().is_whole and not index.waiting().exists():
        return True
    for _ in range(_PASSES):
        for _ids in _filled(watch):
            pass
        if index.mark_whole():
            return True
    return False


def complete_some() -> bool:
    """Brings a few entries into the index; whether that was of any use.

    The index of a later release is left alone: that one's processes see to it. One
    query when the index is whole.
    """
    state = index.state()
    if state.is_whole or (not state.is_current and _is_of_later_release()):
        return False
    ids = next(_filled(_unseen), None)
    if not ids:
        return index.mark_whole()
    return index.waiting().filter(pk__in=ids).count() < len(ids)


def missing() -> int:
    """How many entries are to be brought into the index. One or two queries."""
    state = index.state()
    if state.is_whole:
        return 0
    return (index.waiting() if state.is_current else Entry.objects.live()).count()


def _is_of_later_release() -> bool:
    return SearchState.objects.filter(analyser__gt=index.ANALYSER).exists()


def _empty() -> None:
    def attempt() -> None:
        with transaction.atomic():
            index.reset()

    retrying(attempt)


def _filled(watch: Callable[[Step], None]) -> Iterator[list[int]]:
    """Brings in what is missing, part by part; gives the ids of each part."""
    if not index.state().is_current:
        _empty()
    _remove_left_over()
    total, last = Entry.objects.live().count(), 0
    done = total - index.waiting().count()
    while ids := _next_after(last):
        _index(ids)
        last = ids[-1]
        done += len(ids)
        watch(Step("write", min(done, total), total))
        yield ids


def _next_after(last: int) -> list[int]:
    """At least one that is missing, if there is one."""
    rows = index.waiting().filter(pk__gt=last).order_by("pk")
    ids: list[int] = []
    chars = 0
    for pk, size in rows.values_list("pk", "head__size")[:ENTRIES_AT_ONCE]:
        chars += size or 0
        if ids and chars > CHARS_AT_ONCE:
            break
        ids.append(pk)
    return ids


def _index(ids: list[int]) -> None:
    def attempt() -> None:
        with held(ids):
            # Another who completes it may have been here first.
            index_entries(
                list(index.waiting().filter(pk__in=ids).values_list("pk", flat=True))
            )

    retrying(attempt)


def _remove_left_over() -> None:
    ids = list(index.left_over().values_list("pk", flat=True))
    for start in range(0, len(ids), ENTRIES_AT_ONCE):
        part = ids[start : start + ENTRIES_AT_ONCE]
        with held(part):
            index_entries(part)
