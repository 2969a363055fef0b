"""Addresses in raw HTML, found before it is written: `<a href>`, `<img src>`."""

import html
import re
from collections.abc import Iterator
from dataclasses import dataclass

from .local import LocalAddress, read_local

MAX_LABEL_CHARS = 200
# A tag does not begin further in front of its attribute than this.
_TAG_CHARS = 1000

# A value stands on one line with its name, so that the marks of a quote or a list
# around the HTML cannot come between them.
# Any case, without IGNORECASE: that takes three times as long.
_ATTRIBUTE = re.compile(r"[hHsS](?:[rR][eE][fF]|[rR][cC])[ \t]*=[ \t]*")
_VALUE = re.compile(r"\"([^\"\n]{1,4000})\"|'([^'\n]{1,4000})'|([^\s>\"']{1,4000})")
_TAG_NAME = re.compile(r"<([A-Za-z][^\s/>]*)")
_ALTERNATIVE = re.compile(
    r"\salt[ \t]*=[ \t]*(?:\"([^\"]*)\"|'([^']*)')", re.IGNORECASE
)
_ANY_TAG = re.compile(r"<[^<>]*>")
_LINK_END = re.compile(r"</a\s*>", re.IGNORECASE)
_COMMENT = re.compile(
    r"<!--(?:-?>|.*?(?:--!?>|\Z))|<!\[CDATA\[.*?(?:\]\]>|\Z)|<![A-Za-z][^>]*+>?"
    r"|<\?[^>]*+>?",
    re.DOTALL,
)
# Whole elements whose content is no text. `</style foo>` ends one too.
_WITHOUT_TEXT = re.compile(
    r"<(script|style|svg|math|template|noscript|object)(?=[\s/>])"
    r"(?:(?!<\1[\s/>]).)*?</\1[^>]*+>",
    re.DOTALL | re.IGNORECASE,
)
# Stands for what was hidden. No address holds it, and no body.
_HIDDEN = "\x00"
# Whether a tag shows what it names, or leads there; those of players become links.
_IS_SHOWN = {
    "a": False,
    "audio": False,
    "embed": False,
    "iframe": False,
    "img": True,
    "video": False,
}


@dataclass(frozen=True, slots=True)
class HtmlLink:
    """A local address of a tag, with its place in the text it was found in.

    `label` is a picture's alternative text, and of a link the text up to its end as
    far as it stands in the same text. `end` is where the tag's own text begins.
    """

    local: LocalAddress
    tag: str
    is_picture: bool
    label: str
    at: int
    end: int


def without_hidden(text: str, *, keep_lines: bool = False) -> str:
    """The HTML without comments and the elements whose content is no text.

    With `keep_lines` its line breaks stay, behind a sign that no address holds.
    """
    blank = _blank if keep_lines else ""
    return _WITHOUT_TEXT.sub(blank, _COMMENT.sub(blank, text))


def _blank(match: re.Match[str]) -> str:
    return _HIDDEN + "\n" * match[0].count("\n")


def local_addresses(text: str) -> Iterator[tuple[int, LocalAddress]]:
    """Every local address that some tag in the text could have, with its place."""
    at = 0
    while name := _ATTRIBUTE.search(text, at):
        at = name.end()
        value = _VALUE.match(text, at)
        if not value:
            continue
        if value[3]:
            at = value.end()
        # Not so behind a quoted value: a stray quote must not hide the next name.
        written = html.unescape(value[1] or value[2] or value[3])
        if local := read_local(written):
            yield name.start(), local


def html_links(text: str) -> Iterator[HtmlLink]:
    """The links and pictures among the tags of a text."""
    for at, local in local_addresses(text):
        start = text.rfind("<", max(0, at - _TAG_CHARS), at)
        name = _TAG_NAME.match(text, start) if start >= 0 else None
        tag = name[1].lower() if name else ""
        if tag not in _IS_SHOWN:
            continue
        closing = text.find(">", at, at + 2 * _TAG_CHARS)
        end = closing + 1 if closing >= 0 else len(text)
        is_picture = _IS_SHOWN[tag]
        label = _alternative(text[start:end]) if is_picture else _text_from(text, end)
        yield HtmlLink(local, tag, is_picture, label, at, end)


def text_without_tags(text: str) -> str:
    """The text a reader sees of HTML, more or less: for excerpts."""
    return html.unescape(_ANY_TAG.sub("", text)).replace(_HIDDEN, "")


def _alternative(tag: str) -> str:
    match = _ALTERNATIVE.search(tag)
    return text_without_tags(match[1] or match[2] or "") if match else ""


def _text_from(text: str, start: int) -> str:
    inside = text[start : start + 2 * _TAG_CHARS]
    match = _LINK_END.search(inside)
    if not match:
        return ""
    words = text_without_tags(inside[: match.start()]).split()
    return " ".join(words)[:MAX_LABEL_CHARS]
