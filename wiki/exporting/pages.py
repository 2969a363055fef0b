"""Entries as Markdown files: their names, their links, what the manifest says."""

import hashlib
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count

from wiki.editing import Content
from wiki.exporting.attachments import Attachments
from wiki.exporting.frontmatter import as_moment, front_matter_of
from wiki.exporting.links import Leads, rewrite_links
from wiki.exporting.manifest import FileRecord
from wiki.exporting.names import EntryNames
from wiki.exporting.selection import in_chunks
from wiki.models import Entry, EntryFile, Link
from wiki.models.entries import EntryQuerySet
from wiki.slugs import slugify

_TITLES_AT_ONCE = 2000


@dataclass(frozen=True, slots=True)
class Page:
    """The file of one entry."""

    path: str
    text: str
    written_at: datetime
    record: FileRecord

    @property
    def data(self) -> bytes:
        return self.text.encode()


class Pages:
    """The files of some entries, in title order, a few in memory at a time."""

    def __init__(self, entries: EntryQuerySet, attachments: Attachments) -> None:
        self._entries = entries
        self._attachments = attachments
        self._places = Places(entries)

    def __iter__(self) -> Iterator[Page]:
        """All of them. At most five queries for each fifty entries."""
        for chunk in in_chunks(self._entries):
            leads = self._leads(chunk)
            for entry in chunk:
                yield self._page(entry, leads.get(entry.pk, {}))

    def _page(self, entry: Entry, leads: Mapping[str, Leads]) -> Page:
        body = rewrite_links(entry.body, leads)
        content, written_at = Content.of(entry), entry.head.written_at
        first_at = entry.first_written_at or written_at
        front_matter = front_matter_of(
            content, created=min(entry.created_at, first_at), updated=written_at
        )
        text = front_matter.text + body.text
        record = FileRecord(
            sha256=hashlib.sha256(text.encode()).hexdigest(),
            **self._places.record_of(entry),
            links=list(body.pairs),
            renamed=dict(front_matter.renamed),
            own=list(front_matter.own),
            dates={k: as_moment(v) for k, v in front_matter.dates.items()},
        )
        path = self._places.path_of(entry)
        return Page(path, text, written_at, record)

    def _leads(self, chunk: Sequence[Entry]) -> Mapping[int, dict[str, Leads]]:
        """For each entry, where the targets in its text lead in this export."""
        leads: defaultdict[int, dict[str, Leads]] = defaultdict(dict)
        links = list(
            Link.objects.filter(source__in=chunk, target__isnull=False)
            .exclude(destination="")
            .order_by()
            .values_list("source", "name", "target")
            .distinct()
        )
        named = self._entries.filter(pk__in={target for *_, target in links})
        titles = {
            pk: (title, slug)
            for pk, title, slug in (
                named.values_list("pk", "title", "slug") if links else ()
            )
        }
        for source, name, target in links:
            if target in titles:
                title, slug = titles[target]
                path = self._places.names.name_of(title, slug)
                leads[source][name] = Leads(path, title)
        for source, name, path in self._files_of(chunk):
            leads[source][name] = Leads(path)
        return leads

    def _files_of(self, chunk: Sequence[Entry]) -> Iterable[tuple[int, str, str]]:
        uses = list(
            EntryFile.objects.filter(
                entry__in=chunk, file__isnull=False, is_shown=True
            ).values_list("entry", "name", "file")
        )
        paths = self._attachments.paths_of({file for *_, file in uses})
        return [
            (entry, name, paths[file]) for entry, name, file in uses if file in paths
        ]


class Places:
    """What the manifest says of where entries are: their addresses, their paths.

    A path that several entries came from, such as a file of many notes, would not
    say where one of them was.
    """

    def __init__(self, entries: EntryQuerySet) -> None:
        self.names = names_of(entries)
        shared = (
            entries.order_by()
            .exclude(source_path="")
            .values("source_path")
            .annotate(count=Count("pk"))
            .filter(count__gt=1)
        )
        self._shared = set(shared.values_list("source_path", flat=True))

    def path_of(self, entry: Entry) -> str:
        """The name of the entry's file."""
        return self.names.name_of(entry.title, entry.slug)

    def record_of(self, entry: Entry) -> FileRecord:
        """What the entry's file cannot say of this."""
        record = FileRecord()
        if entry.slug != slugify(entry.title):
            record["slug"] = entry.slug
        is_own = entry.source_path not in self._shared
        if is_own and entry.source_path != self.path_of(entry):
            record["path"] = entry.source_path
        return record


def names_of(entries: EntryQuerySet) -> EntryNames:
    """The file names of these entries."""
    titled = entries.order_by().values_list("title", "slug")
    return EntryNames(lambda: titled.iterator(chunk_size=_TITLES_AT_ONCE))
