"""What the importer knows of notes it read before, and how it asks."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Generic, Protocol, TypeVar

from wiki.importing.notes import Note

Content = TypeVar("Content")


@dataclass(frozen=True, slots=True)
class Known:
    """A note as it was last imported, and how its entry stands now.

    Without an entry it is one that made none: a copy, or one that failed.
    """

    id: int
    source: str
    key: str
    path: str
    line: int
    raw_hash: str
    content_hash: str
    # The title it was given, which is not the dump's where that was taken.
    title: str
    entry_id: int | None = None
    # Of the entry: right after the import, and now.
    written_version: int | None = None
    version: int = 0
    is_deleted: bool = False
    slug: str = ""
    entry_title: str = ""

    @property
    def is_live(self) -> bool:
        return self.entry_id is not None and not self.is_deleted

    @property
    def is_untouched(self) -> bool:
        """Whether nobody changed the entry since the import wrote it."""
        return self.version == self.written_version

    @property
    def is_whole_file(self) -> bool:
        return self.key == self.path

    @property
    def place(self) -> str:
        """Where it was, for a person."""
        return self.path if self.is_whole_file else f"{self.path}: {self.title}"


@dataclass(frozen=True, slots=True)
class Sides(Generic[Content]):
    """The two contents that a dump's note is compared with."""

    base: Content
    wiki: Content


class Merged(Protocol[Content]):
    """Both sides' changes in one content."""

    @property
    def content(self) -> Content: ...

    @property
    def has_clash(self) -> bool: ...


class Wiki(Protocol[Content]):
    """What the plan asks. Every question is asked once for a whole batch."""

    def notes_of(self, source: str, paths: Collection[str]) -> Iterable[Known]:
        """What was last imported from these files."""

    def notes_with(self, raw_hashes: Collection[str]) -> Iterable[Known]:
        """Notes of any source whose bytes were these and whose entries live."""

    def titles_of(self, keys: Collection[str]) -> Mapping[str, int]:
        """The live entries with these title keys, by key."""

    def sides_of(self, known: Sequence[Known]) -> Mapping[int, Sides[Content]]:
        """Base and current content, by the id of the known note."""

    def bodies_of(self, known: Sequence[Known]) -> Mapping[int, str]:
        """The bodies last imported, by the id of the known note."""

    def shared_of(self, known: Sequence[Known]) -> Mapping[int, str]:
        """Another source whose notes have the same entry, for those with one."""

    def content_of(self, note: Note, base: Content | None = None) -> Content:
        """What an entry made of the note holds, where `base` was its last content."""

    def content_then(self, note: Note, later: Content) -> Content | None:
        """What it held when its note was so, before `later`; None if none could."""

    def merge(self, base: Content, dump: Content, wiki: Content) -> Merged[Content]:
        """The dump's and the wiki's changes of the base."""

    def is_same(self, one: Content, other: Content) -> bool:
        """Whether going from one to the other would show no difference."""
