"""The rows of links: which links a text has, and where each of them leads."""

from collections import Counter, defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from django.db.models import F, QuerySet

from wiki.editing.file_uses import is_file_target
from wiki.models import Entry, Link
from wiki.names import Resolution
from wiki.paths import bare_name
from wiki.prepared import Prepared
from wiki.rendering import FoundLink
from wiki.slugs import slugify, title_key

# All of a link but its id and the page it stands on.
LINK_VALUES = (
    "name",
    "key",
    "slug",
    "other_key",
    "heading",
    "target_id",
    "destination",
    "line",
    "excerpt",
    "position",
)


def link_rows(
    source: Entry,
    links: Sequence[FoundLink],
    resolved: Mapping[str, Resolution],
    ids_by_slug: Mapping[str, int],
) -> list[Link]:
    """The rows of a rendered page's links, in order, not yet saved.

    Links to files have rows of their own; an address that leads to nothing we
    know and does not look like a note has none.
    """
    rows = []
    for position, link in enumerate(links):
        found = resolved.get(link.target)
        if not _is_to_entry(link, found):
            continue
        target_id = None
        if found and len(found.slugs) == 1:
            target_id = found.entry_id or ids_by_slug.get(found.slugs[0])
        rows.append(
            Link(
                source=source,
                name=link.target[:500],
                key=link.key if link.kind == "wiki" else title_key(_name_of(link)),
                slug=slugify(_name_of(link)),
                other_key=title_key(link.other) if link.other else "",
                heading=link.heading[:200],
                target_id=target_id,
                destination=found.destination(link.target).path if found else "",
                line=link.line,
                excerpt=link.excerpt[:300],
                position=position,
            )
        )
    return rows


def _is_to_entry(link: FoundLink, found: Resolution | None) -> bool:
    if found:
        return found.file is None
    return not is_file_target(link)


def _name_of(link: FoundLink) -> str:
    """What an entry would be called for the link to find it."""
    if link.kind == "wiki":
        return link.target
    return bare_name(link.target)


@Prepared
def _links_of(source_ids: Sequence[int]) -> QuerySet:
    stored = Link.objects.filter(source__in=source_ids).order_by()
    return stored.values_list("source_id", *LINK_VALUES)


@dataclass(frozen=True)
class Targets:
    """The entries that links of some pages led to and lead to now, by id."""

    before: frozenset[int]
    after: frozenset[int]

    @property
    def all(self) -> frozenset[int]:
        return self.before | self.after

    @property
    def turned(self) -> frozenset[int]:
        """Those that gained all their links from these pages, or lost them."""
        return self.before ^ self.after


def write_links(
    rows: Sequence[Link], *, instead_of: Collection[int], beside: Collection[int] = ()
) -> Targets:
    """Stores links of pages drawn anew.

    They come in the place of what the pages `instead_of`, by id, had; pages with
    links that are in neither are new. Links of pages `beside` stay, and their
    targets are given too. One query, and two more where something differs.
    """
    known = [*instead_of, *beside]
    had, wanted = defaultdict(Counter), defaultdict(Counter)
    for source_id, *values in _links_of.rows(known) if known else ():
        had[source_id][tuple(values)] += 1
    for row in rows:
        wanted[row.source_id][tuple(getattr(row, name) for name in LINK_VALUES)] += 1
    same = {pk for pk in instead_of if had[pk] == wanted[pk]}
    gone = [pk for pk in instead_of if pk not in same and had[pk]]
    if gone:
        Link.objects.filter(source__in=gone).delete()
    Link.objects.bulk_create(row for row in rows if row.source_id not in same)
    at = LINK_VALUES.index("target_id")
    staying = {link[at] for pk in beside for link in had[pk]}
    return Targets(
        before=frozenset(link[at] for links in had.values() for link in links) - {None},
        after=frozenset(staying | {row.target_id for row in rows}) - {None},
    )


def touch_targets(entry_ids: Collection[int]) -> None:
    """Marks pages whose list of incoming links changed, for their cached copies."""
    if entry_ids:
        Entry.objects.filter(pk__in=sorted(entry_ids)).update(
            links_version=F("links_version") + 1
        )
