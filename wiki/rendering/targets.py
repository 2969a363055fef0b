"""What a body may ask the lookup for, found without parsing it."""

import re
from collections.abc import Iterator

from markdown_it.helpers import parseLinkDestination

from . import limits
from .addresses import normalized
from .html_links import local_addresses
from .local import LocalAddress, read_local
from .shortcodes import read_destination
from .wikilinks import BLOCK_REFERENCE, read_wikilink

# Room for a path whose every letter is written as three percent signs.
_MAX_ADDRESS_CHARS = 8000

_BEFORE_ADDRESS = re.compile(r"\](?:\(|:)[ \t]*")
_BLANKS = re.compile(r"[ \t\n]*")
# On the next line, the marks of quotes around stand in front of an address.
_NEXT_LINE = re.compile(r"\n[ \t\n>]*")
_IS_ELSEWHERE = re.compile(r"<?(?:https?://|mailto:|#)", re.IGNORECASE)


def find_link_targets(body: str) -> set[str]:
    """Every target that rendering the body may ask for, and perhaps a few more.

    It looks for signs only, so it also finds those in code: cheap, for looking up
    the links of many bodies in one query.
    """
    body = limits.storable(body)
    if "\r" in body or "\x00" in body:
        # As the parser has it.
        body = body.replace("\r\n", "\n").replace("\r", "\n").replace("\x00", "\ufffd")
    found = set(_targets(body))
    if "\\|" in body:
        # So they read in a cell of a table.
        found.update(_targets(body.replace("\\|", "|")))
    return found


def _targets(body: str) -> Iterator[str]:
    yield from _names(body)
    if "((" in body:
        yield from (match[0] for match in BLOCK_REFERENCE.finditer(body))
    if "](" in body or "]:" in body:
        yield from (local.path for local in _destinations(body))
    if "<" in body:
        yield from (local.path for _, local in local_addresses(body))


def _names(body: str) -> Iterator[str]:
    at = body.find("[[")
    while at >= 0:
        start = at - 1 if at and body[at - 1] == "!" else at
        for place in {start, at}:
            if link := read_wikilink(body, place, len(body)):
                yield from link.targets
        at = body.find("[[", at + 1)


def _destinations(body: str) -> Iterator[LocalAddress]:
    """Addresses behind `](` and `]:`."""
    for match in _BEFORE_ADDRESS.finditer(body):
        if _IS_ELSEWHERE.match(body, match.end()):
            continue
        starts = {match.end()}
        if below := _NEXT_LINE.match(body, match.end()):
            blanks = _BLANKS.match(body, below.start())
            starts = {below.end(), blanks.end() if blanks else below.end()}
        for start in starts:
            if local := _local_at(body, start):
                yield local
        shortcode = read_destination(body, match.start() + 1, len(body))
        if shortcode and (local := read_local(shortcode.address)):
            yield local


def _local_at(body: str, start: int) -> LocalAddress | None:
    stop = min(len(body), start + _MAX_ADDRESS_CHARS)
    found = parseLinkDestination(body, start, stop)
    return read_local(normalized(found.str)) if found.ok else None
