"""Which revision each line of a text comes from.

Every revision is compared with the one before it once, and what is kept of that is
a `Step`: which lines stayed, without any text. Steps never change, as revisions do
not. What each line of any revision comes from is then put together of steps alone.
"""

import hashlib
from array import array
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import groupby, islice

from wiki.history.lines import split_lines
from wiki.history.matching import Change, match

# Says how steps are made: those that were kept are made anew when it changes.
VERSION = 1
# Of one comparison: a tenth of a second. What is not found by then counts as new.
MAX_WORK = 300_000
# Equal lines below a change that are compared with it: of equal lines in a row it
# is the last that was added, and a text of equal lines has many.
_LINES_BELOW = 20
# Lines of texts that may come back, together: four bytes each.
_MAX_KEPT_LINES = 4_000_000
# Enough that no two texts of an entry meet by chance.
_DIGEST_BYTES = 12
# Lines that one revision takes out and another may bring back. One that takes out
# more, and is undone when others have written on, is not looked through for them.
_MAX_GONE = 2_000

_NEW = -1
# The origin of a line that is older than what was looked at.
UNKNOWN = 0

Origins = array


@dataclass(frozen=True, slots=True)
class Step:
    """What a revision did to the lines of the one before it.

    `pieces` are pairs of a line of the former text, or -1 for new lines, and how many
    follow it. `digest` is equal when two texts are. `brings_back` tells of one that
    says that its text is older than it. `gone` are pairs of a former line that is no
    more and what stands for its text; `came` stands for the new lines of one that
    brings back.
    """

    digest: bytes
    former_lines: int
    pieces: tuple[int, ...]
    brings_back: bool = False
    gone: tuple[int, ...] = ()
    came: tuple[int, ...] = ()

    def applied_to(
        self, former: Origins, number: int, taken_out: Mapping[int, int]
    ) -> Origins:
        """The origin of each line after this step, which was revision `number`.

        `taken_out` has the origins of lines that were there before, by their text.
        """
        if self.pieces == (0, self.former_lines):
            return former
        origins = array("i")
        came = iter(self.came)
        for start, size in _pairs(self.pieces):
            if start != _NEW:
                origins += former[start : start + size]
            elif self.came:
                lines = islice(came, size)
                origins.extend(taken_out.get(line, number) for line in lines)
            else:
                origins.extend(array("i", [number]) * size)
        return origins


@dataclass(frozen=True, slots=True)
class Run:
    """Lines that stand together and come from one revision; lines count from 0."""

    number: int
    start: int
    size: int

    @property
    def stop(self) -> int:
        return self.start + self.size


def first_step(text: str) -> Step:
    """The step that made the first text."""
    text = _ended(text)
    lines = text.count("\n")
    return Step(_digest(text), 0, (_NEW, lines) if lines else ())


def step(
    old: str, new: str, *, ignores_blanks: bool = False, brings_back: bool = False
) -> Step:
    """What became of the lines of `old` in `new`.

    Lines that only moved stay what they are. With `ignores_blanks` so do lines that
    differ in blanks only. Always ends, after a tenth of a second at worst.
    """
    old, new = _ended(old), _ended(new)
    head = _common_head(old, new)
    below = _common_tail(old, new, head)
    sides = [side[head : len(side) - below] for side in (old, new)]
    above, kept = old.count("\n", 0, head), old.count("\n", len(old) - below)
    pieces = _Pieces()
    pieces.add(0, above)
    if sides[0] or sides[1]:
        middle = [_compared(side, ignores_blanks=ignores_blanks) for side in sides]
        _compare(*middle, above, pieces, brings_back=brings_back)
    former_lines = old.count("\n")
    pieces.add(former_lines - kept, kept)
    return Step(
        _digest(new),
        former_lines,
        tuple(pieces.found),
        brings_back,
        tuple(pieces.gone),
        tuple(pieces.came),
    )


def follow(steps: Iterable[tuple[int, Step]]) -> Origins:
    """The origin of each line after the last of these steps, which are in order.

    A text that was there before has the origins it had then, and so has a line that
    a revert brings back: it makes nobody the author of what others wrote. When the
    steps do not begin with the first revision, lines older than they are UNKNOWN, and
    so is what was brought back from before.
    """
    steps = list(steps)
    if not steps:
        return array("i")
    times = Counter(each.digest for _, each in steps)
    known: dict[bytes, Origins] = {}
    room = _MAX_KEPT_LINES
    first = steps[0][1]
    is_whole = not first.former_lines
    origins = array("i", [UNKNOWN]) * first.former_lines
    taken_out: dict[int, int] = {}
    for number, each in steps:
        taken_out.update((text, origins[line]) for line, text in _pairs(each.gone))
        before = known.get(each.digest)
        if before is None:
            is_older = each.brings_back and not is_whole
            author = UNKNOWN if is_older else number
            origins = each.applied_to(origins, author, taken_out)
            if times[each.digest] > 1 and len(origins) <= room:
                known[each.digest] = origins
                room -= len(origins)
        else:
            origins = before
    return origins


def blame(texts: Iterable[str], *, ignores_blanks: bool = False) -> Origins:
    """The origin of each line of the last text: 1 for the first, 2 for the next …"""
    return follow(enumerate(steps_of(texts, ignores_blanks=ignores_blanks), 1))


def steps_of(texts: Iterable[str], *, ignores_blanks: bool = False) -> Iterator[Step]:
    """The steps from text to text, the first one out of nothing."""
    former = None
    for text in texts:
        if former is None:
            yield first_step(text)
        else:
            yield step(former, text, ignores_blanks=ignores_blanks)
        former = text


def runs_of(origins: Sequence[int], start: int = 0) -> list[Run]:
    """The origins with what stands together as one; `start` is the first line's."""
    runs = []
    for number, lines in groupby(origins):
        size = sum(1 for _ in lines)
        runs.append(Run(number, start, size))
        start += size
    return runs


# ── The ends of two texts ─────────────────────────────────────────────────────
# Most edits change a few lines of many. Cutting a long text into its lines takes
# longer than all the rest, so what is equal at both ends is found as text.
def _pairs(numbers: Sequence[int]) -> Iterator[tuple[int, int]]:
    return zip(numbers[::2], numbers[1::2], strict=True)


def _ended(text: str) -> str:
    """A final newline ends a line and begins none."""
    return text if not text or text.endswith("\n") else text + "\n"


def _digest(text: str) -> bytes:
    # Near to how a text lies in memory: UTF-8 takes as long as all the rest.
    data = text.encode("utf-16-le", "surrogatepass")
    return hashlib.sha256(data).digest()[:_DIGEST_BYTES]


def _line_digest(line: str) -> int:
    return int.from_bytes(_digest(line)[:8], "big")


def _common_head(old: str, new: str) -> int:
    """How many characters of whole lines both begin with."""
    low, high = 0, min(len(old), len(new))
    while low < high:
        middle = (low + high + 1) // 2
        if old[low:middle] == new[low:middle]:
            low = middle
        else:
            high = middle - 1
    return old.rfind("\n", 0, low) + 1


def _common_tail(old: str, new: str, head: int) -> int:
    """How many characters of whole lines both end with, less a few lines.

    What stands directly below a change has a say in where the change is.
    """
    old_end, new_end = len(old), len(new)
    low, high = 0, min(old_end, new_end) - head
    while low < high:
        middle = (low + high + 1) // 2
        if (
            old[old_end - middle : old_end - low]
            == new[new_end - middle : new_end - low]
        ):
            low = middle
        else:
            high = middle - 1
    start = old_end - low
    if not (_begins_line(old, start) and _begins_line(new, new_end - low)):
        start = old.find("\n", start) + 1 or old_end
    for _ in range(_LINES_BELOW):
        start = old.find("\n", start) + 1 or old_end
    return old_end - start


def _begins_line(text: str, place: int) -> bool:
    return place == 0 or text[place - 1] == "\n"


# ── The lines between them ────────────────────────────────────────────────────
def _compared(text: str, *, ignores_blanks: bool) -> list[str]:
    lines = split_lines(text)
    return ["".join(line.split()) for line in lines] if ignores_blanks else lines


@dataclass
class _Pieces:
    """Pairs of a former line and a count, neighbours made one; and what else a step
    keeps of the lines.
    """

    found: list[int] = field(default_factory=list)
    gone: list[int] = field(default_factory=list)
    came: list[int] = field(default_factory=list)

    def add(self, start: int, size: int) -> None:
        if not size:
            return
        if self.found:
            last, length = self.found[-2:]
            if start == last == _NEW or (last != _NEW and start == last + length):
                self.found[-1] += size
                return
        self.found += [start, size]


def _compare(
    old: Sequence[str],
    new: Sequence[str],
    above: int,
    pieces: _Pieces,
    *,
    brings_back: bool,
) -> None:
    """Adds a piece for each line of `new`; `above` lines stand before both."""
    matching = match(old, new, max_work=MAX_WORK)
    changes = matching.changes()
    moved = _moved(old, new, changes)
    place = 0
    for change in [*changes, Change(len(old), len(old), len(new), len(new))]:
        size = change.new_start - place
        pieces.add(above + change.old_start - size, size)
        for index in range(change.new_start, change.new_end):
            origin = moved.get(index)
            pieces.add(_NEW if origin is None else above + origin, 1)
            if origin is None and brings_back:
                pieces.came.append(_line_digest(new[index]))
        place = change.new_end
    stayed = set(moved.values())
    gone = [
        index
        for change in changes
        for index in range(change.old_start, change.old_end)
        if index not in stayed
    ]
    if len(gone) <= _MAX_GONE:
        for index in gone:
            pieces.gone += [above + index, _line_digest(old[index])]


def _moved(
    old: Sequence[str], new: Sequence[str], changes: Sequence[Change]
) -> dict[int, int]:
    """Where added lines stood before, for those that were only moved.

    A line that went in one place and came in one other is the same line, and so are
    the equal ones around it. Lines without a letter or a digit move with others only.
    """
    gone = _single(old, ((c.old_start, c.old_end) for c in changes))
    if not gone:
        return {}
    come = _single(new, ((c.new_start, c.new_end) for c in changes))
    moved = {
        place: gone[line]
        for line, place in come.items()
        if line in gone and any(sign.isalnum() for sign in line)
    }
    if moved:
        taken = set(moved.values())
        removed = {i for c in changes for i in range(c.old_start, c.old_end)}
        added = {i for c in changes for i in range(c.new_start, c.new_end)}
        for direction in (1, -1):
            for place in sorted(moved, reverse=direction < 0):
                _extend(place, direction, moved, taken, (old, removed), (new, added))
    return moved


def _single(lines: Sequence[str], ranges: Iterable[tuple[int, int]]) -> dict[str, int]:
    """The lines of these ranges that stand in them once, and where."""
    places: dict[str, int] = {}
    repeated = set()
    for start, stop in ranges:
        for index in range(start, stop):
            if places.setdefault(lines[index], index) != index:
                repeated.add(lines[index])
    return {line: at for line, at in places.items() if line not in repeated}


def _extend(
    place: int,
    direction: int,
    moved: dict[int, int],
    taken: set[int],
    before: tuple[Sequence[str], Collection[int]],
    after: tuple[Sequence[str], Collection[int]],
) -> None:
    """Takes the equal lines next to a moved one along, in one direction."""
    (old, removed), (new, added) = before, after
    origin = moved[place] + direction
    place += direction
    while (
        place in added
        and place not in moved
        and origin in removed
        and origin not in taken
        and old[origin] == new[place]
    ):
        moved[place] = origin
        taken.add(origin)
        place, origin = place + direction, origin + direction
