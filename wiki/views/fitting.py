"""What of a long comparison fits on a page: a browser shows a megabyte, and no more."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from wiki.history.diff import Hunk, Line, Row, Segment
from wiki.history.words import is_boundary

MAX_BYTES = 900_000
# What stands around a row and a marked part of it.
ROW_BYTES = 270
SEGMENT_BYTES = 11
# Of a longer line only the surroundings of what changed are shown.
MAX_LINE_CHARS = 10_000
AROUND_CHARS = 200
MAX_CHANGED_CHARS = 4_000
ELLIPSIS = " … "
_LONGER_ESCAPED = "<>&\"'"


@dataclass
class Room:
    """The bytes left on the page, and how many rows found no place on it."""

    left: int = MAX_BYTES
    omitted: int = 0

    def fit(self, hunks: Iterable[Hunk]) -> Iterator[tuple[Hunk, tuple[Row, ...]]]:
        """The hunks and the rows of each that are shown; others are counted."""
        for hunk in hunks:
            rows = tuple(self._fitting(hunk.rows))
            if rows:
                yield hunk, rows

    def _fitting(self, rows: Iterable[Row]) -> Iterator[Row]:
        for row in rows:
            shown = Row(row.kind, _shortened(row.old), _shortened(row.new))
            if self.left > 0:
                self.left -= _size(shown)
            if self.left > 0:
                yield shown
            elif row.kind != "same":
                self.omitted += 1


def _size(row: Row) -> int:
    return ROW_BYTES + sum(
        SEGMENT_BYTES + _printed_size(segment.text)
        for line in (row.old, row.new)
        if line is not None
        for segment in line.segments
    )


def _printed_size(text: str) -> int:
    if text.isascii():
        return len(text) + 4 * sum(map(text.count, _LONGER_ESCAPED))
    return len(text.encode("utf-8", "replace"))


def _shortened(line: Line | None) -> Line | None:
    """The line, or of a very long one what changed and a little around it."""
    if line is None or sum(len(s.text) for s in line.segments) <= MAX_LINE_CHARS:
        return line
    return line._replace(segments=tuple(map(_shortened_segment, line.segments)))


def _shortened_segment(segment: Segment) -> Segment:
    text = segment.text
    kept = MAX_CHANGED_CHARS if segment.changed else AROUND_CHARS
    if len(text) <= 2 * kept:
        return segment
    start, end = _whole(text, kept), _whole(text, len(text) - kept)
    return Segment(text[:start] + ELLIPSIS + text[end:], segment.changed)


def _whole(text: str, place: int) -> int:
    """The place, or one a little further on where no sign is cut."""
    return next((p for p in range(place, place + 20) if is_boundary(text, p)), place)
