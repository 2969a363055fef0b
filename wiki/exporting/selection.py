"""Which entries an export takes, and how they are read: a few at a time."""

from array import array
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db.models import Exists, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce

from wiki.models import Entry, EntryTag, Revision, TagAlias
from wiki.models.entries import EntryQuerySet
from wiki.permissions import Person
from wiki.search.finding import matching
from wiki.search.narrowing import start_of
from wiki.search.query import parse_query
from wiki.slugs import tag_key

# Entries in memory at a time; each can hold a megabyte of text.
CHUNK = 50
_IDS_AT_ONCE = 2000


@dataclass(frozen=True, kw_only=True)
class Wanted:
    """What is asked for; what says nothing leaves nothing out.

    All tags have to be there, and all words of `search`. Dates are of the last
    change as its author dates it, both days included.
    """

    tags: tuple[str, ...] = ()
    search: str = ""
    since: date | None = None
    until: date | None = None


def select_entries(wanted: Wanted, *, reader: Person | None = None) -> EntryQuerySet:
    """The entries asked for, of those this person may read; all for no person.

    One query when tags are named.
    """
    live = Entry.objects.live()
    entries = live if reader is None else Entry.objects.visible_to(reader)
    for key in _keys_of(wanted.tags):
        entries = entries.filter(
            Exists(EntryTag.objects.filter(content_object=OuterRef("pk"), tag__key=key))
        )
    query = parse_query(wanted.search)
    if wanted.search.strip():
        entries = entries.none() if query.is_empty else matching(entries, query)
    if wanted.since:
        entries = entries.filter(_written(gte=start_of(wanted.since)))
    if wanted.until:
        end = start_of(wanted.until + timedelta(days=1))
        entries = entries.filter(_written(lt=end))
    return entries


def in_chunks(entries: EntryQuerySet) -> Iterator[list[Entry]]:
    """The entries in title order, each with its head and `first_written_at`.

    One query for each fifty, and one for all ids: no query stays open between
    two chunks, however slowly somebody takes them. What was deleted or hidden
    meanwhile is left out.
    """
    for ids in in_parts(entries.in_title_order()):
        found = _complete(entries).in_bulk(ids)
        yield [found[pk] for pk in ids if pk in found]


def one_by_one(entries: EntryQuerySet) -> Iterator[Entry]:
    """The entries of `in_chunks`."""
    for chunk in in_chunks(entries):
        yield from chunk


def in_parts(found: QuerySet) -> Iterator[Sequence[int]]:
    """The ids of what is found, fifty at a time. One query.

    All of them are in memory, eight bytes each: little, also of very many.
    """
    ids = array("q", found.values_list("pk", flat=True).iterator(_IDS_AT_ONCE))
    for start in range(0, len(ids), CHUNK):
        yield ids[start : start + CHUNK].tolist()


def _complete(entries: EntryQuerySet) -> EntryQuerySet:
    first = Revision.objects.filter(entry=OuterRef("pk"), number=1)
    written_at = Coalesce("authored_at", "created_at")
    return (
        entries.select_related("head")
        .defer("html", "headings", "head__body", "head__properties")
        .annotate(first_written_at=Subquery(first.values_list(written_at)[:1]))
    )


def _keys_of(tags: Sequence[str]) -> set[str]:
    """The keys of these tags, other names of a tag being the tag itself."""
    keys = {tag_key(name) for name in tags}
    aliases = TagAlias.objects.filter(key__in=keys).values_list("key", "tag__key")
    known = dict(aliases) if keys else {}
    return {known.get(key, key) for key in keys}


def _written(**bound: datetime) -> Q:
    ((name, moment),) = bound.items()
    as_dated = Q(**{f"head__authored_at__{name}": moment})
    as_stored = Q(
        **{"head__authored_at": None, f"head__created_at__{name}": moment},
    )
    return as_dated | as_stored
