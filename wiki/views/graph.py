"""The graph of notes and links: as a list, and as data for the script that draws it."""

import time
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from itertools import chain
from urllib.parse import urlencode

from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe

from wiki.access import get_entry_for
from wiki.linkgraph import (
    MAX_NODES,
    Graph,
    Neighbours,
    most_linked,
    neighbours_among,
    read_graph,
    read_near_graph,
    with_tag,
)
from wiki.models import Entry, Tag
from wiki.newest import kept, state_of_wiki
from wiki.permissions import visibilities_for
from wiki.slugs import entry_path, tag_key
from wiki.views.caching import answer_source
from wiki.views.lists import never_shared, page_of, rest_of_address
from wiki.views.missing import answer_for_address

PER_PAGE = 30
LISTED_NEIGHBOURS = 8
MAX_DEPTH = 2
# A revision can be committed after one with a higher number.
MOMENT_SECONDS = 60
_COMPACT = {"separators": (",", ":"), "ensure_ascii": False}


@dataclass(frozen=True)
class Neighbour:
    title: str
    path: str


@dataclass(frozen=True)
class ListedNote:
    """A note of the graph as its list has it; of its neighbours the best linked."""

    title: str
    path: str
    links: int
    neighbours: tuple[Neighbour, ...]

    @property
    def unlisted(self) -> int:
        return self.links - len(self.neighbours)


@require_safe
@never_shared
def graph(request: HttpRequest) -> HttpResponse:
    """The notes, the one with most links first, and the place of the drawing."""
    visibilities = visibilities_for(request.user)
    key = _asked_tag(request)
    tag = Tag.objects.filter(key=key).first() if key else None
    ordered, near = _ordered(visibilities, key)
    page = page_of(request, ordered, PER_PAGE)
    context = {
        "page": page,
        "notes": _listed(page.object_list, near),
        "links": sum(map(len, near.values())) // 2,
        "tag": tag,
        "key": key,
        "data": _address_of_data(key),
        "most": MAX_NODES,
        "query": rest_of_address(request),
    }
    return render(request, "wiki/graph.html", context)


@require_safe
def graph_data(request: HttpRequest) -> HttpResponse:
    """Nodes and links as JSON; `?tag=` those of one tag. Three queries at most."""
    visibilities = visibilities_for(request.user)
    key, state = _asked_tag(request), state_of_wiki()

    def build() -> HttpResponse:
        if key:
            return _as_json(read_graph(visibilities, key))
        made = kept("graph", visibilities, state, lambda: read_graph(visibilities))
        return _as_json(made)

    moment = int(time.time() // MOMENT_SECONDS)
    parts = ("graph", *visibilities, key, *state, moment)
    return answer_source(request, parts, build)


@require_safe
def near_graph(request: HttpRequest, slug: str) -> HttpResponse:
    """What is around one note as JSON, `?depth=2` two steps away. Five queries."""
    try:
        entry = get_entry_for(request.user, slug, entries=Entry.objects.without_text())
    except Http404:
        return answer_for_address(request, slug, page="graph/")
    depth = MAX_DEPTH if request.GET.get("depth") == "2" else 1
    found = read_near_graph(entry.pk, visibilities_for(request.user), depth)
    answer = _as_json(found)
    answer["Cache-Control"] = "private, no-cache"
    return answer


def _address_of_data(key: str) -> str:
    address = reverse("graph-data")
    return f"{address}?{urlencode({'tag': key})}" if key else address


def _asked_tag(request: HttpRequest) -> str:
    key = tag_key(request.GET.get("tag", ""))
    # No tag has it, and PostgreSQL refuses even to look for it.
    return "" if "\x00" in key else key


def _ordered(visibilities: Sequence[str], key: str) -> tuple[list[int], Neighbours]:
    """The notes by how many they touch, and which those are. Three queries at most."""

    def make() -> tuple[list[int], Neighbours]:
        seen = with_tag(visibilities, key).in_title_order()
        ids = list(seen.values_list("pk", flat=True))
        near = neighbours_among(ids)
        return most_linked(ids, near), near

    if key:
        return make()
    return kept("linked", visibilities, state_of_wiki(), make)


def _listed(ids: Sequence[int], near: Neighbours) -> list[ListedNote]:
    """One query."""
    named = {
        pk: sorted(near.get(pk, ()), key=lambda other: -len(near[other])) for pk in ids
    }
    shown = {pk: others[:LISTED_NEIGHBOURS] for pk, others in named.items()}
    wanted = set(chain(ids, *shown.values()))
    rows = Entry.objects.filter(pk__in=wanted).values_list("pk", "title", "slug")
    names = {pk: (title, entry_path(slug)) for pk, title, slug in rows}
    return [
        ListedNote(
            *names[pk],
            links=len(named[pk]),
            neighbours=tuple(
                Neighbour(*names[other]) for other in shown[pk] if other in names
            ),
        )
        for pk in ids
        if pk in names
    ]


def _as_json(found: Graph) -> JsonResponse:
    data = {
        "nodes": [asdict(node) for node in found.nodes],
        "links": found.links,
        "total": found.total,
        "centre": found.centre,
    }
    return JsonResponse(data, json_dumps_params=_COMPACT)
