"""How the notes of a format are written, where that is not plain Markdown."""

from collections.abc import Callable
from dataclasses import dataclass, field

from wiki.importing import hashtags
from wiki.importing.fields import Fields, take_fields
from wiki.importing.frontmatter import FrontMatter, read_front_matter
from wiki.importing.messages import Message
from wiki.importing.notes import NoteTag, Piece
from wiki.importing.places import place_tags
from wiki.importing.titles import title_of_file, told_by_language
from wiki.importing.tomlmatter import read_toml_matter


@dataclass(frozen=True, slots=True)
class Head:
    """What stands above a note's text: the first `length` characters of the file.

    `names` are what other notes call this one, such as an id.
    """

    length: int = 0
    fields: Fields = field(default_factory=Fields)
    messages: tuple[Message, ...] = ()
    names: tuple[str, ...] = ()


def front_matter_head(piece: Piece, text: str) -> Head:
    """YAML between `---` lines or TOML between `+++`; left in the text when broken."""
    is_toml = text.startswith("+++")
    matter = read_toml_matter(text) if is_toml else read_front_matter(text)
    if isinstance(matter, FrontMatter):
        return Head(matter.length, take_fields(matter))
    return Head(messages=(matter.message,) if matter.message else ())


def _no_head(piece: Piece, text: str) -> Head:
    return Head()


def _no_names(piece: Piece, body: str) -> tuple[str, ...]:
    return ()


def tags_of_lines(body: str) -> tuple[NoteTag, ...]:
    """Tags that say so themselves, in whatever app they were written."""
    return tuple(NoteTag(name, "tags line") for name in hashtags.tags_of_lines(body))


def inline_tags(body: str) -> tuple[NoteTag, ...]:
    """Those, and every `#tag` in the text, where the app takes these for tags."""
    found = (NoteTag(name, "inline tag") for name in hashtags.inline_tags(body))
    return (*tags_of_lines(body), *found)


@dataclass(frozen=True, slots=True, kw_only=True)
class Dialect:
    """What a format reads in its own way. Each is a function of a module.

    `title_of_file` gives a title and what it was made from; `tags_in` the tags
    within a text, which stay there; `names_of` what other notes call the note
    besides its path; `longer_title` what to call it when its title is taken.
    With `heading_names_file` off, a heading is a note's title only where it says
    the same as the file's name; with `first_heading_is_title` it is that wherever
    it leads the file. `read_below` gives what stands right below such a heading.
    """

    read_head: Callable[[Piece, str], Head] = front_matter_head
    title_of_file: Callable[[Piece], tuple[str, str]] = lambda piece: title_of_file(
        piece.path, piece.source
    )
    place_tags: Callable[[Piece], tuple[NoteTag, ...]] = lambda piece: place_tags(
        piece.path
    )
    tags_in: Callable[[str], tuple[NoteTag, ...]] = tags_of_lines
    names_of: Callable[[Piece, str], tuple[str, ...]] = _no_names
    longer_title: Callable[[Piece, str], str] = lambda piece, title: told_by_language(
        piece.path, title
    )
    heading_names_file: bool = True
    first_heading_is_title: bool = False
    read_below: Callable[[Piece, str], Head] = _no_head


PLAIN = Dialect()
