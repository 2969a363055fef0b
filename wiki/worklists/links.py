"""Links that are not right: to headings and notes that are not there, misspelled."""

import re
from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass

from django.db.models import F

from wiki.linkgraph import visible_ids
from wiki.models import Alias, Entry, Link
from wiki.newest import kept, state_of_wiki
from wiki.rendering.headings import heading_fragment, heading_id
from wiki.slugs import title_key

# A page has ids of its footnotes too.
_FOOTNOTE = re.compile(r"fn(ref)?\d*|fn(ref)?:", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class BrokenLink:
    """That a note links to a heading that another note does not have."""

    source_id: int
    target_id: int
    name: str
    heading: str


@dataclass(frozen=True, slots=True)
class WantedEntry:
    """A name that so many notes link to and no note has."""

    key: str
    name: str
    count: int


@dataclass(frozen=True, slots=True)
class Misspelling:
    """The links of a note that find their target only because names are folded.

    Each as [as written, as the target is called].
    """

    source_id: int
    names: tuple[tuple[str, str], ...]


def find_broken(visibilities: Sequence[str]) -> list[BrokenLink]:
    """Links to headings that are not there, each name once a note. Three queries."""
    places = _places(visibilities)
    links = Link.objects.filter(target__isnull=False).exclude(heading="")
    rows = links.order_by("source_id", "position").values_list(
        "source_id", "target_id", "name", "heading"
    )
    found = dict.fromkeys(
        BrokenLink(*row)
        for row in rows
        if row[0] in places and row[1] in places and _may_be_missing(row[3])
    )
    headings = _heading_ids({link.target_id for link in found})
    broken = [
        link
        for link in found
        if heading_id(link.heading) not in headings.get(link.target_id, ())
    ]
    return sorted(broken, key=lambda link: places[link.source_id])


def find_wanted(visibilities: Sequence[str]) -> list[WantedEntry]:
    """Names without a note, the one most notes link to first. Three queries."""
    titles = dict(titles_seen(visibilities))
    links = Link.objects.filter(target=None, destination="").exclude(key="")
    names: dict[str, str] = {}
    sources: dict[str, set[int]] = defaultdict(set)
    rows = links.order_by().values_list("key", "name", "source_id")
    for key, name, source_id in rows:
        if source_id in titles:
            names[key] = min(name, names.get(key, name))
            sources[key].add(source_id)
    # Red on a public page, yet there for these readers.
    there = set(titles.values())
    wanted = [
        WantedEntry(key, names[key], len(those))
        for key, those in sources.items()
        if key not in there
    ]
    return sorted(wanted, key=lambda one: (-one.count, one.key))


def find_misspelled(
    visibilities: Sequence[str], *, only: Collection[int] | None = None
) -> list[Misspelling]:
    """Notes with links that name their target in another spelling. Three queries.

    `only` are the ids of the notes to look at, if not all.
    """
    places = _places(visibilities)
    links = Link.objects.filter(target__isnull=False).order_by("source_id", "position")
    by_title = (
        links.filter(key=F("target__title_key"))
        .exclude(name=F("target__title"))
        .values_list("source_id", "target_id", "key", "name", "target__title")
    )
    linked = {"entry__incoming_links__key": F("key")}
    if only is not None:
        by_title = by_title.filter(source__in=only)
        linked["entry__incoming_links__source__in"] = only
    by_alias = (
        Alias.objects.filter(kind=Alias.Kind.TITLE, **linked)
        .exclude(key=F("entry__title_key"))
        .values_list(
            "entry__incoming_links__source_id",
            "entry_id",
            "key",
            "entry__incoming_links__name",
            "name",
        )
    )
    names: dict[int, dict[str, str]] = defaultdict(dict)
    for source_id, target_id, key, name, right in (*by_title, *by_alias):
        is_seen = source_id in places and target_id in places
        # Of a path the key is that of its last part: it is no name.
        if is_seen and name != right and title_key(name) == key:
            names[source_id][name] = right
    found = [Misspelling(pk, tuple(pairs.items())) for pk, pairs in names.items()]
    return sorted(found, key=lambda one: places[one.source_id])


def titles_seen(visibilities: Sequence[str]) -> list[tuple[int, str]]:
    """Ids and keys of the titles these readers see, kept as the lists are."""

    def read() -> list[tuple[int, str]]:
        seen = Entry.objects.live().filter(visibility__in=visibilities)
        return list(seen.values_list("pk", "title_key"))

    return kept("titles", visibilities, state_of_wiki(), read)


def _places(visibilities: Sequence[str]) -> dict[int, int]:
    """The notes these readers see, by id, each with its place in title order."""
    return {pk: place for place, pk in enumerate(visible_ids(visibilities))}


def _may_be_missing(heading: str) -> bool:
    return bool(heading_fragment(heading)) and not _FOOTNOTE.match(heading)


def _heading_ids(entry_ids: set[int]) -> dict[int, set[str]]:
    if not entry_ids:
        return {}
    rows = Entry.objects.filter(pk__in=entry_ids).values_list("pk", "headings")
    return {pk: {heading[1] for heading in headings} for pk, headings in rows}
