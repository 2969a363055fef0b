"""Bare addresses in running text: `https://…`, `www.…` and `name@host`.

The rules of GitHub's flavour, kept linear in the length of the text, with two
differences for Korean: an address may directly follow a Hangul letter or a sign,
and a particle behind it is not part of it.
"""

import re

from markdown_it.rules_inline import StateInline

from . import limits
from .addresses import normalized
from .korean import without_particle

MAX_ADDRESS_CHARS = 2000
MAX_TRAILING_SIGNS = 50

_WEB_START = re.compile(r"://[^\s\x00-,/:-@\[-^`{-\x7f]")
_WEB = re.compile(r"://[^\s<>\x00-\x1f]+")
_WWW = re.compile(r"www\.[^\s<>\x00-\x1f]+")
# Anything but blanks, controls and ASCII signs other than `-`, `.` and `_`.
_HOST = re.compile(r"[^\s\x00-,/:-@\[-^`{-\x7f]+(?::\d{1,5})?(?=[/?#]|\Z)")
_LOCAL_PART = re.compile(r"[A-Za-z0-9.+\-_]{1,64}\Z")
_MAIL_HOST = re.compile(r"@((?:[A-Za-z0-9_-]+\.)+[A-Za-z0-9_-]*[A-Za-z0-9])(?![-_@])")
_ENTITY_TAIL = re.compile(r"&[A-Za-z0-9]+;\Z")
_TRAILING_SIGNS = frozenset("?!.,:*_~'\"[]{}|\\`") | frozenset("」』】〉》。、，．…’”·")


def web_address(state: StateInline, silent: bool) -> bool:
    """At the `:` of `http://` or `https://`: a link, unless within one."""
    # In validation mode nothing is consumed, so that a label is stepped over as
    # the plain characters it is made of.
    if silent or state.linkLevel or not _WEB_START.match(state.src, state.pos):
        return False
    scheme = _scheme_before(state.src, state.pos)
    if not scheme or not state.pending.endswith(scheme):
        return False
    before = state.src[state.pos - len(scheme) - 1 : state.pos - len(scheme)]
    if before.isascii() and before.isalnum():
        return False
    address = _trimmed(scheme + _take(_WEB, state))
    if not _HOST.match(_until_path(address[len(scheme) + 3 :])):
        return False
    state.pending = state.pending[: -len(scheme)]
    _push(state, address, address)
    state.pos += len(address) - len(scheme)
    return True


def www_address(state: StateInline, silent: bool) -> bool:
    """At the `w` of `www.`: a link, unless within one or inside a word."""
    if silent or state.linkLevel or not state.src.startswith("www.", state.pos):
        return False
    before = state.src[state.pos - 1] if state.pos else " "
    if before.isascii() and (before.isalnum() or before in "/.-_"):
        return False
    address = _trimmed(_take(_WWW, state))
    if not _HOST.match(_until_path(address[4:])):
        return False
    _push(state, "http://" + address, address)
    state.pos += len(address)
    return True


def mail_address(state: StateInline, silent: bool) -> bool:
    """At the `@` of a mail address: a link, unless within one."""
    if silent or state.linkLevel:
        return False
    host = _MAIL_HOST.match(state.src, state.pos, state.posMax)
    if not host:
        return False
    pending = state.pending
    local = _LOCAL_PART.search(pending[-65:])
    if not local:
        return False
    before = pending[-len(local[0]) - 1 : -len(local[0])]
    if before and (before in "/:=#" or (before.isascii() and before.isalnum())):
        return False
    limits.take_steps(state.env, limits.LINK_STEPS)
    address = local[0] + host[0]
    state.pending = pending[: -len(local[0])]
    _push(state, "mailto:" + address, address)
    state.pos = host.end()
    return True


def _scheme_before(text: str, colon: int) -> str:
    for length in (5, 4):
        word = text[max(0, colon - length) : colon]
        if word.lower() in ("https", "http") and len(word) == length:
            return word
    return ""


def _take(pattern: re.Pattern[str], state: StateInline) -> str:
    # Counted whether or not a link comes of it: most of its work is done here.
    limits.take_steps(state.env, limits.LINK_STEPS)
    stop = min(state.posMax, state.pos + MAX_ADDRESS_CHARS)
    match = pattern.match(state.src, state.pos, stop)
    return match[0] if match else ""


def _until_path(address: str) -> str:
    return re.split(r"(?=[/?#])", address, maxsplit=1)[0]


def _trimmed(address: str) -> str:
    """The address without the sentence's own signs and particle behind it."""
    for _ in range(MAX_TRAILING_SIGNS):
        shorter = _without_trailing_sign(without_particle(address))
        if shorter == address:
            break
        address = shorter
    return address


def _without_trailing_sign(address: str) -> str:
    last = address[-1:]
    if last == ";":
        entity = _ENTITY_TAIL.search(address[-40:])
        return address[: -len(entity[0]) if entity else -1]
    if last == ")":
        is_closing = address.count(")") <= address.count("(")
        return address if is_closing else address[:-1]
    return address[:-1] if last in _TRAILING_SIGNS else address


def _push(state: StateInline, address: str, text: str) -> None:
    opening = state.push("link_open", "a", 1)
    opening.attrs = {"href": normalized(address)}
    opening.markup, opening.info = "autolink", "auto"
    state.push("text", "", 0).content = text
    state.push("link_close", "a", -1).markup = "autolink"
