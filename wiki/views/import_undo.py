"""Taking an import back on the web: what would happen, then the act itself."""

import time
from collections.abc import Callable

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from wiki import permissions
from wiki.importing.lock import ImportRuns
from wiki.importing.undo import undo_import
from wiki.importing.undo_report import UndoReport
from wiki.models import Import, ImportStatus
from wiki.slugs import entry_path
from wiki.views.gate import author_of
from wiki.views.imports import members_only, run_at
from wiki.views.lists import page_of

STEPS_PER_PAGE = 100
# A request that takes longer may be cut off on its way; what is left then is
# undone by the next one.
SECONDS_AT_ONCE = 20.0


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
@members_only
def undo(request: HttpRequest, number: int) -> HttpResponse:
    """Lists what goes back and what is left; a POST does it."""
    run = run_at(number)
    if not permissions.can_undo_import(request.user, run):
        raise PermissionDenied
    if request.method != "POST":
        return _page(request, run)
    if run.status == ImportStatus.UNDONE:
        messages.info(request, _("This import was undone already."))
        return redirect(run)
    try:
        report = undo_import(
            run,
            author=author_of(request),
            person=request.user,
            is_time_up=_alarm(SECONDS_AT_ONCE),
            waits=False,
        )
    except ImportRuns:
        notice = _("An import is running. Nothing was done; try again after it.")
        return _page(request, run, notice=notice, status=409)
    if not report.is_complete:
        messages.info(request, _so_far(report))
        return redirect("import-undo", number)
    messages.success(request, _("The import was undone."))
    return redirect(run)


def _page(
    request: HttpRequest, run: Import, *, notice: str = "", status: int = 200
) -> HttpResponse:
    report = undo_import(
        run, author=author_of(request), person=request.user, is_dry_run=True
    )
    page = page_of(request, report.steps, STEPS_PER_PAGE)
    context = {
        "run": run,
        "notice": notice,
        "totals": report.totals,
        "done": sum(step.is_done for step in report.steps),
        "waiting": sum(
            step.turn != "left" and not step.is_done for step in report.steps
        ),
        "page": page,
        "rows": [
            (step, "" if step.is_deleted else entry_path(step.slug)) for step in page
        ],
    }
    return render(request, "wiki/import_undo.html", context, status=status)


def _alarm(seconds: float) -> Callable[[], bool]:
    end = time.monotonic() + seconds
    return lambda: time.monotonic() > end


def _so_far(report: UndoReport) -> str:
    count = len(report.steps)
    return ngettext(
        "%(count)s entry has been looked at so far. Go on to complete it.",
        "%(count)s entries have been looked at so far. Go on to complete it.",
        count,
    ) % {"count": count}
