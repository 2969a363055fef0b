"""The places in a text where links may stand, code left out, without parsing it.

For changing links where they stand. Whether what looks like a link is one, only the
parser knows.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from markdown_it.helpers import parseLinkDestination

# What a destination that has no end is read up to, at most.
_REACH = re.compile(r"<[^<\n]*|[^\x00- \x7f]*")

# Further away than this no end of a code span or an address is looked for, so
# that a text of nothing but beginnings takes no longer than any other.
WINDOW_CHARS = 8000
_EMBED_CHARS = 30

_SIGN = re.compile(
    r"(?P<fence>^[ \t>]*(?:(?:[-*+]|\d{1,9}[.)])[ \t]+)*(?P<marks>`{3,}|~{3,}))"
    r"|(?P<ticks>`+)"
    r"|(?P<wiki>!?\[\[)"
    r"|(?P<block>\(\()"
    r"|(?P<destination>(?:\]\(|(?P<label>^[ \t>]*(?:(?:[-*+]|\d{1,9}[.)])[ \t]+)*"
    r"\[(?:\\.|[^\[\]\\\n]){1,999}\]:))[ \t]*)"
    r"|(?P<attribute>(?:href|src)[ \t]*=[ \t]*)",
    re.MULTILINE | re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Change:
    """What is to stand in the place of a part of a text."""

    start: int
    end: int
    text: str


ChangeAt = Callable[[re.Match[str]], Change | None]


def changes_of_links(body: str, change_at: ChangeAt) -> Iterator[Change]:
    """The changes wanted at signs of links, in one pass and in order.

    `change_at` is asked at each sign: a match with one of the groups `wiki` (`[[` or
    `![[`), `block` (`((`), `destination` (`](`, and `[label]:` with a `label` at the
    beginning of a line) and `attribute` (`href=`).
    """
    at = 0
    while sign := _SIGN.search(body, at):
        at = _end_of_code(body, sign) or sign.end()
        if not (sign["fence"] or sign["ticks"] or _is_escaped(body, sign.start())):
            change = change_at(sign)
            if change:
                yield change
                at = change.end


def code_in(body: str) -> Iterator[tuple[int, int]]:
    """Where code begins and ends, in order; of code that is indented none."""
    at = 0
    while sign := _SIGN.search(body, at):
        at = _end_of_code(body, sign) or sign.end()
        if at > sign.end():
            yield sign.start(), at


def _end_of_code(body: str, sign: re.Match[str]) -> int | None:
    """Where the code ends that the sign may begin; None for other signs."""
    if sign["fence"] and _opens_block(body, sign):
        return _end_of_block(body, sign)
    if sign["fence"] or sign["ticks"]:
        return _end_of_span(body, sign["marks"] or sign["ticks"], sign.end())
    return None


class Destinations:
    """Reads the destinations of a text's links, no more of it than there is.

    As destinations never lie in one another, only a text of what looks like
    beginnings of links is not read to its end: then `is_spent`.
    """

    def __init__(self, body: str) -> None:
        self._body = body
        self._left = len(body) + WINDOW_CHARS

    @property
    def is_spent(self) -> bool:
        return self._left <= 0

    def read(self, start: int) -> tuple[str, int] | None:
        """The destination that begins there, and where it ends."""
        body, stop = self._body, min(len(self._body), start + WINDOW_CHARS)
        if self.is_spent or body.startswith(")", start):
            return None
        found = parseLinkDestination(body, start, stop)
        if found.ok:
            self._left -= found.pos - start
            return found.str, found.pos
        self._left -= _REACH.match(body, start, stop).end() - start
        return None


def is_in_embed(body: str, start: int) -> bool:
    """Whether what stands there is the inside of Logseq's `{{embed …}}`."""
    before = body[max(0, start - _EMBED_CHARS) : start]
    return before.rstrip(" \t").lower().endswith("{{embed")


def _opens_block(body: str, sign: re.Match[str]) -> bool:
    """Behind an opening fence of backticks stands no further one on its line."""
    if sign["marks"][0] == "~":
        return True
    end = body.find("\n", sign.end())
    return "`" not in body[sign.end() : end if end >= 0 else None]


def _end_of_block(body: str, sign: re.Match[str]) -> int:
    marks = sign["marks"]
    closing = re.compile(
        rf"\n[ \t>]*{re.escape(marks[0])}{{{len(marks)},}}[ \t]*(?=\n|\Z)"
    )
    found = closing.search(body, sign.end())
    return found.end() if found else len(body)


def _end_of_span(body: str, marks: str, at: int) -> int:
    """Behind the code span, or behind its opening signs when nothing ends it."""
    if marks[0] != "`":
        return at
    stop = min(len(body), at + WINDOW_CHARS)
    paragraph = body.find("\n\n", at, stop)
    closing = re.compile(rf"(?<!`){marks}(?!`)")
    found = closing.search(body, at, paragraph if paragraph >= 0 else stop)
    return found.end() if found else at


def _is_escaped(body: str, start: int) -> bool:
    before = body[max(0, start - 20) : start]
    return (len(before) - len(before.rstrip("\\"))) % 2 == 1
