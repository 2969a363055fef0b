"""Acts on a whole entry, each with a page that asks first: revert, rename, delete,
restore.

The pages carry the version they were made of. An act on a version that is no
longer the newest changes nothing; the page comes again, with what happened.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.html import format_html
from django.utils.text import Truncator
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from wiki.access import get_entry_for, get_revision_for
from wiki.editing import (
    Act,
    Content,
    EditConflict,
    EntryGone,
    InvalidContent,
    Saved,
    StaleEntry,
    delete_entry,
    rename_entry,
    restore_entry,
    revert_entry,
)
from wiki.models import Entry, Revision
from wiki.models.revisions import MAX_COMMENT_CHARS
from wiki.views.comparison import compare
from wiki.views.gate import author_of, signing_in_helps
from wiki.views.moved import follow_moves
from wiki.views.surroundings import backlinks_of
from wiki.views.titles import free_title, is_title_taken

# Database integers end here; a version beyond it was never given to anyone.
MAX_INTEGER = 2**31 - 1


class ActForm(forms.Form):
    """What every such act needs: the version it was decided on, and why."""

    base_version = forms.IntegerField(
        min_value=1, max_value=MAX_INTEGER, widget=forms.HiddenInput
    )
    comment = forms.CharField(
        label=gettext_lazy("Comment"),
        required=False,
        max_length=MAX_COMMENT_CHARS,
        widget=forms.TextInput(attrs={"class": "inp", "autocomplete": "off"}),
    )

    def __init__(self, data: Any = None, **options: Any) -> None:  # noqa: ANN401
        super().__init__(data, auto_id="w-%s", **options)


class TitleForm(ActForm):
    """An act that also gives the entry a title; how long, the write door knows."""

    title = forms.CharField(
        label=gettext_lazy("New title"),
        widget=forms.TextInput(attrs={"class": "inp", "autocomplete": "off"}),
    )
    field_order = ["title", "comment"]


@dataclass(frozen=True)
class Asked:
    """A page that asks before an act; `notice` says why it comes again."""

    form: ActForm
    status: int = 200
    notice: str = ""


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
@signing_in_helps
@follow_moves
def revert(request: HttpRequest, slug: str, number: int) -> HttpResponse:
    """Makes the entry what it was at a revision, as a new one."""
    entry = _entry(request, slug)
    target = get_revision_for(request.user, entry, number)
    if request.method == "POST" and _has_content_of(entry, target):
        # The same form sent twice, or nothing to do.
        return redirect(entry)
    asked = Asked(_form(ActForm, request, entry, _("Back to r%s") % number))
    if request.method == "POST":
        done = _attempt(
            asked.form,
            entry,
            lambda values: revert_entry(entry, target, **_decided(request, values)),
        )
        if isinstance(done, Saved):
            return _back_to(request, done, _("The note is as it was at r%s.") % number)
        asked, entry = done, _entry(request, slug)
    comparison = compare(entry.head, target)
    context = {"entry": entry, "revision": target, "comparison": comparison}
    return _answer(request, "wiki/revert.html", asked, context)


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
@signing_in_helps
@follow_moves
def rename(request: HttpRequest, slug: str) -> HttpResponse:
    """Gives the entry another title; the old one goes on leading to it."""
    entry = _entry(request, slug)
    comment = Truncator(_("Title until now: %s") % entry.title).chars(MAX_COMMENT_CHARS)
    asked = Asked(_form(TitleForm, request, entry, comment, title=entry.title))
    if request.method == "POST":
        done = _attempt(
            asked.form,
            entry,
            lambda values: rename_entry(
                entry, values["title"], **_decided(request, values)
            ),
        )
        if isinstance(done, Saved):
            return _back_to(request, done, _("The note has its new title."))
        asked, entry = done, _entry(request, slug)
    return _answer(request, "wiki/rename.html", asked, {"entry": entry})


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
@signing_in_helps
@follow_moves
def delete(request: HttpRequest, slug: str) -> HttpResponse:
    """Takes the entry out of sight; the message afterwards leads to its return."""
    if _is_sent_twice(request, slug, "restore"):
        return redirect("home")
    entry = _entry(request, slug)
    asked = Asked(_form(ActForm, request, entry, _("Deleted")))
    if request.method == "POST":
        done = _attempt(
            asked.form,
            entry,
            lambda values: delete_entry(entry, **_decided(request, values)),
        )
        if isinstance(done, Saved):
            messages.success(request, _deleted_message(done.entry))
            return redirect("home")
        asked, entry = done, _entry(request, slug)
    context = {"entry": entry, "backlinks": backlinks_of(entry, request.user)}
    return _answer(request, "wiki/delete.html", asked, context)


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
@signing_in_helps
def restore(request: HttpRequest, slug: str) -> HttpResponse:
    """Brings a deleted entry back; under another title when its own is taken."""
    if _is_sent_twice(request, slug, "edit"):
        return redirect("entry", slug=slug)
    entry = _entry(request, slug, "restore")
    needs_title = is_title_taken(entry.title)
    initial = {"title": free_title(entry.title)} if needs_title else {}
    kind = TitleForm if needs_title else ActForm
    asked = Asked(_form(kind, request, entry, _("Brought back"), **initial))
    if request.method == "POST":
        done = _attempt(
            asked.form,
            entry,
            lambda values: restore_entry(
                entry, title=values.get("title"), **_decided(request, values)
            ),
        )
        if isinstance(done, Saved):
            return _back_to(request, done, _("The note is back, with its history."))
        asked = done
    return _answer(request, "wiki/restore.html", asked, {"entry": entry})


def _entry(request: HttpRequest, slug: str, action: str = "edit") -> Entry:
    entries = Entry.objects.with_head().defer("html", "headings")
    return get_entry_for(request.user, slug, action, entries=entries)


def _form(
    kind: type[ActForm],
    request: HttpRequest,
    entry: Entry,
    comment: str,
    **initial: Any,
) -> ActForm:
    data = request.POST if request.method == "POST" else None
    initial |= {"base_version": entry.version, "comment": comment}
    return kind(data, initial=initial)


def _decided(request: HttpRequest, values: dict[str, Any]) -> dict[str, Any]:
    act = Act(author=author_of(request), comment=values["comment"])
    return {"base_version": values["base_version"], "act": act}


def _is_sent_twice(request: HttpRequest, slug: str, opposite: str) -> bool:
    """Whether the entry already is as the form wants it: only the opposite is left."""
    if request.method != "POST":
        return False
    try:
        return bool(_entry(request, slug, opposite))
    except (Http404, PermissionDenied):
        return False


def _has_content_of(entry: Entry, target: Revision) -> bool:
    return Content.of(entry.head).has_same_text_as(Content.of(target))


def _attempt(
    form: ActForm, entry: Entry, act: Callable[[dict[str, Any]], Saved]
) -> Saved | Asked:
    """What the act made, or the page that asks again; raises Http404."""
    if not form.is_valid():
        if "base_version" not in form.errors:
            return Asked(form, 400)
        notice = _(
            "The form came without its version. Nothing was done; confirm again."
        )
        return Asked(_renewed(form, entry), 400, notice)
    try:
        return act(form.cleaned_data)
    except EntryGone as gone:
        raise Http404 from gone
    except InvalidContent as error:
        for problem in error.problems:
            field = problem.field if problem.field in form.fields else None
            form.add_error(field, problem.sentence)
        return Asked(form, 400)
    except (StaleEntry, EditConflict):
        entry.refresh_from_db(fields=["version", "title", "head"])
        return Asked(_renewed(form, entry), 409, _stale_notice(entry))


def _renewed(form: ActForm, entry: Entry) -> ActForm:
    """The form as it was filled in, on the version that is the newest now."""
    filled_in = {name: form.data.get(name, "") for name in form.fields}
    return type(form)(initial=filled_in | {"base_version": entry.version})


def _stale_notice(entry: Entry) -> str:
    return _(
        "This note was changed while the page was open: it is at r%(number)s now, "
        "saved by %(name)s. Nothing was done. Look at it again and confirm."
    ) % {"number": entry.version, "name": entry.head.author_name}


def _answer(
    request: HttpRequest, template: str, asked: Asked, context: dict[str, Any]
) -> HttpResponse:
    context = {"form": asked.form, "notice": asked.notice, **context}
    return render(request, template, context, status=asked.status)


def _back_to(request: HttpRequest, saved: Saved, sentence: str) -> HttpResponse:
    if saved.status == "same":
        messages.info(request, _("There was nothing to change."))
    else:
        messages.success(request, sentence)
    return redirect(saved.entry)


def _deleted_message(entry: Entry) -> str:
    return format_html(
        '{} <a href="{}">{}</a>',
        _("Deleted: “%s”.") % entry.title,
        reverse("entry-restore", args=[entry.slug]),
        _("Bring it back"),
    )
