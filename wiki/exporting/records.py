"""Entries as plain records: the shape that scripts outside the project rely on."""

import json
from collections.abc import Iterator, Sequence
from typing import TypedDict

from wiki.exporting.selection import in_chunks
from wiki.exporting.streams import in_larger_pieces
from wiki.models import Entry, EntryFile
from wiki.models.entries import EntryQuerySet


class FileRecord(TypedDict):
    name: str
    sha256: str
    media_type: str
    size: int


class Record(TypedDict):
    title: str
    slug: str
    tags: list[str]
    body: str
    aliases: list[str]
    summary: str
    source_url: str
    source_path: str
    version: int
    created_at: str
    updated_at: str
    properties: list[tuple[str, object]]
    attachments: list[FileRecord]


def as_json(entries: EntryQuerySet) -> Iterator[bytes]:
    """A JSON list in pieces, a record a line, in title order. Streams.

    Two queries for each fifty.
    """
    return in_larger_pieces(piece.encode() for piece in _pieces(entries))


def _pieces(entries: EntryQuerySet) -> Iterator[str]:
    is_first = True
    yield "["
    for chunk in in_chunks(entries):
        files = _files_of(chunk)
        for entry in chunk:
            record = record_of(entry, files.get(entry.pk, []))
            yield "\n" if is_first else ",\n"
            yield json.dumps(record, ensure_ascii=False)
            is_first = False
    yield "]\n" if is_first else "\n]\n"


def record_of(entry: Entry, files: list[FileRecord]) -> Record:
    """One entry; tags as they were spelled, times in ISO 8601 with their zone."""
    return Record(
        title=entry.title,
        slug=entry.slug,
        tags=list(entry.head.tag_names()),
        body=entry.body,
        aliases=entry.alias_names,
        summary=entry.summary,
        source_url=entry.source_url,
        source_path=entry.source_path,
        version=entry.version,
        created_at=entry.created_at.isoformat(),
        updated_at=entry.updated_at.isoformat(),
        properties=entry.properties,
        attachments=files,
    )


def _files_of(chunk: Sequence[Entry]) -> dict[int, list[FileRecord]]:
    """The files that these texts show, under the names used there."""
    uses = EntryFile.objects.filter(entry__in=chunk, file__isnull=False, is_shown=True)
    found: dict[int, list[FileRecord]] = {}
    for use in uses.select_related("file").order_by("name", "pk"):
        stored = use.file
        record = FileRecord(
            name=use.name,
            sha256=stored.sha256,
            media_type=stored.media_type,
            size=stored.size,
        )
        found.setdefault(use.entry_id, []).append(record)
    return found
