"""Which revision each line of an entry comes from, read once and kept in the cache.

What is kept is what each revision did to the lines, in chunks that never change. The
newest are read first, so that a long history read in part tells of the newest lines.
Reading writes nothing to the database.
"""

import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import chain

from django.core.cache import BaseCache, caches

from wiki.history.blame import VERSION, Origins, Step, first_step, follow, step
from wiki.models import Revision, RevisionKind

# Revisions in one chunk.
CHUNK = 50
# What a request may spend on reading what is not kept yet.
MAX_SECONDS = 1.0
# What is further back is not looked at.
MAX_REVISIONS = 5_000
# Texts in memory at a time; each can be a megabyte.
_TEXTS_AT_ONCE = 10
_KEPT_SECONDS = 7 * 24 * 60 * 60
_BRINGING_BACK = (RevisionKind.REVERT, RevisionKind.RESTORE)

Steps = list[Step]


@dataclass(frozen=True)
class LineOrigins:
    """The number of the revision of each line; 0 where it is older than `known_from`.

    `is_complete` is False when the rest will be known to a later request.
    """

    origins: Origins
    known_from: int
    is_complete: bool


def origins_of(
    entry_id: int, number: int, *, ignores_blanks: bool = False
) -> LineOrigins:
    """Where the lines of revision `number` come from.

    No query when all is in the cache, else one for ten revisions and about a second
    at most.
    """
    first = max(1, number - MAX_REVISIONS + 1)
    reader = _Reader(entry_id, ignores_blanks)
    chunks = range((first - 1) // CHUNK, (number - 1) // CHUNK + 1)
    kept = reader.kept(chunks)
    known: list[tuple[int, Steps]] = []
    for chunk in reversed(chunks):
        start = chunk * CHUNK + 1
        wanted = min(CHUNK, number - start + 1)
        steps = kept.get(chunk, [])
        if len(steps) < wanted:
            steps = reader.complete(start, steps, wanted)
        if len(steps) < wanted:
            break
        known.append((start, steps[:wanted]))
    numbered = chain.from_iterable(
        enumerate(steps, start) for start, steps in reversed(known)
    )
    known_from = known[-1][0] if known else number + 1
    return LineOrigins(follow(numbered), known_from, len(known) == len(chunks))


class _Reader:
    """Reads revisions of one entry for as long as a request may take."""

    def __init__(self, entry_id: int, ignores_blanks: bool) -> None:
        self._entry_id = entry_id
        self._ignores_blanks = ignores_blanks
        self._cache: BaseCache = caches["blame"]
        self._ends_at = time.monotonic() + MAX_SECONDS

    def kept(self, chunks: Sequence[int]) -> dict[int, Steps]:
        """The chunks that were read before, each as far as it was."""
        names = {self._name(chunk): chunk for chunk in chunks}
        found = self._cache.get_many(names)
        return {names[name]: steps for name, steps in found.items()}

    def complete(self, start: int, steps: Steps, wanted: int) -> Steps:
        """The steps from revision `start` on, more of them, and all if time allows."""
        steps = list(steps)
        former = None
        for number, kind, body in self._revisions(start + len(steps), start + wanted):
            if number >= start + len(steps):
                steps.append(self._step(number, former, body, kind))
                if time.monotonic() > self._ends_at:
                    break
            former = body
        self._cache.set(self._name((start - 1) // CHUNK), steps, _KEPT_SECONDS)
        return steps

    def _step(self, number: int, former: str | None, body: str, kind: str) -> Step:
        if number == 1 or former is None:
            return first_step(body)
        return step(
            former,
            body,
            ignores_blanks=self._ignores_blanks,
            brings_back=kind in _BRINGING_BACK,
        )

    def _revisions(self, first: int, stop: int) -> Iterator[tuple[int, str, str]]:
        """Number, kind and text of these and of the one before them, in order."""
        found = Revision.objects.filter(entry=self._entry_id).order_by("number")
        values = found.values_list("number", "kind", "body")
        for low in range(first - 1, stop, _TEXTS_AT_ONCE):
            high = min(low + _TEXTS_AT_ONCE, stop)
            if low > first - 1 and time.monotonic() > self._ends_at:
                return
            yield from values.filter(number__gte=low, number__lt=high)

    def _name(self, chunk: int) -> str:
        blanks = "ignored" if self._ignores_blanks else "kept"
        return f"blame:{VERSION}:{self._entry_id}:{blanks}:{chunk}"
