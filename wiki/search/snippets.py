"""The few words of a text in which something was found. Pure.

The pieces are plain text: whoever prints them escapes them. However long a text is,
only a window around each hit is read; the hits themselves are found by `str.find`.
"""

import re
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property
from html import unescape
from html.entities import html5

from wiki.search.spellings import any_of

MAX_FRAGMENTS = 2
ELLIPSIS = "…"
# Of what is looked for in a text: a query has a few words, and each a few forms.
MAX_MARKS = 24
# How far a cut may move to fall between two words.
_LEEWAY = 20
# Places that are no beginning of a word, before one is taken all the same.
_MAX_TRIES = 50
# Signs of Markdown that only disturb reading, and what is kept of each.
_MARKUP = (
    (re.compile(r"^[ \t]*(?:```|~~~).*$", re.MULTILINE), ""),
    (re.compile(r"!?\[\[(?:[^\]|\n]*\|)?([^\]\n]*)\]\]"), r"\1"),
    (re.compile(r"!?\[([^\]\n]*)\]\([^)\n]*\)"), r"\1"),
    (re.compile(r"^[ \t]*(?:#{1,6}|>+|[-*+]|\d{1,9}[.)])[ \t]+", re.MULTILINE), ""),
    (re.compile(r"</?[A-Za-z][^<>\n]*>"), ""),
)
_SIGNS = re.compile(r"\*\*|__|~~|`")
# What a reader sees as one sign; in code it is what it is.
_ENTITY = re.compile(
    r"`[^`\n]*`|&(?:#\d{1,7}|#[xX][0-9a-fA-F]{1,6}|([A-Za-z]\w{1,31}));"
)
# A capital I with a dot is the only letter whose small form is two characters.
_DOTTED_I = "\u0130"


@dataclass(frozen=True)
class Piece:
    """A stretch of text that was asked for, or the text between two of them."""

    text: str
    is_hit: bool = False


@dataclass(frozen=True)
class Fragment:
    """One place of a text, cut where marks begin and end.

    `position` is where in the text the hit stands; -1 for the beginning of a text
    in which nothing was found.
    """

    pieces: tuple[Piece, ...]
    position: int = -1


@dataclass(frozen=True)
class _Room:
    """How much of the text is shown around a hit, in characters."""

    before: int
    after: int


# Two places are as long as one.
_ALONE, _TOGETHER = _Room(40, 120), _Room(24, 50)


class Marks:
    """What is marked in titles and texts, and looked for in texts.

    Without case, composed or decomposed. What begins with a Latin letter or a digit
    is marked where a word begins, and elsewhere only when that is nowhere.
    """

    def __init__(self, marks: Iterable[str]) -> None:
        normal = (unicodedata.normalize("NFC", mark).strip() for mark in marks)
        self._marks = [*filter(None, dict.fromkeys(normal))][:MAX_MARKS]

    @cached_property
    def _pattern(self) -> re.Pattern[str]:
        return any_of(self._marks)

    @cached_property
    def _forms(self) -> list[tuple[str, ...]]:
        """For each mark the spellings that a text in small letters may have."""
        return [tuple(_forms(mark)) for mark in self._marks]

    def pieces(self, text: str) -> tuple[Piece, ...]:
        """The whole text, cut where marks begin and end."""
        spans = [hit.span() for hit in self._pattern.finditer(text)]
        spans = [span for span in spans if _is_whole(text, span[1])]
        spans = [s for s in spans if _begins_word(text, s[0])] or spans
        pieces, end = [], 0
        for start, stop in spans:
            pieces.append(Piece(text[end:start]))
            pieces.append(Piece(text[start:stop], is_hit=True))
            end = stop
        pieces.append(Piece(text[end:]))
        return tuple(piece for piece in pieces if piece.text)

    def fragments(self, body: str) -> tuple[Fragment, ...]:
        """Up to two places of a Markdown text where marks stand, without its markup.

        Each shows another mark if there is one, and they are far from each other.
        The beginning of the text when no mark stands in it, nothing of no text.
        """
        places = self._places(body)
        if not places:
            shown = self._shown(body, (0, 0), _ALONE)
            return (Fragment(shown),) if shown else ()
        room = _ALONE if len(places) == 1 else _TOGETHER
        return tuple(
            Fragment(self._shown(body, place, room), place[0]) for place in places
        )

    def _places(self, body: str) -> list[tuple[int, int]]:
        """The first hit, then one far from it: of another mark, or of the same."""
        text = body.replace(_DOTTED_I, "i").lower()
        firsts = [found for forms in self._forms if (found := _find(text, body, forms))]
        if not firsts:
            return []
        first = min(firsts)
        shown_from, shown_to = first[0] - _ALONE.before, first[0] + _ALONE.after
        unseen, seen = [], []
        for forms in self._forms:
            near = _find(text, body, forms, max(0, shown_from), shown_to)
            (seen if near else unseen).append(forms)
        for forms in (*unseen, *seen):
            if further := _find(text, body, forms, shown_to):
                return [first, further]
        return [first]

    def _shown(self, body: str, hit: tuple[int, int], room: _Room) -> tuple[Piece, ...]:
        start = _between_words(body, max(0, hit[0] - room.before), step=1)
        end = _between_words(body, min(len(body), hit[0] + room.after), step=-1)
        start, end = min(start, hit[0]), max(end, hit[1])
        raw = body[start:end]
        text = readable(raw)
        if self._pattern.search(raw) and not self._pattern.search(text):
            # It stands in an address or another part that is not read.
            text = " ".join(raw.split())
        if not text:
            return ()
        before = ELLIPSIS if start else ""
        after = ELLIPSIS if end < len(body.rstrip()) else ""
        return self.pieces(f"{before}{text}{after}")


def readable(text: str) -> str:
    """Markdown as plain text on one line, as far as its signs can be told."""
    for pattern, kept in _MARKUP:
        text = pattern.sub(kept, text)
    text = _SIGNS.sub("", _ENTITY.sub(_read, text) if "&" in text else text)
    return " ".join(text.split())


def _read(written: re.Match[str]) -> str:
    if written[0][0] == "`":
        return written[0]
    if written[1]:
        return html5.get(f"{written[1]};", written[0])
    return unescape(written[0])


def _forms(mark: str) -> Iterator[str]:
    lower = mark.replace(_DOTTED_I, "i").lower()
    yield lower
    decomposed = unicodedata.normalize("NFD", lower)
    if decomposed != lower:
        yield decomposed


def _find(
    text: str, body: str, forms: Iterable[str], start: int = 0, end: int | None = None
) -> tuple[int, int] | None:
    """Where the first of the forms stands in `text`, the body in small letters."""
    found = (_find_form(text, body, form, start, end) for form in forms)
    return min((span for span in found if span), default=None)


def _find_form(
    text: str, body: str, form: str, start: int, end: int | None
) -> tuple[int, int] | None:
    first = None
    for _ in range(_MAX_TRIES):
        at = text.find(form, start, end)
        if at < 0:
            break
        start = stop = at + len(form)
        if not _is_whole(body, stop):
            continue
        if _begins_word(body, at):
            return at, stop
        first = first or (at, stop)
    return first


def _is_whole(text: str, end: int) -> bool:
    """Whether the letter before this place has no further part."""
    if end >= len(text) or text[end].isascii():
        return True
    # A vowel or a final consonant of decomposed Hangul.
    if "\u1160" <= text[end] <= "\u11ff":
        return False
    return not unicodedata.combining(text[end])


def _begins_word(text: str, at: int) -> bool:
    """Whether no Latin word goes on here: names of code have words within."""
    here, before = text[at], text[at - 1] if at else " "
    if not (here.isascii() and here.isalnum() and before.isascii()):
        return True
    return not before.isalnum() or (here.isupper() and not before.isupper())


def _between_words(body: str, position: int, *, step: int) -> int:
    if position in (0, len(body)):
        return position
    for moved in range(_LEEWAY):
        here = position + step * moved
        if 0 < here < len(body) and body[here - 1].isspace():
            return here
    return position
