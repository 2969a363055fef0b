"""The rows of the work lists: each defect with what a person needs to mend it.

A page of rows is a constant number of queries.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

from rapidfuzz import fuzz, process

from wiki import permissions
from wiki.models import Entry, Link
from wiki.names import LINKED_FROM
from wiki.permissions import Person
from wiki.slugs import entry_path, new_entry_path, slugify
from wiki.worklists.likeness import NearNames
from wiki.worklists.links import (
    BrokenLink,
    Misspelling,
    WantedEntry,
    titles_seen,
)
from wiki.worklists.notes import Duplicates, LostFile

# Of a hundred. And so many headings of a note are compared.
LEAST_LIKENESS = 55
MOST_COMPARED = 2000


@dataclass(frozen=True)
class WorkEntry:
    """A note, and whether the reader may change it."""

    pk: int
    title: str
    path: str
    can_edit: bool
    visibility: str


@dataclass(frozen=True)
class BrokenRow:
    """A link to a heading that is not there; `near` is a heading like it, or empty."""

    entry: WorkEntry
    target: WorkEntry
    link: BrokenLink
    excerpt: str
    near: str


@dataclass(frozen=True)
class WantedRow:
    """A name without a note, and notes that may be meant by it.

    Of those in `near` each may be told of in one of the notes with the name at least.
    """

    name: str
    key: str
    count: int
    new_url: str
    links_url: str
    near: tuple[WorkEntry, ...]


@dataclass(frozen=True)
class EntryRow:
    entry: WorkEntry


@dataclass(frozen=True)
class DuplicateRow:
    entries: tuple[WorkEntry, ...]
    have_same_title: bool
    have_same_text: bool

    @property
    def other_pairs(self) -> list[tuple[WorkEntry, WorkEntry]]:
        """The first beside each other one, to be compared."""
        first, *others = self.entries
        return [(first, other) for other in others]


@dataclass(frozen=True)
class SpellingRow:
    entry: WorkEntry
    names: tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class LostFileRow:
    entry: WorkEntry
    name: str


def rows_of(name: str, found: Sequence, reader: Person) -> list:
    """The rows of these defects of the list of this name, in their order."""
    return _ROWS[name](list(found), reader)


def _broken(found: list[BrokenLink], reader: Person) -> list[BrokenRow]:
    ids = {pk for one in found for pk in (one.source_id, one.target_id)}
    entries = _entries(ids, reader)
    sources = {one.source_id for one in found}
    links = Link.objects.filter(source__in=sources).exclude(heading="")
    fields = ("source_id", "target_id", "name", "heading", "excerpt")
    excerpts: dict[BrokenLink, str] = {}
    for *key, excerpt in links.order_by("position").values_list(*fields):
        excerpts.setdefault(BrokenLink(*key), excerpt)
    targets = {one.target_id for one in found}
    rows = Entry.objects.filter(pk__in=targets).values_list("pk", "headings")
    headings = {
        pk: [heading[2] for heading in those[:MOST_COMPARED]] for pk, those in rows
    }
    near = {
        (pk, heading): _near_heading(heading, headings.get(pk, []))
        for pk, heading in {(one.target_id, one.heading) for one in found}
    }
    return [
        BrokenRow(
            entries[one.source_id],
            entries[one.target_id],
            one,
            excerpts[one],
            near[one.target_id, one.heading],
        )
        for one in found
        if one in excerpts and {one.source_id, one.target_id} <= entries.keys()
    ]


def _near_heading(heading: str, headings: Sequence[str]) -> str:
    """The heading most like it, or nothing."""
    near = process.extractOne(
        heading, headings, scorer=fuzz.ratio, score_cutoff=LEAST_LIKENESS
    )
    return near[0] if near else ""


def _wanted(found: list[WantedEntry], reader: Person) -> list[WantedRow]:
    names = NearNames(titles_seen(permissions.visibilities_for(reader)))
    near = {one.key: names.near(one.key) for one in found}
    entries = _entries({pk for ids in near.values() for pk in ids}, reader)
    meant = _meant_by(near, reader)
    return [
        WantedRow(
            one.name,
            one.key,
            one.count,
            new_entry_path(one.name),
            entry_path(slugify(one.name)),
            tuple(
                entries[pk]
                for pk in near[one.key]
                if pk in entries and entries[pk].visibility in meant[one.key]
            ),
        )
        for one in found
    ]


def _meant_by(keys: Iterable[str], reader: Person) -> Mapping[str, set[str]]:
    """By each name without a note: of which visibility what it links to may be.

    As far as the reader sees the notes that it stands in. One query.
    """
    links = Link.objects.filter(key__in=list(keys), target=None, destination="")
    seen = links.filter(source__in=Entry.objects.visible_to(reader)).order_by()
    meant: dict[str, set[str]] = defaultdict(set)
    for key, own in seen.values_list("key", "source__visibility").distinct():
        meant[key].update(LINKED_FROM[own])
    return meant


def _notes(found: list[int], reader: Person) -> list[EntryRow]:
    entries = _entries(found, reader)
    return [EntryRow(entries[pk]) for pk in found if pk in entries]


def _duplicates(found: list[Duplicates], reader: Person) -> list[DuplicateRow]:
    entries = _entries({pk for one in found for pk in one.entry_ids}, reader)
    rows = []
    for one in found:
        those = tuple(entries[pk] for pk in one.entry_ids if pk in entries)
        if len(those) > 1:
            rows.append(DuplicateRow(those, one.have_same_title, one.have_same_text))
    return rows


def _spellings(found: list[Misspelling], reader: Person) -> list[SpellingRow]:
    entries = _entries({one.source_id for one in found}, reader)
    return [
        SpellingRow(entries[one.source_id], one.names)
        for one in found
        if one.source_id in entries
    ]


def _lost_files(found: list[LostFile], reader: Person) -> list[LostFileRow]:
    entries = _entries({one.entry_id for one in found}, reader)
    return [
        LostFileRow(entries[one.entry_id], one.name)
        for one in found
        if one.entry_id in entries
    ]


def _entries(ids: Iterable[int], reader: Person) -> Mapping[int, WorkEntry]:
    """Those that the reader may see. One query."""
    seen = Entry.objects.visible_to(reader).only(
        "title", "slug", "visibility", "protection", "deleted_at"
    )
    return {
        entry.pk: WorkEntry(
            entry.pk,
            entry.title,
            entry.get_absolute_url(),
            permissions.can_edit(reader, entry),
            entry.visibility,
        )
        for entry in seen.filter(pk__in=set(ids))
    }


_ROWS: Mapping[str, Callable[[list, Person], list]] = {
    "broken": _broken,
    "wanted": _wanted,
    "orphans": _notes,
    "stubs": _notes,
    "untagged": _notes,
    "duplicates": _duplicates,
    "spellings": _spellings,
    "lost-files": _lost_files,
}
