"""How much was done: in the wiki since a moment, and by one account in all.

Only what the reader may see is counted.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Count, Min, Q

from wiki.changes import Who, readable_revisions, shared_by
from wiki.models import Revision
from wiki.permissions import Person


@dataclass(frozen=True)
class Activity:
    """What was done by hand, which is all that is no part of a batch.

    `names` are of those who did it, whoever did most first.
    """

    edits: int
    created: int
    names: tuple[str, ...]

    @property
    def people(self) -> int:
        return len(self.names)


@dataclass(frozen=True)
class Contributions:
    """What an account wrote, alone or merged, its batches included."""

    edits: int
    entries: int
    created: int
    first_at: datetime | None


def count_activity(user: Person, since: datetime) -> Activity:
    """What was done since then, as far as this person may see. One query."""
    [activity] = count_activities(user, [since])
    return activity


def count_activities(user: Person, starts: Sequence[datetime]) -> list[Activity]:
    """What was done since each of these moments, the earliest of them first.

    One query for all.
    """
    by_hand = readable_revisions(user).filter(batch=None, created_at__gte=starts[0])
    # The label is kept beside every account: one column tells both apart.
    rows = by_hand.order_by().values("author_label")
    for number, start in enumerate(starts):
        later = Q(created_at__gte=start) if number else Q()
        counts = {
            f"edits_{number}": Count("id", filter=later or None),
            f"created_{number}": Count("id", filter=later & Q(number=1)),
        }
        rows = rows.annotate(**counts)
    people = list(rows)
    return [_activity(people, number) for number in range(len(starts))]


def _activity(people: Sequence[Mapping[str, Any]], number: int) -> Activity:
    edits, created = f"edits_{number}", f"created_{number}"
    busy = [who for who in people if who[edits]]
    busy.sort(key=lambda who: (-who[edits], who["author_label"]))
    return Activity(
        edits=sum(who[edits] for who in busy),
        created=sum(who[created] for who in busy),
        names=tuple(who["author_label"] for who in busy),
    )


def count_contributions(user: Person, author: int) -> Contributions:
    """What the account wrote or shared in, as far as this person may see. One query.

    Notes of its own making alone are counted as `created`.
    """
    own = Revision.objects.filter(author=author).values("pk")
    # Together by their ids: no index knows of both.
    shared = shared_by(Who((author,)))
    written = readable_revisions(user).filter(pk__in=own.union(shared))
    counted = written.aggregate(
        edits=Count("id"),
        entries=Count("entry", distinct=True),
        created=Count("id", filter=Q(number=1, author=author)),
        first_at=Min("created_at"),
    )
    return Contributions(**counted)
