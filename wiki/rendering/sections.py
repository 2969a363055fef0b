"""The sections of a body: what stands under each of its headings.

Found by the one parser, so that what only looks like a heading (in code, in
HTML) begins no section, and ids are those of the page. That is one parse, about
half of a rendering.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import accumulate

from markdown_it.token import Token

from .excerpts import text_of
from .headings import HeadingIds
from .html import printed_level
from .pipeline import parse_or_none, settle
from .rendered import Lookup, no_destinations


@dataclass(frozen=True, slots=True)
class Section:
    """A heading and all below it up to the next one of its level or a higher.

    `id` and `level` are those of the heading as printed; lines count from 0, and
    `end` is the first one behind.
    """

    id: str
    level: int
    title: str
    start: int
    end: int


def sections_of(body: str, lookup: Lookup = no_destinations) -> tuple[Section, ...]:
    r"""The sections in order, those within others behind them.

    Headings in quotes and lists begin none, nor do empty ones, and a body shown
    as plain text has none. `lookup` is asked only where a link of a heading has
    no words of its own, as it is by `render`.

        sections_of("# 가\n나\n## 다\n")[1] == Section("다", 3, "다", 2, 3)
    """
    parsed = parse_or_none(body)
    if parsed is None:
        return ()
    if parsed.unsettled:
        settle(parsed, lookup(parsed.targets))
    found: list[Section] = []
    open_at: list[tuple[int, int]] = []  # level as written, place in `found`
    ends: dict[int, int] = {}
    for token, name, title in _headings(parsed.tokens):
        level, start = int(token.tag[1]), token.map[0]
        while open_at and open_at[-1][0] >= level:
            ends[open_at.pop()[1]] = start
        if title:
            open_at.append((level, len(found)))
            found.append(Section(name, printed_level(token), title, start, start))
    last = _line_count(body)
    return tuple(replace(one, end=ends.get(at, last)) for at, one in enumerate(found))


def section_text(body: str, section: Section) -> str:
    """The part of the body that is the section, heading included."""
    start, end = _span(body, section)
    return body[start:end]


def with_section(body: str, section: Section, text: str) -> str:
    """The body with this text in place of the section.

    What follows begins on a line of its own, and behind an empty line if it did:
    the last line of the text would else become part of the next heading.
    """
    start, end = _span(body, section)
    rest = body[end:]
    if text and rest:
        text += "\n" * max(0, _newlines_at_end(body[:end]) - _newlines_at_end(text))
    return body[:start] + text + rest


def _headings(tokens: Sequence[Token]) -> Iterator[tuple[Token, str, str]]:
    """The headings that stand in no other block, each with its id and text.

    The others are counted, for they have ids as well. An empty one has neither
    id nor text, and ends what stands before it all the same.
    """
    ids = HeadingIds()
    for at, token in enumerate(tokens):
        if token.type != "heading_open":
            continue
        text = " ".join(text_of(tokens[at + 1].children or ()).split())
        name = ids.take(text) if text else ""
        if token.level == 0:
            yield token, name, text


def _span(body: str, section: Section) -> tuple[int, int]:
    """Where the section begins and ends, in characters."""
    lines = body.split("\n")
    starts = [0, *accumulate(len(line) + 1 for line in lines)]
    return starts[section.start], min(starts[section.end], len(body))


def _line_count(body: str) -> int:
    return body.count("\n") + (not body.endswith("\n"))


def _newlines_at_end(text: str) -> int:
    """How many newlines the text ends with; two, an empty line, at most."""
    return min(2, len(text) - len(text.rstrip("\n")))
