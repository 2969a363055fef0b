"""Writing an entry: a new one, a change to one, and the preview of either.

What was typed comes back with every answer that is no success, also to someone
who was signed out meanwhile; so the views of the forms refuse people themselves.
"""

from contextlib import suppress

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.db.models import Exists, OuterRef, Q
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.html import format_html
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from wiki import permissions
from wiki.access import get_entry_for, get_revision_for
from wiki.editing import (
    Act,
    Content,
    EditConflict,
    EntryGone,
    InvalidContent,
    Saved,
    create_entry,
    edit_entry,
)
from wiki.forms import EntryForm, form_of
from wiki.models import Alias, Entry
from wiki.names import Page
from wiki.permissions import Person
from wiki.slugs import clean_title, slugify
from wiki.views.conflicts import answer_conflict, answer_gone, answer_refused
from wiki.views.drawing import draw
from wiki.views.editor import Look, compare_contents, editor_page
from wiki.views.gate import author_of
from wiki.views.missing import answer_for_address

_reads_and_writes = require_http_methods(["GET", "HEAD", "POST"])


@login_not_required
@_reads_and_writes
def new(request: HttpRequest) -> HttpResponse:
    """The form of a new entry; `title` in the address fills its title in."""
    form = EntryForm(request.POST, is_new=True) if request.method == "POST" else None
    if _asks_for_file(request):
        return _download(form)
    if not permissions.can_write(request.user):
        return _refuse(request, form)
    if form is None:
        title = clean_title(request.GET.get("title", ""))
        return editor_page(request, form_of(Content(title=title)))
    return _answer_without_saving(request, form) or _create(request, form)


@login_not_required
@_reads_and_writes
def edit(request: HttpRequest, slug: str) -> HttpResponse:
    """The form that changes an entry."""
    form = EntryForm(request.POST) if request.method == "POST" else None
    if _asks_for_file(request):
        return _download(form)
    try:
        entry = _entry_to_edit(request.user, slug, form)
    except PermissionDenied:
        return _refuse(request, form)
    except Http404:
        if form is None and not permissions.can_read_wiki(request.user):
            return _refuse(request, form)
        if form is None:
            return answer_for_address(request, slug, page="edit/")
        if not permissions.can_write(request.user):
            return _refuse(request, form)
        return answer_gone(request, form)
    if form is None:
        form = form_of(Content.of(entry), base_version=entry.version, entry_id=entry.pk)
        return editor_page(request, form, entry=entry)
    return _answer_without_saving(request, form, entry) or _save(request, form, entry)


def _create(request: HttpRequest, form: EntryForm) -> HttpResponse:
    if not form.is_valid():
        return _invalid(request, form)
    try:
        saved = create_entry(form.content(), act=_act(request, form))
    except InvalidContent as error:
        form.add_problems(error)
        return _invalid(request, form)
    if saved.status == "created":
        messages.success(request, _("The note is saved."))
    return HttpResponseRedirect(saved.entry.get_absolute_url())


def _save(request: HttpRequest, form: EntryForm, entry: Entry) -> HttpResponse:
    if not form.is_valid():
        return _invalid(request, form, entry)
    base_version = form.cleaned_data["base_version"]
    try:
        saved = edit_entry(
            entry,
            form.content(_base_of(entry, base_version)),
            base_version=base_version,
            act=_act(request, form),
        )
    except InvalidContent as error:
        form.add_problems(error)
        return _invalid(request, form, entry)
    except EditConflict as conflict:
        return answer_conflict(request, form, conflict)
    except EntryGone:
        return answer_gone(request, form)
    _say_what_became(request, saved, base_version)
    return HttpResponseRedirect(saved.entry.get_absolute_url())


def _entry_to_edit(person: Person, slug: str, form: EntryForm | None) -> Entry:
    """The entry at the address, or the one the form was made of when that moved.

    A title that was given up can be another entry's by the time a form is sent:
    the form still means the entry it came from. Raises Http404, PermissionDenied.
    """
    entry_id = form and form.meant_entry_id
    if entry_id and "\x00" not in slug:
        moved_from = Alias.objects.filter(
            entry=OuterRef("pk"), kind=Alias.Kind.FORMER, slug=slug
        )
        found = Entry.objects.filter(Q(slug=slug) | Exists(moved_from), pk=entry_id)
        slug = found.values_list("slug", flat=True).first() or slug
    entries = Entry.objects.with_head().defer("html")
    entry = get_entry_for(person, slug, "edit", entries=entries)
    if entry_id and entry.pk != entry_id:
        raise Http404
    return entry


def _base_of(entry: Entry, version: int) -> Content:
    """What the writer began with; the newest when there is no such revision."""
    if version == entry.version:
        return Content.of(entry)
    base = entry.revisions.filter(number=version).first()
    return Content.of(base or entry)


def _act(request: HttpRequest, form: EntryForm) -> Act:
    return Act(
        author=author_of(request),
        comment=form.cleaned_data["comment"],
        is_minor=form.cleaned_data["minor"],
        form_token=form.cleaned_data["form_token"],
    )


def _answer_without_saving(
    request: HttpRequest, form: EntryForm, entry: Entry | None = None
) -> HttpResponse | None:
    """What another button than Save asks for; None when it was Save."""
    asked = request.POST.get("do", "")
    if asked == "edit":
        return editor_page(request, form.unjudged(), entry=entry)
    if asked == "preview":
        return _with_preview(request, form, entry)
    if asked == "diff" and entry is not None:
        return _with_changes(request, form, entry)
    return None


def _asks_for_file(request: HttpRequest) -> bool:
    # Whoever sent a text may have it back, signed out or not.
    return request.POST.get("do") == "download"


def _download(form: EntryForm) -> HttpResponse:
    """The text that was sent, as a file; whatever else may be wrong with it."""
    name = f"{slugify(form.text_of('title'))}.md"
    return HttpResponse(
        form.text_of("body"),
        content_type="text/markdown; charset=utf-8",
        headers={
            "Content-Disposition": content_disposition_header(True, name),
            "X-Content-Type-Options": "nosniff",
            "Cache-Control": "private, no-store",
        },
    )


def _with_preview(
    request: HttpRequest, form: EntryForm, entry: Entry | None
) -> HttpResponse:
    problem = form.size_problem()
    if problem:
        form.add_problems(InvalidContent([problem]))
        return _invalid(request, form, entry)
    page = Page.of(entry) if entry else Page()
    look = Look(preview=draw(form.text_of("body"), page))
    return editor_page(request, form.unjudged(), entry=entry, look=look)


def _with_changes(request: HttpRequest, form: EntryForm, entry: Entry) -> HttpResponse:
    if not form.is_valid():
        return _invalid(request, form, entry)
    base = Content.of(entry)
    version = form.cleaned_data["base_version"]
    if version != entry.version:
        # Anyone can name any number: one that is hidden from them is not shown.
        with suppress(Http404):
            base = Content.of(get_revision_for(request.user, entry, version))
    look = Look(comparison=compare_contents(base, form.content(base)))
    return editor_page(request, form.unjudged(), entry=entry, look=look)


def _invalid(
    request: HttpRequest, form: EntryForm, entry: Entry | None = None
) -> HttpResponse:
    look = Look(status=413 if form.is_too_large else 400)
    return editor_page(request, form, entry=entry, look=look)


def _refuse(request: HttpRequest, form: EntryForm | None) -> HttpResponse:
    """For someone who may not write; a form that was sent comes back whole."""
    if form is not None:
        return answer_refused(request, form)
    if request.user.is_authenticated:
        raise PermissionDenied
    return redirect_to_login(request.get_full_path())


def _say_what_became(request: HttpRequest, saved: Saved, base_version: int) -> None:
    if saved.status == "same":
        messages.info(request, _("Nothing was changed, so nothing was saved."))
    elif saved.status == "merged":
        address = reverse("entry-diff", args=[saved.entry.slug])
        pair = f"?old={base_version}&new={saved.revision.number}"
        sentence = _(
            "Saved, together with what others had changed meanwhile in other places."
        )
        link = format_html(
            '<a href="{}">{}</a>', address + pair, _("See all that changed")
        )
        messages.success(request, format_html("{} {}", sentence, link))
    elif saved.status == "updated":
        messages.success(request, _("The note is saved."))
