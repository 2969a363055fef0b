"""From front matter to the fields of an entry; what is left stays a property."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from wiki.importing.frontmatter import (
    ALIAS_KEYS,
    DATE_KEYS,
    SOURCE_KEYS,
    SUMMARY_KEYS,
    TAG_KEYS,
    TITLE_KEYS,
    FrontMatter,
    names,
    read_date,
    tag_names,
    unlinked,
)
from wiki.importing.notes import NoteTag, Property
from wiki.importing.titles import is_web_address
from wiki.slugs import MAX_TITLE_CHARS, clean_title, title_key

_MAX_SUMMARY_CHARS = 500
_BLANKS = re.compile(r"[\s_-]+")
_RULE = "front matter"


@dataclass(frozen=True, slots=True)
class Fields:
    """What a note says about itself above its text."""

    title: str = ""
    tags: tuple[NoteTag, ...] = ()
    aliases: tuple[str, ...] = ()
    summary: str = ""
    source_url: str = ""
    written_at: datetime | None = None
    properties: tuple[Property, ...] = ()
    comments: int = 0


def take_fields(matter: FrontMatter) -> Fields:
    """The fields that the known names give, and every other pair as it was.

    A value of another kind than its name asks for (a list for a title, a file
    for a source address) stays a property: it is not understood, and not lost.
    """
    used: set[int] = set()
    dates = (read_date(value) for value in _values(matter, DATE_KEYS))
    title = clean_title(_take_text(matter, TITLE_KEYS, used, MAX_TITLE_CHARS))
    summary = _take_text(matter, SUMMARY_KEYS, used, _MAX_SUMMARY_CHARS)
    source_url = _take_address(matter, used)
    tags = tuple(NoteTag(name, _RULE) for name in _take_lists(matter, TAG_KEYS, used))
    aliases = tuple(_take_lists(matter, ALIAS_KEYS, used))
    return Fields(
        title=title if title_key(title) else "",
        tags=tags,
        aliases=aliases,
        summary=summary,
        source_url=source_url,
        written_at=next((date for date in dates if date), None),
        properties=tuple(
            pair for number, pair in enumerate(matter.pairs) if number not in used
        ),
        comments=matter.comments,
    )


def _values(matter: FrontMatter, keys: tuple[str, ...]) -> Iterator[object]:
    """The values under these keys, in the order of the keys."""
    found = {
        _BLANKS.sub("_", name.lower()): value for name, value in reversed(matter.pairs)
    }
    return (found[key] for key in keys if key in found)


def _take_text(
    matter: FrontMatter, keys: tuple[str, ...], used: set[int], max_chars: int
) -> str:
    for number, (name, value) in enumerate(matter.pairs):
        if name.lower() not in keys or not isinstance(value, str):
            continue
        text = unlinked(" ".join(value.split()))
        if text and len(text) <= max_chars:
            used.add(number)
            return text
    return ""


def _take_address(matter: FrontMatter, used: set[int]) -> str:
    for number, (name, value) in enumerate(matter.pairs):
        if name.lower() not in SOURCE_KEYS or not isinstance(value, str):
            continue
        address = value.strip()
        if is_web_address(address):
            used.add(number)
            return address
    return ""


def _take_lists(
    matter: FrontMatter, keys: tuple[str, ...], used: set[int]
) -> Iterator[str]:
    read = tag_names if keys is TAG_KEYS else names
    for number, (name, value) in enumerate(matter.pairs):
        if name.lower() in keys and _holds_only_names(value):
            used.add(number)
            yield from read(value)


def _holds_only_names(value: object) -> bool:
    if isinstance(value, list):
        return all(_holds_only_names(item) for item in value)
    return isinstance(value, str)
