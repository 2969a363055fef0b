"""What stands around a note: who links to it, what is near, who wrote it.

Each part is one query, however many rows there are, and holds only what the
reader may see.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, Max, Min, Q, QuerySet, Value, Window
from django.db.models.functions import Coalesce
from django.db.models.lookups import In

from wiki.models import EntryTag, Link, Revision
from wiki.permissions import Person, visibilities_for
from wiki.prepared import Prepared
from wiki.slugs import entry_path, tag_key, tag_path, title_key
from wiki.views.reading import ReadEntry, display_name

# Links to a note that are named; of the others there is the count.
LISTED_LINKS = 30
NEAR_NOTES = 5
# Newest uses of its tags that are looked at: a tag that thousands bear says little.
NEAR_LOOKED_AT = 60
# So much of an excerpt stands before the name; two lines hold no more.
CHARS_BEFORE_NAME = 40


@dataclass(frozen=True)
class TagLink:
    name: str
    get_absolute_url: str


@dataclass(frozen=True)
class Backlink:
    """A note that links here; its excerpt cut in three, the name in the middle."""

    title: str
    path: str
    before: str = ""
    name: str = ""
    after: str = ""


@dataclass(frozen=True)
class Backlinks:
    links: tuple[Backlink, ...] = ()
    total: int = 0

    @property
    def unlisted(self) -> int:
        return self.total - len(self.links)


@dataclass(frozen=True)
class NearNote:
    title: str
    path: str
    tag: str


@dataclass(frozen=True)
class Contributor:
    """Someone who wrote, as the tag `person` prints people."""

    author_id: int | None
    author_label: str
    edits: int


@dataclass(frozen=True)
class Authorship:
    people: tuple[Contributor, ...] = ()
    first_at: datetime | None = None


def tag_links(names: Iterable[str]) -> list[TagLink]:
    return [TagLink(name, tag_path(tag_key(name))) for name in names]


def backlinks_of(entry: ReadEntry, reader: Person) -> Backlinks:
    """The notes whose text links here, the one that changed last first."""
    return _backlinks(_links_here, reader, entry.pk)


def links_to_missing(name: str, slug: str, reader: Person) -> Backlinks:
    """The notes that link to a name, or an address, that no entry has."""
    return _backlinks(_links_nowhere, reader, title_key(name), slug)


def near_notes(entry: ReadEntry, reader: Person) -> list[NearNote]:
    """Other notes that share its tags, the one that shares most first."""
    rows = _near.rows(entry.pk, variant=visibilities_for(reader))
    return [NearNote(title, entry_path(slug), tag) for title, slug, tag, *_ in rows]


def authorship_of(entry: ReadEntry) -> Authorship:
    """Everyone who made a revision that is in sight, whoever made most first; and
    since when.
    """
    edits: dict[tuple[int | None, str], int] = {}
    first_at = None
    for author_id, label, *names, count, at in _authors.rows(entry.pk):
        # An account goes by its name of today, not by the one of each revision.
        who = author_id, display_name("" if author_id else label, *names)
        edits[who] = edits.get(who, 0) + count
        first_at = min(first_at or at, at)
    people = [Contributor(*who, count) for who, count in edits.items()]
    people.sort(key=lambda person: (-person.edits, person.author_label))
    return Authorship(tuple(people), first_at)


def _first_of_each(links: QuerySet, visibilities: Sequence[str]) -> QuerySet:
    """The first link of each note that these readers see, and how many there are."""
    first_of_each = (
        links.filter(source__deleted_at=None, source__visibility__in=visibilities)
        .values("source")
        .annotate(first=Min("pk"))
        .values("first")
    )
    return (
        Link.objects.filter(pk__in=first_of_each)
        .annotate(total=Window(Count("pk")))
        .order_by("-source__updated_at", "-source_id")
        .values_list("source__title", "source__slug", "name", "excerpt", "total")
    )[:LISTED_LINKS]


@Prepared
def _links_here(entry_id: int, visibilities: Sequence[str]) -> QuerySet:
    links = Link.objects.filter(target=entry_id).exclude(source=entry_id)
    return _first_of_each(links, visibilities)


@Prepared
def _links_nowhere(key: str, slug: str, visibilities: Sequence[str]) -> QuerySet:
    links = Link.objects.filter(Q(key=key) | Q(slug=slug), destination="")
    return _first_of_each(links, visibilities)


@Prepared
def _near(entry_id: int, visibilities: Sequence[str]) -> QuerySet:
    own = EntryTag.objects.filter(content_object=entry_id)
    newest = (
        EntryTag.objects.filter(tag__in=own.values("tag"))
        .order_by("-pk")
        .values("pk")[:NEAR_LOOKED_AT]
    )
    return (
        EntryTag.objects.filter(pk__in=newest, content_object__deleted_at=None)
        # An expression, so that SQLite cannot begin with every visible entry.
        .filter(In(Coalesce("content_object__visibility", Value("")), visibilities))
        .exclude(content_object=entry_id)
        .values("content_object__title", "content_object__slug")
        .annotate(tag_name=Min("name"), shared=Count("pk"), newest=Max("pk"))
        .order_by("-shared", "-newest")
        .values_list(
            "content_object__title",
            "content_object__slug",
            "tag_name",
            "shared",
            "newest",
        )
    )[:NEAR_NOTES]


@Prepared
def _authors(entry_id: int) -> QuerySet:
    return (
        Revision.objects.filter(entry=entry_id)
        # A name can be what had to be hidden.
        .with_is_hidden()
        .filter(is_hidden=False)
        .order_by()
        .values("author_id", "author_label")
        .annotate(
            edits=Count("pk"), first_at=Min(Coalesce("authored_at", "created_at"))
        )
        .values_list(
            "author_id",
            "author_label",
            "author__username",
            "author__first_name",
            "author__last_name",
            "edits",
            "first_at",
        )
    )


def _backlinks(query: Prepared, reader: Person, *values: int | str) -> Backlinks:
    rows = query.rows(*values, variant=visibilities_for(reader))
    found = [
        Backlink(title, entry_path(slug), *cut_around(name, excerpt))
        for title, slug, name, excerpt, _ in rows
    ]
    return Backlinks(tuple(found), rows[0][-1] if rows else 0)


def cut_around(name: str, excerpt: str) -> tuple[str, str, str]:
    """The excerpt before, at and after the name; all of it before when not there."""
    at = excerpt.casefold().find(name.casefold())
    # Folding can change the length, and then the place says nothing.
    if at < 0 or len(excerpt.casefold()) != len(excerpt):
        return excerpt, "", ""
    before, end = excerpt[:at], at + len(name)
    if len(before) > CHARS_BEFORE_NAME:
        before = "…" + before[-CHARS_BEFORE_NAME:]
    return before, excerpt[at:end], excerpt[end:]
