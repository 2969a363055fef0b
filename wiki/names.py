"""From a name to the entry it means: titles, other titles, addresses.

The order is decided once, here: a title, then another title, then an address,
then a former title or address. Titles beat aliases; an alias that several
entries share is ambiguous.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass

from django.db.models import Q

from wiki.models import Alias, Entry, Visibility
from wiki.rendering import Destination
from wiki.slugs import entry_path, slugify, title_key

NAMES_AT_ONCE = 1000
PUBLIC_ONLY = (Visibility.PUBLIC,)
# The stored page is the same for every reader, so a link may only lead to what
# everyone who reads the page may read.
LINKED_FROM = {
    Visibility.PUBLIC: PUBLIC_ONLY,
    Visibility.MEMBERS: (Visibility.PUBLIC, Visibility.MEMBERS),
    Visibility.CURATORS: tuple(Visibility.values),
}


@dataclass(frozen=True)
class Resolution:
    """What a name means: the ids and addresses of the entries, one unless ambiguous."""

    entry_ids: tuple[int, ...]
    slugs: tuple[str, ...]

    @property
    def entry_id(self) -> int | None:
        return self.entry_ids[0] if len(self.entry_ids) == 1 else None

    def destination(self, name: str) -> Destination:
        """Where a link to this name leads: the entry, or the list of candidates."""
        if len(self.slugs) == 1:
            return Destination("entry", entry_path(self.slugs[0]))
        return Destination("ambiguous", entry_path(slugify(name)))


def resolve_names(
    names: Collection[str], *, visibilities: Iterable[str] = PUBLIC_ONLY
) -> dict[str, Resolution]:
    """What each of these names means; a name that means nothing is left out.

    Two queries for each thousand names: no database takes any number at once.
    """
    if len(names) > NAMES_AT_ONCE:
        ordered = sorted(names)
        starts = range(0, len(ordered), NAMES_AT_ONCE)
        parts = (ordered[start : start + NAMES_AT_ONCE] for start in starts)
        return {
            name: found
            for part in parts
            for name, found in resolve_names(part, visibilities=visibilities).items()
        }
    wanted = {name: (title_key(name), slugify(name)) for name in names if name.strip()}
    if not wanted:
        return {}
    keys = {key for key, _ in wanted.values()}
    slugs = {slug for _, slug in wanted.values()}
    by_title, by_slug = _entries_called(keys, slugs, visibilities)
    by_alias, by_former = _aliases_called(keys, slugs, visibilities)
    found = {}
    for name, (key, slug) in wanted.items():
        entries = (
            by_title.get(key)
            or by_alias.get(key)
            or by_slug.get(slug)
            or by_former.get(key)
            or by_alias.get(slug)
            or by_former.get(slug)
        )
        if entries:
            ids, entry_slugs = zip(*sorted(entries.items()), strict=True)
            found[name] = Resolution(ids, entry_slugs)
    return found


def entries_at_former_address(slug: str) -> list[int]:
    """Ids of live entries that an address which is no entry's own may mean.

    Other titles first; a former address counts only when no title claims it.
    """
    by_alias, by_former = _aliases_called(set(), {slug}, Visibility.values)
    return list(by_alias.get(slug) or by_former.get(slug) or ())


def _entries_called(
    keys: set[str], slugs: set[str], visibilities: Iterable[str]
) -> tuple[dict[str, dict[int, str]], dict[str, dict[int, str]]]:
    rows = (
        Entry.objects.live()
        .filter(Q(title_key__in=keys) | Q(slug__in=slugs))
        .filter(visibility__in=visibilities)
        .values_list("id", "title_key", "slug")
    )
    by_title: dict[str, dict[int, str]] = defaultdict(dict)
    by_slug: dict[str, dict[int, str]] = defaultdict(dict)
    for entry_id, key, slug in rows:
        by_title[key][entry_id] = slug
        by_slug[slug][entry_id] = slug
    return by_title, by_slug


def _aliases_called(
    keys: set[str], slugs: set[str], visibilities: Iterable[str]
) -> tuple[dict[str, dict[int, str]], dict[str, dict[int, str]]]:
    rows = (
        Alias.objects.filter(Q(key__in=keys) | Q(slug__in=slugs))
        .filter(entry__deleted_at=None, entry__visibility__in=visibilities)
        .values_list("entry_id", "kind", "key", "slug", "entry__slug")
    )
    by_alias: dict[str, dict[int, str]] = defaultdict(dict)
    by_former: dict[str, dict[int, str]] = defaultdict(dict)
    for entry_id, kind, key, slug, entry_slug in rows:
        found = by_alias if kind == Alias.Kind.TITLE else by_former
        found[key][entry_id] = entry_slug
        found[slug][entry_id] = entry_slug
    return by_alias, by_former
