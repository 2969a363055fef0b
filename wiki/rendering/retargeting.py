"""The links of a text led to other names, all else left exactly as it was. Pure.

[[redis#설치|여기]]   →   [[Redis#설치|여기]]
[여기](redis#설치)    →   [여기](Redis#설치)
"""

import re
from collections.abc import Callable
from dataclasses import dataclass

from markdown_it.common.normalize_url import normalizeLink
from markdown_it.helpers import parseLinkDestination

from .link_scan import WINDOW_CHARS, Change, changes_of_links
from .local import LocalAddress, read_local
from .wikilinks import WikiLink, read_wikilink

_SAFE_IN_ADDRESS = frozenset("-._~/")


@dataclass(frozen=True, slots=True)
class LinkName:
    """What a link says: the target and the heading, as the renderer reads them."""

    target: str
    heading: str = ""


# What a link is to say instead, None when it stays.
NewName = Callable[[LinkName], LinkName | None]


def retarget(body: str, new_name: NewName) -> str:
    """The text with its links renamed; one that could not say the new name stays.

    Wiki links and the addresses of Markdown links, and none in code.
    """

    def change_at(sign: re.Match[str]) -> Change | None:
        if sign["wiki"]:
            return _wiki(body, sign.start(), new_name)
        return _destination(body, sign.end(), new_name) if sign["destination"] else None

    pieces: list[str] = []
    done = 0
    for change in changes_of_links(body, change_at):
        pieces += (body[done : change.start], change.text)
        done = change.end
    return "".join((*pieces, body[done:]))


def _wiki(body: str, start: int, new_name: NewName) -> Change | None:
    link = read_wikilink(body, start, len(body))
    if link is None or not link.target:
        return None
    inside = body.index("[[", start) + 2
    stop = link.end - 2
    bar = body.find("|", inside, stop)
    end_of_name = stop if bar < 0 else bar - (body[bar - 1] == "\\")
    new = new_name(LinkName(link.target, link.heading))
    if new:
        text = body[start:inside] + _written(new) + body[end_of_name : link.end]
    elif link.other and (new := new_name(_other_of(link))):
        # Text first, as in Dendron: what stands behind the bar is the target.
        text = body[start : bar + 1] + _written(new) + body[stop : link.end]
    else:
        return None
    read = read_wikilink(text, 0, len(text))
    if read is None or read.end != len(text):
        return None
    says = {LinkName(read.target, read.heading), _other_of(read)}
    return Change(start, link.end, text) if new in says else None


def _other_of(link: WikiLink) -> LinkName:
    if not link.other:
        return LinkName("")
    target = link.targets[1]
    return LinkName(target, link.other[len(target) :].strip().lstrip("#").strip())


def _written(name: LinkName) -> str:
    return f"{name.target}#{name.heading}" if name.heading else name.target


def _destination(body: str, start: int, new_name: NewName) -> Change | None:
    found = parseLinkDestination(body, start, min(len(body), start + WINDOW_CHARS))
    local = read_local(normalizeLink(found.str)) if found.ok else None
    if local is None:
        return None
    new = new_name(LinkName(local.path, local.fragment))
    if new is None:
        return None
    written = body[start : found.pos]
    if new.target == local.path:
        # The path stays as its writer spelled it.
        path, is_quoted = written.partition("#")[0], written.startswith("<")
        text = path + (f"#{_address(new.heading)}" if new.heading else "")
        text += ">" if is_quoted and not text.endswith(">") else ""
    else:
        fragment = f"#{_address(new.heading)}" if new.heading else ""
        text = _address(new.target) + fragment
    read = parseLinkDestination(text, 0, len(text))
    says = read_local(normalizeLink(read.str)) if read.ok else None
    is_right = says and says == LocalAddress(new.target, new.heading, says.is_note)
    return Change(start, found.pos, text) if is_right else None


def _address(path: str) -> str:
    """Letters of any script stay readable."""
    return "".join(
        char
        if char.isalnum() or char in _SAFE_IN_ADDRESS
        else "".join(f"%{byte:02X}" for byte in char.encode())
        for char in path
    )
