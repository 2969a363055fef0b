"""What differs between two texts, as lines side by side with marked words.

Pure text, made for the comparison page: stretches under their heading, rows
that pair an old line with the new one it became, the changed words in them, and
which of the lines only stand elsewhere now.
Tags, title and other fields are not compared here.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from itertools import takewhile, zip_longest
from typing import Literal, NamedTuple

from wiki.history.lines import Outline, outline
from wiki.history.matching import Change, match
from wiki.history.moves import Move, find_moves
from wiki.history.pairing import pairs
from wiki.history.words import Mark, mark_words

RowKind = Literal["same", "changed", "removed", "added"]

# More changed lines than this nobody reads word by word: lines only.
MAX_CHANGED_LINES = 4_000
# And more than this no browser shows: the rest is counted.
MAX_COARSE_ROWS = 20_000
# Characters in changed lines that are compared by word, a second at worst.
MAX_MARKED_CHARS = 200_000


# Tuples and not dataclasses: a long comparison makes a hundred thousand of them.
class Segment(NamedTuple):
    """A part of a line that differs from the other side, or does not."""

    text: str
    changed: bool


class Moved(NamedTuple):
    """That a line is part of block `number` of the lines that moved.

    `line` is where the block begins in the other text, `size` its lines.
    """

    number: int
    line: int
    size: int
    is_first: bool


class Line(NamedTuple):
    """A line without its newline; `number` counts from 1 in its own text.

    In a line that moved only what was changed on the way is marked.
    """

    number: int
    segments: tuple[Segment, ...]
    moved: Moved | None = None

    @property
    def text(self) -> str:
        return "".join(segment.text for segment in self.segments)

    @property
    def is_whole(self) -> bool:
        """Whether all of it differs, so that marks inside it would say nothing."""
        return all(segment.changed for segment in self.segments)


class Row(NamedTuple):
    """An old line and the new one beside it; None where one side has none.

    "changed" are two different lines that stand in each other's place. They need
    not be alike: then both are whole.
    """

    kind: RowKind
    old: Line | None
    new: Line | None


@dataclass(frozen=True)
class Hunk:
    """Changes that stand together, with lines around them.

    `heading` is the one the first change stands under, empty at the top.
    `skipped` counts the equal lines left out above it.
    """

    heading: str
    rows: tuple[Row, ...]
    skipped: int


@dataclass(frozen=True)
class Diff:
    """All differences. No hunks when the texts are the same.

    `skipped` counts the equal lines after the last hunk, `change_count` the places
    that differ, `move_count` the blocks that only stand elsewhere; characters are
    those in marked segments. A coarse one has no word marks, and may leave
    `omitted_rows` changed rows out at its end.
    """

    hunks: tuple[Hunk, ...]
    skipped: int
    added_chars: int
    removed_chars: int
    change_count: int
    move_count: int
    is_coarse: bool
    omitted_rows: int

    @property
    def has_changes(self) -> bool:
        return bool(self.hunks)


def diff(
    old: str, new: str, *, context: int | None = 3, finds_moves: bool = True
) -> Diff:
    r"""What differs, with that many equal lines around; None gives the whole text.

    `diff("서버는 쉬다\n", "서버가 쉬다\n")` is one row, with 는 marked against 가.
    Lines are cut by `\n` only. A final newline that one of the texts lacks shows
    as an empty last line of the other.
    """
    old_lines, new_lines = _lines_of(old, new)
    changes = match(old_lines, new_lines).changes()
    changed = sum(_row_count(change) for change in changes)
    is_coarse = changed > MAX_CHANGED_LINES
    moves = find_moves(old_lines, new_lines, changes) if finds_moves else ()
    rows = _RowMaker(old_lines, new_lines, moves, is_coarse)
    folding = _Folding(outline(old_lines), outline(new_lines), context)
    hunks, skipped = _hunks(changes, folding, rows)
    return Diff(
        hunks=tuple(hunks),
        skipped=skipped,
        added_chars=rows.added_chars,
        removed_chars=rows.removed_chars,
        change_count=len(changes),
        move_count=len(moves),
        is_coarse=is_coarse,
        omitted_rows=rows.omitted,
    )


def _lines_of(old: str, new: str) -> tuple[list[str], list[str]]:
    """The lines of both; joined by newlines they give each text back.

    Less the empty line after a final newline, when no text lacks one: there is
    nothing to see in it.
    """
    sides = [text.split("\n") if text else [] for text in (old, new)]
    if all(not text or text.endswith("\n") for text in (old, new)):
        sides = [lines[:-1] for lines in sides]
    return sides[0], sides[1]


def _row_count(change: Change) -> int:
    return max(change.old_end - change.old_start, change.new_end - change.new_start)


def _hunks(
    changes: Sequence[Change], folding: "_Folding", rows: "_RowMaker"
) -> tuple[list[Hunk], int]:
    """The hunks, and how many equal lines follow the last one."""
    hunks: list[Hunk] = []
    found: list[Row] = []
    heading, skipped, old, new = "", 0, 0, 0
    for change in changes:
        size = change.new_start - new
        shown = folding.shown(new, change.new_start, is_first=not found)
        if shown is None:
            found += rows.same(old, new, size)
        else:
            after, before = shown
            if found:
                found += rows.same(old, new, after)
                hunks.append(Hunk(heading, tuple(found), skipped))
            heading, skipped = folding.heading_of(change, rows), size - after - before
            found = rows.same(
                change.old_start - before, change.new_start - before, before
            )
        found += rows.changed(change)
        old, new = change.old_end, change.new_end
    if not found:
        return [], 0
    after = folding.shown_at_end(new, len(rows.new))
    found += rows.same(old, new, after)
    return [*hunks, Hunk(heading, tuple(found), skipped)], len(rows.new) - new - after


class _Folding:
    """Which equal lines are shown: `context` of them, and none across a heading."""

    def __init__(self, old: Outline, new: Outline, context: int | None) -> None:
        self.old, self.new, self.context = old, new, context

    def heading_of(self, change: Change, rows: "_RowMaker") -> str:
        side, lines = self.new, rows.new
        places = range(change.new_start, change.new_end)
        if not places:
            side, lines = self.old, rows.old
            places = range(change.old_start, change.old_end)
        # A section at the end begins with the blank line above its heading.
        first = next((i for i in places if lines[i].strip()), places.start)
        return side.heading_at(first)

    def shown(self, start: int, stop: int, *, is_first: bool) -> tuple[int, int] | None:
        """How many equal lines are shown below one change and above the next.

        None when all are, and the next change stands in the same hunk.
        """
        size = stop - start
        if self.context is None:
            return (0, size) if is_first else None
        after = 0 if is_first else min(self.context, size)
        before = min(self.context, size)
        headings = self.new.headings_between(start, stop)
        if headings:
            return min(after, headings[0] - start), min(before, stop - headings[-1])
        if not is_first and size <= 2 * self.context:
            return None
        return after, before

    def shown_at_end(self, start: int, stop: int) -> int:
        """How many equal lines are shown below the last change."""
        if self.context is None:
            return stop - start
        headings = self.new.headings_between(start, stop)
        return min(self.context, (headings[0] if headings else stop) - start)


class _RowMaker:
    """Rows of two texts; counts what differs in those it has made."""

    def __init__(
        self,
        old: Sequence[str],
        new: Sequence[str],
        moves: Iterable[Move],
        is_coarse: bool,
    ) -> None:
        self.old, self.new, self.is_coarse = old, new, is_coarse
        # The lines that moved, each with its place in the other text.
        self._from: dict[int, tuple[Move, int]] = {}
        self._to: dict[int, tuple[Move, int]] = {}
        for move in moves:
            for n in range(move.size):
                self._from[move.old + n] = (move, move.new + n)
                self._to[move.new + n] = (move, move.old + n)
        self.added_chars = self.removed_chars = self.omitted = 0
        self._rows_left = MAX_COARSE_ROWS
        self._chars_left = MAX_MARKED_CHARS

    def same(self, old: int, new: int, count: int) -> list[Row]:
        rows = []
        for i, j in zip(range(old, old + count), range(new, new + count), strict=True):
            text = self.old[i]
            segments = (Segment(text, False),) if text else ()
            rows.append(Row("same", Line(i + 1, segments), Line(j + 1, segments)))
        return rows

    def changed(self, change: Change) -> list[Row]:
        old = range(change.old_start, change.old_end)
        new = range(change.new_start, change.new_end)
        if self.is_coarse:
            return self._coarse(old, new)
        rows: list[Row] = []
        stayed = [i for i in old if i not in self._from]
        fresh = [j for j in new if j not in self._to]
        for i, j in pairs(self.old, self.new, stayed, fresh):
            rows += self._unpaired(range(old.start, i), range(new.start, j))
            rows.append(self._paired(i, j))
            old, new = range(i + 1, old.stop), range(j + 1, new.stop)
        return rows + self._unpaired(old, new)

    def _coarse(self, old: range, new: range) -> list[Row]:
        kept = self._rows_left
        self._rows_left -= min(kept, max(len(old), len(new)))
        rows = self._unpaired(old[:kept], new[:kept])
        self.removed_chars += sum(len(self.old[i]) for i in old[kept:])
        self.added_chars += sum(len(self.new[j]) for j in new[kept:])
        self.omitted += max(0, len(old) - kept, len(new) - kept)
        return rows

    def _unpaired(self, old: range, new: range) -> list[Row]:
        """Lines that are nobody's rewriting, still side by side to save height.

        Those that moved stand alone: beside another they would seem to be it.
        """
        rows = []
        while old or new:
            away, old = _cut(old, lambda i: i in self._from)
            here, new = _cut(new, lambda j: j in self._to)
            rows += [Row("removed", self._whole_old(i), None) for i in away]
            rows += [Row("added", None, self._whole_new(j)) for j in here]
            gone, old = _cut(old, lambda i: i not in self._from)
            come, new = _cut(new, lambda j: j not in self._to)
            rows += self._side_by_side(gone, come)
        return rows

    def _side_by_side(self, old: range, new: range) -> list[Row]:
        rows = []
        for i, j in zip_longest(old, new):
            before = None if i is None else self._whole_old(i)
            after = None if j is None else self._whole_new(j)
            if before and after and before.segments and after.segments:
                rows.append(Row("changed", before, after))
                continue
            if before:
                rows.append(Row("removed", before, None))
            if after:
                rows.append(Row("added", None, after))
        return rows

    def _whole_old(self, index: int) -> Line:
        text = self.old[index]
        if index in self._from:
            move, other = self._from[index]
            marks = self._marks(text, self.new[other])
            spans = [(mark.old_start, mark.old_end) for mark in marks]
            self.removed_chars += sum(end - start for start, end in spans)
            moved = Moved(move.number, move.new + 1, move.size, index == move.old)
            return Line(index + 1, _segments(text, spans), moved)
        self.removed_chars += len(text)
        return Line(index + 1, (Segment(text, True),) if text else ())

    def _whole_new(self, index: int) -> Line:
        text = self.new[index]
        if index in self._to:
            move, other = self._to[index]
            marks = self._marks(self.old[other], text)
            spans = [(mark.new_start, mark.new_end) for mark in marks]
            self.added_chars += sum(end - start for start, end in spans)
            moved = Moved(move.number, move.old + 1, move.size, index == move.new)
            return Line(index + 1, _segments(text, spans), moved)
        self.added_chars += len(text)
        return Line(index + 1, (Segment(text, True),) if text else ())

    def _marks(self, old: str, new: str) -> list[Mark]:
        """What of a line that moved was changed on the way."""
        # Blanks at the ends change with the depth of the list a line stands in.
        if old.split() == new.split() or self.is_coarse:
            return []
        self._chars_left -= len(old) + len(new)
        return [] if self._chars_left < 0 else mark_words(old, new)

    def _paired(self, i: int, j: int) -> Row:
        old, new = self.old[i], self.new[j]
        self._chars_left -= len(old) + len(new)
        if self._chars_left < 0:
            return Row("changed", self._whole_old(i), self._whole_new(j))
        marks = mark_words(old, new)
        self.removed_chars += sum(mark.old_end - mark.old_start for mark in marks)
        self.added_chars += sum(mark.new_end - mark.new_start for mark in marks)
        before = _segments(old, [(mark.old_start, mark.old_end) for mark in marks])
        after = _segments(new, [(mark.new_start, mark.new_end) for mark in marks])
        return Row("changed", Line(i + 1, before), Line(j + 1, after))


def _segments(text: str, spans: Iterable[tuple[int, int]]) -> tuple[Segment, ...]:
    """The text cut at the spans, which are the changed parts; no empty segments."""
    segments, place = [], 0
    for start, end in spans:
        segments += [Segment(text[place:start], False), Segment(text[start:end], True)]
        place = end
    segments.append(Segment(text[place:], False))
    return tuple(segment for segment in segments if segment.text)


def _cut(places: range, belongs: Callable[[int], bool]) -> tuple[range, range]:
    """The first places that belong together, and the rest."""
    size = sum(1 for _ in takewhile(belongs, places))
    return places[:size], places[size:]
