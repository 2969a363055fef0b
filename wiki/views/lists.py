"""What every page that lists entries or tags needs: pages, counts, tags of entries."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from heapq import nlargest

from django.core.paginator import Page, Paginator
from django.db.models import Count, QuerySet
from django.http import HttpRequest, QueryDict
from django.views.decorators.cache import cache_control

from wiki.models import Entry, EntryTag, Tag
from wiki.models.entries import EntryQuerySet
from wiki.permissions import Person

# Keeps a page under 60 KB with ten tags on every entry.
ENTRIES_PER_PAGE = 40

# What a list holds depends on who reads it: a cache between may not keep it.
never_shared = cache_control(private=True, no_cache=True)


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


def visible_uses(user: Person) -> QuerySet[EntryTag]:
    """Each use of a tag on an entry that this person may read."""
    return EntryTag.objects.filter(
        content_object__in=Entry.objects.visible_to(user)
    ).order_by()


def count_tags(uses: QuerySet[EntryTag]) -> dict[int, int]:
    """How often each tag, by id, is in these uses. One query.

    It reads nothing but ids: rows of tags are wide, and grouping by them is slow.
    """
    return dict(uses.values_list("tag").annotate(Count("id")))


def most_used(counts: Mapping[int, int], limit: int) -> list[Tag]:
    """The tags of the highest counts, each with its `count`. One query."""
    ids = nlargest(limit, counts, key=counts.__getitem__)
    return sorted(
        with_counts(Tag.objects.in_bulk(ids).values(), counts),
        key=lambda tag: (-tag.count, bytes(tag.sort_key)),
    )


def with_counts(tags: Iterable[Tag], counts: Mapping[int, int]) -> Iterator[Tag]:
    """Those of the tags that are counted, each with its `count`."""
    for tag in tags:
        if tag.pk in counts:
            tag.count = counts[tag.pk]
            yield tag


def _encoded(parameters: QueryDict, changes: dict[str, str | None]) -> str:
    for name, value in changes.items():
        if value is None:
            parameters.pop(name, None)
        else:
            parameters[name] = value
    encoded = parameters.urlencode()
    return f"{encoded}&" if encoded else ""
