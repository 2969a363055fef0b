"""Pages drawn again: a page's HTML shows where each of its links leads.

Whatever gives or takes a name (create, rename, delete, restore, other titles, who may
read) sets right the pages that link to that name, in the same transaction. A few are
drawn. Of many the rows of links are set right and the pages are marked: a page that
is marked is drawn for each of its readers until `background` has drawn it for good.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from threading import Event

from django.conf import settings
from django.db import connection, transaction
from django.db.models import F

from wiki.editing import stale_links
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
from wiki.editing.races import hold
from wiki.editing.stale_links import TurnedLink
from wiki.models import Entry, EntryFile, Link
from wiki.names import FileMeant, NewNames, Page, resolve_pages
from wiki.rendering import Rendered

# So many pages are drawn in the transaction that moved a name: a second's work. Of
# more all are marked.
DRAWN_AT_ONCE = 300
# Pages drawn again are loaded this many at a time.
REFRESH_BATCH = 100
# As many ids as no database minds in one statement.
MARKED_AT_ONCE = 5000
NAMES_AT_ONCE = 500

# Set when a commit of this process left marked pages behind.
is_owed = Event()


def refresh_links(
    names: Iterable[str] | None,
    *,
    render_many: RenderMany = render_here,
    draws_later: bool = False,
) -> int:
    """Sets right each page whose links to these names lead elsewhere now.

    `None` looks at all links that lead nowhere, which is what an import does at
    its end. Gives the number of pages. Four queries for each thousand links looked
    at; then four for each hundred pages drawn, or one for each meaning and two for
    each five thousand pages marked. Call it inside the transaction that moved the
    names; where it is no request's, `background.draw_left` is owed. With
    `draws_later` the pages are marked, however few.
    """
    drawn_at_once = 0 if draws_later else DRAWN_AT_ONCE
    # Of an import there may be more than memory should hold at once.
    looked_at = (
        stale_links.links_that_lead_nowhere()
        if names is None
        else [stale_links.links_to(names)]
    )
    turned: list[TurnedLink] = []
    stale: set[int] = set()
    for links in looked_at:
        turned += stale_links.turned_links(links)
        stale |= {one.link.page.entry_id for one in turned}
        if len(stale) > drawn_at_once:
            _mark(turned)
            turned = []
    if len(stale) > drawn_at_once:
        transaction.on_commit(is_owed.set)
        _mark(turned)
        return len(stale)
    ordered = sorted(stale)
    for start in range(0, len(ordered), REFRESH_BATCH):
        draw_again(ordered[start : start + REFRESH_BATCH], render_many)
    return len(stale)


def _mark(turned: Sequence[TurnedLink]) -> None:
    """Sets the rows of these links right, and has their pages drawn later."""
    pages = sorted({one.link.page.entry_id for one in turned})
    for some in _parts(pages, MARKED_AT_ONCE):
        if connection.features.has_select_for_update:
            hold(some)
        Entry.objects.filter(pk__in=some).update(
            render_key="", links_version=F("links_version") + 1
        )
    by_meaning: dict[tuple[int | None, str], list[int]] = defaultdict(list)
    for one in turned:
        by_meaning[one.target_id, one.destination].append(one.link.pk)
    for (target_id, destination), links in by_meaning.items():
        for some in _parts(links, MARKED_AT_ONCE):
            rows = Link.objects.filter(pk__in=some)
            rows.update(target_id=target_id, destination=destination)
    targets = {one.link.target_id for one in turned} | {o.target_id for o in turned}
    touch_targets(targets - {None})


def _parts(ids: Sequence[int], size: int) -> Iterable[Sequence[int]]:
    return (ids[start : start + size] for start in range(0, len(ids), size))


def settle_links() -> int:
    """Gives links that were drawn before their target was stored their target.

    The pages already lead there; only the rows lack the id. Pages that lead to
    an entry which was never stored after all are drawn again. What is owed
    after `write_changes` was told of names to come, in a transaction. Gives the
    number of links settled.
    """
    lost: set[str] = set()
    settled = last = 0
    while links := stale_links.unsettled(after=last):
        last = links[-1].pk
        targets = stale_links.targets_of(links)
        rows = [Link(pk=pk, target_id=target) for pk, target in targets.items()]
        Link.objects.bulk_update(rows, ["target"])
        touch_targets(set(targets.values()))
        settled += len(rows)
        lost |= {link.name for link in links if link.pk not in targets}
    ordered = sorted(lost)
    for start in range(0, len(ordered), NAMES_AT_ONCE):
        refresh_links(ordered[start : start + NAMES_AT_ONCE])
    return settled


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
