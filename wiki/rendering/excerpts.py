"""Plain text of parsed blocks, and parts of it around a place."""

from collections.abc import Iterable, Iterator

from markdown_it.token import Token

MAX_EXCERPT_CHARS = 200
_CUT = "…"
_WITH_CONTENT = frozenset(
    {"text", "code_inline", "wikilink", "math_inline", "math_inline_double"}
)


def text_of(tokens: Iterable[Token]) -> str:
    """The text a reader sees of inline tokens."""
    return "".join(_texts(tokens))


def _texts(tokens: Iterable[Token]) -> Iterator[str]:
    for token in tokens:
        kind = token.type
        if kind in _WITH_CONTENT:
            yield token.content
        elif kind == "hashtag":
            yield "#" + token.content
        elif kind in ("softbreak", "hardbreak"):
            yield " "
        elif kind == "image":
            yield text_of(token.children or ())


def excerpt(text: str, start: int, end: int) -> str:
    """At most 200 characters of `text` around the part from `start` to `end`.

    Blanks are collapsed, cut ends are marked `…`, and words stay whole where a
    blank is near.
    """
    end = min(end, start + MAX_EXCERPT_CHARS - 2 * len(_CUT))
    room = (MAX_EXCERPT_CHARS - 2 * len(_CUT) - (end - start)) // 2
    before, after = text[:start], text[end:]
    if len(before) > room:
        before = _CUT + _from_next_word(before[len(before) - room :])
    if len(after) > room:
        after = _until_last_word(after[:room]) + _CUT
    return " ".join((before + text[start:end] + after).split())


def _from_next_word(text: str) -> str:
    head, blank, rest = text.partition(" ")
    return rest if blank and len(head) < 20 else text


def _until_last_word(text: str) -> str:
    rest, blank, tail = text.rpartition(" ")
    return rest if blank and len(tail) < 20 else text
