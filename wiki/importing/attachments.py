"""Files of a dump that its notes show or link: found, and kept in the media store.

Only what a note speaks of is kept. A file is known by its path in the dump and
by the endings of it, as notes are; what it is called on the way does not matter.
"""

import logging
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import PurePosixPath

from django.db import transaction

from wiki import files
from wiki.editing import redrawing
from wiki.files import FileFacts
from wiki.importing.dumps import Dump
from wiki.importing.formats.files import open_piece
from wiki.importing.messages import Message
from wiki.importing.notes import DumpError, Note, Piece
from wiki.importing.records import in_parts
from wiki.models import DumpName, EntryFile, StoredFile
from wiki.models.files import MAX_FILE_NAME_CHARS
from wiki.names import NewNames
from wiki.paths import Wanted, file_keys, path_key, read_target
from wiki.rendering import find_link_targets

MAX_BYTES = 10 * 1024 * 1024
# What runs when it is opened has no place in notes.
_PROGRAMS = frozenset(
    [
        ".exe",
        ".dll",
        ".com",
        ".bat",
        ".cmd",
        ".msi",
        ".scr",
        ".ps1",
        ".vbs",
        ".app",
        ".jar",
        ".apk",
        ".dmg",
        ".hta",
    ]
)

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Attached:
    """A file that a note has: where it lies, and what it is."""

    piece: Piece
    facts: FileFacts


@dataclass(frozen=True, slots=True)
class Attachments:
    """The files that one note has, and why others could not be taken."""

    files: tuple[Attached, ...] = ()
    messages: tuple[Message, ...] = ()


NOTHING = Attachments()


@dataclass
class AttachmentFinder:
    """Finds the files of notes in the dumps of one run."""

    dumps: Sequence[Dump]
    _by_key: dict[str, dict[str, Piece]] = field(default_factory=dict)
    _facts: dict[tuple[str, str], FileFacts | Message] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for dump in self.dumps:
            notes = {piece.path for piece in dump.pieces()}
            keys = self._by_key.setdefault(dump.source, {})
            for piece in dump.tree.pieces:
                if piece.path not in notes:
                    for key in file_keys(piece.path):
                        keys.setdefault(key, piece)

    def of(self, note: Note, body: str) -> Attachments:
        """The files that a note with this body has. Reads each file once a run."""
        if not self._by_key.get(note.source):
            return NOTHING
        found: dict[str, Attached] = {}
        messages = []
        for target in sorted(find_link_targets(body)):
            piece = self.find(note.source, target, note.path)
            if piece is None or piece.path in found:
                continue
            facts = self.facts_of(piece)
            if isinstance(facts, Message):
                messages.append(facts)
            else:
                found[piece.path] = Attached(piece, facts)
        return Attachments(tuple(found.values()), tuple(messages))

    def find(self, source: str, target: str, page_path: str) -> Piece | None:
        """The file that a target means on the page at this path."""
        keys = self._by_key.get(source, {})
        wanted = read_target(target, page_path)
        return next((keys[key] for key in _tried(target, wanted) if key in keys), None)

    def at(self, source: str, key: str) -> Piece | None:
        """The file with this key in a dump."""
        return self._by_key.get(source, {}).get(key)

    def facts_of(self, piece: Piece) -> FileFacts | Message:
        """What a file is, or why it cannot be taken."""
        place = piece.source, piece.path
        if place not in self._facts:
            self._facts[place] = _read_facts(piece)
        return self._facts[place]


def store(attached: Collection[Attached]) -> None:
    """Keeps these files, and what their dump calls them. Part of a transaction.

    Two queries when all of them are there. A file that another one took the
    place of gives up its names to that one; its pages are drawn again.
    """
    if not attached:
        return
    by_hash = {one.facts.sha256: one for one in attached}
    _keep(by_hash.values())
    rows = files.rows_for({one.facts for one in attached})
    # From here on nobody removes the bytes; a moment ago somebody may have.
    _keep(by_hash.values())
    replaced = _name(attached, rows)
    if replaced:
        showing = EntryFile.objects.filter(
            file__in=[file_id for _, file_id in replaced],
            entry__source__in={source for source, _ in replaced},
            entry__deleted_at=None,
            is_shown=True,
        )
        for some in in_parts(sorted(set(showing.values_list("entry_id", flat=True)))):
            redrawing.draw_again(some, new_names=_names_of(attached))


def _keep(attached: Iterable[Attached]) -> None:
    for one in attached:
        if not files.path_of(one.facts.sha256, one.facts.extension).exists():
            with open_piece(one.piece, max_bytes=MAX_BYTES) as file:
                files.keep(file, one.facts)


def hold(files: Mapping[int, Collection[Attached]]) -> None:
    """Gives entries, by id, files that a text has which waits for a decision."""
    wanted = {
        (entry_id, one.facts.sha256): one.piece.path
        for entry_id, attached in files.items()
        for one in attached
    }
    if not wanted:
        return
    stored = StoredFile.objects.filter(sha256__in={sha256 for _, sha256 in wanted})
    ids = dict(stored.values_list("sha256", "pk"))
    held = EntryFile.objects.filter(entry__in=list(files), file__in=ids.values())
    known = set(held.values_list("entry_id", "file_id"))
    EntryFile.objects.bulk_create(
        EntryFile(
            entry_id=entry_id,
            file_id=ids[sha256],
            name=path[-MAX_FILE_NAME_CHARS:],
            is_shown=False,
        )
        for (entry_id, sha256), path in wanted.items()
        if (entry_id, ids[sha256]) not in known
    )


def renew(finder: AttachmentFinder) -> int:
    """Takes in files that changed or came since their notes were read.

    Gives their number; writes nothing when there are none.
    """
    wanted: dict[tuple[str, str], Attached] = {}
    waiting: set[int] = set()
    for source in {dump.source for dump in finder.dumps}:
        for piece in _changed(finder, source):
            _take(finder, piece, wanted)
        for entry_id, piece in _come(finder, source):
            if _take(finder, piece, wanted):
                waiting.add(entry_id)
    for some in in_parts(list(wanted.values()), 50):
        with transaction.atomic():
            store(some)
    for some in in_parts(sorted(waiting), redrawing.REFRESH_BATCH):
        with transaction.atomic():
            # Only pages that show a file may name it; these are the first.
            redrawing.draw_again(some, new_names=_names_of(wanted.values()))
    return len(wanted)


def names_of(attachments: Attachments, names: NewNames) -> None:
    """Tells names to come of these files, for the pages that show them."""
    for one in attachments.files:
        names.add_file(one.piece.source, one.piece.path, one.facts.name)


def stored_hashes(attachments: Iterable[Attachments]) -> set[str]:
    """Which of these files are in the store. One query at most."""
    hashes = {one.facts.sha256 for of_note in attachments for one in of_note.files}
    if not hashes:
        return set()
    rows = StoredFile.objects.filter(sha256__in=hashes)
    return set(rows.values_list("sha256", flat=True))


def _tried(target: str, wanted: Wanted) -> Iterator[str]:
    """The keys by which `wiki.names` looks for a file, in its order."""
    yield from wanted.places
    yield path_key(target)
    for key in wanted.endings:
        if "/" in key or wanted.is_file_path or not wanted.is_path:
            yield key


def _read_facts(piece: Piece) -> FileFacts | Message:
    if PurePosixPath(piece.path).suffix.casefold() in _PROGRAMS:
        return Message("attachment-program", {"path": piece.path})
    if piece.size > MAX_BYTES:
        limit = MAX_BYTES // 1024 // 1024
        return Message("attachment-too-large", {"path": piece.path, "limit": limit})
    try:
        with open_piece(piece, max_bytes=MAX_BYTES) as file:
            return files.facts_of(file, piece.path)
    except DumpError as error:
        reason = error.message.sentence
    except OSError as error:
        reason = str(error.strerror or error)
    return Message("attachment-unreadable", {"path": piece.path, "reason": reason})


def _take(
    finder: AttachmentFinder, piece: Piece, wanted: dict[tuple[str, str], Attached]
) -> bool:
    facts = finder.facts_of(piece)
    if isinstance(facts, Message):
        return False
    wanted[piece.source, piece.path] = Attached(piece, facts)
    return True


def _changed(finder: AttachmentFinder, source: str) -> Iterator[Piece]:
    rows = DumpName.objects.filter(source=source, key__startswith="/")
    known = rows.exclude(file=None).values_list("key", "file__sha256").order_by("pk")
    for key, sha256 in known.iterator():
        piece = finder.at(source, key)
        facts = finder.facts_of(piece) if piece else None
        if isinstance(facts, FileFacts) and facts.sha256 != sha256:
            yield piece


def _come(finder: AttachmentFinder, source: str) -> Iterator[tuple[int, Piece]]:
    rows = EntryFile.objects.filter(
        file=None, entry__source=source, entry__deleted_at=None
    )
    lost = rows.values_list("entry_id", "name", "entry__source_path").order_by("pk")
    for entry_id, name, path in lost.iterator():
        piece = finder.find(source, name, path)
        if piece:
            yield entry_id, piece


def _names_of(attached: Iterable[Attached]) -> NewNames:
    names = NewNames()
    names_of(Attachments(tuple(attached)), names)
    return names


def _name(
    attached: Collection[Attached], rows: Mapping[str, StoredFile]
) -> set[tuple[str, int]]:
    """Stores the names of files, and gives (source, id) of those they took over."""
    places = {
        (one.piece.source, one.piece.path): rows[one.facts.sha256] for one in attached
    }
    wanted = {
        (source, key): file
        for (source, path), file in places.items()
        for key in file_keys(path)
    }
    known: dict[tuple[str, str], set[int]] = {}
    for some in in_parts(sorted({key for _, key in wanted})):
        stored = DumpName.objects.filter(
            key__in=some, source__in={source for source, _ in wanted}
        ).exclude(file=None)
        for source, key, file_id in stored.values_list("source", "key", "file_id"):
            known.setdefault((source, key), set()).add(file_id)
    new, replaced = [], set()
    for (source, path), file in places.items():
        whole, *endings = file_keys(path)
        before = known.get((source, whole), set()) - {file.pk}
        for file_id in before:
            replaced.add((source, file_id))
            DumpName.objects.filter(
                source=source, file=file_id, key__in=[whole, *endings]
            ).delete()
        new += [
            DumpName(source=source, key=key, file=file)
            for key in (whole, *endings)
            if file.pk not in known.get((source, key), ())
        ]
    DumpName.objects.bulk_create(new)
    return replaced
