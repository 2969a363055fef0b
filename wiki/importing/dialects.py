"""How the notes of a format are written, where that is not plain Markdown."""

from collections.abc import Callable
from dataclasses import dataclass, field

from wiki.importing.fields import Fields, take_fields
from wiki.importing.frontmatter import FrontMatter, read_front_matter
from wiki.importing.messages import Message
from wiki.importing.notes import NoteTag, Piece
from wiki.importing.places import place_tags
from wiki.importing.titles import title_of_file


@dataclass(frozen=True, slots=True)
class Head:
    """What stands above a note's text: the first `length` characters of the file."""

    length: int = 0
    fields: Fields = field(default_factory=Fields)
    messages: tuple[Message, ...] = ()


def front_matter_head(piece: Piece, text: str) -> Head:
    """YAML between `---` lines; left in the text, with a warning, when broken."""
    matter = read_front_matter(text)
    if isinstance(matter, FrontMatter):
        return Head(matter.length, take_fields(matter))
    return Head(messages=(matter.message,) if matter.message else ())


def _no_names(piece: Piece, body: str) -> tuple[str, ...]:
    return ()


def _no_tags(body: str) -> tuple[NoteTag, ...]:
    return ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Dialect:
    """What a format reads in its own way. Each is a function of a module.

    `title_of_file` gives a title and what it was made from; `tags_in` the tags
    within a text, which stay there; `names_of` what other notes call the note
    besides its path. With `heading_names_file` off, a heading is a note's title
    only where it says the same as the file's name.
    """

    read_head: Callable[[Piece, str], Head] = front_matter_head
    title_of_file: Callable[[Piece], tuple[str, str]] = lambda piece: title_of_file(
        piece.path, piece.source
    )
    place_tags: Callable[[Piece], tuple[NoteTag, ...]] = lambda piece: place_tags(
        piece.path
    )
    tags_in: Callable[[str], tuple[NoteTag, ...]] = _no_tags
    names_of: Callable[[Piece, str], tuple[str, ...]] = _no_names
    heading_names_file: bool = True


PLAIN = Dialect()
