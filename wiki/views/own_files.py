"""The pictures that someone uploaded: how much room they take, and removing some."""

import re
from collections.abc import Sequence

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods

from wiki import permissions
from wiki.editing.removing import (
    Removed,
    hashes_in,
    remove_uploads,
    uploads_of,
)
from wiki.editing.uploading import quota_bytes, used_bytes
from wiki.models import Upload
from wiki.pictures import MAX_BYTES
from wiki.views.gate import only_for
from wiki.views.lists import never_shared, page_of

PER_PAGE = 50
uploaders_only = only_for(permissions.can_upload)


@require_http_methods(["GET", "HEAD", "POST"])
@never_shared
@uploaders_only
def own_files(request: HttpRequest) -> HttpResponse:
    """The list of one's pictures; a POST asks about those chosen, then removes them."""
    if request.method != "POST":
        return own_files_page(request)
    ids = chosen(request)
    if request.POST.get("do") != "remove":
        return _asking(request, ids)
    say_removed(request, remove_uploads(request.user, ids))
    return redirect("files-mine")


def own_files_page(
    request: HttpRequest, *, refusal: str = "", status: int = 200
) -> HttpResponse:
    """The list of one's pictures, with why one was not taken in."""
    used, quota = used_bytes(request.user), quota_bytes()
    context = {
        "page": page_of(request, uploads_of(request.user), PER_PAGE),
        "drafted": hashes_in(request.user.drafts.all()),
        "used": used,
        "quota": quota,
        "refusal": refusal,
        "max_bytes": MAX_BYTES,
        "can_curate": permissions.can_curate(request.user),
    }
    return render(request, "wiki/own_files.html", context, status=status)


def chosen(request: HttpRequest) -> list[int]:
    """The ids that were marked in a list, as many as it has rows."""
    marked = request.POST.getlist("file")[:PER_PAGE]
    return [int(text) for text in marked if re.fullmatch("[0-9]{1,18}", text)]


def say_removed(request: HttpRequest, removed: Removed) -> None:
    """Tells by a message what became of files that were to be removed."""
    if removed.count:
        sentence = ngettext(
            "%(count)s file is removed.", "%(count)s files are removed.", removed.count
        )
        messages.success(request, sentence % {"count": removed.count})
    if removed.left:
        sentence = ngettext(
            "%(count)s file stays: it is used by now, or gone already.",
            "%(count)s files stay: they are used by now, or gone already.",
            removed.left,
        )
        messages.warning(request, sentence % {"count": removed.left})


def _asking(request: HttpRequest, ids: Sequence[int]) -> HttpResponse:
    uploads: list[Upload] = list(uploads_of(request.user).filter(pk__in=ids))
    free = [upload for upload in uploads if not upload.is_used]
    if not free:
        messages.info(request, _("Choose pictures that no note has."))
        return redirect("files-mine")
    context = {
        "uploads": free,
        "drafted": hashes_in(request.user.drafts.all()),
        "left": len(uploads) - len(free),
    }
    return render(request, "wiki/own_files_remove.html", context)
