"""Pages drawn again: a page's HTML shows where each of its links leads.

Whatever gives or takes a name (create, rename, delete, restore, other titles) draws
the pages again that link to that name, in the same transaction.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from django.conf import settings
from django.db.models import Q

from wiki.editing.drawing import (
    RenderJob,
    RenderMany,
    current_render_key,
    destinations_of,
    render_here,
    stored_headings,
    targets_of,
)
from wiki.editing.file_uses import file_uses, write_file_uses
from wiki.editing.linking import link_rows, touch_targets, write_links
from wiki.models import Entry, EntryFile, Link
from wiki.names import LINKED_FROM, FileMeant, NewNames, Page, Resolution, resolve_pages
from wiki.rendering import Rendered
from wiki.slugs import slug_in, slugify, title_key

# Pages drawn again are loaded this many at a time.
REFRESH_BATCH = 100
SETTLE_BATCH = 500


def refresh_links(
    names: Iterable[str] | None, *, render_many: RenderMany = render_here
) -> int:
    """Draws again each page whose links to these names lead elsewhere now.

    `None` looks at all links that lead nowhere, which is what an import does at
    its end. Gives the number of pages drawn. Four queries for each thousand
    links looked at, and four for each hundred pages drawn; call it inside the
    transaction that moved the names.
    """
    # Of an import there may be more than memory should hold at once.
    looked_at = _links_that_lead_nowhere() if names is None else [_links_to(names)]
    stale = sorted({pk for links in looked_at for pk in _stale_sources(links)})
    for start in range(0, len(stale), REFRESH_BATCH):
        draw_again(stale[start : start + REFRESH_BATCH], render_many)
    return len(stale)


def settle_links() -> int:
    """Gives links that were drawn before their target was stored their target.

    The pages already lead there; only the rows lack the id. Pages that lead to
    an entry which was never stored after all are drawn again. What is owed
    after `write_changes` was told of names to come, in a transaction. Gives the
    number of links settled.
    """
    lost: set[str] = set()
    settled = last = 0
    while links := _unsettled(after=last):
        last = links[-1].pk
        targets = _targets_of(links)
        rows = [Link(pk=pk, target_id=target) for pk, target in targets.items()]
        Link.objects.bulk_update(rows, ["target"])
        touch_targets(set(targets.values()))
        settled += len(rows)
        lost |= {link.name for link in links if link.pk not in targets}
    ordered = sorted(lost)
    for start in range(0, len(ordered), SETTLE_BATCH):
        refresh_links(ordered[start : start + SETTLE_BATCH])
    return settled


@dataclass(frozen=True, slots=True)
class _StoredLink:
    """A link as its row has it, and the page it stands on."""

    pk: int
    page: Page
    name: str
    destination: str
    other_key: str


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
)


def _as_link(row: tuple) -> _StoredLink:
    pk, entry_id, visibility, source, path, *rest = row
    return _StoredLink(pk, Page(visibility, source, path, entry_id), *rest)


def _meanings(links: Sequence[_StoredLink]) -> dict[Page, dict[str, Resolution]]:
    """What the names of these links mean now, each on its page."""
    pages: dict[Page, set[str]] = defaultdict(set)
    for link in links:
        pages[link.page] |= {link.name, link.other_key} - {""}
    return dict(zip(pages, resolve_pages(list(pages.items())), strict=True))


def _unsettled(*, after: int) -> list[_StoredLink]:
    waiting = Link.objects.filter(pk__gt=after, target=None, source__deleted_at=None)
    rows = waiting.exclude(destination="").order_by("pk")
    return [_as_link(row) for row in rows.values_list(*_LINK_FIELDS)[:SETTLE_BATCH]]


def _targets_of(links: Sequence[_StoredLink]) -> dict[int, int]:
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


def _links_that_lead_nowhere() -> Iterator[list[_StoredLink]]:
    nowhere = Q(destination="") | ~Q(other_key="")
    found = Link.objects.filter(nowhere, source__deleted_at=None)
    rows = found.order_by("pk").values_list(*_LINK_FIELDS)
    links: list[_StoredLink] = []
    while links := [
        _as_link(row)
        for row in rows.filter(pk__gt=links[-1].pk if links else 0)[:SETTLE_BATCH]
    ]:
        yield links


def _links_to(names: Iterable[str]) -> list[_StoredLink]:
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


def _stale_sources(links: Sequence[_StoredLink]) -> set[int]:
    meanings = _meanings(links)
    return {
        link.page.entry_id
        for link in links
        if _leads_elsewhere(link, meanings[link.page])
    }


def _leads_elsewhere(link: _StoredLink, meanings: Mapping[str, Resolution]) -> bool:
    if link.other_key in meanings:
        return True
    found = meanings.get(link.name)
    return link.destination != (found.destination(link.name).path if found else "")


@dataclass(frozen=True)
class Drawn:
    """What a page's text makes of it now: its HTML, and the rows of its links."""

    entry: Entry
    rendered: Rendered
    links: list[Link]
    files: Mapping[str, FileMeant | None]


def drawn_now(
    entries: Sequence[Entry],
    render_many: RenderMany = render_here,
    new_names: NewNames | None = None,
) -> list[Drawn]:
    """Each entry as it would be drawn now; nothing is written."""
    pages = [(Page.of(e), e.body) for e in entries]
    resolved = resolve_pages(targets_of(pages), new_names)
    jobs = [
        RenderJob(e.body, destinations_of(found), settings.WIKI_REMOTE_IMAGES)
        for e, found in zip(entries, resolved, strict=True)
    ]
    return [
        Drawn(
            entry,
            page,
            link_rows(entry, page.links, found, {}),
            file_uses(page.links, found),
        )
        for entry, found, page in zip(entries, resolved, render_many(jobs), strict=True)
    ]


def draw_again(
    entry_ids: Sequence[int],
    render_many: RenderMany = render_here,
    new_names: NewNames | None = None,
) -> None:
    """Makes the stored HTML and the links of these pages anew. Some ten queries.

    `new_names` are those that only these pages may use, so far.
    """
    entries = list(
        Entry.objects.select_for_update()
        .filter(pk__in=entry_ids)
        .order_by("pk")
        .defer("html")
    )
    rows, uses = [], {}
    for drawn in drawn_now(entries, render_many, new_names):
        entry = drawn.entry
        entry.html = drawn.rendered.html
        entry.headings = stored_headings(drawn.rendered)
        entry.links_version += 1
        entry.render_key = current_render_key()
        rows += drawn.links
        uses[entry.pk] = drawn.files
    targets = write_links(rows, instead_of=[entry.pk for entry in entries])
    opened = write_file_uses(uses)
    Entry.objects.bulk_update(
        entries, ["html", "headings", "links_version", "render_key"]
    )
    touch_targets(targets.turned)
    draw_waiting(opened)


def draw_waiting(addresses: Iterable[str]) -> None:
    """Draws the pages again that name files by these addresses and lack them.

    Whoever reads them may see the files by now. One query when there is none.
    """
    addresses = list(addresses)
    if not addresses:
        return
    waiting = EntryFile.objects.filter(
        file=None, name__in=addresses, entry__deleted_at=None
    )
    entries = sorted(set(waiting.values_list("entry_id", flat=True)))
    for start in range(0, len(entries), REFRESH_BATCH):
        draw_again(entries[start : start + REFRESH_BATCH])
