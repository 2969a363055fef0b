"""Links of saved texts, and the pages that must be drawn again when names move.

A page's HTML shows where each of its links leads, so whatever gives or takes a
name (create, rename, delete, restore, other titles) draws the pages again that
link to that name, in the same transaction.
"""

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from django.conf import settings
from django.db.models import F, Q, QuerySet

from wiki.models import Entry, EntryFile, Link, StoredFile
from wiki.models.files import MAX_FILE_NAME_CHARS
from wiki.names import LINKED_FROM, FileMeant, NewNames, Page, Resolution, resolve_pages
from wiki.paths import bare_name, is_note_target
from wiki.prepared import Prepared
from wiki.rendering import (
    Destination,
    FoundLink,
    Rendered,
    find_link_targets,
    render,
    render_key,
)
from wiki.slugs import file_path, slug_in, slugify, title_key

# Pages drawn again are loaded this many at a time.
REFRESH_BATCH = 100
SETTLE_BATCH = 500


@dataclass(frozen=True)
class RenderJob:
    """A body and where its links lead: all a renderer needs, and it pickles."""

    body: str
    destinations: Mapping[str, Destination]
    remote_images: str = "show"


RenderMany = Callable[[Sequence[RenderJob]], list[Rendered]]


def run_render_job(job: RenderJob) -> Rendered:
    return render(
        job.body, lambda names: job.destinations, remote_images=job.remote_images
    )


def render_here(jobs: Sequence[RenderJob]) -> list[Rendered]:
    """Renders in this process; an import hands the jobs to several."""
    return [run_render_job(job) for job in jobs]


def current_render_key() -> str:
    return render_key(settings.WIKI_REMOTE_IMAGES)


def destinations_of(resolved: Mapping[str, Resolution]) -> dict[str, Destination]:
    return {name: found.destination(name) for name, found in resolved.items()}


def targets_of(pages: Sequence[tuple[Page, str]]) -> list[tuple[Page, set[str]]]:
    """For each page and its body, the targets that drawing it may ask for."""
    return [(page, find_link_targets(body)) for page, body in pages]


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


def file_uses(
    links: Sequence[FoundLink], resolved: Mapping[str, Resolution]
) -> dict[str, FileMeant | None]:
    """The files that a rendered page shows or links, by target; None for lost ones."""
    return {
        link.target[:MAX_FILE_NAME_CHARS]: found.file if found else None
        for link in links
        for found in [resolved.get(link.target)]
        if (found and found.file) or (not found and is_file_target(link))
    }


def is_file_target(link: FoundLink) -> bool:
    """Whether a link that leads nowhere was meant for a file, not for a note."""
    if link.kind == "wiki":
        return False
    return link.kind == "file" or not is_note_target(link.target)


def _is_to_entry(link: FoundLink, found: Resolution | None) -> bool:
    if found:
        return found.file is None
    return not is_file_target(link)


def _name_of(link: FoundLink) -> str:
    """What an entry would be called for the link to find it."""
    if link.kind == "wiki":
        return link.target
    return bare_name(link.target)


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


def touch_targets(entry_ids: Collection[int]) -> None:
    """Marks pages whose list of incoming links changed, for their cached copies."""
    if entry_ids:
        Entry.objects.filter(pk__in=sorted(entry_ids)).update(
            links_version=F("links_version") + 1
        )


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


def stored_headings(rendered: Rendered) -> list[list[object]]:
    return [[h.level, h.id, h.text] for h in rendered.headings]


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


@Prepared
def _links_of(source_ids: Sequence[int]) -> QuerySet:
    stored = Link.objects.filter(source__in=source_ids).order_by()
    return stored.values_list("source_id", *LINK_VALUES)


def write_links(
    rows: Sequence[Link], *, instead_of: Collection[int], beside: Collection[int]
) -> set[int]:
    """Stores links of pages drawn anew; gives the entries those led or lead to.

    They come in the place of what the pages `instead_of`, by id, had; pages with
    links that are in neither are new. Links of pages `beside` stay, and their
    targets are given too. One query, and two more where something differs.
    """
    known = [*instead_of, *beside]
    had, wanted = defaultdict(set), defaultdict(set)
    for source_id, *values in _links_of.rows(known) if known else ():
        had[source_id].add(tuple(values))
    for row in rows:
        wanted[row.source_id].add(tuple(getattr(row, name) for name in LINK_VALUES))
    same = {pk for pk in instead_of if had[pk] == wanted[pk]}
    gone = [pk for pk in instead_of if pk not in same and had[pk]]
    if gone:
        Link.objects.filter(source__in=gone).delete()
    Link.objects.bulk_create(row for row in rows if row.source_id not in same)
    at = LINK_VALUES.index("target_id")
    targets = {link[at] for links in had.values() for link in links}
    return (targets | {row.target_id for row in rows}) - {None}


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
    before = set(
        Link.objects.filter(source__in=entries).values_list("target_id", flat=True)
    )
    Link.objects.filter(source__in=entries).delete()
    Link.objects.bulk_create(rows)
    write_file_uses(uses)
    Entry.objects.bulk_update(
        entries, ["html", "headings", "links_version", "render_key"]
    )
    after = {row.target_id for row in rows}
    touch_targets((before ^ after) - {None})


def write_file_uses(
    uses: Mapping[int, Mapping[str, FileMeant | None]], *, are_new: bool = False
) -> None:
    """Stores which files these entries, by id, show now.

    A file that an entry no longer shows stays its own, for its older revisions.
    Pages that named one by its address and might not show it so far are drawn
    again. One query, and up to five more where files are or were.
    """
    before = [] if are_new else EntryFile.objects.filter(entry__in=list(uses))
    stored = {(row.entry_id, row.name, row.file_id): row for row in before}
    ids = _file_ids(file for files in uses.values() for file in files.values() if file)
    wanted = {
        (entry_id, name, file and ids[file])
        for entry_id, files in uses.items()
        for name, file in files.items()
    }
    new = sorted(wanted - stored.keys(), key=lambda use: (use[0], use[1]))
    EntryFile.objects.bulk_create(
        EntryFile(entry_id=entry_id, name=name, file_id=file_id)
        for entry_id, name, file_id in new
    )
    turned = [row for use, row in stored.items() if row.is_shown != (use in wanted)]
    lost = [row.pk for row in turned if row.file_id is None]
    if lost:
        EntryFile.objects.filter(pk__in=lost).delete()
    for is_shown in (True, False):
        rows = [row.pk for row in turned if row.file_id and row.is_shown != is_shown]
        if rows:
            EntryFile.objects.filter(pk__in=rows).update(is_shown=is_shown)
    opened = {file_id for *_, file_id in new} - {None}
    draw_waiting(file_path(file.name) for file, pk in ids.items() if pk in opened)


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


def addresses_of_files(entry_ids: Collection[int]) -> list[str]:
    """The addresses of the files that these entries have. One query."""
    files = StoredFile.objects.filter(entry_files__entry__in=entry_ids).distinct()
    pairs = files.values_list("sha256", "extension")
    return [file_path(f"{sha256}{extension}") for sha256, extension in pairs]


def _file_ids(found: Iterable[FileMeant]) -> dict[FileMeant, int | None]:
    """The ids of files, those of new ones looked up by their hash."""
    ids = {file: file.file_id for file in found}
    new = {file.hash: file for file, file_id in ids.items() if file_id is None}
    if new:
        rows = StoredFile.objects.filter(sha256__in=new)
        for sha256, pk in rows.values_list("sha256", "pk"):
            ids[new[sha256]] = pk
    return ids
