"""The page of an entry's links, and turning a mention of it into one."""

from dataclasses import replace

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.text import Truncator
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache

from wiki.access import get_entry_for
from wiki.editing import (
    Act,
    Content,
    EditConflict,
    EntryGone,
    InvalidContent,
    Saved,
    edit_entry,
)
from wiki.forms import MAX_INTEGER, new_token
from wiki.mentions import first_mention, names_to_look_for
from wiki.models import Entry
from wiki.models.revisions import MAX_COMMENT_CHARS
from wiki.names import may_link_to
from wiki.permissions import can_view
from wiki.views.gate import author_of, signing_in_helps
from wiki.views.link_lists import (
    linked_names,
    mentions_of,
    sources_page,
)
from wiki.views.moved import follow_moves
from wiki.views.past_pages import past_page


class MentionForm(forms.Form):
    """Which note's mention is to become a link, and the version it was seen in."""

    note = forms.IntegerField(min_value=1, max_value=MAX_INTEGER)
    base_version = forms.IntegerField(min_value=1, max_value=MAX_INTEGER)
    form_token = forms.CharField(required=False, max_length=64)


def links(request: HttpRequest, slug: str) -> HttpResponse:
    """Who links to the entry, where it links to, and who only mentions it."""
    return (_link if request.method == "POST" else _show)(request, slug=slug)


@past_page
@follow_moves
def _show(request: HttpRequest, slug: str) -> HttpResponse:
    return _page(request, _entry(request, slug))


@never_cache
@signing_in_helps
def _link(request: HttpRequest, slug: str) -> HttpResponse:
    """Writes the link into the note, as a revision like any other."""
    entry = _entry(request, slug)
    form = MentionForm(request.POST)
    if not form.is_valid():
        raise Http404
    note = _note(request, form.cleaned_data["note"])
    try:
        saved = _write(request, entry, note, form)
    except EntryGone as gone:
        raise Http404 from gone
    except (EditConflict, InvalidContent):
        notice = _(
            "“%(title)s” was changed while the page was open, in the very place. "
            "Nothing was done. Look at it again."
        )
        return _page(request, entry, notice % {"title": note.title}, status=409)
    if saved is None or saved.status == "same":
        messages.info(request, _("“%s” has nothing to link any more.") % note.title)
    else:
        messages.success(request, _("“%s” links here now.") % note.title)
    return redirect("entry-links", slug=entry.slug)


def _page(
    request: HttpRequest, entry: Entry, notice: str = "", *, status: int = 200
) -> HttpResponse:
    page = sources_page(request, entry)
    is_first = page.number == 1
    context = {
        "entry": entry,
        "notice": notice,
        "page": page,
        "sources": page.object_list,
        "targets": linked_names(entry, request.user) if is_first else (),
        "mentions": mentions_of(entry, request.user) if is_first else None,
        "form_token": new_token(),
    }
    return render(request, "wiki/links.html", context, status=status)


def _entry(request: HttpRequest, slug: str) -> Entry:
    entries = Entry.objects.without_text()
    return get_entry_for(request.user, slug, entries=entries)


def _note(request: HttpRequest, number: int) -> Entry:
    """The note that is to be changed; raises Http404 and PermissionDenied."""
    note = Entry.objects.filter(pk=number).only("slug", "visibility", "deleted_at")
    found = note.first()
    if found is None or not can_view(request.user, found):
        raise Http404
    entries = Entry.objects.with_head().defer("html")
    return get_entry_for(request.user, found.slug, "edit", entries=entries)


def _write(
    request: HttpRequest, entry: Entry, note: Entry, form: MentionForm
) -> Saved | None:
    version = form.cleaned_data["base_version"]
    base = note.head
    if version != note.version:
        base = note.revisions.filter(number=version).first()
    names = names_to_look_for(entry.title, entry.alias_names)
    found = first_mention(base.body, names, entry.title) if base else None
    if found is None or note.visibility not in may_link_to(entry):
        return None
    comment = Truncator(_("Linked: %s") % entry.title).chars(MAX_COMMENT_CHARS)
    act = Act(
        author=author_of(request),
        comment=comment,
        is_minor=True,
        form_token=form.cleaned_data["form_token"],
    )
    content = replace(Content.of(base), body=found.body)
    return edit_entry(note, content, base_version=version, act=act)
