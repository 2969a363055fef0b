"""Plain text of parsed blocks, and the links found in them with their sentence."""

from collections.abc import Iterable, Iterator

from markdown_it.token import Token

from .rendered import FoundLink
from .wikilinks import WikiLink

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


def found_links(block: Token) -> Iterator[FoundLink]:
    """The links to entries in one block of inline tokens, in their order."""
    pieces, length, places = [], 0, []
    for token in block.children or ():
        text = text_of((token,))
        if token.type == "wikilink" and _is_link(token.meta["link"]):
            places.append((token.meta, length))
        pieces.append(text)
        length += len(text)
    whole = "".join(pieces)
    first_line = block.map[0] + 1 if block.map else 1
    counted = line = 0
    for meta, start in places:
        line += block.content.count("\n", counted, meta["at"])
        counted = meta["at"]
        link: WikiLink = meta["link"]
        yield FoundLink(
            target=link.target,
            key=link.key,
            heading=link.heading,
            label=link.label,
            line=first_line + line,
            excerpt=excerpt(whole, start, start + len(link.label)),
        )


def _is_link(link: WikiLink) -> bool:
    return bool(link.target) and not link.is_file


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
