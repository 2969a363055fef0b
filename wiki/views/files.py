"""Files of entries: to whoever may read an entry that has them, and boxed in.

What nobody's page shows yet is for who uploaded it.
"""

import re

from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.utils.cache import get_conditional_response, patch_cache_control
from django.utils.http import quote_etag
from django.views.decorators.http import require_safe

from wiki import permissions
from wiki.files import PICTURE_TYPES, open_file
from wiki.models import EntryFile, StoredFile, Upload
from wiki.permissions import viewable
from wiki.shown_files import in_sight

_NAME = re.compile(r"[0-9a-f]{64}(?:\.[a-z0-9]{1,12})?")
# Nothing in it may run or load, whatever a browser takes it for.
POLICY = "default-src 'none'; style-src 'unsafe-inline'; sandbox"


@require_safe
def stored_file(request: HttpRequest, name: str) -> HttpResponse:
    """The file of this name: pictures to be shown, all else to be kept.

    Two queries; one more for a member when no entry has it.
    """
    sha256, dot, extension = name.partition(".")
    if not _NAME.fullmatch(name):
        raise Http404
    file = StoredFile.objects.filter(
        sha256=sha256, extension=f"{dot}{extension}"
    ).first()
    row = file and (_row_seen(request, file) or _own_upload(request, file))
    if row is None:
        raise Http404
    etag = quote_etag(sha256)
    answer = get_conditional_response(request, etag=etag) or _answer(file, row)
    answer["ETag"] = etag
    answer["Content-Security-Policy"] = POLICY
    # Who may see it can change at any time.
    patch_cache_control(answer, private=True, no_cache=True)
    return answer


def _row_seen(request: HttpRequest, file: StoredFile) -> EntryFile | None:
    """A row by which this reader may have the file, of a page that shows it first."""
    rows = EntryFile.objects.filter(viewable(request.user, prefix="entry__"), file=file)
    if not permissions.can_curate(request.user):
        rows = rows.filter(in_sight())
    return rows.order_by("-is_shown", "pk").first()


def _own_upload(request: HttpRequest, file: StoredFile) -> Upload | None:
    if not permissions.can_upload(request.user):
        return None
    return Upload.objects.filter(file=file, user=request.user).first()


def _answer(file: StoredFile, row: EntryFile | Upload) -> HttpResponse:
    try:
        data = open_file(file)
    except OSError:
        raise Http404 from None
    return FileResponse(
        data,
        as_attachment=file.media_type not in PICTURE_TYPES,
        filename=row.name.replace("\\", "/").rpartition("/")[2] or str(file),
        content_type=file.media_type,
    )
