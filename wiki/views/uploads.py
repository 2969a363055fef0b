"""Pictures that the editor sends, by its script or by its form.

As in django-markdownx the field is called `image`, and a script is answered with
the Markdown that shows the picture: `{"image_code": "![…](/files/…)"}`.
"""

import logging
import re
from dataclasses import dataclass
from pathlib import PurePath

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.csrf import csrf_exempt, csrf_protect
from django.views.decorators.http import require_POST

from wiki import permissions
from wiki.editing.uploading import QuotaReached, upload_picture
from wiki.forms import EntryForm
from wiki.importing.outages import is_outage
from wiki.models import RateLimit, Turn, Upload
from wiki.pictures import MAX_BYTES, PictureRefused
from wiki.views.gate import signing_in_helps
from wiki.views.lists import never_shared
from wiki.views.own_files import own_files_page
from wiki.views.receiving import drain, length_of

logger = logging.getLogger(__name__)

FIELD = "image"
UPLOADS_PER_HOUR = 200
MAX_ALT_CHARS = 500
# What a form weighs besides its picture.
_FORM_BYTES = 1024 * 1024
_DRAINED_BYTES = 4 * MAX_BYTES
# The longest that drawing one takes; it holds up its sender no longer than this.
_TURN_SECONDS = 60
# When to send again while an earlier picture is being drawn.
_WAIT_SECONDS = 2

# What Markdown reads in the alternative text of a picture.
_MARKUP = re.compile(r"[\\`*_\[\]<&~$]")
_CONTROLS = re.compile(r"[\x00-\x1f\x7f\u2028\u2029]+")


class UploadRefused(Exception):
    """A picture that was not taken in: what to say, with which status."""

    def __init__(self, sentence: str, status: int, *, seconds: int = 0) -> None:
        super().__init__(sentence)
        self.sentence = sentence
        self.status = status
        self.seconds = seconds


@dataclass(frozen=True)
class Received:
    """A picture that is stored now, and the Markdown that shows it."""

    upload: Upload
    code: str


# Who sends and how much is looked at before the form is taken apart, the token
# included. Under WSGI nothing is read until then; under ASGI all of it lies on the
# disk by now, and `config.bodies` limits how much that is.
@csrf_exempt
@login_not_required
@require_POST
@never_shared
def upload(request: HttpRequest) -> HttpResponse:
    """The picture in `image`, stored; `alt` says what it shows.

    A script that accepts JSON gets some, else the answer is a page.
    """
    if not permissions.can_upload(request.user):
        return _refuse_person(request)
    if length_of(request) > MAX_BYTES + _FORM_BYTES:
        drain(request, max_bytes=_DRAINED_BYTES)
        return _refuse(request, UploadRefused(_too_large(), 413))
    try:
        return _checked_upload(request)
    except OSError as error:
        # Django itself writes what is larger than a few megabytes to the disk.
        return _refuse(request, _outage(error))


@csrf_protect
def _checked_upload(request: HttpRequest) -> HttpResponse:
    try:
        received = receive(request)
    except UploadRefused as refused:
        return _refuse(request, refused)
    file = received.upload.file
    if not _wants_json(request):
        messages.success(
            request, _("The picture is stored. Copy its code into a note.")
        )
        return redirect("files-mine")
    answer = {"image_code": received.code, "image_path": file.get_absolute_url()}
    return JsonResponse(answer)


def receive(request: HttpRequest) -> Received:
    """The picture that a form brought, stored. Raises UploadRefused."""
    user, file = request.user, request.FILES.get(FIELD)
    if not permissions.can_upload(user):
        raise UploadRefused(_("Only members put pictures in. Sign in first."), 403)
    if file is None:
        raise UploadRefused(_("There is no picture. Choose one first."), 400)
    alt = _alt_of(request, file.name or "")
    if file.size > MAX_BYTES:
        raise UploadRefused(_too_large(), 413)
    turn = f"upload:{user.pk}"
    if not Turn.objects.take(turn, seconds=_TURN_SECONDS):
        sentence = _("Another picture of yours is still being taken in. Wait a moment.")
        raise UploadRefused(sentence, 429, seconds=_WAIT_SECONDS)
    try:
        _count(turn)
        stored = upload_picture(file.read(), name=file.name or "", user=user)
    except PictureRefused as refused:
        status = 413 if refused.is_too_large else 400
        raise UploadRefused(refused.sentence, status) from refused
    except QuotaReached as refused:
        raise UploadRefused(refused.sentence, 413) from refused
    except OSError as error:
        raise _outage(error) from error
    finally:
        Turn.objects.give_back(turn)
    return Received(stored, picture_code(stored.file.get_absolute_url(), alt))


def picture_code(address: str, alt: str) -> str:
    """The Markdown that shows a picture; the text in its place reads as it is."""
    # Behind a bar would stand the size.
    text = _MARKUP.sub(_escaped, alt.replace("|", "/"))
    return f"![{text}]({address})"


def with_picture(request: HttpRequest, form: EntryForm) -> tuple[EntryForm, int]:
    """The form of an editor with the picture it brought at the end of its text.

    And the status of the answer; what became of the picture is said by a message.
    """
    try:
        if name := left_picture(request):
            sentence = _(
                "The picture “%(name)s” was not put in, and nothing was saved. Choose "
                "it again and press the button below it; or save without it."
            )
            raise UploadRefused(sentence % {"name": name}, 400)
        received = receive(request)
    except UploadRefused as refused:
        messages.error(request, refused.sentence)
        return form.unjudged(), refused.status
    messages.success(request, _("The picture is in the text now, at its end."))
    text = form.text_of("body").rstrip("\n")
    body = f"{text}\n\n{received.code}\n" if text else f"{received.code}\n"
    return form.unjudged(body=body), 200


def left_picture(request: HttpRequest) -> str:
    """The name of a picture that was chosen in an editor and not sent, or ""."""
    # A form that sends no files has the name in place of the picture.
    return " ".join(_CONTROLS.sub(" ", request.POST.get(FIELD, "")).split())[:200]


def _alt_of(request: HttpRequest, name: str) -> str:
    """What was written to stand for the picture. Raises UploadRefused for nothing.

    Of a picture that is only decoration it says so; a script that does not know
    of the field gives the picture the name of its file.
    """
    if "alt" not in request.POST:
        return PurePath(name).stem[:MAX_ALT_CHARS]
    alt = " ".join(_CONTROLS.sub(" ", request.POST["alt"]).split())
    if not alt and not request.POST.get("decorative"):
        sentence = _(
            "Say in a few words what the picture shows, for those who do not see it; "
            "or mark it as decoration."
        )
        raise UploadRefused(sentence, 400)
    if len(alt) > MAX_ALT_CHARS:
        sentence = _("What the picture shows may have at most %(limit)s characters.")
        raise UploadRefused(sentence % {"limit": MAX_ALT_CHARS}, 400)
    return alt


def _escaped(match: re.Match[str]) -> str:
    return f"\\{match[0]}"


def _count(name: str) -> None:
    seconds = RateLimit.objects.hit(name, limit=UPLOADS_PER_HOUR, seconds=60 * 60)
    if seconds:
        minutes = -(-seconds // 60)
        sentence = ngettext(
            "You have put in a lot of pictures in this hour. Wait %(count)s minute.",
            "You have put in a lot of pictures in this hour. Wait %(count)s minutes.",
            minutes,
        )
        raise UploadRefused(sentence % {"count": minutes}, 429, seconds=seconds)


def _too_large() -> str:
    return PictureRefused("too-large", limit=MAX_BYTES // 2**20).sentence


def _outage(error: OSError) -> UploadRefused:
    if not is_outage(error):
        raise error
    logger.error("A picture could not be stored: %s", error)
    sentence = _(
        "The server has no room for this picture, or may not write there. It was not "
        "stored; tell an administrator."
    )
    return UploadRefused(sentence, 507)


def _wants_json(request: HttpRequest) -> bool:
    is_script = request.headers.get("X-Requested-With") == "XMLHttpRequest"
    return is_script or "application/json" in request.headers.get("Accept", "")


def _refuse(request: HttpRequest, refused: UploadRefused) -> HttpResponse:
    if _wants_json(request):
        answer = JsonResponse({FIELD: [refused.sentence]}, status=refused.status)
    else:
        answer = own_files_page(
            request, refusal=refused.sentence, status=refused.status
        )
    if refused.seconds:
        answer["Retry-After"] = str(refused.seconds)
    return answer


@signing_in_helps
def _refuse_person(request: HttpRequest) -> HttpResponse:
    if not _wants_json(request):
        raise PermissionDenied
    sentence = _(
        "Only members put pictures in. Sign in in another window, and try again here."
    )
    return _refuse(request, UploadRefused(sentence, 403))
