"""Requests that are refused before a view sees them: too large, or unchecked."""

from django.core.exceptions import RequestDataTooBig
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views import csrf, defaults

from wiki.forms import EntryForm
from wiki.views.not_saved import answer_refused
from wiki.views.returning import EDITORS, take_kept

# Another site made the form: what it holds is not the writer's.
_FOREIGN = ("Origin checking failed", "Referer checking failed")


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    """What Django answers with 400, but for a request over the limit of size.

    Its text was never read, so it cannot be given back; the browser still has it.
    """
    if isinstance(exception, RequestDataTooBig):
        return render(request, "wiki/too_large.html", status=413)
    return defaults.bad_request(request, exception)


def csrf_failed(request: HttpRequest, reason: str = "") -> HttpResponse:
    """403; from an editor with its text, in a form that can be sent again.

    A token gets old when its writer signs in again in another window.
    """
    match = request.resolver_match
    name = match.view_name if match else ""
    if reason.startswith(_FOREIGN):
        return csrf.csrf_failure(request, reason=reason)
    if name in EDITORS and "body" in request.POST:
        form = EntryForm(request.POST, is_new=EDITORS[name])
        return answer_refused(request, form, is_stale=True)
    kept = take_kept(request) if name == "login" else None
    if kept is not None:
        request.POST = kept.fields
        form = EntryForm(kept.fields, is_new=kept.is_new)
        return answer_refused(request, form, address=kept.address, is_stale=True)
    return csrf.csrf_failure(request, reason=reason)
