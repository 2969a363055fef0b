"""Entries as plain records: the shape that scripts outside the project rely on."""

import json
from collections.abc import Iterable, Iterator
from typing import TextIO, TypedDict

from wiki.models import Entry
from wiki.models.entries import EntryQuerySet

# Entries in memory at a time; each can hold a megabyte of text.
CHUNK = 50


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


def exported(entries: EntryQuerySet) -> Iterator[Entry]:
    """The entries in a stable order, each with the tags of its newest revision.

    One query for each fifty.
    """
    complete = entries.select_related("head").defer("html", "headings", "head__body")
    yield from complete.in_title_order().iterator(chunk_size=CHUNK)


def record_of(entry: Entry) -> Record:
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
    )


def write_json(entries: Iterable[Entry], out: TextIO) -> int:
    """Writes a JSON list, a record a line, and gives the count. Streams."""
    count = 0
    out.write("[")
    for entry in entries:
        out.write(",\n" if count else "\n")
        out.write(json.dumps(record_of(entry), ensure_ascii=False))
        count += 1
    out.write("\n]\n" if count else "]\n")
    return count
