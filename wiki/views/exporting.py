"""Taking notes along: the form that asks which, and the download."""

from collections.abc import AsyncIterator, Callable, Iterator
from dataclasses import dataclass

from asgiref.sync import sync_to_async
from django import forms
from django.core.handlers.asgi import ASGIRequest
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import render
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_safe

from wiki import permissions
from wiki.exporting.archive import as_zip
from wiki.exporting.fastimport import History, as_fast_import
from wiki.exporting.folder import members_of
from wiki.exporting.names import safe_name
from wiki.exporting.records import as_json
from wiki.exporting.selection import Wanted, select_entries
from wiki.models import RateLimit
from wiki.models.entries import EntryQuerySet
from wiki.search.query import MAX_QUERY_CHARS
from wiki.slugs import tag_key
from wiki.views.gate import only_for
from wiki.views.lists import never_shared

# One export may read every note there is.
EXPORTS_PER_HOUR = 30
MAX_TAGS = 10
_MAX_TAGS_CHARS = 1000


@dataclass(frozen=True)
class Format:
    """What an export can be: its name in the form, its file, how it is made."""

    label: str
    suffix: str
    media_type: str
    pieces: Callable[[EntryQuerySet], Iterator[bytes]]


def _zip(entries: EntryQuerySet) -> Iterator[bytes]:
    return as_zip(members_of(entries))


def _history(entries: EntryQuerySet) -> Iterator[bytes]:
    return as_fast_import(History(entries))


FORMATS = {
    "zip": Format(
        gettext_lazy("Markdown files with their attachments (zip)"),
        ".zip",
        "application/zip",
        _zip,
    ),
    "json": Format(gettext_lazy("Data (JSON)"), ".json", "application/json", as_json),
    "git": Format(
        gettext_lazy("Every revision (for git fast-import)"),
        ".git-stream",
        "application/octet-stream",
        _history,
    ),
}


class ExportForm(forms.Form):
    """Which notes, and as what. Nothing but the format has to be said."""

    format = forms.ChoiceField(
        label=gettext_lazy("Format"),
        choices=[(name, each.label) for name, each in FORMATS.items()],
        initial="zip",
    )
    tag = forms.CharField(
        label=gettext_lazy("Tags"),
        required=False,
        max_length=_MAX_TAGS_CHARS,
        help_text=gettext_lazy("Notes that have all of them. Commas between."),
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    q = forms.CharField(
        label=gettext_lazy("Words"),
        required=False,
        max_length=MAX_QUERY_CHARS,
        help_text=gettext_lazy("Notes that a search for them finds."),
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    since = forms.DateField(
        label=gettext_lazy("Changed since"),
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )
    until = forms.DateField(
        label=gettext_lazy("Changed until"),
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )

    def clean_tag(self) -> tuple[str, ...]:
        names = tuple(name.strip() for name in self.cleaned_data["tag"].split(","))
        tags = tuple(name for name in names if name)
        if len(tags) > MAX_TAGS:
            raise forms.ValidationError(
                ngettext("At most %(limit)s tag.", "At most %(limit)s tags.", MAX_TAGS),
                params={"limit": MAX_TAGS},
            )
        for name in tags:
            if not tag_key(name):
                raise forms.ValidationError(
                    _("“%(name)s” cannot be a tag."), params={"name": name}
                )
        return tags

    @property
    def wanted(self) -> Wanted:
        cleaned = self.cleaned_data
        return Wanted(
            tags=cleaned["tag"],
            search=cleaned["q"],
            since=cleaned["since"],
            until=cleaned["until"],
        )

    @property
    def file_name(self) -> str:
        """What the download is called: by its tags, if it has any."""
        name = safe_name(" ".join(("notes", *self.cleaned_data["tag"])))
        return name + FORMATS[self.cleaned_data["format"]].suffix


_members_only = only_for(permissions.can_export)


@require_safe
@never_shared
@_members_only
def export(request: HttpRequest) -> HttpResponse:
    """The form, filled in with what the address says."""
    asked = {name: request.GET.get(name, "") for name in ("q", "since", "until")}
    asked["tag"] = ", ".join(request.GET.getlist("tag")[:MAX_TAGS])
    # Printed back, a NUL would stay in the page unseen.
    initial = {name: text.replace("\x00", "") for name, text in asked.items()}
    chosen = request.GET.get("format", "")
    initial["format"] = chosen if chosen in FORMATS else "zip"
    return _form_page(request, ExportForm(initial=initial, auto_id="w-export-%s"), 200)


@require_safe
@never_shared
@_members_only
def download(request: HttpRequest) -> HttpResponse:
    """The notes that were asked for, as far as this person may read them."""
    data = request.GET.copy()
    data["tag"] = ",".join(request.GET.getlist("tag"))
    form = ExportForm(data, auto_id="w-export-%s")
    if not form.is_valid():
        return _form_page(request, form, 400)
    entries = select_entries(form.wanted, reader=request.user)
    if not entries.exists():
        form.add_error(None, _("No note fits. Take out one of the conditions."))
        return _form_page(request, form, 404)
    if request.method == "HEAD":
        return _answer(request, form, iter(()))
    seconds = RateLimit.objects.hit(
        f"export:{request.user.pk}", limit=EXPORTS_PER_HOUR, seconds=60 * 60
    )
    if seconds:
        form.add_error(None, _too_often(minutes=-(-seconds // 60)))
        answer = _form_page(request, form, 429)
        answer["Retry-After"] = str(seconds)
        return answer
    pieces = FORMATS[form.cleaned_data["format"]].pieces(entries)
    return _answer(request, form, pieces)


def _too_often(*, minutes: int) -> str:
    sentence = ngettext(
        "You have exported a lot in this hour. Wait %(count)s minute.",
        "You have exported a lot in this hour. Wait %(count)s minutes.",
        minutes,
    )
    return sentence % {"count": minutes}


def _answer(
    request: HttpRequest, form: ExportForm, pieces: Iterator[bytes]
) -> HttpResponse:
    # An ASGI server would wait for the end of what is no asynchronous stream.
    stream = _from_thread(pieces) if isinstance(request, ASGIRequest) else pieces
    answer = StreamingHttpResponse(
        stream, content_type=FORMATS[form.cleaned_data["format"]].media_type
    )
    answer["Content-Disposition"] = content_disposition_header(True, form.file_name)
    return answer


async def _from_thread(pieces: Iterator[bytes]) -> AsyncIterator[bytes]:
    """The pieces, each made where the database may be asked."""
    try:
        while piece := await sync_to_async(next)(pieces, b""):
            yield piece
    finally:
        close = getattr(pieces, "close", None)
        if close:
            await sync_to_async(close)()


def _form_page(request: HttpRequest, form: ExportForm, status: int) -> HttpResponse:
    return render(request, "wiki/export.html", {"form": form}, status=status)
