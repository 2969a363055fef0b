"""Saves that come between each other: the one that lost starts over."""

import threading
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import TypeVar
from weakref import WeakValueDictionary

from django.db import (
    DatabaseError,
    IntegrityError,
    OperationalError,
    connection,
    transaction,
)

from wiki.models import Entry

# A save that lost this many races computes the next time while it holds the
# entries, so that a page many people save at once serves them all in turn.
FREE_ATTEMPTS = 3
ATTEMPTS = 8
# How long a save waits for those of its process before it tries nevertheless.
TURN_SECONDS = 10

Result = TypeVar("Result")


class Raced(Exception):
    """Another save came between reading and writing."""


def retrying(attempt: Callable[[], Result], entry_ids: Iterable[int] = ()) -> Result:
    """The result of the first attempt that nobody else's save spoiled.

    An attempt reads, computes and writes in a transaction of its own. Deadlocks
    and doubled unique values are races as well: whoever lost starts over.
    """
    ids = sorted(entry_ids)
    with _turn(ids):
        return _attempts(attempt, ids)


def _attempts(attempt: Callable[[], Result], ids: Sequence[int]) -> Result:
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


class _Turn:
    """A lock that is forgotten when nobody has it or waits for it."""

    def __init__(self) -> None:
        self.lock = threading.RLock()


_turns: WeakValueDictionary[int, _Turn] = WeakValueDictionary()
_turns_lock = threading.Lock()


@contextmanager
def _turn(ids: Sequence[int]) -> Iterator[None]:
    """Lets saves of one entry in this process come one after the other.

    Of many at once each would draw the page for nothing, and SQLite does not serve
    in turn those that wait for it. Whoever is in a transaction already must not
    wait for one who may wait for that.
    """
    if len(ids) != 1 or connection.in_atomic_block:
        yield
        return
    with _turns_lock:
        turn = _turns.setdefault(ids[0], _Turn())
    is_ours = turn.lock.acquire(blocking=False)
    if not is_ours:
        if connection.vendor == "postgresql":
            # Back to the pool: readers need it while this one waits.
            connection.close()
        is_ours = turn.lock.acquire(timeout=TURN_SECONDS)
    try:
        yield
    finally:
        if is_ours:
            turn.lock.release()


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
