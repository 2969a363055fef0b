"""What every page that lists entries or tags needs: pages, counts, tags of entries."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TypeVar

from django.core.paginator import Page, Paginator
from django.db.models import Count, QuerySet
from django.http import HttpRequest, QueryDict

from wiki.models import Entry, EntryTag, Tag
from wiki.models.entries import EntryQuerySet
from wiki.permissions import Person

Listed = TypeVar("Listed")

ENTRIES_PER_PAGE = 50


@dataclass(frozen=True)
class ListedEntry:
    """An entry as a list shows it."""

    entry: Entry
    tags: tuple[Tag, ...]


def page_of(
    request: HttpRequest,
    found: QuerySet | Sequence,
    per_page: int = ENTRIES_PER_PAGE,
) -> Page:
    """The page the address asks for; the nearest there is when it is none."""
    return Paginator(found, per_page).get_page(request.GET.get("page"))


def rest_of_address(request: HttpRequest, **changes: str | None) -> str:
    """The parameters of this address but `page`, changed, ready to go before more.

    None takes a parameter out. `"sort=title&"`, or the empty string.
    """
    parameters = request.GET.copy()
    parameters.pop("page", None)
    return _encoded(parameters, changes)


def entries_for_list(user: Person) -> EntryQuerySet:
    """Entries this person may read, without their texts, with who changed them last."""
    return (
        Entry.objects.visible_to(user)
        .with_head()
        .without_text()
        .defer("head__body", "head__properties")
    )


def listed(entries: Iterable[Entry]) -> list[ListedEntry]:
    """The entries with their tags, in the order of each entry. One query."""
    entries = list(entries)
    tags = defaultdict(list)
    uses = EntryTag.objects.filter(content_object__in=entries).select_related("tag")
    for use in uses.order_by("content_object", "position") if entries else ():
        tags[use.content_object_id].append(use.tag)
    return [ListedEntry(entry, tuple(tags[entry.pk])) for entry in entries]


def counted_tags(user: Person) -> QuerySet[Tag]:
    """Tags on entries this person may read; `count` says on how many."""
    return Tag.objects.filter(
        items__content_object__in=Entry.objects.visible_to(user)
    ).annotate(count=Count("items"))


def _encoded(parameters: QueryDict, changes: dict[str, str | None]) -> str:
    for name, value in changes.items():
        if value is None:
            parameters.pop(name, None)
        else:
            parameters[name] = value
    encoded = parameters.urlencode()
    return f"{encoded}&" if encoded else ""
