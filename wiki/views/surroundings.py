"""What stands around a note: who links to it, what is near, who wrote it.

Each part is one query, however many rows there are, and holds only what the
reader may see.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, Max, Min, Q, QuerySet, Window
from django.db.models.functions import Coalesce

from wiki.models import Entry, EntryTag, Link, Revision
from wiki.permissions import Person, viewable
from wiki.slugs import entry_path, tag_key, tag_path, title_key

# Links to a note that are named; of the others there is the count.
LISTED_LINKS = 30
NEAR_NOTES = 5
# Newest uses of its tags that are looked at: a tag that thousands bear says little.
NEAR_LOOKED_AT = 300
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


def backlinks_of(entry: Entry, reader: Person) -> Backlinks:
    """The notes whose text links here, the one that changed last first."""
    links = Link.objects.filter(target=entry).exclude(source=entry)
    return _backlinks(links, reader)


def links_to_missing(name: str, slug: str, reader: Person) -> Backlinks:
    """The notes that link to a name, or an address, that no entry has."""
    links = Link.objects.filter(
        Q(key=title_key(name)) | Q(slug=slug), target=None, destination=""
    )
    return _backlinks(links, reader)


def near_notes(entry: Entry, reader: Person) -> list[NearNote]:
    """Other notes that share its tags, the one that shares most first."""
    own = EntryTag.objects.filter(content_object=entry)
    newest = (
        EntryTag.objects.filter(tag__in=own.values("tag"))
        .filter(viewable(reader, "content_object__"))
        .exclude(content_object=entry)
        .order_by("-pk")[:NEAR_LOOKED_AT]
    )
    rows = (
        EntryTag.objects.filter(pk__in=newest.values("pk"))
        .values("content_object__title", "content_object__slug")
        .annotate(shared=Count("pk"), newest=Max("pk"), tag_name=Min("name"))
        .order_by("-shared", "-newest")[:NEAR_NOTES]
    )
    return [
        NearNote(
            row["content_object__title"],
            entry_path(row["content_object__slug"]),
            row["tag_name"],
        )
        for row in rows
    ]


def authorship_of(entry: Entry) -> Authorship:
    """Everyone who made a revision, whoever made most first; and since when."""
    rows = (
        Revision.objects.filter(entry=entry)
        .values_list(
            "author_id",
            "author_label",
            "author__username",
            "author__first_name",
            "author__last_name",
        )
        .annotate(
            edits=Count("pk"), first_at=Min(Coalesce("authored_at", "created_at"))
        )
        .order_by()
    )
    edits: dict[tuple[int | None, str], int] = {}
    first_at = None
    for author_id, label, username, first_name, last_name, count, at in rows:
        # An account goes by its name of today, not by the one of each revision.
        full_name = f"{first_name or ''} {last_name or ''}".strip()
        who = author_id, (full_name or username) if author_id else label
        edits[who] = edits.get(who, 0) + count
        first_at = min(first_at or at, at)
    people = [Contributor(*who, count) for who, count in edits.items()]
    people.sort(key=lambda person: (-person.edits, person.author_label))
    return Authorship(tuple(people), first_at)


def _backlinks(links: QuerySet, reader: Person) -> Backlinks:
    first_of_each = (
        links.filter(viewable(reader, "source__"))
        .values("source")
        .annotate(first=Min("pk"))
        .values("first")
    )
    rows = (
        Link.objects.filter(pk__in=first_of_each)
        .annotate(total=Window(Count("pk")))
        .order_by("-source__updated_at", "-source_id")
        .values_list("source__title", "source__slug", "name", "excerpt", "total")
    )
    found, total = [], 0
    for title, slug, name, excerpt, total in rows[:LISTED_LINKS]:  # noqa: B007
        found.append(Backlink(title, entry_path(slug), *_around(name, excerpt)))
    return Backlinks(tuple(found), total)


def _around(name: str, excerpt: str) -> tuple[str, str, str]:
    """The excerpt before, at and after the name; all of it before when not there."""
    at = excerpt.casefold().find(name.casefold())
    # Folding can change the length, and then the place says nothing.
    if at < 0 or len(excerpt.casefold()) != len(excerpt):
        return excerpt, "", ""
    before, end = excerpt[:at], at + len(name)
    if len(before) > CHARS_BEFORE_NAME:
        before = "…" + before[-CHARS_BEFORE_NAME:]
    return before, excerpt[at:end], excerpt[end:]
