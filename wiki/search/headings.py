"""Under which heading a place of a Markdown text stands. Pure.

A quick look at the beginnings of lines, no parse: the headings themselves, with their
ids, are known from the drawing of the page, and are only found again in the text.
"""

import re
import unicodedata
from bisect import bisect_right
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, cached_property

from wiki.search.snippets import readable

# What is looked through from the beginning of a text, in characters and in lines that
# look like a heading or a fence. Beyond, a place is looked for from this far before.
MAX_CHARS = 200_000
MAX_LINES = 2000
WINDOW_CHARS = 50_000
# Lines above a place that may look like headings of the page and be none.
MAX_PASSED_OVER = 50

# What may stand before a fence or a heading: quotes and items of lists.
_CONTAINER = r"[ \t>]*+(?:(?:[-*+]|\d{1,9}[.)])[ \t][ \t>]*+)*+"
_LINE = re.compile(
    # Most lines are told by their first sign.
    rf"\n(?=[ \t>#`~=*+\-0-9]){_CONTAINER}(?:"
    r"(?P<fence>`{3,}+(?=[^`\n]*+(?:\n|\Z))|~{3,}+)"
    r"|\#{1,6}+[ \t]++(?P<text>[^\n]++)"
    r"|(?P<line>=++|-++)[ \t]*+(?=\n|\Z))"
)
# Longer fences are told from each other by counting.
_COUNTED_FENCE = 8


@dataclass(frozen=True)
class Section:
    """A heading as printed: its id, and its text."""

    id: str
    title: str


@dataclass(frozen=True)
class _Line:
    """A line that looks like a heading, and how many of its text stand before it."""

    start: int
    text: str
    repeat: int


class Headings:
    """The headings of a body, given as `Entry.headings` has them: level, id, text.

    A text is looked through no further than it is asked for, and takes a time that
    is bounded however long it is.
    """

    def __init__(self, body: str, drawn: Sequence[Sequence[object]]) -> None:
        self._drawn = [Section(str(name), str(text)) for _, name, text in drawn]
        # So that each line has its sign before it.
        self._body = "\n" + body if drawn else ""
        self._unread = _look(self._body[: MAX_CHARS + 1])
        self._lines: list[_Line] = []
        self._is_read = False

    def above(self, position: int) -> Section | None:
        """The nearest heading at or above this place of the body; None for none.

        What is no heading of the page (in code, in HTML) is passed over.
        """
        if position > MAX_CHARS:
            return self._near(position)
        self._read_to(position)
        number = bisect_right(self._lines, position, key=lambda line: line.start)
        for index in range(number - 1, max(-1, number - 1 - MAX_PASSED_OVER), -1):
            if not self._lines[index].text:
                return self._near(position)
            if section := self._section(index):
                return section
        return None

    def _section(self, index: int) -> Section | None:
        line = self._lines[index]
        if same := self._called(line.text):
            return same[min(line.repeat, len(same) - 1)]
        # Its text tells nothing, its place among all of them may.
        self._read_to(len(self._body))
        return self._drawn[index] if len(self._lines) == len(self._drawn) else None

    def _near(self, position: int) -> Section | None:
        """The heading as far as its text alone tells which one it is."""
        window = self._body[max(0, position - WINDOW_CHARS) : position + 1]
        for line in list(_look(window))[: -MAX_PASSED_OVER - 1 : -1]:
            if same := self._called(line.text):
                return same[0] if len(same) == 1 else None
        return None

    def _called(self, text: str) -> Sequence[Section]:
        return self._by_text.get(text) or self._by_key.get(_key(text), ())

    @cached_property
    def _by_text(self) -> Mapping[str, list[Section]]:
        return _grouped((section.title, section) for section in self._drawn)

    @cached_property
    def _by_key(self) -> Mapping[str, list[Section]]:
        return _grouped((_key(section.title), section) for section in self._drawn)

    def _read_to(self, position: int) -> None:
        while not self._is_read:
            if self._lines and self._lines[-1].start > position:
                return
            line = next(self._unread, None)
            if line is None:
                self._is_read = True
            else:
                self._lines.append(line)


def _grouped(named: Iterable[tuple[str, Section]]) -> Mapping[str, list[Section]]:
    found: dict[str, list[Section]] = {}
    for name, section in named:
        found.setdefault(name, []).append(section)
    return found


def _look(body: str) -> Iterator[_Line]:
    """The lines that look like headings and stand in no code.

    One without a text stands where so many have been seen that it is enough.
    """
    repeats: dict[str, int] = {}
    at = 0
    for _ in range(MAX_LINES):
        found = _LINE.search(body, at)
        if found is None:
            return
        at = found.end()
        if found["fence"]:
            at = _end_of_code(body, at, found["fence"])
            continue
        start, text = found.start(), found["text"] or ""
        if found["line"]:
            start = max(0, body.rfind("\n", 0, start))
            text = body[start + 1 : found.start()]
        if text := _without_signs(text):
            repeats[text] = repeats.get(text, -1) + 1
            yield _Line(start, text, repeats[text])
    yield _Line(at, "", 0)


def _end_of_code(body: str, at: int, fence: str) -> int:
    """Behind the fence that closes this one; the end of the text when none does."""
    for end in _fence_end(fence[:_COUNTED_FENCE]).finditer(body, at):
        if len(end[1]) >= len(fence):
            return end.end()
    return len(body)


@cache
def _fence_end(fence: str) -> re.Pattern[str]:
    return re.compile(rf"\n[ \t>]*+({fence}{fence[0]}*+)[ \t]*+(?=\n|\Z)")


def _without_signs(text: str) -> str:
    """A heading's text without the signs that may close it."""
    text = " ".join(text.split())
    unclosed = text.rstrip("#")
    return unclosed.rstrip() if not unclosed or unclosed[-1] == " " else text


def _key(text: str) -> str:
    """What a heading as written and as printed have in common: letters and digits."""
    plain = unicodedata.normalize("NFKC", readable(text)).casefold()
    return "".join(filter(str.isalnum, plain)) or plain
