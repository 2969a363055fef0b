"""The links of a text led to other names, all else left exactly as it was. Pure.

[[redis#설치|여기]]    →   [[Redis#설치|여기]]
[여기](redis#설치)     →   [여기](Redis#설치)
[여기](/wiki/redis/)   →   [여기](/wiki/redis-2/)

What only looks like a link, as in code, stays: the parser says what is one, and reads
the text again when it is changed. Where more than the links would be another, nothing
is changed.
"""

import re
from collections import Counter
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import Enum
from urllib.parse import quote, unquote

from markdown_it.common.normalize_url import normalizeLink
from markdown_it.helpers import parseLinkDestination
from markdown_it.token import Token

from .link_scan import Change, Destinations, changes_of_links
from .local import LocalAddress, read_local
from .pipeline import parse_or_none, settle
from .rendered import Destination
from .wikilinks import WikiLink, read_wikilink

_SAFE_IN_ADDRESS = frozenset("-._~/")
_OWN = re.compile(r"/wiki/([^/?#<>]+)(?=[/?#>]|\Z)")
_HEADING = re.compile(r"#(?=[^\s#])")
_BAR = re.compile(r"\\?\|")


class Way(Enum):
    """How a link is written, which says what its name is."""

    TITLE = "[[title]]"
    PATH = "[text](path)"
    # The name is the slug, and the heading is not looked at.
    ADDRESS = "[text](/wiki/slug/)"


@dataclass(frozen=True, slots=True)
class LinkName:
    """What a link says: the target and the heading, as the renderer reads them."""

    target: str
    heading: str = ""


# What a link is to say instead, None when it stays.
NewName = Callable[[LinkName, Way], LinkName | None]


@dataclass(frozen=True, slots=True)
class Retargeted:
    """The text with its links led, or as it was.

    `is_in_doubt` is whether it is as it was because of what only looks like a link,
    or would not have stayed what it is.
    """

    body: str
    is_in_doubt: bool = False


def can_be_linked(title: str) -> bool:
    """Whether `[[title]]` means the title; one with `|` or `#x` in it cannot be."""
    written = f"[[{title}]]"
    link = read_wikilink(written, 0, len(written))
    return link is not None and (link.target, link.end) == (title, len(written))


def retarget(
    body: str, new_name: NewName, *, known: Collection[str] = ()
) -> Retargeted:
    """The text with its links renamed; one that could not say the new name stays.

    `known` are the names that lead somewhere, the new ones too: they tell which part
    of `[[text|title]]` is the title. Two parses where something could change.
    """
    destinations = {name: Destination("entry") for name in known}
    addresses = Destinations(body)
    candidates = list(_candidates(body, new_name, destinations, addresses))
    if addresses.is_spent:
        return Retargeted(body, is_in_doubt=True)
    if not candidates:
        return Retargeted(body)
    page = _read(body, destinations)
    sure = page.sure_of(candidates) if page else []
    if not sure:
        return Retargeted(body, is_in_doubt=True)
    text = _changed(body, [one.change for one in sure])
    led = _read(text, destinations)
    in_place = sum(not one.is_definition for one in sure)
    is_right = led and _count_led(page, led, new_name) >= max(1, in_place)
    return Retargeted(text) if is_right else Retargeted(body, is_in_doubt=True)


def _changed(body: str, changes: Sequence[Change]) -> str:
    pieces, done = [], 0
    for change in changes:
        pieces += (body[done : change.start], change.text)
        done = change.end
    return "".join((*pieces, body[done:]))


# ── Where links may stand ─────────────────────────────────────────────────────
@dataclass(frozen=True, slots=True)
class _Candidate:
    """A place in the text that may be a link to change. The line counts from 0."""

    change: Change
    says: LinkName
    way: Way
    line: int
    is_definition: bool


@dataclass(frozen=True, slots=True)
class _Written:
    """What is to stand in the place of what looks like a link saying this."""

    change: Change
    says: LinkName
    way: Way


def _candidates(
    body: str,
    new_name: NewName,
    destinations: Mapping[str, Destination],
    addresses: Destinations,
) -> Iterator[_Candidate]:
    found: list[tuple[_Written, bool]] = []

    def change_at(sign: re.Match[str]) -> Change | None:
        if sign["wiki"]:
            written = _wiki(body, sign.start(), new_name, destinations)
        elif sign["destination"]:
            written = _destination(body, sign.end(), new_name, addresses)
        else:
            return None
        if written:
            found.append((written, bool(sign["label"])))
        return written and written.change

    counted = line = 0
    for change in changes_of_links(body, change_at):
        line += body.count("\n", counted, change.start)
        counted = change.start
        written, is_definition = found[-1]
        yield _Candidate(change, written.says, written.way, line, is_definition)


def _wiki(
    body: str, start: int, new_name: NewName, destinations: Mapping[str, Destination]
) -> _Written | None:
    raw = read_wikilink(body, start, len(body))
    if raw is None or not raw.target:
        return None
    link = raw.settled(destinations)
    says = _said_by(link)
    new = new_name(says, Way.TITLE)
    if new is None or new == says:
        return None
    inside, stop = body.index("[[", start) + 2, raw.end - 2
    bar = _BAR.search(body, inside, stop)
    if link.target != raw.target and bar:
        # Text first, as in Dendron: what stands behind the bar is the target.
        inside = bar.end()
    elif bar:
        stop = bar.start()
    name = _renamed(body[inside:stop], says, new)
    text = body[start:inside] + name + body[stop : raw.end]
    read = read_wikilink(text, 0, len(text))
    if read is None or read.end != len(text):
        return None
    if _said_by(read.settled(destinations)) != new:
        return None
    return _Written(Change(start, raw.end, text), says, Way.TITLE)


def _said_by(link: WikiLink) -> LinkName:
    return LinkName(link.target, link.heading)


def _renamed(written: str, says: LinkName, new: LinkName) -> str:
    """The name as written, with the blanks in it, saying the new one."""
    target = _HEADING.split(written)[0]
    rest = written[len(target) :]
    before = target[: len(target) - len(target.lstrip())]
    if new.heading == says.heading:
        return before + new.target + target[len(target.rstrip()) :] + rest
    heading = f"#{new.heading}" if new.heading else ""
    return before + new.target + heading + written[len(written.rstrip()) :]


def _destination(
    body: str, start: int, new_name: NewName, addresses: Destinations
) -> _Written | None:
    found = addresses.read(start)
    if found is None:
        return None
    read, end = found
    written = body[start:end]
    address = normalizeLink(read)
    text: str | None = None
    if own := _OWN.match(address):
        says, way = LinkName(unquote(own[1])), Way.ADDRESS
        if new := new_name(says, way):
            text = _own_address(written, new.target)
    elif local := read_local(address):
        says, way = LinkName(local.path, local.fragment), Way.PATH
        if new := new_name(says, way):
            text = _path(written, local, new)
    if text is None or text == written:
        return None
    return _Written(Change(start, end, text), says, way)


def _own_address(written: str, slug: str) -> str | None:
    own = _OWN.search(written)
    if own is None:
        return None
    new = quote(slug, safe="") if own[1].isascii() else slug
    return written[: own.start(1)] + new + written[own.end(1) :]


def _path(written: str, local: LocalAddress, new: LinkName) -> str | None:
    fragment = f"#{_address(new.heading)}" if new.heading else ""
    if new.target == local.path:
        # The path stays as its writer spelled it.
        text = written.partition("#")[0] + fragment
        is_quoted = written.startswith("<")
        text += ">" if is_quoted and not text.endswith(">") else ""
    else:
        text = _address(new.target) + fragment
    read = parseLinkDestination(text, 0, len(text))
    says = read_local(normalizeLink(read.str)) if read.ok else None
    is_right = says and says == LocalAddress(new.target, new.heading, says.is_note)
    return text if is_right else None


def _address(path: str) -> str:
    """Letters of any script stay readable."""
    return "".join(
        char
        if char.isalnum() or char in _SAFE_IN_ADDRESS
        else "".join(f"%{byte:02X}" for byte in char.encode())
        for char in path
    )


# ── What the parser sees ──────────────────────────────────────────────────────
@dataclass(frozen=True, slots=True)
class _Link:
    """A link of a page: what it says, what it is shown as, and all else of it."""

    says: LinkName
    way: Way
    label: str
    # Whether it is shown as what it says, for want of other words.
    is_named: bool
    rest: tuple[object, ...]


@dataclass(frozen=True, slots=True)
class _Page:
    """All that a reader sees of a text, and where its links are.

    Of a wiki link the line is known; of the others, the lines of their blocks.
    """

    shape: Sequence[_Link | tuple[object, ...]]
    titles: Mapping[tuple[LinkName, int], int]
    others: Collection[tuple[LinkName, Way, int]]
    # Lines of running text, code and HTML.
    with_text: Collection[int]

    def sure_of(self, candidates: Sequence[_Candidate]) -> list[_Candidate]:
        """Those on whose line no more of their kind stand than there are links."""
        titles = (one for one in candidates if one.way is Way.TITLE)
        at_place = Counter((one.says, one.line) for one in titles)
        return [
            one
            for one in candidates
            if (
                at_place[one.says, one.line] <= self.titles.get((one.says, one.line), 0)
                if one.way is Way.TITLE
                else (one.says, one.way, one.line) in self.others
                or (one.is_definition and one.line not in self.with_text)
            )
        ]


def _read(body: str, destinations: Mapping[str, Destination]) -> _Page | None:
    """The text as the parser sees it; None where it is shown without any markup."""
    parsed = parse_or_none(body)
    if parsed is None:
        return None
    settle(parsed, destinations)
    shape: list[_Link | tuple[object, ...]] = []
    titles: Counter[tuple[LinkName, int]] = Counter()
    others: set[tuple[LinkName, Way, int]] = set()
    with_text: set[int] = set()
    for token in parsed.tokens:
        lines = range(*token.map) if token.map else range(1)
        is_block = token.type == "inline"
        content = "" if is_block else token.content
        shape.append((token.type, token.tag, content, token.info, token.map))
        if is_block or content:
            with_text.update(lines)
        for child in token.children or ():
            link = _link_of(child)
            shape.append(link or _rest_of(child))
            if link and link.way is Way.TITLE:
                line = token.content.count("\n", 0, child.meta["at"])
                titles[link.says, lines.start + line] += 1
            elif link:
                others.update((link.says, link.way, line) for line in lines)
    return _Page(shape, titles, others, with_text)


def _link_of(token: Token) -> _Link | None:
    if token.type == "wikilink":
        return _wiki_link(token)
    if token.type != "link_open":
        return None
    address = str(token.attrs.get("href", ""))
    rest = _rest_of(token, without="href")
    if own := _OWN.match(address):
        rest = (*rest, address[own.end() :])
        return _Link(LinkName(unquote(own[1])), Way.ADDRESS, "", False, rest)
    local: LocalAddress | None = token.meta.get("local")
    if local is None:
        return None
    says = LinkName(local.path, local.fragment)
    return _Link(says, Way.PATH, "", False, rest)


def _wiki_link(token: Token) -> _Link | None:
    link: WikiLink = token.meta["link"]
    if link.is_block or not link.target:
        return None
    rest = (token.type, link.is_embed, link.size)
    is_named = link.label == link.name
    return _Link(_said_by(link), Way.TITLE, link.label, is_named, rest)


def _rest_of(token: Token, *, without: str = "") -> tuple[object, ...]:
    attributes = tuple((k, v) for k, v in token.attrs.items() if v and k != without)
    link: WikiLink | None = token.meta.get("link")
    says = (link.target, link.heading) if link else ()
    return token.type, token.tag, token.content, token.info, attributes, says


def _count_led(before: _Page, after: _Page, new_name: NewName) -> int:
    """How many links say the new name; none if anything else is another now."""
    if len(before.shape) != len(after.shape):
        return 0
    count = 0
    for old, new in zip(before.shape, after.shape, strict=True):
        if old == new:
            continue
        if not (isinstance(old, _Link) and isinstance(new, _Link)):
            return 0
        if not _is_led(old, new, new_name(old.says, old.way)):
            return 0
        count += 1
    return count


def _is_led(old: _Link, new: _Link, wanted: LinkName | None) -> bool:
    if wanted is None or (new.way, new.rest) != (old.way, old.rest):
        return False
    says = LinkName(wanted.target) if old.way is Way.ADDRESS else wanted
    is_shown_so = new.label == old.label or (old.is_named and new.is_named)
    return new.says == says and is_shown_so
