"""Links of a text as relative Markdown links, and what each of them was.

    [[배포 절차#점검|점검]]   →   [점검](배포%20절차.md#점검)
    ![[그림.png|200]]        →   ![그림.png|200](files/그림.png)
    [x](../db/redis.md)     →   [x](Redis.md)

Only links that lead to something in the export are touched, and none in code.
Pure text: what leads where is the caller's knowledge.
"""

import html
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from markdown_it.common.normalize_url import normalizeLink

from wiki.rendering.headings import heading_id
from wiki.rendering.link_scan import (
    Change,
    Destinations,
    changes_of_links,
    is_in_embed,
)
from wiki.rendering.local import LocalAddress, read_local
from wiki.rendering.shortcodes import read_destination
from wiki.rendering.wikilinks import BLOCK_REFERENCE, read_wikilink

Pair = tuple[str, str]

# As many as the importer reads back. A text of more links stays as it is.
MAX_PAIRS = 20_000

_TAG_CHARS = 1000

_VALUE = re.compile(r"\"([^\"\n]{1,4000})\"|'([^'\n]{1,4000})'")
# What would be markup in the text of a link.
_MARKUP = re.compile(r"[\\\[\]*_`<&]")
_SAFE_IN_ADDRESS = frozenset("-._~/")


@dataclass(frozen=True, slots=True)
class Leads:
    """Where a target leads in the export, and what its entry is called."""

    path: str
    title: str = ""


@dataclass(frozen=True, slots=True)
class Rewritten:
    """A text with its links rewritten, and [as exported, as written] of each.

    To look for each left side behind the one before, and to put its right side
    there, gives the text as it was.
    """

    text: str
    pairs: tuple[Pair, ...] = ()


def rewrite_links(body: str, leads: Mapping[str, Leads]) -> Rewritten:
    """The text with the links to these targets led to their files.

    Targets are spelled as the renderer asks for them.
    """
    if not leads:
        return Rewritten(body)
    pieces, places = [], []
    done = length = 0
    for change in _Scan(body, leads).changes():
        pieces += (body[done : change.start], change.text)
        length += change.start - done
        places.append((length, change.text, body[change.start : change.end]))
        length += len(change.text)
        done = change.end
    text = "".join((*pieces, body[done:]))
    pairs = _pairs(text, places)
    if pairs is None or len(pairs) > MAX_PAIRS:
        return Rewritten(body)
    return Rewritten(text, pairs)


def address_of(path: str) -> str:
    """The path as the address of a Markdown link; other scripts stay readable."""
    return "".join(
        char
        if char.isalnum() or char in _SAFE_IN_ADDRESS or _is_printed(char)
        else "".join(f"%{byte:02X}" for byte in char.encode())
        for char in path
    )


def _is_printed(char: str) -> bool:
    return char > "\x7f" and char.isprintable() and not char.isspace()


def _pairs(
    text: str, places: Sequence[tuple[int, str, str]]
) -> tuple[Pair, ...] | None:
    """The pairs that lead back, None if no order of them would.

    What looks like a rewritten link and was none is a pair of equal sides.
    """
    pairs: list[Pair] = []
    at = 0
    for place, exported, written in places:
        while (found := text.find(exported, at)) < place:
            pairs.append((exported, exported))
            at = found + len(exported)
            if at > place:
                return None
        pairs.append((exported, written))
        at = place + len(exported)
    return tuple(pairs)


class _Scan:
    """One pass through a text for links, code left out."""

    def __init__(self, body: str, leads: Mapping[str, Leads]) -> None:
        self._body = body
        self._leads = leads
        self._addresses = Destinations(body)

    def changes(self) -> Iterator[Change]:
        return changes_of_links(self._body, self._change)

    def _change(self, sign: re.Match[str]) -> Change | None:
        if sign["wiki"]:
            return self._wiki(sign.start())
        if sign["block"]:
            return self._block(sign.start())
        if sign["destination"]:
            return self._destination(sign)
        return self._attribute(sign)

    def _wiki(self, start: int) -> Change | None:
        link = read_wikilink(self._body, start, len(self._body))
        if link is None or is_in_embed(self._body, start):
            return None
        heading, label = link.heading, link.label
        leads = self._leads.get(link.target)
        if leads is None and link.other:
            # Label first: what stands behind the bar is the target.
            target, _, heading = link.other.partition("#")
            leads, label = self._leads.get(target.strip()), link.name
        if leads is None:
            return None
        written = self._body[start : link.end]
        size = re.search(r"\|([\dx%]+)\]\]\Z", written) if link.is_file else None
        label = _MARKUP.sub(r"\\\g<0>", label)
        if size:
            label += ("\\|" if "\\|" in written else "|") + size[1]
        elif "\\|" in written:
            label = label.replace("|", "\\|")
        address = address_of(leads.path)
        if heading and not link.is_file:
            address += f"#{address_of(heading_id(heading))}"
        mark = "!" if link.is_file else ""
        return Change(start, link.end, f"{mark}[{label}]({address})")

    def _block(self, start: int) -> Change | None:
        found = BLOCK_REFERENCE.match(self._body, start)
        leads = self._leads.get(found[0]) if found else None
        if leads is None or is_in_embed(self._body, start):
            return None
        label = _MARKUP.sub(r"\\\g<0>", leads.title or leads.path)
        return Change(start, found.end(), f"[{label}]({address_of(leads.path)})")

    def _destination(self, sign: re.Match[str]) -> Change | None:
        body = self._body
        shortcode = read_destination(body, sign.start() + 1, len(body))
        if shortcode and not sign["label"]:
            new = self._new_address(read_local(shortcode.address))
            text = f"]({new})"
            return Change(sign.start(), shortcode.end, text) if new else None
        found = self._addresses.read(sign.end())
        new = self._new_address(read_local(normalizeLink(found[0]))) if found else ""
        if not new:
            return None
        return Change(sign.start(), found[1], sign[0] + new)

    def _attribute(self, sign: re.Match[str]) -> Change | None:
        body = self._body
        value = _VALUE.match(body, sign.end())
        if not value:
            return None
        before = max(0, sign.start() - _TAG_CHARS), sign.start()
        if body.rfind("<", *before) <= body.rfind(">", *before):
            return None
        new = self._new_address(read_local(html.unescape(value[1] or value[2])))
        if not new:
            return None
        quote = value[0][0]
        return Change(sign.start(), value.end(), f"{sign[0]}{quote}{new}{quote}")

    def _new_address(self, local: LocalAddress | None) -> str:
        leads = self._leads.get(local.path) if local else None
        if leads is None:
            return ""
        fragment = f"#{address_of(local.fragment)}" if local.fragment else ""
        return address_of(leads.path) + fragment
