"""Whether every line of a note arrived somewhere: what an importer must not lose."""

import html
import re
import unicodedata
from collections.abc import Iterable, Iterator, Sequence

from wiki.importing.notes import Note

# Marks of emphasis stand inside words: **P**rocess.
_EMPHASIS = re.compile(r"\*+|__+|~~|`")
_WORD = re.compile(r"[^\W_]+")
# A tag that holds no address carries nothing but looks.
_BARE_TAG = re.compile(r"</?[A-Za-z](?:(?!href|src)[^<>\n]){0,200}>")


def unaccounted_lines(lines: Sequence[str], note: Note) -> list[int]:
    """Numbers, from 0, of the lines whose words are nowhere in the note.

    A line is there when the body has it as it is, or when all its words stand
    in the body, title, aliases, summary, tags, source address or properties.
    Blank lines and lines of signs only need no place.
    """
    in_body = {line.strip() for line in note.body.split("\n")}
    # What a body never has: it is dropped and said.
    strange = [
        (number, line.replace("\x00", ""))
        for number, line in enumerate(lines)
        if line.strip() not in in_body
    ]
    wanted = [(number, _words(line)) for number, line in strange]
    if not any(words for _, words in wanted):
        return []
    here = set().union(*map(_words, _texts(note)))
    return [number for number, words in wanted if words - here]


def _texts(note: Note) -> Iterator[str]:
    yield from (note.title, note.summary, note.source_url, note.body, *note.aliases)
    yield from (tag.name for tag in note.tags)
    for name, value in note.properties:
        yield name
        yield from _strings(value)


def _strings(value: object) -> Iterable[str]:
    if isinstance(value, dict):
        for name, inner in value.items():
            yield name
            yield from _strings(inner)
    elif isinstance(value, list):
        for item in value:
            yield from _strings(item)
    else:
        yield str(value)


def _words(text: str) -> set[str]:
    plain = _BARE_TAG.sub(" ", html.unescape(_EMPHASIS.sub("", text)))
    return set(_WORD.findall(unicodedata.normalize("NFC", plain)))
