"""Blocks of lines that only stand elsewhere now: gone here, come there, the same.

Found among the lines that a comparison says were removed and added. Small edits
inside a block are allowed; blanks do not count, because a list item that moves
often changes its depth.
"""

from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from heapq import heapify, heappop, heappush

from wiki.history.matching import Change
from wiki.history.pairing import letter_pairs, likeness

# What a block has to have in it, blanks not counted: a long line, or several
# that are more than brackets and rules.
MIN_LINES = 2
MIN_CHARS = 16
MIN_CHARS_OF_ONE_LINE = 40
# Lines that stand in so many places say nothing of where a block went.
MAX_PLACES = 8
# Edited lines in a row inside a block, and how alike they have to be.
MAX_EDITED_LINES = 2
MIN_LIKENESS = 0.5
# Pairs of lines looked at: a fraction of a second.
MAX_WORK = 300_000


@dataclass(frozen=True, slots=True)
class Move:
    """`size` lines that stood at index `old` and stand at `new` now."""

    # From 1, down the old text.
    number: int
    old: int
    new: int
    size: int


@dataclass(frozen=True, slots=True)
class _Run:
    old: int
    new: int
    size: int


def find_moves(
    old: Sequence[str], new: Sequence[str], changes: Sequence[Change]
) -> tuple[Move, ...]:
    """The blocks that moved, in the order of the old text; no line is in two."""
    search = _Search(old, new, changes)
    chosen = sorted(search.chosen(), key=lambda run: run.old)
    return tuple(
        Move(number, run.old, run.new, run.size) for number, run in enumerate(chosen, 1)
    )


class _Search:
    """The removed and the added lines, by what they say, and the work left."""

    def __init__(
        self, old: Sequence[str], new: Sequence[str], changes: Sequence[Change]
    ) -> None:
        # By index: what the line says, and the change it belongs to.
        self.removed: dict[int, tuple[str, int]] = {}
        self.added: dict[int, tuple[str, int]] = {}
        for number, change in enumerate(changes):
            for i in range(change.old_start, change.old_end):
                self.removed[i] = (_said(old[i]), number)
            for j in range(change.new_start, change.new_end):
                self.added[j] = (_said(new[j]), number)
        self.work_left = MAX_WORK

    def chosen(self) -> Iterator[_Run]:
        """The runs, the longest first, less what a longer one has taken."""
        heap = [(-self._weight(run), run.old, run.new, run) for run in self._joined()]
        heapify(heap)
        gone: set[int] = set()
        come: set[int] = set()
        while heap:
            run = heappop(heap)[-1]
            old = range(run.old, run.old + run.size)
            new = range(run.new, run.new + run.size)
            if gone.isdisjoint(old) and come.isdisjoint(new):
                run = self._extended(run, gone, come)
                gone.update(range(run.old, run.old + run.size))
                come.update(range(run.new, run.new + run.size))
                yield run
                continue
            is_free = [
                i not in gone and j not in come for i, j in zip(old, new, strict=True)
            ]
            for start, size in _stretches(is_free):
                part = self._with_equal_ends(_Run(old[start], new[start], size))
                if part and self._is_block(part):
                    heappush(heap, (-self._weight(part), part.old, part.new, part))

    def _joined(self) -> Iterator[_Run]:
        """Blocks: equal runs, and what stands between two of them, slightly edited."""
        by_distance: dict[int, list[_Run]] = defaultdict(list)
        for run in self._equal_runs():
            by_distance[run.old - run.new].append(run)
        for runs in by_distance.values():
            last = runs[0]
            for run in runs[1:]:
                if self._are_edited(last, run):
                    last = replace(last, size=run.old + run.size - last.old)
                    continue
                if self._is_block(last):
                    yield last
                last = run
            if self._is_block(last):
                yield last

    def _equal_runs(self) -> Iterator[_Run]:
        """All stretches in which the removed lines say what the added ones do."""
        places: dict[str, list[int]] = defaultdict(list)
        for j, (said, _) in self.added.items():
            if said:
                places[said].append(j)
        often = Counter(said for said, _ in self.removed.values())
        # Per distance of the two places: where the last run ended.
        ends: dict[int, int] = {}
        for i, (said, _) in self.removed.items():
            found = places.get(said, ())
            if often[said] > MAX_PLACES or len(found) > MAX_PLACES:
                continue
            for j in found:
                if i < ends.get(i - j, 0) or not self._is_same(i, j):
                    continue
                start, end = i, i + 1
                while start > ends.get(i - j, 0) and self._is_same(
                    start - 1, start - 1 - i + j
                ):
                    start -= 1
                while self._is_same(end, end - i + j):
                    end += 1
                ends[i - j] = end
                yield _Run(start, start - i + j, end - start)

    def _is_same(self, i: int, j: int) -> bool:
        self.work_left -= 1
        removed, added = self.removed.get(i), self.added.get(j)
        if removed is None or added is None or self.work_left < 0:
            return False
        # Within one change a line did not move: it was indented, say.
        return removed[0] == added[0] and removed[1] != added[1]

    def _are_edited(self, last: _Run, run: _Run) -> bool:
        """Whether what stands between two runs is the same on both sides, nearly."""
        gap = range(last.old + last.size, run.old)
        if not 0 < len(gap) <= MAX_EDITED_LINES:
            return False
        return all(self._is_alike(i, i - last.old + last.new) for i in gap)

    def _is_alike(self, i: int, j: int) -> bool:
        removed, added = self.removed.get(i), self.added.get(j)
        if removed is None or added is None or removed[1] == added[1]:
            return False
        self.work_left -= len(removed[0]) + len(added[0])
        if self.work_left < 0:
            return False
        alike = likeness(letter_pairs(removed[0]), letter_pairs(added[0]))
        return alike >= MIN_LIKENESS

    def _extended(self, run: _Run, gone: set[int], come: set[int]) -> _Run:
        """The run with edited lines before and behind it, a few on each side."""

        def count(i: int, j: int, step: int) -> int:
            size = edited = 0
            while i not in gone and j not in come:
                if not self._is_same(i, j):
                    edited += 1
                    if edited > MAX_EDITED_LINES or not self._is_alike(i, j):
                        break
                size, i, j = size + 1, i + step, j + step
            return size

        before = count(run.old - 1, run.new - 1, -1)
        behind = count(run.old + run.size, run.new + run.size, 1)
        return _Run(run.old - before, run.new - before, before + run.size + behind)

    def _with_equal_ends(self, run: _Run) -> _Run | None:
        """The run without edited lines at its ends."""
        equal = [n for n in range(run.size) if self._is_same(run.old + n, run.new + n)]
        if not equal:
            return None
        first, last = equal[0], equal[-1]
        return _Run(run.old + first, run.new + first, last - first + 1)

    def _is_block(self, run: _Run) -> bool:
        sizes = [size for size in self._sizes(run) if size]
        if not sizes:
            return False
        is_several = len(sizes) >= MIN_LINES and sum(sizes) >= MIN_CHARS
        return is_several or max(sizes) >= MIN_CHARS_OF_ONE_LINE

    def _weight(self, run: _Run) -> int:
        return sum(self._sizes(run)) + run.size

    def _sizes(self, run: _Run) -> list[int]:
        return [len(self.removed[run.old + n][0]) for n in range(run.size)]


def _said(line: str) -> str:
    return " ".join(line.split())


def _stretches(is_free: Sequence[bool]) -> Iterator[tuple[int, int]]:
    """Where the free places stand together, and how many."""
    start = 0
    for place, free in enumerate([*is_free, False]):
        if not free:
            if place > start:
                yield start, place - start
            start = place + 1
