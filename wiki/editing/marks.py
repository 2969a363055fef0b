"""Marks that a save leaves on earlier revisions: those that it took back."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import reduce
from operator import or_

from django.contrib.auth.models import AbstractBaseUser
from django.db.models import Q
from django.utils import timezone

from wiki.editing.changes import Change
from wiki.models import Revision, RevisionMark

# A revert over a long history; each mark is a row.
_MARKS_AT_ONCE = 500


@dataclass(frozen=True)
class TakenBack:
    """Numbers of revisions of an entry, and the number of the one that undid them."""

    entry_id: int
    numbers: Sequence[int]
    by_number: int
    author: AbstractBaseUser | None


def mark_reverted(changes: Sequence[Change]) -> None:
    """Marks the revisions that these changes took back. In the save's transaction."""
    mark_taken_back(
        TakenBack(
            change.entry.pk,
            change.takes_back,
            change.revision.number,
            change.act.author.user,
        )
        for change in changes
        if change.takes_back
    )


def mark_taken_back(taken: Iterable[TakenBack]) -> None:
    """Marks revisions as taken back; each mark names the revision that did it.

    One query to find them and one for each five hundred marks, if there are any.
    """
    by_entry = {one.entry_id: one for one in taken}
    if not by_entry:
        return
    now = timezone.now()
    marks = [
        RevisionMark(
            revision_id=pk,
            kind=RevisionMark.Kind.REVERTED,
            reason=f"r{by_entry[entry_id].by_number}",
            author=by_entry[entry_id].author,
            created_at=now,
        )
        for pk, entry_id in _found(by_entry.values())
    ]
    RevisionMark.objects.bulk_create(
        marks, batch_size=_MARKS_AT_ONCE, ignore_conflicts=True
    )


def _found(taken: Iterable[TakenBack]) -> Iterable[tuple[int, int]]:
    """The id and the entry of each revision that was taken back."""
    wanted = (
        Q(entry=one.entry_id, number__range=(one.numbers[0], one.numbers[-1]))
        if isinstance(one.numbers, range)
        else Q(entry=one.entry_id, number__in=one.numbers)
        for one in taken
    )
    return Revision.objects.filter(reduce(or_, wanted)).values_list("pk", "entry_id")
