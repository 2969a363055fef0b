"""Uploads of notes: the form, its limits, and the job that is made of one.

The work itself is done by workers (`wiki.importing.jobs`).
"""

import logging

from django.conf import settings
from django.core.exceptions import RequestDataTooBig, TooManyFilesSent
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.csrf import csrf_exempt, csrf_protect
from django.views.decorators.http import require_http_methods

from wiki import permissions
from wiki.importing import jobs, uploads
from wiki.importing.outages import is_outage
from wiki.models import ImportJob, RateLimit
from wiki.permissions import Person
from wiki.views.gate import only_for
from wiki.views.import_form import ImportForm, max_upload_bytes
from wiki.views.lists import never_shared
from wiki.views.receiving import drain, length_of

logger = logging.getLogger(__name__)

UPLOADS_PER_HOUR = 20
# What a form weighs besides its files.
_FORM_BYTES = 1024 * 1024
# More than this is not even read to be thrown away.
_DRAINED_TIMES = 3


importers_only = only_for(permissions.can_import)


# What is sent may be large: who sends it and how much is looked at before the form
# is taken apart, the token included. What a server has read by then see in `uploads`.
@csrf_exempt
@require_http_methods(["GET", "HEAD", "POST"])
@never_shared
@importers_only
def new(request: HttpRequest) -> HttpResponse:
    """The form of an upload, and the job that is made of one."""
    if request.method != "POST":
        return _form_page(request, ImportForm(), 200)
    if length_of(request) > max_upload_bytes() + _FORM_BYTES:
        drain(request, max_bytes=max_upload_bytes() * _DRAINED_TIMES)
        return _refused(request, _too_large(), 413)
    try:
        return _checked_upload(request)
    except RequestDataTooBig:
        sentence = _(
            "Pasted text has at most %(limit)s MB. Go back in your browser, where it "
            "still is, put it into a file and upload that."
        )
        limit = settings.DATA_UPLOAD_MAX_MEMORY_SIZE // 2**20
        return _refused(request, sentence % {"limit": limit}, 413)
    except OSError as error:
        if not is_outage(error):
            raise
        logger.exception("An upload could not be stored.")
        sentence = _(
            "The server has no room for this upload, or may not write there. Nothing "
            "was imported; tell an administrator."
        )
        return _refused(request, sentence, 507)
    except TooManyFilesSent:
        sentence = _("At most %(limit)s files at once. Put them into one zip.")
        limit = settings.DATA_UPLOAD_MAX_NUMBER_FILES
        return _refused(request, sentence % {"limit": limit}, 400)


@csrf_protect
def _checked_upload(request: HttpRequest) -> HttpResponse:
    seconds = RateLimit.objects.hit(
        f"import:{request.user.pk}", limit=UPLOADS_PER_HOUR, seconds=60 * 60
    )
    form = ImportForm(request.POST, request.FILES)
    if seconds:
        sentence = ngettext(
            "You have uploaded a lot in this hour. Wait %(count)s minute.",
            "You have uploaded a lot in this hour. Wait %(count)s minutes.",
            minutes := -(-seconds // 60),
        )
        answer = _refused(request, sentence % {"count": minutes}, 429, form)
        answer["Retry-After"] = str(seconds)
        return answer
    if not form.is_valid():
        return _form_page(request, form, 400)
    jobs.sweep()
    if jobs.open_jobs(request.user).count() >= jobs.MAX_OPEN:
        sentence = _(
            "%(count)s of your imports are not finished. Confirm or cancel them first."
        )
        return _refused(request, sentence % {"count": jobs.MAX_OPEN}, 409, form)
    return redirect(_add_job(request.user, form))


def _add_job(user: Person, form: ImportForm) -> ImportJob:
    folder = uploads.new_folder()
    try:
        stored = [
            uploads.store(folder, file.name, file.chunks())
            for file in form.cleaned_data["files"]
        ]
        if not stored:
            text = form.pasted.encode("utf-8", "replace")
            name = form.cleaned_data["source"]
            stored = [uploads.store(folder, name, [text], is_text=True)]
        return jobs.add(user, folder, stored, form.options)
    except BaseException:
        uploads.remove(folder)
        raise


def _too_large() -> str:
    sentence = _(
        "That is too large: at most %(limit)s MB can be uploaded. Upload it in "
        "parts, or import it on the server with “manage.py importnotes”."
    )
    return sentence % {"limit": settings.WIKI_UPLOAD_MB}


def _refused(
    request: HttpRequest, sentence: str, status: int, form: ImportForm | None = None
) -> HttpResponse:
    return _form_page(request, form or ImportForm(), status, refusal=sentence)


def _form_page(
    request: HttpRequest, form: ImportForm, status: int, *, refusal: str = ""
) -> HttpResponse:
    context = {
        "form": form,
        "refusal": refusal,
        "max_bytes": max_upload_bytes(),
        "too_large": _too_large(),
        "mine": jobs.open_jobs(request.user),
    }
    return render(request, "wiki/import_new.html", context, status=status)
