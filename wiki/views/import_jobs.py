"""A job on the web: its progress, its preview, its end; confirmed or cancelled.

It has one address from its upload to its report, and shows there how it stands.
"""

from dataclasses import dataclass
from datetime import timedelta

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db.models import Count, Q, QuerySet
from django.http import (
    Http404,
    HttpRequest,
    HttpResponse,
    HttpResponseRedirect,
    JsonResponse,
)
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST, require_safe

from wiki import permissions
from wiki.importing import jobs
from wiki.importing.messages import Message
from wiki.importing.working import MAX_ITEMS
from wiki.models import ImportJob, JobAct, JobState
from wiki.permissions import Person
from wiki.templatetags.wiki_text import grouped
from wiki.views import import_items
from wiki.views.gate import only_for
from wiki.views.importing import importers_only
from wiki.views.imports import EVERYTHING, NEEDS_EYES, tally
from wiki.views.lists import never_shared, page_of, rest_of_address

ITEMS_PER_PAGE = 50
# A job that waits so long while nobody works has no worker to wait for.
_A_LONG_WAIT = timedelta(seconds=30)


_members_only = only_for(permissions.is_member)


# ── One job ──────────────────────────────────────────────────────────────────


@require_safe
@never_shared
@_members_only
def job(request: HttpRequest, number: int) -> HttpResponse:
    """How a job stands: its progress, its preview, or how it ended."""
    found = _job_for(request.user, number)
    if found.state == JobState.PLANNED:
        return _preview(request, found)
    if found.state == JobState.DONE and found.run:
        return redirect(found.run)
    context = {"job": found}
    if found.is_open:
        context["progress"] = _progress(found)
        return render(request, "wiki/import_progress.html", context)
    if found.problem:
        context["problem"] = Message.from_json(found.problem).sentence
    context["can_import"] = permissions.can_import(request.user)
    return render(request, "wiki/import_ended.html", context)


@require_safe
@never_shared
@_members_only
def job_state(request: HttpRequest, number: int) -> HttpResponse:
    """How far a job is, for the script on its page."""
    found = _job_for(request.user, number)
    progress = _progress(found)
    return JsonResponse(
        {
            "act": found.act,
            "state": found.state,
            "is_under_way": found.state in (JobState.WAITING, JobState.WORKING),
            "done": progress.done,
            "total": progress.total,
            "sentence": progress.sentence,
        }
    )


@require_safe
@never_shared
@_members_only
def job_item(request: HttpRequest, number: int, position: int) -> HttpResponse:
    """One note of a plan: what its entry would be, or what would change in it."""
    found = _job_for(request.user, number)
    items = found.items.select_related("entry__head", "job")
    item = items.filter(position=position).first()
    if item is None or not import_items.may_read(item, request.user):
        raise Http404
    shown = import_items.look_at(item)
    context = {
        "job": found,
        "item": item,
        "row": import_items.row_of(item, request.user),
        "shown": shown,
        "is_unified": request.GET.get("view") == "unified",
        "previous": _beside(found, position, is_before=True),
        "next": _beside(found, position, is_before=False),
    }
    return render(request, "wiki/import_item.html", context)


@require_POST
@never_shared
@importers_only
def job_confirm(request: HttpRequest, number: int) -> HttpResponse:
    """Has the plan carried out. Only its owner can: it is done in their name."""
    found = _job_for(request.user, number)
    if found.owner_id != request.user.pk:
        raise PermissionDenied
    plan_number = request.POST.get("plan_number", "")
    outcome = jobs.confirm(
        found,
        plan_number=int(plan_number[:6]) if plan_number.isdecimal() else 0,
        in_any_case=bool(request.POST.get("in_any_case")),
    )
    if outcome == "outdated":
        messages.info(
            request,
            _(
                "The wiki changed since this preview was made, so it is made anew. "
                "Nothing was imported yet."
            ),
        )
    elif outcome == "not-planned":
        messages.info(
            request, _("There is a newer preview, or the import has already begun.")
        )
    return _back_to(found)


@require_POST
@never_shared
@_members_only
def job_cancel(request: HttpRequest, number: int) -> HttpResponse:
    """Ends a job; an import under way stops after the notes it is writing."""
    found = _job_for(request.user, number)
    if found.is_open:
        jobs.cancel(found)
    return _back_to(found)


def _job_for(user: Person, number: int) -> ImportJob:
    """The job, for its owner and for curators; Http404 for everybody else."""
    rows = ImportJob.objects.select_related("owner", "run")
    if not permissions.can_curate(user):
        rows = rows.filter(owner=user)
    found = rows.filter(pk=number).first()
    if found is None:
        raise Http404
    return found


def _back_to(found: ImportJob) -> HttpResponse:
    return HttpResponseRedirect(found.get_absolute_url())


# ── Progress ─────────────────────────────────────────────────────────────────


@dataclass(frozen=True)
class Progress:
    """How far a job is, and in a sentence; `total` is 0 while it is not known."""

    sentence: str
    done: int = 0
    total: int = 0


def _progress(found: ImportJob) -> Progress:
    if found.is_to_stop:
        return Progress(_("It stops after the notes it is working on."))
    if found.state == JobState.WAITING:
        return Progress(_waiting(found))
    if found.state != JobState.WORKING or not found.total:
        return Progress(_("It has begun."))
    count = {"done": grouped(found.done), "total": grouped(found.total)}
    if found.stage == "read":
        sentence = _("Files read: %(done)s of %(total)s")
    elif found.act == JobAct.PLAN:
        sentence = _("Notes compared with the wiki: %(done)s of %(total)s")
    else:
        sentence = _("Notes written: %(done)s of %(total)s")
    return Progress(sentence % count, found.done, found.total)


def _waiting(found: ImportJob) -> str:
    working = ImportJob.objects.filter(
        state=JobState.WORKING, heard_at__gt=timezone.now() - jobs.SILENCE
    )
    has_waited = found.changed_at < timezone.now() - _A_LONG_WAIT
    if has_waited and not working.exists():
        return _(
            "Nothing on the server takes it up. An administrator starts the worker "
            "with “manage.py runimports”; the upload is kept until then."
        )
    before = jobs.waiting_before(found)
    if not before:
        return _("It begins in a moment.")
    sentence = ngettext(
        "It waits for %(count)s other import.",
        "It waits for %(count)s other imports.",
        before,
    )
    return sentence % {"count": grouped(before)}


# ── Preview ──────────────────────────────────────────────────────────────────


def _preview(request: HttpRequest, found: ImportJob) -> HttpResponse:
    counts = _counts(found)
    show = request.GET.get("show", EVERYTHING)
    if show not in {NEEDS_EYES, *counts}:
        show = EVERYTHING
    page = page_of(request, _items(found, show), ITEMS_PER_PAGE)
    changes = sum(found.totals.get(status, 0) for status in import_items.CHANGES)
    noted = sum(found.totals.values()) - found.totals.get("same", 0)
    context = {
        "job": found,
        "is_owner": found.owner_id == request.user.pk,
        "tally": tally(found.totals),
        "changes": changes,
        "unlisted": noted - counts[EVERYTHING],
        "max_items": MAX_ITEMS,
        "listed": counts,
        "show": show,
        "choices": import_items.choices(counts),
        "page": page,
        "rows": [import_items.row_of(item, request.user) for item in page],
        "query": rest_of_address(request),
    }
    return render(request, "wiki/import_preview.html", context)


def _items(found: ImportJob, show: str) -> QuerySet:
    items = found.items.select_related("entry").defer(
        "content", "entry__body", "entry__html", "entry__headings", "entry__properties"
    )
    if show == NEEDS_EYES:
        return items.filter(needs_eyes=True)
    return items if show == EVERYTHING else items.filter(status=show)


def _counts(found: ImportJob) -> dict[str, int]:
    """How many lines each choice of the filter lists. One query."""
    rows = list(
        found.items.order_by()
        .values("status")
        .annotate(count=Count("pk"), eyes=Count("pk", filter=Q(needs_eyes=True)))
    )
    return {row["status"]: row["count"] for row in rows} | {
        EVERYTHING: sum(row["count"] for row in rows),
        NEEDS_EYES: sum(row["eyes"] for row in rows),
    }


def _beside(found: ImportJob, position: int, *, is_before: bool) -> int | None:
    """The position of the next line that can be looked at, in either direction."""
    rows = found.items.filter(content__isnull=False)
    rows = (
        rows.filter(position__lt=position).order_by("-position")
        if is_before
        else rows.filter(position__gt=position).order_by("position")
    )
    return rows.values_list("position", flat=True).first()
