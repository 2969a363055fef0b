"""Links of saved texts, and the pages that must be drawn again when names move.

A page's HTML shows where each of its links leads, so whatever gives or takes a
name (create, rename, delete, restore, other titles) draws the pages again that
link to that name, in the same transaction.
"""

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from django.conf import settings
from django.db.models import F, Q

from wiki.models import Entry, Link
from wiki.names import LINKED_FROM, Resolution, resolve_names
from wiki.rendering import (
    Destination,
    FoundLink,
    Rendered,
    find_link_targets,
    render,
    render_key,
)
from wiki.slugs import slugify, title_key

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


@dataclass
class NewNames:
    """Names that entries of the running batch will have, not in the database yet.

    `later` are those of batches that a long import has still to write.
    """

    by_title: dict[str, str] = field(default_factory=dict)
    by_alias: dict[str, set[str]] = field(default_factory=lambda: defaultdict(set))
    slugs: set[str] = field(default_factory=set)
    later: "NewNames | None" = None

    def add(self, entry: Entry) -> None:
        self.add_names(entry.title, entry.alias_names, entry.slug)

    def add_names(self, title: str, aliases: Iterable[str], slug: str) -> None:
        self.by_title[title_key(title)] = slug
        self.slugs.add(slug)
        for name in aliases:
            self.by_alias[title_key(name)].add(slug)

    def slug_of(self, name: str) -> str | None:
        """In the order of `resolve_names`: by title, by other title, by address."""
        key = title_key(name)
        if key in self.by_title:
            return self.by_title[key]
        slugs = self.by_alias.get(key, ())
        if len(slugs) == 1:
            return next(iter(slugs))
        if slugs:
            return None
        slug = slugify(name)
        if slug in self.slugs:
            return slug
        return self.later.slug_of(name) if self.later else None


def resolve_targets(
    entries: Sequence[tuple[Entry, str]], new_names: NewNames
) -> list[dict[str, Resolution]]:
    """For each (entry, body): what the names its links are made of mean.

    Two queries for each visibility among the entries. An entry of the batch
    that is not stored yet is known by its slug, its id is left out.
    """
    targets = [find_link_targets(body) for _, body in entries]
    wanted: dict[str, set[str]] = defaultdict(set)
    for (entry, _), names in zip(entries, targets, strict=True):
        wanted[entry.visibility] |= names
    known = {
        visibility: resolve_names(names, visibilities=LINKED_FROM[visibility])
        for visibility, names in wanted.items()
    }
    return [
        _with_new_names(names, known[entry.visibility], new_names)
        for (entry, _), names in zip(entries, targets, strict=True)
    ]


def destinations_of(resolved: Mapping[str, Resolution]) -> dict[str, Destination]:
    return {name: found.destination(name) for name, found in resolved.items()}


def link_rows(
    source: Entry,
    links: Sequence[FoundLink],
    resolved: Mapping[str, Resolution],
    ids_by_slug: Mapping[str, int],
) -> list[Link]:
    """The rows of a rendered page's links, in order, not yet saved."""
    rows = []
    for position, link in enumerate(links):
        found = resolved.get(link.target)
        target_id = None
        if found and len(found.slugs) == 1:
            target_id = found.entry_id or ids_by_slug.get(found.slugs[0])
        rows.append(
            Link(
                source=source,
                name=link.target[:500],
                key=link.key,
                slug=slugify(link.target),
                heading=link.heading[:200],
                target_id=target_id,
                destination=found.destination(link.target).path if found else "",
                line=link.line,
                excerpt=link.excerpt[:300],
                position=position,
            )
        )
    return rows


def refresh_links(
    names: Iterable[str] | None, *, render_many: RenderMany = render_here
) -> int:
    """Draws again each page whose links to these names lead elsewhere now.

    `None` looks at all links that lead nowhere, which is what an import does at
    its end. Gives the number of pages drawn. Three queries for each hundred
    links looked at, and four for each hundred pages drawn; call it inside the
    transaction that moved the names.
    """
    stale = _stale_sources(_links_to(names))
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
        last = links[-1][0]
        targets = _targets_of(links)
        rows = [Link(pk=pk, target_id=target) for pk, target in targets.items()]
        Link.objects.bulk_update(rows, ["target"])
        touch_targets(set(targets.values()))
        settled += len(rows)
        lost |= {name for pk, _, name, _ in links if pk not in targets}
    ordered = sorted(lost)
    for start in range(0, len(ordered), SETTLE_BATCH):
        refresh_links(ordered[start : start + SETTLE_BATCH])
    return settled


def _unsettled(*, after: int) -> list[tuple[int, str, str, str]]:
    waiting = Link.objects.filter(pk__gt=after, target=None, source__deleted_at=None)
    rows = waiting.exclude(destination="").order_by("pk")
    return list(
        rows.values_list("pk", "source__visibility", "name", "destination")[
            :SETTLE_BATCH
        ]
    )


def _targets_of(links: Sequence[tuple[int, str, str, str]]) -> dict[int, int]:
    """The entry that each link leads to, by the link's id, where it is stored."""
    names: dict[str, set[str]] = defaultdict(set)
    for _, visibility, name, _ in links:
        names[visibility].add(name)
    known = {
        visibility: resolve_names(wanted, visibilities=LINKED_FROM[visibility])
        for visibility, wanted in names.items()
    }
    targets = {}
    for pk, visibility, name, destination in links:
        found = known[visibility].get(name)
        leads_there = found and found.destination(name).path == destination
        if leads_there and found.entry_id:
            targets[pk] = found.entry_id
    return targets


def touch_targets(entry_ids: Collection[int]) -> None:
    """Marks pages whose list of incoming links changed, for their cached copies."""
    if entry_ids:
        Entry.objects.filter(pk__in=sorted(entry_ids)).update(
            links_version=F("links_version") + 1
        )


def _links_to(names: Iterable[str] | None) -> list[tuple[int, str, str, str]]:
    links = Link.objects.filter(source__deleted_at=None)
    if names is None:
        links = links.filter(destination="")
    else:
        names = set(names)
        if not names:
            return []
        links = links.filter(
            Q(key__in={title_key(n) for n in names})
            | Q(slug__in={slugify(n) for n in names})
        )
    return list(
        links.values_list("source_id", "source__visibility", "name", "destination")
    )


def _stale_sources(links: list[tuple[int, str, str, str]]) -> list[int]:
    names: dict[str, set[str]] = defaultdict(set)
    for _, visibility, name, _ in links:
        names[visibility].add(name)
    known = {
        visibility: resolve_names(wanted, visibilities=LINKED_FROM[visibility])
        for visibility, wanted in names.items()
    }
    stale = set()
    for source_id, visibility, name, destination in links:
        found = known[visibility].get(name)
        if destination != (found.destination(name).path if found else ""):
            stale.add(source_id)
    return sorted(stale)


def draw_again(entry_ids: Sequence[int], render_many: RenderMany = render_here) -> None:
    """Makes the stored HTML and the links of these pages anew. Five queries."""
    entries = list(
        Entry.objects.select_for_update()
        .filter(pk__in=entry_ids)
        .order_by("pk")
        .defer("html")
    )
    resolved = resolve_targets([(e, e.body) for e in entries], NewNames())
    jobs = [
        RenderJob(e.body, destinations_of(found), settings.WIKI_REMOTE_IMAGES)
        for e, found in zip(entries, resolved, strict=True)
    ]
    rows = []
    for entry, found, page in zip(entries, resolved, render_many(jobs), strict=True):
        entry.html = page.html
        entry.links_version += 1
        entry.render_key = current_render_key()
        rows += link_rows(entry, page.links, found, {})
    before = set(
        Link.objects.filter(source__in=entries).values_list("target_id", flat=True)
    )
    Link.objects.filter(source__in=entries).delete()
    Link.objects.bulk_create(rows)
    Entry.objects.bulk_update(entries, ["html", "links_version", "render_key"])
    after = {row.target_id for row in rows}
    touch_targets((before ^ after) - {None})


def _with_new_names(
    names: set[str], known: Mapping[str, Resolution], new_names: NewNames
) -> dict[str, Resolution]:
    found = {name: known[name] for name in names if name in known}
    for name in names - found.keys():
        slug = new_names.slug_of(name)
        if slug:
            found[name] = Resolution((), (slug,))
    return found
