"""What was read, written down: the files and notes that the next run compares with."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from wiki.editing import Content
from wiki.importing.notes import Note, ReadFile, SourceFile, digest
from wiki.importing.plan import Planned
from wiki.importing.records import DatabaseWiki, in_parts
from wiki.models import ImportedFile, ImportedNote

# After these a file is read again even if its bytes are the same.
_WAITS = frozenset(("conflict", "failed"))
_MAX_ENCODING_CHARS = 20

_PLACE_FIELDS = ("source", "key", "file", "line", "raw", "raw_hash")
_CONTENT_FIELDS = (
    "content_hash",
    "title",
    "body",
    "summary",
    "source_url",
    "alias_names",
    "properties",
    "tags",
    "entry",
    "entry_version",
)


@dataclass(frozen=True)
class FileEnd:
    """That a file's last note is done: the file, and the keys of all its notes.

    It is not whole when some of its notes come later or not at all.
    """

    read: ReadFile
    keys: tuple[str, ...]
    is_whole: bool = True


@dataclass(frozen=True)
class Carried:
    """A step that was carried out, its entry, and the file that ends with it."""

    planned: Planned[Content]
    entry_id: int | None = None
    version: int | None = None
    closes: FileEnd | None = None


class Memory:
    """Stores what was read in one run. Every call is part of a transaction."""

    def __init__(self, wiki: DatabaseWiki, rules_hashes: Mapping[str, str]) -> None:
        """`rules_hashes` say, by source, by what rules its files are read."""
        self._wiki = wiki
        self._rules_hashes = rules_hashes
        self._waiting: set[tuple[str, str]] = set()

    def store(self, steps: Sequence[Carried]) -> None:
        """Stores what differs from what is stored: nothing for what is the same."""
        self._waiting |= {
            (step.planned.note.source, step.planned.note.path)
            for step in steps
            if step.planned.note and step.planned.status in _WAITS
        }
        read = [
            step for step in steps if step.planned.note and step.planned.is_new_base
        ]
        new = [step for step in read if _target(step) is None]
        changed = [step for step in read if _has_other_content(step)]
        moved = [step for step in read if _is_elsewhere(step) and step not in changed]
        closed = [step.closes for step in steps if step.closes]
        files = _Files(
            [step.planned.note for step in (*new, *changed, *moved)],
            [self._file_row(end) for end in closed],
        )
        _forget_places(read)
        ImportedNote.objects.bulk_create(
            [
                *(self._note_row(step, files) for step in new),
                *_rests(closed, files),
            ],
            batch_size=100,
        )
        self._update(changed, files, (*_PLACE_FIELDS, *_CONTENT_FIELDS))
        self._update(moved, files, _PLACE_FIELDS)
        _note_deletions(step for step in steps if step.planned.status == "deleted")

    def _update(
        self, steps: Sequence[Carried], files: "_Files", fields: Sequence[str]
    ) -> None:
        rows = [self._note_row(step, files) for step in steps]
        ImportedNote.objects.bulk_update(rows, fields, batch_size=50)

    def _file_row(self, end: FileEnd) -> ImportedFile:
        file: SourceFile = end.read.file
        waits = not end.is_whole or (file.source, file.path) in self._waiting
        return ImportedFile(
            source=file.source,
            path=file.path,
            sha256=file.sha256,
            rules_hash="" if waits else self._rules_hashes[file.source],
            encoding=file.encoding[:_MAX_ENCODING_CHARS],
            has_bom=bool(file.bom),
            parts=list(end.keys) or [file.path] * bool(end.read.rest),
        )

    def _note_row(self, step: Carried, files: "_Files") -> ImportedNote:
        planned, note = step.planned, step.planned.note
        target = _target(step)
        base = planned.base or self._wiki.content_of(note)
        is_foreign = planned.known is not None and planned.known.source != note.source
        title = planned.known.title if is_foreign else base.title
        return ImportedNote(
            pk=target,
            source=note.source,
            key=note.key,
            file_id=files.id_of(note),
            line=note.line,
            raw=note.raw,
            raw_hash=note.raw_hash,
            # A note that failed is tried again, whatever its bytes.
            content_hash="" if planned.status == "failed" else note.content_hash,
            title=title,
            # Without an entry there is nothing to merge it with; `raw` has it.
            body=base.body if step.entry_id else "",
            summary=base.summary,
            source_url=base.source_url,
            alias_names=list(base.aliases),
            properties=[list(pair) for pair in base.properties],
            tags=[{"name": tag.name, "rule": tag.rule} for tag in base.tags],
            entry_id=step.entry_id,
            entry_version=_written_version(step),
        )


class _Files:
    """The rows of the files in a batch, made or updated where needed."""

    def __init__(self, notes: Iterable[Note], closed: Sequence[ImportedFile]) -> None:
        wanted = {(note.source, note.path) for note in notes}
        wanted |= {(row.source, row.path) for row in closed}
        self._rows = _stored(wanted)
        complete = {(row.source, row.path): row for row in closed}
        missing = [
            complete.get(place) or ImportedFile(source=place[0], path=place[1])
            for place in sorted(wanted - self._rows.keys())
        ]
        ImportedFile.objects.bulk_create(missing)
        self._rows |= {(row.source, row.path): row for row in missing}
        for place, row in complete.items():
            self._update(self._rows[place], row)

    def id_of(self, note: Note) -> int:
        return self._rows[note.source, note.path].pk

    def id_at(self, source: str, path: str) -> int:
        return self._rows[source, path].pk

    def _update(self, stored: ImportedFile, row: ImportedFile) -> None:
        fields = ("sha256", "rules_hash", "encoding", "has_bom", "parts")
        changed = [
            name for name in fields if getattr(stored, name) != getattr(row, name)
        ]
        for name in changed:
            setattr(stored, name, getattr(row, name))
        if changed:
            stored.save(update_fields=changed)


def _note_deletions(steps: Iterable[Carried]) -> None:
    """Remembers that the importer deleted these, so that they can come back."""
    rows = [
        ImportedNote(
            pk=step.planned.known.id, content_hash="", entry_version=step.version
        )
        for step in steps
    ]
    fields = ("content_hash", "entry_version")
    ImportedNote.objects.bulk_update(rows, fields, batch_size=100)


def _stored(places: Iterable[tuple[str, str]]) -> dict[tuple[str, str], ImportedFile]:
    paths: dict[str, list[str]] = {}
    for source, path in sorted(places):
        paths.setdefault(source, []).append(path)
    return {
        (row.source, row.path): row
        for source, of_source in paths.items()
        for some in in_parts(of_source)
        for row in ImportedFile.objects.filter(source=source, path__in=some)
    }


def _rests(closed: Iterable[FileEnd], files: _Files) -> Iterable[ImportedNote]:
    """Files without a note: only their bytes, so that the dump can be given back."""
    blank = [end.read for end in closed if end.read.rest]
    if not blank:
        return []
    known = set(
        ImportedNote.objects.filter(
            source__in={read.file.source for read in blank},
            key__in=[read.path for read in blank],
        ).values_list("source", "key")
    )
    return [
        ImportedNote(
            source=read.file.source,
            key=read.path,
            file_id=files.id_at(read.file.source, read.path),
            raw=read.rest,
            raw_hash=digest(read.rest),
        )
        for read in blank
        if (read.file.source, read.path) not in known
    ]


def _forget_places(steps: Iterable[Carried]) -> None:
    """Removes notes without an entry whose key a moved note takes over."""
    taken = [
        step.planned.row.id
        for step in steps
        if step.planned.row and _target(step) not in (None, step.planned.row.id)
    ]
    if taken:
        ImportedNote.objects.filter(pk__in=taken).delete()


def _target(step: Carried) -> int | None:
    """The id of the row that this note's goes into; None for a new one."""
    known, row = step.planned.known, step.planned.row
    if known is not None and known.source == step.planned.note.source:
        return known.id
    return row.id if row else None


def _has_other_content(step: Carried) -> bool:
    if _target(step) is None:
        return False
    known, note = step.planned.known, step.planned.note
    if known is None or known.source != note.source:
        # The row had no entry; now it has one, or is still a copy.
        return step.entry_id is not None or step.planned.row.raw_hash != note.raw_hash
    return known.content_hash != note.content_hash


def _is_elsewhere(step: Carried) -> bool:
    known, note = step.planned.known, step.planned.note
    if known is None or known.source != note.source:
        return False
    return (known.key, known.line, known.raw_hash) != (
        note.key,
        note.line,
        note.raw_hash,
    )


def _written_version(step: Carried) -> int | None:
    """The version whose text is the dump's, None when someone's edits are in it."""
    if step.entry_id is None:
        return None
    if step.planned.is_dump_text is None:
        return step.planned.known.written_version
    return step.version if step.planned.is_dump_text else None
