"""Reports of the importer, for members: the list of runs, one run, its JSON."""

from collections.abc import Mapping
from dataclasses import dataclass

from django.db.models import Count, Q, QuerySet
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe

from wiki import permissions
from wiki.importing.messages import sentences
from wiki.importing.report import SCHEMA
from wiki.models import Import, ImportItem, ItemStatus
from wiki.permissions import Person
from wiki.views.gate import only_for
from wiki.views.lists import never_shared, page_of, rest_of_address

RUNS_PER_PAGE = 30
ITEMS_PER_PAGE = 50
# What an item has besides its columns, when nothing was said of it.
_NO_DETAILS = {
    "title_from": "",
    "tags": [],
    "links": {"resolved": 0, "unresolved": []},
    "attachments": {"stored": 0, "reused": 0, "missing": 0},
    "encoding": "",
    "messages": [],
}
NEEDS_EYES, EVERYTHING = "eyes", "all"

# Icon and colour of each outcome in the tally, and the colour of its badge.
LOOKS = {
    ItemStatus.CREATED: ("plus", "ok", "new"),
    ItemStatus.UPDATED: ("pencil", "ok", "info"),
    ItemStatus.MERGED: ("merge", "ok", "info"),
    ItemStatus.SAME: ("check", "", ""),
    ItemStatus.MOVED: ("right", "", "info"),
    ItemStatus.CONFLICT: ("warn", "w", "warn"),
    ItemStatus.MISSING: ("info", "w", "warn"),
    ItemStatus.DELETED: ("trash", "", ""),
    ItemStatus.SKIPPED: ("note", "", ""),
    ItemStatus.FAILED: ("failed", "e", "err"),
}
# Told also when there were none.
_ALWAYS_TOLD = {
    ItemStatus.CREATED,
    ItemStatus.UPDATED,
    ItemStatus.SAME,
    ItemStatus.FAILED,
}


@dataclass(frozen=True)
class Outcome:
    """How many notes came to this end."""

    status: ItemStatus
    count: int
    icon: str
    colour: str

    @property
    def word(self) -> str:
        return self.status.label


@dataclass(frozen=True)
class ItemRow:
    """A note of a report as this reader may see it; without `url` it has no page."""

    word: str
    colour: str
    title: str
    url: str
    place: str
    sentences: tuple[str, ...]
    is_hidden: bool = False
    # Of a conflict: where it is decided, or the item that tells how it was.
    decide_url: str = ""
    decided: ImportItem | None = None


# Reports name files and people.
members_only = only_for(permissions.can_see_imports)


@require_safe
@never_shared
@members_only
def import_list(request: HttpRequest) -> HttpResponse:
    """Every run of the importer, newest first."""
    runs = Import.objects.select_related("batch__author").annotate(
        eyes=Count("items", filter=Q(items__needs_eyes=True))
    )
    page = page_of(request, runs.order_by("-id"), RUNS_PER_PAGE)
    rows = [(run, tally(run.totals)) for run in page]
    return render(request, "wiki/imports.html", {"page": page, "rows": rows})


@require_safe
@never_shared
@members_only
def report(request: HttpRequest, number: int) -> HttpResponse:
    """What became of each note of a run; at first only what needs a person."""
    run = run_at(number)
    counts = _counts(run)
    show = request.GET.get("show", "")
    if show not in {EVERYTHING, *ItemStatus.values}:
        show = NEEDS_EYES
    page = page_of(request, _items(run, show), ITEMS_PER_PAGE)
    context = {
        "run": run,
        "general": sentences(run.messages),
        "tally": tally(run.totals),
        "listed": counts,
        "show": show,
        "choices": [(s, counts[s]) for s in ItemStatus if s in counts],
        "changed": sum(
            run.totals.get(status, 0) for status in ("created", "updated", "merged")
        ),
        "page": page,
        "rows": [_row(item, request.user) for item in page],
        "query": rest_of_address(request),
        "can_undo": permissions.can_undo_import(request.user, run),
    }
    return render(request, "wiki/import.html", context)


@require_safe
@never_shared
@members_only
def report_json(request: HttpRequest, number: int) -> HttpResponse:
    """The report as the command prints it with --json, from what is stored."""
    run = run_at(number)
    answer = JsonResponse(
        {
            "schema": SCHEMA,
            "run": run.pk,
            "dry_run": False,
            "started": run.started_at.isoformat(),
            "seconds": run.seconds,
            "sources": run.sources,
            "totals": {s: run.totals.get(s, 0) for s in ItemStatus.values},
            "items": [_as_json(item, request.user) for item in _items(run, EVERYTHING)],
        },
        json_dumps_params={"ensure_ascii": False, "indent": 2},
    )
    answer.headers["Content-Disposition"] = (
        f'attachment; filename="import-{run.pk}.json"'
    )
    return answer


def run_at(number: int) -> Import:
    """The run of this number; raises Http404."""
    run = Import.objects.select_related("batch__author").filter(pk=number).first()
    if run is None:
        raise Http404
    return run


def _items(run: Import, show: str) -> QuerySet[ImportItem]:
    items = (
        run.items.select_related("entry", "decided_by")
        .defer(
            "proposal",
            "former",
            "entry__body",
            "entry__html",
            "entry__headings",
            "entry__properties",
        )
        .order_by("position")
    )
    if show == NEEDS_EYES:
        return items.filter(needs_eyes=True)
    return items if show == EVERYTHING else items.filter(status=show)


def _counts(run: Import) -> dict[str, int]:
    """How many items each choice of the filter lists. One query."""
    found = (
        run.items.order_by()
        .values("status")
        .annotate(count=Count("id"), eyes=Count("id", filter=Q(needs_eyes=True)))
    )
    rows = list(found)
    return {row["status"]: row["count"] for row in rows} | {
        EVERYTHING: sum(row["count"] for row in rows),
        NEEDS_EYES: sum(row["eyes"] for row in rows),
    }


def tally(totals: Mapping[str, int]) -> list[Outcome]:
    return [
        Outcome(status, totals.get(status, 0), *LOOKS[status][:2])
        for status in ItemStatus
        if totals.get(status, 0) or status in _ALWAYS_TOLD
    ]


def _may_read(item: ImportItem, user: Person) -> bool:
    """Whether the reader may know of the entry; notes without one are no secret."""
    return item.entry is None or permissions.can_view(user, item.entry)


def _row(item: ImportItem, user: Person) -> ItemRow:
    status = ItemStatus(item.status)
    if not _may_read(item, user):
        return ItemRow(status.label, LOOKS[status][2], "", "", "", (), is_hidden=True)
    return ItemRow(
        word=status.label,
        colour=LOOKS[status][2],
        title=item.title,
        url=item.entry.get_absolute_url() if item.entry else "",
        place=f"{item.path}:{item.line}" if item.line else item.path,
        sentences=tuple(sentences(item.details.get("messages", []))),
        decide_url=_decide_url(item, user),
        decided=item if item.decision else None,
    )


def _decide_url(item: ImportItem, user: Person) -> str:
    may = item.waits and item.entry and permissions.can_edit(user, item.entry)
    return reverse("import-item", args=[item.run_id, item.position]) if may else ""


def _as_json(item: ImportItem, user: Person) -> dict[str, object]:
    """The item as it was reported; of an entry this reader may not see, its end."""
    if not _may_read(item, user):
        item = ImportItem(status=item.status)
    details = _NO_DETAILS | item.details
    return {
        "status": item.status,
        "title": item.title,
        "slug": item.slug,
        "source": item.source,
        "path": item.path,
        "line": item.line,
        "revision": item.revision_number,
        **details,
        "messages": sentences(details["messages"]),
    }
