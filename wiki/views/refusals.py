"""Requests that are refused before a view sees them: too large, or unchecked."""

from django.core.exceptions import RequestDataTooBig
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views import csrf, defaults

from wiki.forms import EntryForm
from wiki.views.conflicts import answer_refused

# Another site made the form: what it holds is not the writer's.
_FOREIGN = ("Origin checking failed", "Referer checking failed")
# The editors by the name of their address, and whether they make a new entry.
_EDITORS = {"entry-new": True, "entry-edit": False}


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
    if name in _EDITORS and "body" in request.POST and not reason.startswith(_FOREIGN):
        form = EntryForm(request.POST, is_new=_EDITORS[name])
        return answer_refused(request, form, is_stale=True)
    return csrf.csrf_failure(request, reason=reason)
