"""Links whose rows say something else than their names mean by now."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from django.db.models import Q

from wiki.models import Entry, Link
from wiki.names import LINKED_FROM, Page, Resolution, resolve_pages
from wiki.slugs import slug_in, slugify, title_key

LINKS_AT_ONCE = 500


@dataclass(frozen=True, slots=True)
class StoredLink:
    """A link as its row has it, and the page it stands on."""

    pk: int
    page: Page
    name: str
    destination: str
    other_key: str
    target_id: int | None


@dataclass(frozen=True, slots=True)
class TurnedLink:
    """A link that leads elsewhere now: to this address, and this entry if to one."""

    link: StoredLink
    destination: str
    target_id: int | None


# In the order of `_as_link`.
_LINK_FIELDS = (
    "pk",
    "source_id",
    "source__visibility",
    "source__source",
    "source__source_path",
    "name",
    "destination",
    "other_key",
    "target_id",
)


def links_to(names: Iterable[str]) -> list[StoredLink]:
    """The links of live pages by which these names may be meant. One query."""
    names = set(names)
    if not names:
        return []
    keys = {title_key(n) for n in names} - {""}
    links = Link.objects.filter(source__deleted_at=None).filter(
        Q(key__in=keys)
        | Q(slug__in={slugify(n) for n in names})
        | Q(~Q(other_key=""), other_key__in=keys)
    )
    return [_as_link(row) for row in links.values_list(*_LINK_FIELDS)]


def links_that_lead_nowhere() -> Iterator[list[StoredLink]]:
    """All red links, and those that another name would take, some at a time."""
    nowhere = Q(destination="") | ~Q(other_key="")
    found = Link.objects.filter(nowhere, source__deleted_at=None)
    rows = found.order_by("pk").values_list(*_LINK_FIELDS)
    links: list[StoredLink] = []
    while links := [
        _as_link(row)
        for row in rows.filter(pk__gt=links[-1].pk if links else 0)[:LINKS_AT_ONCE]
    ]:
        yield links


def turned_links(links: Sequence[StoredLink]) -> list[TurnedLink]:
    """Those of the links that lead elsewhere now. Three queries a thousand names."""
    meanings = _meanings(links)
    turned = []
    for link in links:
        means = meanings[link.page]
        found = means.get(link.name) or means.get(link.other_key)
        destination = found.destination(link.name).path if found else ""
        # Where the other name is known, the text of the link may be read the other
        # way round: only drawing tells.
        if destination != link.destination or link.other_key in means:
            target_id = found.entry_id if found else None
            turned.append(TurnedLink(link, destination, target_id))
    return turned


def unsettled(*, after: int) -> list[StoredLink]:
    """Links that lead to an address, and to no entry by their rows. One query."""
    waiting = Link.objects.filter(pk__gt=after, target=None, source__deleted_at=None)
    rows = waiting.exclude(destination="").order_by("pk")
    return [_as_link(row) for row in rows.values_list(*_LINK_FIELDS)[:LINKS_AT_ONCE]]


def targets_of(links: Sequence[StoredLink]) -> dict[int, int]:
    """The entry that each link leads to, by the link's id, where it is stored."""
    slugs = {link.destination: slug_in(link.destination) for link in links}
    rows = Entry.objects.live().filter(slug__in=set(slugs.values()))
    stored = {
        slug: (pk, visibility)
        for pk, slug, visibility in rows.values_list("pk", "slug", "visibility")
    }
    targets = {}
    for link in links:
        pk, visibility = stored.get(slugs[link.destination], (None, None))
        if visibility in LINKED_FROM[link.page.visibility]:
            targets[link.pk] = pk
    return targets


def _as_link(row: tuple) -> StoredLink:
    pk, entry_id, visibility, source, path, *rest = row
    return StoredLink(pk, Page(visibility, source, path, entry_id), *rest)


def _meanings(links: Sequence[StoredLink]) -> dict[Page, dict[str, Resolution]]:
    """What the names of these links mean now, each on its page."""
    pages: dict[Page, set[str]] = defaultdict(set)
    for link in links:
        pages[link.page] |= {link.name, link.other_key} - {""}
    return dict(zip(pages, resolve_pages(list(pages.items())), strict=True))
