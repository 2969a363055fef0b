"""Texts that link to a title by its name, led to another one. Pure.

    [[옛 이름]], [[옛 이름#절|그것]], [x](/wiki/옛-이름/#절)
    [[새 이름]], [[새 이름#절|그것]], [x](/wiki/새-이름/#절)

Nothing else of the text changes. What stands between links and what links are shown
as stays; code is left alone.
"""

import re
from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from urllib.parse import quote, unquote

from markdown_it.common.normalize_url import normalizeLink
from markdown_it.helpers import parseLinkDestination
from markdown_it.token import Token

from wiki.rendering.link_scan import WINDOW_CHARS, Change, changes_of_links
from wiki.rendering.pipeline import parse_or_none
from wiki.rendering.wikilinks import WikiLink, read_wikilink
from wiki.slugs import title_key

# A link of a text: its target as written, and its line counted from 1.
Place = tuple[str, int]

_OWN = re.compile(r"/wiki/([^/?#<>]+)(?=[/?#>]|\Z)")
_HEADING = re.compile(r"#(?=[^\s#])")
_BAR = re.compile(r"\\?\|")


@dataclass(frozen=True)
class Retitling:
    """From which names to which: keys of titles and addresses, as slugs."""

    keys: frozenset[str]
    slugs: frozenset[str]
    title: str
    slug: str


@dataclass(frozen=True, slots=True)
class _Found:
    """A place in the text that may be one to change."""

    place: Place
    change: Change
    is_wiki: bool


def can_be_linked(title: str) -> bool:
    """Whether `[[title]]` means the title; one with `|` or `#x` in it cannot be."""
    written = f"[[{title}]]"
    link = read_wikilink(written, 0, len(written))
    return link is not None and (link.target, link.end) == (title, len(written))


def retitled(body: str, wanted: Retitling, places: Mapping[Place, int]) -> str | None:
    """The text with its links led to the new title; None where there is nothing to
    change, or a change would change more than that.

    `places` are the wiki links of the page that lead there by one of the names, how
    many with each target on each line: what only looks like one is not changed.
    """
    found = list(_found(body, wanted))
    by_place = Counter(one.place for one in found if one.is_wiki)
    addresses = _lines_with_addresses(body, wanted)
    changes = [
        one.change
        for one in found
        if (
            by_place[one.place] <= places.get(one.place, 0)
            if one.is_wiki
            else one.place[1] in addresses
        )
    ]
    if not changes:
        return None
    text = _changed(body, changes)
    return text if _shape(text, wanted) == _shape(body, wanted) else None


def _found(body: str, wanted: Retitling) -> Iterator[_Found]:
    counted, line = 0, 1

    def change_at(sign: re.Match[str]) -> Change | None:
        if sign["wiki"]:
            return _wiki(body, sign, wanted)
        return _destination(body, sign, wanted) if sign["destination"] else None

    for change in changes_of_links(body, change_at):
        line += body.count("\n", counted, change.start)
        counted = change.start
        is_wiki = body.startswith(("[[", "![["), change.start)
        target = _target_at(body, change, wanted) if is_wiki else ""
        yield _Found((target, line), change, is_wiki)


def _wiki(body: str, sign: re.Match[str], wanted: Retitling) -> Change | None:
    start = sign.start()
    link = read_wikilink(body, start, len(body))
    if link is None:
        return None
    text = body[start : link.end]
    span = _name_span(text, link, wanted)
    if span is None:
        return None
    return Change(start, link.end, text[: span[0]] + wanted.title + text[span[1] :])


def _name_span(text: str, link: WikiLink, wanted: Retitling) -> tuple[int, int] | None:
    """Where in the link the name stands: in front of the bar, or behind it."""
    start, end = text.index("[[") + 2, len(text) - 2
    bar = _BAR.search(text, start, end)
    if link.key in wanted.keys:
        return _span(text, start, bar.start() if bar else end)
    if link.other and bar and title_key(_bare(link.other)) in wanted.keys:
        return _span(text, bar.end(), end)
    return None


def _target_at(body: str, change: Change, wanted: Retitling) -> str:
    text = body[change.start : change.end]
    link = read_wikilink(body, change.start, len(body))
    start, end = _name_span(text, link, wanted)
    return text[start:end]


def _bare(name: str) -> str:
    return _HEADING.split(name)[0]


def _span(text: str, start: int, end: int) -> tuple[int, int]:
    """The part without a heading and without the blanks around it."""
    name = _bare(text[start:end])
    return start + len(name) - len(name.lstrip()), start + len(name.rstrip())


def _destination(body: str, sign: re.Match[str], wanted: Retitling) -> Change | None:
    start = sign.end()
    found = parseLinkDestination(body, start, min(len(body), start + WINDOW_CHARS))
    if not found.ok or _own_slug(normalizeLink(found.str)) not in wanted.slugs:
        return None
    written = body[start : found.pos]
    own = _OWN.search(written)
    if own is None:
        return None
    new = quote(wanted.slug, safe="") if own[1].isascii() else wanted.slug
    text = written[: own.start(1)] + new + written[own.end(1) :]
    return Change(start, found.pos, text)


def _own_slug(address: str) -> str | None:
    own = _OWN.match(address)
    return unquote(own[1]) if own else None


def _lines_with_addresses(body: str, wanted: Retitling) -> set[int]:
    """The lines, from 1, of blocks in which a link leads to one of the addresses."""
    if "/wiki/" not in body:
        return set()
    lines: set[int] = set()
    for block in _blocks(body):
        if block.map and any(
            child.type == "link_open"
            and _own_slug(str(child.attrs.get("href", ""))) in wanted.slugs
            for child in block.children or ()
        ):
            lines.update(range(block.map[0] + 1, block.map[1] + 1))
    return lines


def _blocks(body: str) -> Sequence[Token]:
    parsed = parse_or_none(body)
    return (
        [token for token in parsed.tokens if token.type == "inline"] if parsed else []
    )


def _changed(body: str, changes: Sequence[Change]) -> str:
    pieces, done = [], 0
    for change in changes:
        pieces += (body[done : change.start], change.text)
        done = change.end
    return "".join((*pieces, body[done:]))


def _shape(body: str, wanted: Retitling) -> list[tuple] | None:
    """All that a reader sees of a text, the names aside that are to change."""
    parsed = parse_or_none(body)
    if parsed is None:
        return None
    keys = wanted.keys | {title_key(wanted.title)}
    slugs = wanted.slugs | {wanted.slug}
    shape: list[tuple] = []
    for token in parsed.tokens:
        inside = token.children if token.type == "inline" else None
        content = "" if inside is not None else token.content
        shape.append((token.type, token.tag, content, token.map))
        shape += [_shape_of(child, keys, slugs) for child in inside or ()]
    return shape


def _shape_of(token: Token, keys: Collection[str], slugs: Collection[str]) -> tuple:
    link: WikiLink | None = token.meta.get("link")
    if link is None:
        address = str(token.attrs.get("href", ""))
        if _own_slug(address) in slugs:
            address = _OWN.sub("/wiki//", address, count=1)
        return token.type, token.tag, token.content, address, token.attrs.get("src")
    target = "" if link.key in keys else link.target
    other = "" if title_key(_bare(link.other)) in keys else link.other
    is_named = bool(link.target) and link.label == link.name
    is_turned = bool(link.other) and not other
    label = "" if (is_named and not target) or is_turned else link.label
    return token.type, target, other, link.heading, label, link.is_embed
