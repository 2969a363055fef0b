"""Addresses in the words of site generators: Hugo's `ref`, Jekyll's `post_url`.

    [x]({{< ref "db/redis.md#heading" >}})    [x]({% post_url 2020-01-02-name %})
    [x]({{< relref "redis" >}})               ![x]({{ site.baseurl }}/img/a.png)

They are read where an address stands. Anywhere else such signs are text, and
nothing of them is ever carried out.
"""

import re
from dataclasses import dataclass

SHORTCODE_SIGNS = ("{{", "{%")

# Every repetition is bounded: a search for the end costs no more than that.
_BASE = r"(?:\{\{-?[ \t]*site\.(?:base)?url[ \t]*-?\}\}[ \t]*){1,2}"
_REF = (
    r"\{\{[<%][ \t]*(?:rel)?ref[ \t]+(?:path[ \t]*=[ \t]*)?"
    r"(?P<quote>[\"'`]?)(?P<ref>[^\s\"'`{}<>%](?:[^\"'`{}<>%\n]{0,300}?"
    r"[^\s\"'`{}<>%])?)(?P=quote)(?:[ \t][^{}<>%\n]{0,100})?[>%]\}\}"
)
_TAG = r"\{%-?[ \t]*(?P<tag>post_url|link)[ \t]+(?P<name>[^\n{}%]{1,300}?)[ \t]*-?%\}"
_FILTER = (
    r"\{\{-?[ \t]*[\"'](?P<filtered>[^\"'\n{}]{1,300})[\"'][ \t]*\|"
    r"[ \t]*(?:relative|absolute)_url[ \t]*-?\}\}"
)
_PLAIN = r"[^\s(){}<>\"'#?]{1,300}"


def _address(path: str, query: str, fragment: str) -> str:
    spellings = rf"{_REF}|(?:{_BASE})?{_TAG}|{_FILTER}|{_BASE}(?P<path>/{path})"
    return rf"(?:{spellings})(?:\?{query})?(?:#(?P<fragment>{fragment}))?"


_ALONE = re.compile(
    _address(r"[^\n{}<>\"#?]{1,600}", "[^#]{0,300}", ".{0,300}"), re.DOTALL
)
_DESTINATION = re.compile(
    rf"\([ \t]*(?P<address>{_address(_PLAIN, _PLAIN, _PLAIN)})"
    r"(?:[ \t]+\"(?P<title>[^\"\n]{0,300})\")?[ \t]*\)"
)


@dataclass(frozen=True, slots=True)
class Shortcode:
    """What a shortcode points at; `is_note` when its word is only for notes."""

    path: str
    fragment: str
    is_note: bool


@dataclass(frozen=True, slots=True)
class ShortcodeDestination:
    """The destination of a link that is a shortcode, and where the link ends."""

    address: str
    title: str
    end: int


def may_have_shortcodes(body: str) -> bool:
    """Whether some link could have one as its destination: kept in `env`."""
    return "]({{" in body or "]({%" in body


def read_shortcode(text: str) -> Shortcode | None:
    """What an address that is a shortcode points at, None when it is none."""
    match = _ALONE.fullmatch(text)
    if not match:
        return None
    name, _, heading = (match["ref"] or match["name"] or "").partition("#")
    return Shortcode(
        path=name or match["filtered"] or match["path"] or "",
        fragment=match["fragment"] or heading,
        is_note=bool(name) and match["tag"] != "link",
    )


def read_destination(text: str, start: int, stop: int) -> ShortcodeDestination | None:
    """The shortcode in the parentheses that open at `start`, None without one."""
    if not text.startswith(("({{", "({%"), start):
        return None
    match = _DESTINATION.match(text, start, stop)
    if not match:
        return None
    return ShortcodeDestination(match["address"], match["title"] or "", match.end())
