"""What the write door is asked for, and what it answers."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

from wiki.editing.changes import Act, Past
from wiki.editing.content import Author, Content
from wiki.editing.problems import EditError
from wiki.models import Entry, Protection, Revision, Visibility

SaveStatus = Literal["created", "updated", "merged", "same", "repeated"]


@dataclass(frozen=True)
class Saved:
    """A save that happened, or had nothing to do.

    `merged` joined in the revisions of `merged_with`; `same` made no revision
    because nothing differed; `repeated` is the revision this very form made
    when it was sent the first time.
    """

    entry: Entry
    revision: Revision
    status: SaveStatus
    merged_with: tuple[Revision, ...] = ()


Outcome = Saved | EditError


@dataclass(frozen=True, kw_only=True)
class NewEntry:
    content: Content
    act: Act
    # The dump it comes from, its place there, and what notes there call it, as
    # keys of `wiki.paths`.
    source: str = ""
    source_path: str = ""
    dump_names: tuple[str, ...] = ()
    # The address it would like instead of that of its title, and when it began.
    slug: str = ""
    created_at: datetime | None = None
    # What it was elsewhere, oldest first: revisions before the one of `content`.
    past: tuple[Past, ...] = ()
    visibility: str = Visibility.PUBLIC
    protection: str = Protection.WRITERS


@dataclass(frozen=True, kw_only=True)
class EntryEdit:
    """A change to an entry, made on its version `base_version`."""

    entry_id: int
    base_version: int
    content: Content
    act: Act
    # As it was just read, with its head, and not touched since: the first attempt
    # need not read it again.
    entry: Entry | None = None
    # Where the merge base is not a revision: the text an importer last read.
    base: Content | None = field(default=None)
    # What came between elsewhere, oldest first. Becomes revisions if nobody
    # saved meanwhile; else its authors are among those of the merge.
    past: tuple[Past, ...] = ()
    coauthors: tuple[Author, ...] = ()
    # The numbers of earlier revisions that it undoes.
    takes_back: Sequence[int] = ()
