"""Acts on a whole entry, each with a page that asks first: revert, delete, restore."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext as _

from wiki.access import get_revision_for
from wiki.editing import (
    Content,
    Saved,
    delete_entry,
    restore_entry,
    revert_entry,
)
from wiki.models import Entry, Revision
from wiki.views.acts import (
    ActForm,
    Asked,
    TitleForm,
    answer,
    asking_page,
    attempt,
    back_to,
    decided,
    entry_to_change,
    form_for,
)
from wiki.views.comparison import compare
from wiki.views.moved import follow_moves
from wiki.views.surroundings import backlinks_of
from wiki.views.titles import free_title, is_title_taken


@asking_page
@follow_moves
def revert(request: HttpRequest, slug: str, number: int) -> HttpResponse:
    """Makes the entry what it was at a revision, as a new one."""
    entry = entry_to_change(request, slug)
    target = get_revision_for(request.user, entry, number)
    if request.method == "POST" and _has_content_of(entry, target):
        # The same form sent twice, or nothing to do.
        return redirect(entry)
    asked = Asked(form_for(ActForm, request, entry, _("Back to r%s") % number))
    if request.method == "POST":
        done = attempt(
            asked.form,
            entry,
            lambda values: revert_entry(entry, target, **decided(request, values)),
        )
        if isinstance(done, Saved):
            return back_to(request, done, _("The note is as it was at r%s.") % number)
        asked, entry = done, entry_to_change(request, slug)
    comparison = compare(entry.head, target)
    context = {"entry": entry, "revision": target, "comparison": comparison}
    return answer(request, "wiki/revert.html", asked, context)


@asking_page
@follow_moves
def delete(request: HttpRequest, slug: str) -> HttpResponse:
    """Takes the entry out of sight; the message afterwards leads to its return."""
    if _is_sent_twice(request, slug, "restore"):
        return redirect("home")
    entry = entry_to_change(request, slug)
    asked = Asked(form_for(ActForm, request, entry, _("Deleted")))
    if request.method == "POST":
        done = attempt(
            asked.form,
            entry,
            lambda values: delete_entry(entry, **decided(request, values)),
        )
        if isinstance(done, Saved):
            messages.success(request, _deleted_message(done.entry))
            return redirect("home")
        asked, entry = done, entry_to_change(request, slug)
    context = {"entry": entry, "backlinks": backlinks_of(entry, request.user)}
    return answer(request, "wiki/delete.html", asked, context)


@asking_page
def restore(request: HttpRequest, slug: str) -> HttpResponse:
    """Brings a deleted entry back; under another title when its own is taken."""
    if _is_sent_twice(request, slug, "edit"):
        return redirect("entry", slug=slug)
    entry = entry_to_change(request, slug, "restore")
    needs_title = is_title_taken(entry.title)
    initial = {"title": free_title(entry.title)} if needs_title else {}
    kind = TitleForm if needs_title else ActForm
    asked = Asked(form_for(kind, request, entry, _("Brought back"), **initial))
    if request.method == "POST":
        done = attempt(
            asked.form,
            entry,
            lambda values: restore_entry(
                entry, title=values.get("title"), **decided(request, values)
            ),
        )
        if isinstance(done, Saved):
            return back_to(request, done, _("The note is back, with its history."))
        asked = done
    return answer(request, "wiki/restore.html", asked, {"entry": entry})


def _is_sent_twice(request: HttpRequest, slug: str, opposite: str) -> bool:
    """Whether the entry already is as the form wants it: only the opposite is left."""
    if request.method != "POST":
        return False
    try:
        return bool(entry_to_change(request, slug, opposite))
    except (Http404, PermissionDenied):
        return False


def _has_content_of(entry: Entry, target: Revision) -> bool:
    return Content.of(entry.head).has_same_text_as(Content.of(target))


def _deleted_message(entry: Entry) -> str:
    return format_html(
        '{} <a href="{}">{}</a>',
        _("Deleted: “%s”.") % entry.title,
        reverse("entry-restore", args=[entry.slug]),
        _("Bring it back"),
    )
