"""An entry as its page reads it: one row, and no more of it than the page shows."""

import json
from dataclasses import dataclass
from datetime import datetime

from django.db.models import QuerySet, Subquery, TextField
from django.db.models.functions import Cast
from django.http import Http404

from wiki import permissions
from wiki.models import Entry, SiteState
from wiki.permissions import Person
from wiki.prepared import Prepared
from wiki.rendering import Heading
from wiki.slugs import entry_path


@dataclass(frozen=True, slots=True)
class ReadHead:
    """The newest revision, as far as a reader is told of it."""

    author_id: int | None
    # The account's name of today, or the name that was kept.
    author_label: str
    written_at: datetime
    tags_json: str
    size: int

    def tag_names(self) -> list[str]:
        return [tag["name"] for tag in json.loads(self.tags_json)]


@dataclass(frozen=True, slots=True)
class ReadEntry:
    """An entry, named as in the model where the page asks for it; nothing to write."""

    pk: int
    title: str
    slug: str
    html: str
    # Read only when the page is not in the cache, so decoded only then.
    headings_json: str
    render_key: str
    summary: str
    source_url: str
    source: str
    source_path: str
    alias_names_json: str
    version: int
    links_version: int
    visibility: str
    protection: str
    deleted_at: datetime | None
    # Counts what can make any page stale.
    epoch: int
    head: ReadHead

    def headings(self) -> list[Heading]:
        return [Heading(*parts) for parts in json.loads(self.headings_json)]

    def alias_names(self) -> list[str]:
        return json.loads(self.alias_names_json)

    def get_absolute_url(self) -> str:
        return entry_path(self.slug)


_OWN = (
    "pk",
    "title",
    "slug",
    "html",
    "headings_json",
    "render_key",
    "summary",
    "source_url",
    "source",
    "source_path",
    "alias_names_json",
    "version",
    "links_version",
    "visibility",
    "protection",
    "deleted_at",
    "epoch",
)
_HEAD = (
    "head__author_id",
    "head__author_label",
    "head__author__username",
    "head__author__first_name",
    "head__author__last_name",
    "head__created_at",
    "head__authored_at",
    "head_tags_json",
    "head__size",
)


def _with_head(slug: str) -> QuerySet:
    state = SiteState.objects.filter(pk=SiteState.ROW)
    return (
        Entry.objects.filter(slug=slug)
        .annotate(
            epoch=Subquery(state.values("epoch")),
            headings_json=Cast("headings", TextField()),
            alias_names_json=Cast("alias_names", TextField()),
            head_tags_json=Cast("head__tags", TextField()),
        )
        .values_list(*_OWN, *_HEAD)
    )


_entry_at = Prepared(_with_head)


def read_entry(reader: Person, slug: str) -> ReadEntry:
    """The entry at this address, when this person may read it; else Http404.

    As `wiki.access.get_entry_for`, for the page that is read most. One query.
    """
    rows = _entry_at.rows(slug) if "\x00" not in slug else []
    if not rows:
        raise Http404
    own, head = rows[0][: len(_OWN)], rows[0][len(_OWN) :]
    author_id, label, *names, created_at, authored_at, tags, size = head
    entry = ReadEntry(
        *own,
        head=ReadHead(
            author_id=author_id,
            author_label=display_name(label, *names),
            written_at=authored_at or created_at,
            tags_json=tags or "[]",
            size=size or 0,
        ),
    )
    if not permissions.can_view(reader, entry):
        raise Http404
    return entry


def read_body(entry: ReadEntry) -> str:
    """The source of it, which the page seldom needs. One query."""
    return Entry.objects.values_list("body", flat=True).get(pk=entry.pk)


def display_name(
    label: str, username: str | None, first_name: str | None, last_name: str | None
) -> str:
    """What an author is called: by the account if there is one, else by the label."""
    full_name = f"{first_name or ''} {last_name or ''}".strip()
    return full_name or username or label
