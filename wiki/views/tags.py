"""Tags: the index of all of them, and the page of one."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import groupby

from django.core.paginator import Page
from django.db.models import Exists, F, OuterRef, Q, Window
from django.db.models.functions import RowNumber, Substr
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils.text import Truncator
from django.views.decorators.http import require_safe

from wiki.models import Alias, Entry, EntryTag, Tag, TagAlias
from wiki.models.entries import EntryQuerySet
from wiki.permissions import Person, can_curate, can_write
from wiki.rendering import plain_text
from wiki.slugs import index_letter, new_entry_path, tag_key, tag_path, title_key
from wiki.views.lists import (
    count_tags,
    entries_for_list,
    listed,
    most_used,
    never_shared,
    page_of,
    rest_of_address,
    visible_uses,
    with_counts,
)

# Keeps the page of a wiki with thousands of tags under 60 KB.
TAGS_PER_PAGE = 240
TOP_TAGS = 6
EXAMPLES = 3
RELATED_TAGS = 12
MAX_LEVELS = 200
MAX_COMBINED = 4
MAX_FILTER_CHARS = 100
# Of the notes that are called like a tag, and what is read of each.
MAX_DESCRIBING = 20
MAX_DESCRIBING_CHARS = 2000
MAX_DESCRIPTION_CHARS = 300
# No tag has a longer one, and a database refuses to look for it.
MAX_KEY_CHARS = 200

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
class Description:
    """The note that is called like a tag, and its summary or its first words."""

    entry: Entry
    text: str


@dataclass(frozen=True)
class Jump:
    """A letter over the index; `url` is empty where no tag stands under it."""

    name: str
    url: str


@require_safe
@never_shared
def tag_index(request: HttpRequest) -> HttpResponse:
    """The busiest tags with examples, then all of them by first letter."""
    wanted = request.GET.get("t", "").strip()[:MAX_FILTER_CHARS]
    counts = count_tags(visible_uses(request.user))
    tags = sorted(with_counts(Tag.objects.defer("terms"), counts), key=_index_order)
    total = len(tags)
    top = [] if wanted else sorted(tags, key=lambda tag: -tag.count)[:TOP_TAGS]
    if wanted:
        tags = _named(tags, wanted)
    page = page_of(request, tags, TAGS_PER_PAGE)
    context = {
        "total": total,
        "wanted": wanted,
        "top": _with_examples(top, request.user) if top else [],
        "page": page,
        "groups": _groups(page),
        "jumps": _jumps(page, rest_of_address(request)),
        "untagged": _untagged(request.user).count(),
        "is_curator": can_curate(request.user),
        "query": rest_of_address(request),
    }
    return render(request, "wiki/tags.html", context)


@require_safe
@never_shared
def tag(request: HttpRequest, key: str) -> HttpResponse:
    """The entries of a tag. Other names and spellings redirect to its one address.

    A tag whose entries this reader may not see is as good as none. A level that
    is no tag itself lists the tags under it.
    """
    canonical = tag_key(key)
    if len(canonical) > MAX_KEY_CHARS:
        raise Http404
    found = _tag_called(canonical)
    address = found.key if found else canonical
    entries = _entries_tagged(request.user, address)
    levels = _levels_below(address, request.user)
    if not canonical or not (levels or entries.exists()):
        moved = canonical and _level_moved(canonical, request.user)
        if moved:
            return _moved_to(request, moved)
        context = {"name": canonical}
        return render(request, "wiki/tag_missing.html", context, status=404)
    if key != address:
        return _moved_to(request, address)
    combined = _asked_for(request, "with", address)
    left_out = _asked_for(request, "without", address)
    for other in combined:
        entries = entries.filter(_bears(other.key))
    for other in left_out:
        entries = entries.exclude(_bears(other.key))
    sort = "title" if request.GET.get("sort") == "title" else "changed"
    ordered = entries.in_title_order if sort == "title" else entries.recently_changed
    page = page_of(request, ordered())
    name = found.name if found else canonical
    other_names = [alias.name for alias in found.aliases.all()] if found else []
    context = {
        "name": name,
        "key": address,
        "is_tag": found is not None,
        "other_names": other_names,
        "description": _description(request.user, [name, *other_names]),
        "new_path": new_entry_path(name) if can_write(request.user) else "",
        "is_curator": can_curate(request.user),
        "parents": _parents(address),
        "levels": levels,
        "combined": [
            (each, _address_without(request, "with", each)) for each in combined
        ],
        "left_out": [
            (each, _address_without(request, "without", each)) for each in left_out
        ],
        "related": _related(entries, [address, *(t.key for t in combined)]),
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
    """The tags, each with its newest entries in `examples`. Two queries."""
    place = Window(
        RowNumber(), partition_by=F("tag_id"), order_by=F("content_object_id").desc()
    )
    newest = visible_uses(user).filter(tag__in=tags).annotate(place=place)
    pairs = list(
        newest.filter(place__lte=EXAMPLES)
        .order_by("tag_id", "place")
        .values_list("tag_id", "content_object_id")
    )
    entries = Entry.objects.without_text().in_bulk({pk for _, pk in pairs})
    for each in tags:
        each.examples = [entries[pk] for tag_id, pk in pairs if tag_id == each.pk]
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


def _levels_below(key: str, user: Person) -> list[Tag]:
    uses = visible_uses(user).filter(tag__key__startswith=f"{key}/")
    levels = most_used(count_tags(uses), MAX_LEVELS)
    return sorted(levels, key=lambda tag: bytes(tag.sort_key))


def _parents(key: str) -> list[tuple[str, str]]:
    """The name and address of each level above."""
    parts = key.split("/")
    return [
        (part, tag_path("/".join(parts[:number])))
        for number, part in enumerate(parts[:-1], start=1)
    ]


def _asked_for(request: HttpRequest, parameter: str, key: str) -> list[Tag]:
    """The further tags that are asked for; what is none to this reader is ignored."""
    keys = {tag_key(name) for name in request.GET.getlist(parameter)[:MAX_COMBINED]}
    if not keys:
        return []
    uses = visible_uses(request.user).filter(tag__key__in=keys - {key})
    return most_used(count_tags(uses), MAX_COMBINED)


def _address_without(request: HttpRequest, parameter: str, asked: Tag) -> str:
    parameters = request.GET.copy()
    parameters.pop("page", None)
    kept = [k for k in parameters.getlist(parameter) if tag_key(k) != asked.key]
    parameters.setlist(parameter, kept)
    return f"?{parameters.urlencode()}"


def _related(entries: EntryQuerySet, keys: list[str]) -> list[Tag]:
    """Other tags of these entries, with how many of them bear each."""
    uses = EntryTag.objects.filter(content_object__in=entries.values("pk"))
    return most_used(
        count_tags(uses.exclude(tag__key__in=keys).order_by()), RELATED_TAGS
    )


def _description(user: Person, names: Sequence[str]) -> Description | None:
    """What the note that is called like the tag says of it; its own name first.

    One query.
    """
    keys = [title_key(name) for name in names]
    aliases = Alias.objects.filter(key__in=keys, kind=Alias.Kind.TITLE)
    called = (
        Entry.objects.visible_to(user)
        .filter(Q(title_key__in=keys) | Q(pk__in=aliases.values("entry")))
        .annotate(beginning=Substr("body", 1, MAX_DESCRIBING_CHARS))
        .only("title", "title_key", "slug", "summary", "alias_names")
    )
    found = sorted(called[:MAX_DESCRIBING], key=lambda entry: _nearness(entry, keys))
    if not found:
        return None
    entry = found[0]
    return Description(entry, entry.summary or _first_paragraph(entry.beginning))


def _nearness(entry: Entry, keys: Sequence[str]) -> tuple[int, int]:
    """Titles come before other titles, and the tag's name before its other names."""
    titles = [entry.title_key, *map(title_key, entry.alias_names)]
    places = [keys.index(title) for title in titles if title in keys]
    return entry.title_key not in keys, min(places, default=len(keys))


def _first_paragraph(beginning: str) -> str:
    """The first block of a text that is no heading, without its markup."""
    lines = (line for line in beginning.splitlines() if not line.startswith("#"))
    blocks = "\n".join(lines).split("\n\n")
    first = next((text for block in blocks if (text := plain_text(block))), "")
    return Truncator(" ".join(first.split())).chars(MAX_DESCRIPTION_CHARS)


def _level_moved(key: str, user: Person) -> str:
    """The level that what was under this one is under now; "" when there is none.

    A level that is no tag leaves no other name when it is renamed.
    """
    former = TagAlias.objects.filter(key__startswith=f"{key}/").values_list(
        "key", "tag__key"
    )
    levels = {
        now.removesuffix(old.removeprefix(key))
        for old, now in former[:MAX_LEVELS]
        if now.endswith(old.removeprefix(key))
    }
    if len(levels) != 1:
        return ""
    [level] = levels
    return level if level and _levels_below(level, user) else ""


def _moved_to(request: HttpRequest, key: str) -> HttpResponse:
    query = request.META.get("QUERY_STRING", "")
    return HttpResponseRedirect(tag_path(key) + (f"?{query}" if query else ""))
