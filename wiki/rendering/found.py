"""The links found in a parsed body, each with its line and the text around it."""

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from markdown_it.token import Token

from wiki.slugs import title_key

from .excerpts import MAX_EXCERPT_CHARS, excerpt, text_of
from .html_links import HtmlLink, html_links, text_without_tags, without_hidden
from .images import split_size
from .local import LocalAddress
from .rendered import Destination, FoundLink
from .wikilinks import WikiLink

# As far around a tag goes the text for its excerpt, the tags in it included.
_HTML_AROUND = 3 * MAX_EXCERPT_CHARS
_HALF_TAG = re.compile(r"[^<>]*>")

DestinationOf = Callable[[str], Destination]


@dataclass(slots=True)
class _Place:
    """A token that leads somewhere, and where its text stands in that of its block."""

    token: Token
    start: int
    end: int


def found_links(block: Token, destination_of: DestinationOf) -> Iterator[FoundLink]:
    """The links and pictures in one block of inline tokens, in their order."""
    text, places = _places(block.children or ())
    first_line = block.map[0] + 1 if block.map else 1
    counted = line = 0
    for place in places:
        meta = place.token.meta
        line += block.content.count("\n", counted, meta["at"])
        counted = meta["at"]
        around = excerpt(text, place.start, place.end)
        if link := meta.get("link"):
            yield _wiki(link, first_line + line, around, destination_of)
            continue
        yield _local(
            meta["local"],
            meta.get("label") or text[place.start : place.end],
            line=first_line + line,
            around=around,
            is_file=_is_picture(place.token)
            or destination_of(meta["local"].path).kind == "file",
        )


def _places(tokens: Iterable[Token]) -> tuple[str, list[_Place]]:
    """The text of inline tokens, and the places of those that lead somewhere."""
    pieces: list[str] = []
    length = 0
    places: list[_Place] = []
    open_links: list[_Place] = []
    for token in tokens:
        if token.type == "text":
            pieces.append(token.content)
            length += len(token.content)
            continue
        text = text_of((token,))
        place = _Place(token, length, length + len(text))
        if _leads_somewhere(token):
            places.append(place)
        if token.type == "link_open" or _opens_html_link(token):
            open_links.append(place)
        elif open_links and (token.type == "link_close" or _closes_html_link(token)):
            open_links.pop().end = length
        pieces.append(text)
        length += len(text)
    return "".join(pieces), places


def _leads_somewhere(token: Token) -> bool:
    link: WikiLink | None = token.meta.get("link")
    return bool(link.target) if link else "local" in token.meta


def _opens_html_link(token: Token) -> bool:
    return token.type == "html_inline" and token.content[:2].lower() == "<a"


def _closes_html_link(token: Token) -> bool:
    return token.type == "html_inline" and token.content[:3].lower() == "</a"


def _is_picture(token: Token) -> bool:
    return token.type == "image" or bool(token.meta.get("is_picture"))


def _wiki(
    link: WikiLink, line: int, around: str, destination_of: DestinationOf
) -> FoundLink:
    is_file = link.is_file or destination_of(link.target).kind == "file"
    return FoundLink(
        target=link.target,
        key=link.key,
        heading=link.heading,
        label=link.label,
        line=line,
        excerpt=around,
        kind="file" if is_file else "path" if link.is_block else "wiki",
        other=link.other,
    )


def _local(
    local: LocalAddress, label: str, *, line: int, around: str, is_file: bool
) -> FoundLink:
    words = " ".join(split_size(label)[0].split())
    return FoundLink(
        target=local.path,
        key=title_key(local.stem),
        heading=local.fragment,
        label=words or local.name or local.path,
        line=line,
        excerpt=around,
        kind="file" if is_file else "path",
    )


def found_in_html(block: Token, destination_of: DestinationOf) -> Iterator[FoundLink]:
    """The links and pictures in a block of HTML, in their order."""
    text = without_hidden(block.content, keep_lines=True)
    line = block.map[0] + 1 if block.map else 1
    counted = 0
    for link in html_links(text):
        line += text.count("\n", counted, link.at)
        counted = link.at
        yield _local(
            link.local,
            link.label,
            line=line,
            around=_around(text, link),
            is_file=link.is_picture or destination_of(link.local.path).kind == "file",
        )


def _around(text: str, link: HtmlLink) -> str:
    start = max(0, link.end - _HTML_AROUND)
    before = text[start : link.end]
    if start:
        before = _HALF_TAG.sub("", before, count=1)
    before = text_without_tags(before)
    after = text_without_tags(text[link.end : link.end + _HTML_AROUND])
    label_chars = 0 if link.is_picture else len(link.label)
    return excerpt(before + after, len(before), len(before) + label_chars)
