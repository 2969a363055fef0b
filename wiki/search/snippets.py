"""The few words of a text in which something was found. Pure.

The pieces are plain text: whoever prints them escapes them.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from wiki.search.spellings import any_of

CHARS_BEFORE = 50
CHARS_AFTER = 130
MAX_FRAGMENTS = 2
ELLIPSIS = "…"
# How far a cut may move to fall between two words.
_LEEWAY = 20
# Signs of Markdown that only disturb reading, and what is kept of each.
_MARKUP = (
    (re.compile(r"^[ \t]*(?:```|~~~).*$", re.MULTILINE), ""),
    (re.compile(r"!?\[\[(?:[^\]|\n]*\|)?([^\]\n]*)\]\]"), r"\1"),
    (re.compile(r"!?\[([^\]\n]*)\]\([^)\n]*\)"), r"\1"),
    (re.compile(r"^[ \t]*(?:#{1,6}|>+|[-*+]|\d{1,9}[.)])[ \t]+", re.MULTILINE), ""),
    (re.compile(r"</?[A-Za-z][^<>\n]*>"), ""),
    (re.compile(r"\*\*|__|~~|`"), ""),
)


@dataclass(frozen=True)
class Piece:
    """A stretch of text that was asked for, or the text between two of them."""

    text: str
    is_hit: bool = False


def mark(text: str, words: Iterable[str]) -> tuple[Piece, ...]:
    """The whole text, cut where the words begin and end."""
    return _cut(text, any_of(words))


def snippet(body: str, words: Sequence[str]) -> tuple[Piece, ...]:
    """Up to two places of a Markdown text where words stand, without its markup.

    The beginning of the text when none of them does.
    """
    pattern = any_of(words)
    fragments = [
        _fragment(body, *span, pattern) for span in _places(body, words, pattern)
    ]
    return _cut(" ".join(fragments), pattern)


def _places(
    body: str, words: Sequence[str], pattern: re.Pattern[str]
) -> list[tuple[int, int]]:
    """Where the first hit stands, then another word's that is far enough away."""
    first = pattern.search(body)
    if first is None:
        return [(0, 0)]
    places = [first.span()]
    shown_from = max(0, first.start() - CHARS_BEFORE)
    shown_to = first.start() + CHARS_AFTER
    for word in words:
        alone = any_of([word])
        if alone.search(body, shown_from, shown_to):
            continue
        further = alone.search(body, shown_to)
        if further:
            places.append(further.span())
    return places[:MAX_FRAGMENTS]


def _fragment(body: str, hit_start: int, hit_end: int, pattern: re.Pattern[str]) -> str:
    start = _between_words(body, max(0, hit_start - CHARS_BEFORE), step=1)
    end = _between_words(body, min(len(body), hit_start + CHARS_AFTER), step=-1)
    start, end = min(start, hit_start), max(end, hit_end)
    raw = body[start:end]
    text = _readable(raw)
    if pattern.search(raw) and not pattern.search(text):
        # It stands in an address or another part that is not read.
        text = " ".join(raw.split())
    before = ELLIPSIS if body[:start].strip() else ""
    after = ELLIPSIS if body[end:].strip() else ""
    return f"{before}{text}{after}"


def _between_words(body: str, position: int, *, step: int) -> int:
    if position in (0, len(body)):
        return position
    for moved in range(_LEEWAY):
        here = position + step * moved
        if 0 < here < len(body) and body[here - 1].isspace():
            return here
    return position


def _readable(text: str) -> str:
    for pattern, kept in _MARKUP:
        text = pattern.sub(kept, text)
    return " ".join(text.split())


def _cut(text: str, pattern: re.Pattern[str]) -> tuple[Piece, ...]:
    pieces, end = [], 0
    for hit in pattern.finditer(text):
        pieces.append(Piece(text[end : hit.start()]))
        pieces.append(Piece(hit[0], is_hit=True))
        end = hit.end()
    pieces.append(Piece(text[end:]))
    return tuple(piece for piece in pieces if piece.text)
