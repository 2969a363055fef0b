"""What the importer knows of a dump: its files, the notes in them, what was left out.

Pure data. Readers make these, the plan compares them with the wiki, the run
writes them down. No reading, no parsing and no database here.
"""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING

from wiki.importing.messages import Message

if TYPE_CHECKING:
    from wiki.importing.repositories import Repository

Property = tuple[str, object]


class DumpError(Exception):
    """A dump, a file or a note that could not be read; `message` says why."""

    def __init__(self, code: str, *, line: int | None = None, **params: object) -> None:
        self.message = Message(code, params, line)
        super().__init__(f"{code} {params}")


@dataclass(frozen=True)
class NoteTag:
    """A tag as it was spelled, and the rule that gave it: "hashtag", "folder" …"""

    name: str
    rule: str


@dataclass(frozen=True, kw_only=True)
class Note:
    """One note of a dump, as it was written and as an entry can hold it."""

    source: str
    path: str
    # Of the line that names the note, and of the first one of its bytes,
    # counted from 1 in its file.
    line: int = 1
    first_line: int = 1
    # The very bytes of the dump; those of a file's notes joined are the file.
    raw: bytes = b""

    title: str
    title_from: str
    # The title with what was cut from it; for when the short one is taken.
    full_title: str = ""
    body: str = ""
    aliases: tuple[str, ...] = ()
    summary: str = ""
    source_url: str = ""
    properties: tuple[Property, ...] = ()
    # Written by the owner. Never dropped.
    tags: tuple[NoteTag, ...] = ()
    # From where the note lies, and all that its place and words give.
    place_tags: tuple[NoteTag, ...] = ()
    derived_tags: tuple[NoteTag, ...] = ()
    written_at: datetime | None = None

    # Other names by which notes of the dump speak of it: ids, the file's name
    # as an app exported it. Its path needs no mention.
    names: tuple[str, ...] = ()
    # What it was before, oldest first, where the dump knows.
    past: tuple["PastVersion", ...] = ()

    # What an export of such a wiki knows of an entry: the address it had, when
    # it began, and that these are all its tags.
    slug: str = ""
    created_at: datetime | None = None
    has_all_tags: bool = False

    key: str
    raw_hash: str = ""
    # Of all that becomes the entry; set when the tags are derived.
    content_hash: str = ""
    encoding: str = "utf-8"
    messages: tuple[Message, ...] = ()


@dataclass(frozen=True, kw_only=True)
class PastVersion:
    """A note as a commit left it, and who made that commit, when and why."""

    note: Note
    author: str
    written_at: datetime
    comment: str = ""


@dataclass(frozen=True, kw_only=True)
class SourceFile:
    """A file of a dump: enough to know it again and to check what it became."""

    source: str
    path: str
    sha256: str
    size: int
    encoding: str = "utf-8"
    bom: bytes = b""


@dataclass(frozen=True)
class Skipped:
    """Something in a dump that makes no entry, and the sentence that says why."""

    source: str
    path: str
    message: Message
    is_failure: bool = False


@dataclass(frozen=True)
class ReadFile:
    """All that became of one file: its notes, or why there are none."""

    path: str
    file: SourceFile | None = None
    notes: tuple[Note, ...] = ()
    skipped: tuple[Skipped, ...] = ()
    # The bytes of a file without notes, kept so that it can be given back.
    rest: bytes = b""
    # The bytes are those that were read before, by the same rules: what its
    # notes are is known.
    is_unchanged: bool = False


@dataclass(frozen=True, slots=True)
class PastPiece:
    """A file as a commit left it, under the path it had then; not opened yet."""

    path: str
    blob: str
    author: str
    written_at: datetime
    comment: str = ""


@dataclass(frozen=True, slots=True)
class Piece:
    """A file of a dump that has not been opened yet. Small, and can be sent around.

    `location` is where its bytes are; `data` stands in for it when they were
    never in a file. `hints` is what a format knows of the file from its
    neighbours. `past` are its earlier states, oldest first, in `repository`.
    """

    source: str
    path: str
    location: str = ""
    data: bytes | None = None
    size: int = 0
    modified_at: datetime | None = None
    hints: object = None
    past: tuple[PastPiece, ...] = ()
    repository: str = ""


@dataclass(frozen=True, slots=True)
class Tree:
    """The files of one dump, whatever it came in, in the same order everywhere.

    `found` are plain files of every kind, and what was left out and why.
    `tool_folders` are paths of folders that tools keep for themselves, which
    were seen and not entered. `is_file` when the dump is one file by itself.
    `repository` holds what the files were before, where there is one.
    """

    place: "Place"
    found: tuple["Piece | Skipped", ...] = ()
    tool_folders: frozenset[str] = frozenset()
    is_file: bool = False
    repository: "Repository | None" = None

    @property
    def source(self) -> str:
        return self.place.source

    @property
    def pieces(self) -> Iterator[Piece]:
        return (one for one in self.found if isinstance(one, Piece))


@dataclass(frozen=True)
class ReadOptions:
    """How the person who imports wants files to be read.

    `include` and `exclude` are patterns for paths or file names, as in a shell.
    With `has_history` off, notes come without what they were before.
    """

    split: str = "auto"
    encoding: str = ""
    include: tuple[str, ...] = ()
    exclude: tuple[str, ...] = ()
    has_history: bool = True


@dataclass(frozen=True)
class Place:
    """Where a dump is: a file, a folder or standard input, and the name it goes by."""

    location: str
    source: str
    # As it was named on the command line, for messages.
    label: str = ""
    data: bytes | None = field(default=None, repr=False)


def digest(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()
