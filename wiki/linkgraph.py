"""Notes and the links between them, as far as one group of readers sees both ends."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass

from django.db.models import Exists, F, OuterRef, Q, QuerySet, Subquery

from wiki.models import Entry, EntryTag, Link
from wiki.models.entries import EntryQuerySet

# More no picture shows so that anybody sees anything.
MAX_NODES = 2000
MAX_NEAR_NODES = 60
# Of a note that thousands link to, so many are looked at.
MAX_NEAR_LINKS = 2000
# Of more notes than this it is quicker to read all links than to ask for theirs.
FEW_NODES = 2000

Neighbours = Mapping[int, Sequence[int]]


@dataclass(frozen=True, slots=True)
class Node:
    """A note in a graph; `tag` is its first one, `degree` how many notes it touches."""

    title: str
    slug: str
    tag: str
    degree: int


@dataclass(frozen=True)
class Graph:
    """Notes, links between them by their places in `nodes`, and how many there are."""

    nodes: tuple[Node, ...]
    links: tuple[tuple[int, int], ...]
    total: int
    centre: int | None = None


def visible_ids(visibilities: Sequence[str]) -> list[int]:
    """Ids of the notes these readers see, in title order. One query, of an index."""
    seen = Entry.objects.live().filter(visibility__in=visibilities)
    return list(seen.in_title_order().values_list("pk", flat=True))


def linked_pairs(among: Collection[int] | None = None) -> list[tuple[int, int]]:
    """Which note links to which other, seen or not, again and again. One query.

    With `among`, not all that link elsewhere are read.
    """
    rows = Link.objects.filter(target__isnull=False).exclude(source=F("target"))
    if among is not None and len(among) <= FEW_NODES:
        rows = rows.filter(source__in=among)
    return list(rows.order_by().values_list("source_id", "target_id"))


def neighbours_among(ids: Iterable[int]) -> Neighbours:
    """For each of these notes those of them that it touches. One query."""
    seen = set(ids)
    pairs = {
        (one, other) if one < other else (other, one)
        for one, other in linked_pairs(seen)
        if one in seen and other in seen
    }
    near: dict[int, list[int]] = {}
    for one, other in sorted(pairs):
        near.setdefault(one, []).append(other)
        near.setdefault(other, []).append(one)
    return near


def most_linked(ids: Iterable[int], near: Neighbours) -> list[int]:
    """The notes, the one that touches most others first; else in their order."""
    return sorted(ids, key=lambda pk: -len(near.get(pk, ())))


def with_tag(visibilities: Sequence[str], key: str = "") -> EntryQuerySet:
    """The notes these readers see; with a key those that bear this tag."""
    seen = Entry.objects.live().filter(visibility__in=visibilities)
    if key:
        is_it = Q(tag__key=key) | Q(tag__aliases__key=key)
        uses = EntryTag.objects.filter(is_it, content_object=OuterRef("pk"))
        seen = seen.filter(Exists(uses))
    return seen


def read_graph(visibilities: Sequence[str], tag: str = "") -> Graph:
    """The graph of all notes, or of those with a tag; the best linked when too many.

    Two queries.
    """
    notes = {pk: rest for pk, *rest in _told(with_tag(visibilities, tag))}
    near = neighbours_among(notes)
    chosen = most_linked(notes, near)[:MAX_NODES]
    return _graph(chosen, notes, near)


def read_near_graph(entry_id: int, visibilities: Sequence[str], depth: int) -> Graph:
    """The notes at most so many steps from one, which is the first of the nodes.

    Two queries, and one a step.
    """
    chosen = {entry_id: None}
    for _ in range(depth):
        links = _links_of(chosen, visibilities)[:MAX_NEAR_LINKS]
        counts: dict[int, int] = defaultdict(int)
        for pair in links:
            for pk in set(pair) - chosen.keys():
                counts[pk] += 1
        best = sorted(counts, key=lambda pk: (-counts[pk], -pk))
        chosen |= dict.fromkeys(best[: MAX_NEAR_NODES - len(chosen)])
    between = _links_of(chosen, visibilities).filter(target__in=list(chosen))
    near: dict[int, set[int]] = defaultdict(set)
    for source, target in between.filter(source__in=list(chosen)):
        near[source].add(target)
        near[target].add(source)
    told = _told(with_tag(visibilities).filter(pk__in=list(chosen)))
    notes = {pk: rest for pk, *rest in told}
    # One of them may be gone since.
    graph = _graph([pk for pk in chosen if pk in notes], notes, near)
    return Graph(graph.nodes, graph.links, graph.total, 0 if graph.nodes else None)


def _links_of(ids: Iterable[int], visibilities: Sequence[str]) -> QuerySet:
    ids = list(ids)
    ends = Q(source__in=ids) | Q(target__in=ids)
    seen = {
        f"{end}__{field}": value
        for end in ("source", "target")
        for field, value in (("deleted_at", None), ("visibility__in", visibilities))
    }
    links = Link.objects.filter(ends, target__isnull=False, **seen)
    links = links.exclude(source=F("target"))
    return links.order_by("-pk").values_list("source_id", "target_id")


def _told(entries: EntryQuerySet) -> Iterable[tuple[int, str, str, str | None]]:
    uses = EntryTag.objects.filter(content_object=OuterRef("pk")).order_by("position")
    first = Subquery(uses.values("tag__name")[:1])
    rows = entries.annotate(first_tag=first).in_title_order()
    return rows.values_list("pk", "title", "slug", "first_tag")


def _graph(
    chosen: Sequence[int],
    notes: Mapping[int, Sequence[str]],
    near: Mapping[int, Iterable[int]],
) -> Graph:
    places = {pk: place for place, pk in enumerate(chosen)}
    nodes = tuple(
        Node(title, slug, tag or "", len(near.get(pk, ())))
        for pk in chosen
        for title, slug, tag in [notes[pk]]
    )
    links = tuple(
        (places[pk], places[other])
        for pk in chosen
        for other in near.get(pk, ())
        if pk < other and other in places
    )
    return Graph(nodes, links, len(notes))
