"""Tags: the index of all of them, and the page of one."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import groupby

from django.core.paginator import Page
from django.db.models import (
    Count,
    Exists,
    OuterRef,
    Prefetch,
    QuerySet,
    prefetch_related_objects,
)
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.views.decorators.http import require_safe

from wiki.models import Entry, EntryTag, Tag, TagAlias
from wiki.models.entries import EntryQuerySet
from wiki.permissions import Person
from wiki.slugs import index_letter, tag_key, tag_path
from wiki.views.lists import (
    counted_tags,
    entries_for_list,
    listed,
    page_of,
    rest_of_address,
)

# Keeps the page of a wiki with thousands of tags under 60 KB.
TAGS_PER_PAGE = 300
TOP_TAGS = 6
EXAMPLES = 3
RELATED_TAGS = 12
MAX_COMBINED = 4
MAX_FILTER_CHARS = 100

_CONSONANTS = "ㄱㄴㄷㄹㅁㅂㅅㅇㅈㅊㅋㅌㅍㅎ"
_LATIN = ("A–F", "G–M", "N–Z")
_REST = "#"
GROUPS = (*_CONSONANTS, *_LATIN, _REST)


@dataclass(frozen=True)
class Group:
    """The tags of one page that stand under one heading."""

    name: str
    anchor: str
    tags: tuple[Tag, ...]


@dataclass(frozen=True)
class Jump:
    """A letter over the index; `url` is empty where no tag stands under it."""

    name: str
    url: str


@require_safe
def tag_index(request: HttpRequest) -> HttpResponse:
    """The busiest tags with examples, then all of them by first letter."""
    wanted = request.GET.get("t", "").strip()[:MAX_FILTER_CHARS]
    tags = sorted(counted_tags(request.user), key=_index_order)
    total = len(tags)
    top = [] if wanted else sorted(tags, key=lambda tag: -tag.count)[:TOP_TAGS]
    if wanted:
        tags = _named(tags, wanted)
    page = page_of(request, tags, TAGS_PER_PAGE)
    context = {
        "total": total,
        "wanted": wanted,
        "top": _with_examples(top, request.user),
        "page": page,
        "groups": _groups(page),
        "jumps": _jumps(page, rest_of_address(request)),
        "untagged": _untagged(request.user).count(),
        "query": rest_of_address(request),
    }
    return render(request, "wiki/tags.html", context)


@require_safe
def tag(request: HttpRequest, key: str) -> HttpResponse:
    """The entries of a tag. Other names and spellings redirect to its one address.

    A tag whose entries this reader may not see is as good as none. A level that
    is no tag itself lists the tags under it.
    """
    canonical = tag_key(key)
    found = _tag_called(canonical)
    address = found.key if found else canonical
    entries = _entries_tagged(request.user, address)
    levels = list(_levels_below(address, request.user))
    if not canonical or not (levels or entries.exists()):
        context = {"name": canonical}
        return render(request, "wiki/tag_missing.html", context, status=404)
    if key != address:
        return _moved_to(request, address)
    combined = _combined(request, address)
    for other in combined:
        entries = entries.filter(_bears(other.key))
    sort = "title" if request.GET.get("sort") == "title" else "changed"
    ordered = entries.in_title_order if sort == "title" else entries.recently_changed
    page = page_of(request, ordered())
    context = {
        "name": found.name if found else canonical,
        "other_names": [alias.name for alias in found.aliases.all()] if found else [],
        "parents": _parents(address),
        "levels": levels,
        "combined": [(each, _address_without(request, each)) for each in combined],
        "related": list(_related(entries, [address, *(t.key for t in combined)])),
        "page": page,
        "entries": listed(page),
        "sort": sort,
        "by_change": rest_of_address(request, sort=None),
        "by_title": rest_of_address(request, sort="title"),
        "query": rest_of_address(request),
    }
    return render(request, "wiki/tag.html", context)


# ── The index ─────────────────────────────────────────────────────────────────
def _group_of(tag: Tag) -> str:
    letter = index_letter(tag.name)
    if letter in _CONSONANTS:
        return letter
    if not ("A" <= letter <= "Z"):
        return _REST
    return _LATIN[(letter > "F") + (letter > "M")]


def _index_order(tag: Tag) -> tuple[int, bytes]:
    return GROUPS.index(_group_of(tag)), bytes(tag.sort_key)


def _groups(tags: Iterable[Tag]) -> list[Group]:
    return [
        Group(name, f"w-g{GROUPS.index(name)}", tuple(members))
        for name, members in groupby(tags, key=_group_of)
    ]


def _jumps(page: Page, query: str) -> list[Jump]:
    """A link to each group, wherever its first tag stands."""
    first: dict[str, int] = {}
    for position, each in enumerate(page.paginator.object_list):
        first.setdefault(_group_of(each), position // page.paginator.per_page + 1)
    jumps = []
    for number, name in enumerate(GROUPS):
        on_page = first.get(name)
        anchor = f"#w-g{number}"
        url = anchor if on_page == page.number else f"?{query}page={on_page}{anchor}"
        jumps.append(Jump(name, url if on_page else ""))
    return jumps


def _named(tags: Sequence[Tag], wanted: str) -> list[Tag]:
    """The tags that have these letters in their name or another name. One query."""
    key = tag_key(wanted)
    if not key:
        return []
    by_alias = set(
        TagAlias.objects.filter(key__contains=key).values_list("tag_id", flat=True)
    )
    return [each for each in tags if key in each.key or each.pk in by_alias]


def _with_examples(tags: list[Tag], user: Person) -> list[Tag]:
    """The tags, each with a few of its entries in `examples`. One query."""
    uses = (
        EntryTag.objects.filter(content_object__in=Entry.objects.visible_to(user))
        .select_related("content_object")
        .only("tag_id", "content_object__title", "content_object__slug")
        .order_by("-content_object__updated_at", "-content_object_id")[:EXAMPLES]
    )
    prefetch_related_objects(tags, Prefetch("items", uses, "examples"))
    return tags


def _untagged(user: Person) -> EntryQuerySet:
    uses = EntryTag.objects.filter(content_object=OuterRef("pk"))
    return Entry.objects.visible_to(user).filter(~Exists(uses))


# ── One tag ───────────────────────────────────────────────────────────────────
def _tag_called(key: str) -> Tag | None:
    found = Tag.objects.filter(key=key).first()
    if found is None:
        alias = TagAlias.objects.filter(key=key).select_related("tag").first()
        found = alias.tag if alias else None
    return found


def _bears(key: str) -> Exists:
    return Exists(EntryTag.objects.filter(content_object=OuterRef("pk"), tag__key=key))


def _entries_tagged(user: Person, key: str) -> EntryQuerySet:
    return entries_for_list(user).filter(_bears(key))


def _levels_below(key: str, user: Person) -> QuerySet[Tag]:
    below = counted_tags(user).filter(key__startswith=f"{key}/")
    return below.order_by("sort_key")


def _parents(key: str) -> list[tuple[str, str]]:
    """The name and address of each level above."""
    parts = key.split("/")
    return [
        (part, tag_path("/".join(parts[:number])))
        for number, part in enumerate(parts[:-1], start=1)
    ]


def _combined(request: HttpRequest, key: str) -> list[Tag]:
    """The further tags that are asked for; what is none to this reader is ignored."""
    keys = {tag_key(name) for name in request.GET.getlist("with")[:MAX_COMBINED]}
    found = counted_tags(request.user).filter(key__in=keys - {key})
    return list(found.order_by("sort_key")) if keys else []


def _address_without(request: HttpRequest, combined: Tag) -> str:
    parameters = request.GET.copy()
    parameters.pop("page", None)
    kept = [k for k in parameters.getlist("with") if tag_key(k) != combined.key]
    parameters.setlist("with", kept)
    return f"?{parameters.urlencode()}"


def _related(entries: EntryQuerySet, keys: list[str]) -> QuerySet[Tag]:
    """Other tags of these entries, with how many of them bear each."""
    return (
        Tag.objects.filter(items__content_object__in=entries.values("pk"))
        .exclude(key__in=keys)
        .annotate(count=Count("items"))
        .order_by("-count", "sort_key")[:RELATED_TAGS]
    )


def _moved_to(request: HttpRequest, key: str) -> HttpResponse:
    query = request.META.get("QUERY_STRING", "")
    answer = HttpResponseRedirect(tag_path(key) + (f"?{query}" if query else ""))
    answer.headers["Cache-Control"] = "no-cache"
    return answer
