"""The dumps as they came: the bytes of each file, edited notes with their new text."""

import codecs
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import groupby
from pathlib import Path

from django.db.models import F, Q, QuerySet
from django.utils.translation import gettext as _

from wiki.editing import Content, TagUse
from wiki.exporting.attachments import chunks_of, is_there, place_in_dump
from wiki.exporting.names import safe_name
from wiki.exporting.retelling import retold
from wiki.exporting.selection import in_parts
from wiki.importing.notes import digest
from wiki.models import DumpName, EntryFile, ImportedFile, ImportedNote, StoredFile
from wiki.paths import path_key

_NOTES_AT_ONCE = 20
_MAX_NAMED = 100
_UTF_8 = "utf-8"
# By the names that the importer keeps encodings under.
_MARKS = {
    "utf-8": codecs.BOM_UTF8,
    "utf-16-le": codecs.BOM_UTF16_LE,
    "utf-16-be": codecs.BOM_UTF16_BE,
    "utf-32-le": codecs.BOM_UTF32_LE,
    "utf-32-be": codecs.BOM_UTF32_BE,
}


@dataclass(frozen=True, slots=True)
class ChangedFile:
    """A file that is not given back as it came, and why."""

    path: str
    reasons: tuple[str, ...]

    @property
    def sentence(self) -> str:
        sentences = {
            "edited": _("Edited in the wiki."),
            "encoding": _("In UTF-8: its own encoding lacks some characters."),
            "waiting": _("As last imported: some of its notes wait for a decision."),
        }
        return " ".join(sentences[reason] for reason in self.reasons)


@dataclass(slots=True)
class Given:
    """What was given back. Only the first of the changed files are named."""

    files: int = 0
    attachments: int = 0
    changed_count: int = 0
    changed: list[ChangedFile] = field(default_factory=list)

    def add(self, path: str, reasons: tuple[str, ...]) -> None:
        self.files += 1
        self.changed_count += bool(reasons)
        if reasons and len(self.changed) < _MAX_NAMED:
            self.changed.append(ChangedFile(path, reasons))


@dataclass(frozen=True, slots=True)
class Original:
    """A file of a dump: its place, its bytes, and why they are not those that came."""

    source: str
    path: str
    data: bytes
    reasons: tuple[str, ...] = ()


class Originals:
    """The files of all dumps that were imported, or of one."""

    def __init__(self, source: str = "") -> None:
        self.source = source
        files = ImportedFile.objects.all()
        self._files = files.filter(source=source) if source else files

    def is_there(self) -> bool:
        """Whether any file of it was imported."""
        return self._files.exists()

    def __iter__(self) -> Iterator[Original]:
        """All of them, a file in memory at a time.

        Two queries for each fifty, and one for each that was edited.
        """
        for ids in in_parts(self._files.order_by("source", "path")):
            files = ImportedFile.objects.in_bulk(ids)
            # In the order of their ids, as their notes come.
            for file_id, notes in groupby(_notes_of(ids), lambda note: note.file_id):
                yield _original(files.pop(file_id), list(notes))
            for file in files.values():
                yield _original(file, [])


@dataclass(frozen=True, slots=True)
class OriginalAttachment:
    """A file that notes of a dump show, where it lay there."""

    source: str
    path: str
    stored: StoredFile


class OriginalAttachments:
    """The attachments of all dumps that were imported, or of one.

    Their names are kept without case; links that lead to one know it as it is.
    """

    def __init__(self, source: str = "") -> None:
        names = DumpName.objects.filter(key__startswith="/", file__isnull=False)
        self._names = names.filter(source=source) if source else names

    def __iter__(self) -> Iterator[OriginalAttachment]:
        """All of them. Two queries for each fifty."""
        for ids in in_parts(self._names.order_by("source", "key", "pk")):
            names = self._names.select_related("file").in_bulk(ids)
            spelled = _spellings([name.file_id for name in names.values()])
            for pk in ids:
                if pk in names:
                    name = names[pk]
                    path = spelled.get((name.source, name.key), name.key.lstrip("/"))
                    yield OriginalAttachment(name.source, path, name.file)


def _spellings(file_ids: Collection[int]) -> dict[tuple[str, str], str]:
    """The paths of these files in their dumps as links spell them, by key."""
    uses = EntryFile.objects.filter(file__in=file_ids).order_by("-pk")
    rows = uses.values_list("entry__source", "name", "entry__source_path")
    spelled = {}
    for source, name, page in rows:
        for path in (place_in_dump(name, page), place_in_dump(f"/{name}", page)):
            spelled[source, path_key(f"/{path}")] = path
    return spelled


def write_originals(originals: Originals, folder: Path, *, flat: bool = False) -> Given:
    """Writes the files into the existing empty `folder`; says which were changed.

    Each dump has a folder of its own, unless `flat`.
    """
    given = Given()
    for original in originals:
        root = folder if flat else folder / safe_name(original.source)
        place = root.joinpath(*_steps(original.path))
        place.parent.mkdir(parents=True, exist_ok=True)
        with place.open("xb") as file:
            file.write(original.data)
        given.add(f"{original.source}: {original.path}", original.reasons)
    for attachment in OriginalAttachments(originals.source):
        root = folder if flat else folder / safe_name(attachment.source)
        place = root.joinpath(*_steps(attachment.path))
        if not place.exists() and is_there(attachment.stored):
            place.parent.mkdir(parents=True, exist_ok=True)
            with place.open("xb") as file:
                file.writelines(chunks_of(attachment.stored))
            given.attachments += 1
    return given


def _steps(path: str) -> list[str]:
    """The parts of a path that was read from a dump, none of which leads out."""
    parts = [part for part in path.split("/") if part not in ("", ".", "..")]
    return [part.replace("\x00", "") for part in parts] or ["-"]


def _notes_of(file_ids: Sequence[int]) -> Iterator[ImportedNote]:
    notes = ImportedNote.objects.filter(file__in=file_ids).order_by("file_id")
    is_live = Q(entry__isnull=False, entry__deleted_at=None)
    # Without a version somebody's edits were in it when it was imported.
    is_other = Q(entry_version=None) | ~Q(entry__version=F("entry_version"))
    slim: QuerySet = notes.annotate(is_touched=is_live & is_other).only(
        "file", "key", "raw", "raw_hash", "entry_version"
    )
    return slim.iterator(_NOTES_AT_ONCE)


def _original(file: ImportedFile, notes: Sequence[ImportedNote]) -> Original:
    by_key = {note.key: note for note in notes}
    known = [by_key[key] for key in file.parts if key in by_key]
    mark = _MARKS.get(file.encoding, b"") if file.has_bom else b""
    raws = [bytes(note.raw) for note in known]
    reasons = []
    if digest(mark + b"".join(raws)) != file.sha256:
        reasons.append("waiting")
    texts = _edited(file, known)
    encoding = file.encoding
    if texts:
        reasons.append("edited")
        mark, raws, encoding = _with_texts(file, mark, known, texts)
    if encoding != file.encoding:
        reasons.append("encoding")
    return Original(file.source, file.path, mark + b"".join(raws), tuple(reasons))


def _edited(file: ImportedFile, notes: Sequence[ImportedNote]) -> dict[int, str]:
    """The texts of the notes that say something else in the wiki now, by id."""
    touched = [note.pk for note in notes if note.is_touched]
    if not touched:
        return {}
    texts = {}
    whole = ImportedNote.objects.filter(pk__in=touched).select_related("entry__head")
    for note in whole.defer("entry__html", "entry__head__body").iterator(
        _NOTES_AT_ONCE
    ):
        raw = bytes(note.raw).decode(file.encoding)
        before, now = _base_of(note), Content.of(note.entry)
        text = retold(raw, before, now, is_whole_file=len(file.parts) == 1)
        if text != raw:
            texts[note.pk] = text
    return texts


def _with_texts(
    file: ImportedFile,
    mark: bytes,
    notes: Sequence[ImportedNote],
    texts: dict[int, str],
) -> tuple[bytes, list[bytes], str]:
    """The mark and the bytes of each note, in the file's encoding if that can be."""
    try:
        return mark, _encoded(notes, texts, file.encoding), file.encoding
    except UnicodeEncodeError:
        decoded = {note.pk: bytes(note.raw).decode(file.encoding) for note in notes}
        return b"", _encoded(notes, decoded | texts, _UTF_8), _UTF_8


def _encoded(
    notes: Sequence[ImportedNote], texts: dict[int, str], encoding: str
) -> list[bytes]:
    return [
        texts[note.pk].encode(encoding) if note.pk in texts else bytes(note.raw)
        for note in notes
    ]


def _base_of(note: ImportedNote) -> Content:
    return Content(
        title=note.title,
        body=note.body,
        tags=tuple(TagUse(tag["name"], tag.get("rule", "")) for tag in note.tags),
        summary=note.summary,
        source_url=note.source_url,
        aliases=tuple(note.alias_names),
        properties=tuple((name, value) for name, value in note.properties),
    )
