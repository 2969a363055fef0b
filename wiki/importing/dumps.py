"""The dumps of one run: their files, and which of them are as they were."""

import hashlib
import json
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass

from django.db.models import Count, Q

from wiki.importing.formats import Format, find_format
from wiki.importing.histories import with_histories
from wiki.importing.notes import (
    DumpError,
    Piece,
    Place,
    ReadOptions,
    Skipped,
    Tree,
)
from wiki.importing.trees import open_tree
from wiki.models import ImportedFile

# Goes up when the same bytes would become other entries than before.
READER_VERSION = 2
# Starting processes for less than this takes longer than doing the work.
_FILES_WORTH_PROCESSES = 40
_BYTES_WORTH_PROCESSES = 200_000


@dataclass(frozen=True, slots=True)
class Dump:
    """One of the dumps of a run: where it is, how it is read, what it is made of."""

    tree: Tree
    format: Format
    found: tuple[Piece | Skipped, ...]

    @property
    def place(self) -> Place:
        return self.tree.place

    @property
    def source(self) -> str:
        return self.place.source

    def pieces(self) -> Iterator[Piece]:
        return (one for one in self.found if isinstance(one, Piece))


@dataclass(frozen=True, slots=True)
class StoredFile:
    """A file as it was last read: its hash, and how many notes it had."""

    sha256: str
    count: int


@contextmanager
def open_dumps(
    places: Sequence[Place], format_name: str, read: ReadOptions
) -> Iterator[tuple[Dump, ...]]:
    """The dumps at these places, their files found and none of them opened.

    What an archive holds is there as long as the context. Raises DumpError when
    no format reads what is there, or nothing is there to read.
    """
    with ExitStack() as stack:
        trees = [
            stack.enter_context(open_tree(place, has_history=read.has_history))
            for place in places
        ]
        dumps = tuple(_as_dump(tree, format_name, read) for tree in trees)
        check_files(dumps)
        yield dumps


def _as_dump(tree: Tree, format_name: str, read: ReadOptions) -> Dump:
    known = find_format(tree, format_name)
    found = with_histories(tree, tuple(known.find(tree, read)))
    arrange = getattr(known, "arrange", None)
    if arrange:
        tree, found = arrange(tree, found)
    return Dump(tree, known, found)


def rules_of(
    dumps: Sequence[Dump], read: ReadOptions, *, topics_digest: str
) -> dict[str, str]:
    """For each source a hash, equal as long as the same bytes become the same notes."""
    formats: dict[str, set[str]] = {}
    for dump in dumps:
        formats.setdefault(dump.source, set()).add(dump.format.NAME)
    shared = (READER_VERSION, read.split, read.encoding, topics_digest)
    return {
        source: hashlib.sha256(
            json.dumps([*shared, sorted(names)]).encode()
        ).hexdigest()
        for source, names in formats.items()
    }


def check_files(dumps: Sequence[Dump]) -> None:
    """Raises DumpError without any file, or when two would be one to the next run."""
    if not any(dump.found for dump in dumps):
        labels = ", ".join(dump.place.label for dump in dumps)
        raise DumpError("no-notes", path=labels)
    paths: dict[tuple[str, str], Place] = {}
    for dump in dumps:
        for piece in dump.pieces():
            other = paths.setdefault((dump.source, piece.path), dump.place)
            if other is not dump.place:
                raise DumpError("path-twice", path=piece.path)


def unchanged_files(
    dump: Dump, pieces: Sequence[Piece], *, rules_hash: str
) -> dict[str, StoredFile]:
    """Files that were read by the same rules and left nothing open, by path.

    One query. A file without notes, or with one that has no live entry, is read
    again: why that is has to be said each time.
    """
    rows = ImportedFile.objects.filter(
        source=dump.source,
        path__in=[piece.path for piece in pieces],
        rules_hash=rules_hash,
    )
    is_dead = Q(notes__entry=None) | Q(notes__entry__deleted_at__isnull=False)
    counted = rows.annotate(count=Count("notes"), dead=Count("notes", filter=is_dead))
    return {
        path: StoredFile(sha256, count)
        for path, sha256, count, dead in counted.values_list(
            "path", "sha256", "count", "dead"
        )
        if count and not dead
    }


def is_worth_processes(pieces: Sequence[Piece]) -> bool:
    """Whether reading these files takes longer than starting processes does."""
    if sum(1 + len(piece.past) for piece in pieces) >= _FILES_WORTH_PROCESSES:
        return True
    return sum(piece.size for piece in pieces) >= _BYTES_WORTH_PROCESSES
