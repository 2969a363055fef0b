"""The lines of a Markdown text: how they are cut, what each is, which heading rules.

A quick look at the line beginnings, not a parse: it decides where word-level
merging is safe and which heading a change stands under, in time linear in the
text. When in doubt a line is not prose.
"""

import re
from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum

_CONTAINER = r"(?P<container>(?:[ \t]*(?:>|(?:[-*+]|\d{1,9}[.)])(?=[ \t])))*)"
_FENCE = re.compile(_CONTAINER + r"(?P<blank>[ \t]*)(?P<fence>`{3,}|~{3,})")
_HEADING = re.compile(r" {0,3}#{1,6}(?=[ \t]|$)")
_UNDERLINE = re.compile(r" {0,3}(?:=+|-+)[ \t]*$")
_DELIMITER_ROW = re.compile(
    r"[ \t>]*(?:\|[ \t]*)?:?-+:?[ \t]*(?:\|[ \t]*:?-+:?[ \t]*)*\|?$"
)
_LIST_ITEM = re.compile(r"[ \t]*(?:[-*+]|\d{1,9}[.)])[ \t]")
# Only lines that begin with one of these can be anything but a paragraph.
_MARK_SIGNS = frozenset("#`~|<>=-*+:0123456789")


class LineKind(Enum):
    """What a line is, as far as merging words in it is concerned."""

    PROSE = "prose"
    BLANK = "blank"
    HEADING = "heading"
    CODE = "code"
    TABLE = "table"
    HTML = "html"


@dataclass(frozen=True)
class Outline:
    """The kind of every line, and where the headings stand (index, text)."""

    kinds: Sequence[LineKind]
    headings: Sequence[tuple[int, str]]

    def heading_at(self, index: int) -> str:
        """The text of the nearest heading at or above a line; empty when none is."""
        place = bisect_right(self.headings, index, key=lambda heading: heading[0])
        return self.headings[place - 1][1] if place else ""

    def headings_between(self, start: int, stop: int) -> list[int]:
        """The indexes of the headings from `start` on and before `stop`."""
        first = bisect_left(self.headings, start, key=lambda heading: heading[0])
        last = bisect_left(self.headings, stop, key=lambda heading: heading[0])
        return [index for index, _ in self.headings[first:last]]


def split_lines(text: str) -> list[str]:
    r"""The lines without their `\n`, the only sign that ends one.

    `"a\nb"` and `"a\nb\n"` both give `["a", "b"]`; the empty text has no lines.
    U+2028, form feeds and lone carriage returns stay inside their line.
    """
    lines = text.split("\n")
    if not lines[-1]:
        lines.pop()
    return lines


def outline(lines: Sequence[str]) -> Outline:
    """What each line is and where the headings stand."""
    return _Scan(lines).outline()


def _heading_text(rest: str) -> str:
    """The text after the opening signs, without the closing ones."""
    text = rest.strip()
    unclosed = text.rstrip("#")
    return unclosed.rstrip() if not unclosed or unclosed[-1] in " \t" else text


class _Scan:
    """One pass from the first line to the last."""

    def __init__(self, lines: Sequence[str]) -> None:
        self.lines = lines
        self.kinds: list[LineKind] = []
        self.headings: list[tuple[int, str]] = []
        self.fence: _Fence | None = None
        self.is_in_table = False

    def outline(self) -> Outline:
        for index, line in enumerate(self.lines):
            self.kinds.append(self._kind(index, line))
        return Outline(self.kinds, self.headings)

    def _kind(self, index: int, line: str) -> LineKind:
        if self.fence is not None and self.fence.holds(line):
            if self.fence.is_closed_by(line):
                self.fence = None
            return LineKind.CODE
        self.fence = None
        start = line.lstrip()
        if not start:
            self.is_in_table = False
            return LineKind.BLANK
        if start[0] in _MARK_SIGNS:
            return self._marked_kind(index, line, start)
        return self._paragraph_kind(line)

    def _marked_kind(self, index: int, line: str, start: str) -> LineKind:
        fence = _FENCE.match(line)
        # Behind an opening fence of backticks stands no further one.
        if fence is not None and (
            fence["fence"][0] == "~" or "`" not in line[fence.end() :]
        ):
            self.fence = _Fence.opened_by(fence)
            return LineKind.CODE
        if start[0] == "#" and (heading := _HEADING.match(line)):
            self.is_in_table = False
            self.headings.append((index, _heading_text(line[heading.end() :])))
            return LineKind.HEADING
        if start[0] in "=-" and self._underlines_heading(index, line):
            return LineKind.HEADING
        if start[0] in "|:->" and "-" in line and _DELIMITER_ROW.match(line):
            self._begin_table(index, line)
        if start[0] == "|":
            return LineKind.TABLE
        if start[0] == "<":
            return LineKind.HTML
        return self._paragraph_kind(line)

    def _underlines_heading(self, index: int, line: str) -> bool:
        """Makes the line above a heading when this one underlines it."""
        if not index or self.kinds[-1] is not LineKind.PROSE:
            return False
        above = self.lines[index - 1]
        if not _UNDERLINE.match(line) or _LIST_ITEM.match(above) or above[:1] == ">":
            return False
        self.kinds[-1] = LineKind.HEADING
        self.headings.append((index - 1, above.strip()))
        return True

    def _begin_table(self, index: int, line: str) -> None:
        if "|" in line and index and self.kinds[-1] is LineKind.PROSE:
            self.kinds[-1] = LineKind.TABLE
        self.is_in_table = "|" in line

    def _paragraph_kind(self, line: str) -> LineKind:
        if self.is_in_table:
            return LineKind.TABLE
        is_indented = line.startswith(("    ", "\t"))
        if is_indented and not _LIST_ITEM.match(line):
            return LineKind.CODE
        return LineKind.PROSE


@dataclass(frozen=True)
class _Fence:
    """An open code fence and the quote or list item it stands in."""

    sign: str
    length: int
    is_quoted: bool
    item_width: int

    @classmethod
    def opened_by(cls, found: re.Match[str]) -> "_Fence":
        container, fence = found["container"], found["fence"]
        is_quoted = ">" in container
        in_item = bool(container.strip()) and not is_quoted
        width = len(container) + len(found["blank"]) if in_item else 0
        return cls(fence[0], len(fence), is_quoted, width)

    def holds(self, line: str) -> bool:
        """Whether a line still belongs to the quote or list item of the fence."""
        start = line.lstrip()
        if self.is_quoted:
            return start.startswith(">")
        return not start or len(line) - len(start) >= self.item_width

    def is_closed_by(self, line: str) -> bool:
        rest = line.lstrip(" \t>").rstrip()
        return len(rest) >= self.length and not rest.strip(self.sign)
