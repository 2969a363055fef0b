"""Saves that come between each other: the one that lost starts over."""

from collections.abc import Callable, Iterable, Sequence
from typing import TypeVar

from django.db import DatabaseError, IntegrityError, OperationalError, transaction

from wiki.models import Entry

# A save that lost this many races computes the next time while it holds the
# entries, so that a page many people save at once serves them all in turn.
FREE_ATTEMPTS = 3
ATTEMPTS = 8

Result = TypeVar("Result")


class Raced(Exception):
    """Another save came between reading and writing."""


def retrying(attempt: Callable[[], Result], entry_ids: Iterable[int] = ()) -> Result:
    """The result of the first attempt that nobody else's save spoiled.

    An attempt reads, computes and writes in a transaction of its own. Deadlocks
    and doubled unique values are races as well: whoever lost starts over.
    """
    ids = sorted(entry_ids)
    for number in range(1, ATTEMPTS + 1):
        try:
            if number <= FREE_ATTEMPTS:
                return attempt()
            with transaction.atomic():
                hold(ids)
                return attempt()
        except (Raced, IntegrityError, OperationalError) as error:
            if number == ATTEMPTS or not _is_race(error):
                raise
    raise AssertionError("unreachable")


def hold(entry_ids: Sequence[int]) -> None:
    """Keeps others from saving these entries until the transaction ends."""
    # On SQLite the transaction alone keeps other writers out.
    locked = Entry.objects.select_for_update().filter(pk__in=entry_ids).order_by("pk")
    list(locked.values_list("pk"))


def _is_race(error: DatabaseError | Raced) -> bool:
    if isinstance(error, (Raced, IntegrityError)):
        return True
    cause = getattr(error.__cause__, "sqlstate", "")
    return cause in ("40001", "40P01")  # serialization failure, deadlock
