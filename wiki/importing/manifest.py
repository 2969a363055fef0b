"""What an export of this wiki says of its files: read without trust, and undone.

The manifest brings back what a file of Markdown cannot hold: its address, the
links as they were written. It can only ever say how a text is spelled, where a
note came from and what it is called; never who may read it.
"""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from wiki.importing.frontmatter import read_date
from wiki.slugs import MAX_SLUG_CHARS

NAME = "notewiki.json"
FORMAT = "notewiki"
VERSION = 1
# Some 100,000 notes; what is larger was not written by this wiki.
MAX_BYTES = 64 * 1024 * 1024
MAX_LINKS = 20_000
_MAX_LINK_CHARS = 20_000
_MAX_NAMES = 100
_MAX_NAME_CHARS = 1000
# What looking in vain may cost a text: a hostile list of links ends here.
_MAX_CHARS_IN_VAIN = 50_000_000

Pair = tuple[str, str]


@dataclass(frozen=True, slots=True)
class FileFacts:
    """What is known of one note's file; whatever is not, is empty.

    `links` are what each link is in the file and was in the text, in order;
    `renamed` the names of properties by those they have in the file, and `own`
    those that are called as fields are; `dates` what has no place in the file.
    """

    slug: str = ""
    path: str = ""
    links: tuple[Pair, ...] = ()
    renamed: Mapping[str, str] = field(default_factory=dict)
    own: frozenset[str] = frozenset()
    dates: Mapping[str, datetime] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Manifest:
    """An export: of files, or of a history, and what it says of its files, by path.

    `places` are, for each attachment, the paths where texts look for it.
    """

    kind: str
    files: Mapping[str, FileFacts] = field(default_factory=dict)
    places: Mapping[str, tuple[str, ...]] = field(default_factory=dict)


def read_manifest(data: bytes) -> Manifest | None:
    """The manifest, None if this is none, or one of a later version.

    What of it is not as this wiki writes it is left out.
    """
    if len(data) > MAX_BYTES:
        return None
    try:
        read = json.loads(data)
    except (ValueError, RecursionError):
        return None
    if not isinstance(read, dict) or read.get("format") != FORMAT:
        return None
    if read.get("version") != VERSION:
        return None
    return Manifest(
        kind=_text(read.get("kind"), _MAX_NAME_CHARS),
        files={
            path: _facts(said)
            for path, said in _mapping(read.get("files")).items()
            if isinstance(said, dict)
        },
        places={
            path: tuple(_texts(_mapping(said).get("paths")))
            for path, said in _mapping(read.get("attachments")).items()
        },
    )


def restore_links(text: str, pairs: Iterable[Pair]) -> str:
    """The text with each link as it was written, as far as it can be found.

    Each left side is looked for behind the one before; what is not there any
    more is passed over. Of a text that nobody changed it gives back every sign.
    """
    pieces = []
    at = vain = 0
    for exported, written in pairs:
        found = text.find(exported, at)
        if found < 0:
            vain += len(text) - at
            if vain > _MAX_CHARS_IN_VAIN:
                break
            continue
        pieces += (text[at:found], written)
        at = found + len(exported)
    return "".join((*pieces, text[at:]))


def _facts(said: Mapping[str, object]) -> FileFacts:
    return FileFacts(
        slug=_text(said.get("slug"), MAX_SLUG_CHARS),
        path=_text(said.get("path"), _MAX_NAME_CHARS),
        links=tuple(_pairs(said.get("links"))),
        renamed={
            new: old
            for new, old in _mapping(said.get("renamed")).items()
            if _text(old, _MAX_NAME_CHARS)
        },
        own=frozenset(_texts(said.get("own"))),
        dates={
            name: moment
            for name, value in _mapping(said.get("dates")).items()
            if (moment := read_date(value))
        },
    )


def _pairs(said: object) -> Iterable[Pair]:
    for pair in said[:MAX_LINKS] if isinstance(said, list) else ():
        if not (isinstance(pair, list) and len(pair) == 2):
            continue
        exported, written = (_text(side, _MAX_LINK_CHARS) for side in pair)
        if exported and written:
            yield exported, written


def _mapping(said: object) -> Mapping[str, object]:
    return said if isinstance(said, dict) else {}


def _texts(said: object) -> Iterable[str]:
    for one in said[:_MAX_NAMES] if isinstance(said, list) else ():
        if text := _text(one, _MAX_NAME_CHARS):
            yield text


def _text(said: object, max_chars: int) -> str:
    """The text, empty when it is too long, none, or none that can be stored."""
    if not isinstance(said, str) or len(said) > max_chars or "\x00" in said:
        return ""
    try:
        said.encode()
    except UnicodeEncodeError:
        return ""
    return said
