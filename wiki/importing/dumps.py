"""The dumps of one run: their files, and which of them are as they were."""

import hashlib
import json
import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from django.db.models import Count, Q

from wiki.importing.formats import Format, find_format
from wiki.importing.notes import DumpError, Piece, Place, ReadOptions, Skipped
from wiki.models import ImportedFile

# Goes up when the same bytes would become other entries than before.
READER_VERSION = 1
# Starting processes for less than this takes longer than doing the work.
_FILES_WORTH_PROCESSES = 40
_BYTES_WORTH_PROCESSES = 200_000


@dataclass(frozen=True, slots=True)
class Dump:
    """One of the dumps of a run: where it is, how it is read, what it is made of."""

    place: Place
    format: Format
    found: tuple[Piece | Skipped, ...]

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


def open_dump(place: Place, format_name: str, read: ReadOptions) -> Dump:
    """The dump at a place, its files found and none of them opened.

    Raises DumpError when no format reads what is there.
    """
    known = find_format(place, format_name)
    return Dump(place, known, tuple(known.find(place, read)))


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
    if len(pieces) >= _FILES_WORTH_PROCESSES:
        return True
    sizes = (_size(piece) for piece in pieces)
    return sum(sizes) >= _BYTES_WORTH_PROCESSES


def _size(piece: Piece) -> int:
    if piece.data is not None:
        return len(piece.data)
    try:
        return os.path.getsize(piece.location)
    except OSError:
        return 0
