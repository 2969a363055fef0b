"""What the database knows of imported notes: the plan's questions as queries."""

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from itertools import islice
from typing import TypeVar

from wiki.editing import Content, InvalidContent, TagUse
from wiki.editing.content import clean_content
from wiki.editing.merging import MergedContent, merge_contents
from wiki.importing.known import Known, Sides
from wiki.importing.notes import Note, NoteTag
from wiki.importing.preparing import MAX_TAGS, all_tags
from wiki.models import Entry, ImportedNote

# Well below what any database takes as parameters of one query.
_QUERY_SIZE = 500
_KNOWN_FIELDS = (
    "id",
    "source",
    "key",
    "file__path",
    "line",
    "raw_hash",
    "content_hash",
    "title",
    "entry_id",
    "entry_version",
    "entry__version",
    "entry__deleted_at",
    "entry__slug",
    "entry__title",
)

# What of an imported note is the base of the next merge.
BASE_FIELDS = (
    "title",
    "body",
    "summary",
    "source_url",
    "alias_names",
    "properties",
    "tags",
)

# The rule of tags that the command line names for all notes of a run.
OPTION_RULE = "option"

Item = TypeVar("Item")


class DatabaseWiki:
    """The wiki as the plan sees it. `extra_tags` go on every note of the run."""

    def __init__(self, extra_tags: Sequence[NoteTag] = ()) -> None:
        self._extra_tags = tuple(extra_tags)

    def notes_of(self, source: str, paths: Collection[str]) -> Iterator[Known]:
        for some in in_parts(sorted(paths)):
            yield from _known(source=source, file__path__in=some)

    def notes_with(self, raw_hashes: Collection[str]) -> Iterator[Known]:
        for some in in_parts(sorted(raw_hashes)):
            yield from _known(
                raw_hash__in=some, entry__isnull=False, entry__deleted_at=None
            )

    def titles_of(self, keys: Collection[str]) -> dict[str, int]:
        found: dict[str, int] = {}
        for some in in_parts(sorted(keys)):
            rows = Entry.objects.live().filter(title_key__in=some)
            found.update(rows.values_list("title_key", "pk"))
        return found

    def sides_of(self, known: Sequence[Known]) -> dict[int, Sides[Content]]:
        sides: dict[int, Sides[Content]] = {}
        for some in in_parts(known):
            notes = ImportedNote.objects.defer("raw").in_bulk([k.id for k in some])
            entries = Entry.objects.with_head().defer("html")
            pages = entries.in_bulk([k.entry_id for k in some])
            for one in some:
                page = Content.of(pages[one.entry_id])
                sides[one.id] = Sides(base_of(notes[one.id]), page)
        return sides

    def bodies_of(self, known: Sequence[Known]) -> dict[int, str]:
        bodies: dict[int, str] = {}
        for some in in_parts(known):
            rows = ImportedNote.objects.filter(pk__in=[k.id for k in some])
            bodies.update(rows.values_list("pk", "body"))
        return bodies

    def shared_of(self, known: Sequence[Known]) -> dict[int, str]:
        sources: dict[int, str] = {}
        for some in in_parts(known):
            notes = ImportedNote.objects.filter(entry__in=[k.entry_id for k in some])
            holders = sorted(notes.values_list("entry_id", "source").distinct())
            for one in some:
                for entry_id, source in holders:
                    if entry_id == one.entry_id and source != one.source:
                        sources.setdefault(one.id, source)
        return sources

    def content_of(self, note: Note, base: Content | None = None) -> Content:
        # What an earlier run was told to put on its notes stays on them.
        kept = [tag for tag in base.tags if tag.rule == OPTION_RULE] if base else []
        extra = [NoteTag(tag.name, tag.rule) for tag in kept]
        content = _content_of(note, (*self._extra_tags, *extra))
        if base is None:
            # Nothing to compare with; the write door cleans what it is given.
            return content
        try:
            return clean_content(content)
        except InvalidContent:
            # The write door will say what is wrong with it.
            return content

    def content_then(self, note: Note, later: Content) -> Content | None:
        kept = [tag for tag in later.tags if tag.rule == OPTION_RULE]
        try:
            return clean_content(
                _content_of(note, [NoteTag(tag.name, tag.rule) for tag in kept])
            )
        except InvalidContent:
            return None

    def is_same(self, one: Content, other: Content) -> bool:
        return one.has_same_text_as(other)

    def merge(self, base: Content, dump: Content, wiki: Content) -> MergedContent:
        return merge_contents(base, dump, wiki)


def _content_of(note: Note, extra_tags: Iterable[NoteTag] = ()) -> Content:
    """What an entry made of the note holds; the tags of the run have their place."""
    extra = tuple(extra_tags)
    tags = (*all_tags(note)[: MAX_TAGS - len(extra)], *extra)
    return Content(
        title=note.title,
        body=note.body,
        tags=tuple(TagUse(tag.name, tag.rule) for tag in tags),
        summary=note.summary,
        source_url=note.source_url,
        aliases=note.aliases,
        properties=note.properties,
    )


def base_of(note: ImportedNote) -> Content:
    """The content of a note as it was last imported."""
    return Content(
        title=note.title,
        body=note.body,
        tags=tuple(TagUse(tag["name"], tag["rule"]) for tag in note.tags),
        summary=note.summary,
        source_url=note.source_url,
        aliases=tuple(note.alias_names),
        properties=tuple((name, value) for name, value in note.properties),
    )


def set_base(note: ImportedNote, base: Content) -> None:
    """Gives a note, which is not saved by it, this content to merge with next."""
    note.title = base.title
    note.body = base.body
    note.summary = base.summary
    note.source_url = base.source_url
    note.alias_names = list(base.aliases)
    note.properties = [list(pair) for pair in base.properties]
    note.tags = [{"name": tag.name, "rule": tag.rule} for tag in base.tags]


def as_stored(content: Content) -> dict[str, object]:
    """The content as a record keeps it; `from_stored` reads it."""
    return {
        "title": content.title,
        "body": content.body,
        "tags": [{"name": tag.name, "rule": tag.rule} for tag in content.tags],
        "summary": content.summary,
        "source_url": content.source_url,
        "aliases": list(content.aliases),
        "properties": [list(pair) for pair in content.properties],
    }


def from_stored(stored: Mapping[str, object]) -> Content:
    """The content that `as_stored` kept."""
    return Content(
        title=stored["title"],
        body=stored["body"],
        tags=tuple(TagUse(tag["name"], tag["rule"]) for tag in stored["tags"]),
        summary=stored["summary"],
        source_url=stored["source_url"],
        aliases=tuple(stored["aliases"]),
        properties=tuple((name, value) for name, value in stored["properties"]),
    )


def known_notes(**filters: object) -> Iterator[Known]:
    """Imported notes as the plan knows them, streamed."""
    return _known(**filters)


def in_parts(items: Iterable[Item], size: int = _QUERY_SIZE) -> Iterator[list[Item]]:
    """The items in lists of at most `size`."""
    iterator = iter(items)
    while part := list(islice(iterator, size)):
        yield part


def in_loads(
    items: Iterable[Item], size: int, weigh: Callable[[Item], int]
) -> Iterator[list[Item]]:
    """The items in lists of at most `size`, shorter where they weigh more than 1."""
    load: list[Item] = []
    left = size
    for item in items:
        weight = weigh(item)
        if load and weight > left:
            yield load
            load, left = [], size
        load.append(item)
        left -= weight
    if load:
        yield load


def _known(**filters: object) -> Iterator[Known]:
    rows = ImportedNote.objects.filter(**filters).order_by("pk")
    for row in rows.values_list(*_KNOWN_FIELDS).iterator(chunk_size=1000):
        yield _as_known(dict(zip(_KNOWN_FIELDS, row, strict=True)))


def _as_known(row: Mapping[str, object]) -> Known:
    return Known(
        id=row["id"],
        source=row["source"],
        key=row["key"],
        path=row["file__path"],
        line=row["line"],
        raw_hash=row["raw_hash"],
        content_hash=row["content_hash"],
        title=row["title"],
        entry_id=row["entry_id"],
        written_version=row["entry_version"],
        version=row["entry__version"] or 0,
        is_deleted=row["entry__deleted_at"] is not None,
        slug=row["entry__slug"] or "",
        entry_title=row["entry__title"] or "",
    )
