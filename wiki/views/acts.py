"""What pages that ask before an act have in common: the form, and what became of it.

They carry the version they were made of. An act on a version that is no longer the
newest changes nothing; the page comes again, with what happened.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from wiki.access import get_entry_for
from wiki.editing import (
    Act,
    EditConflict,
    EditError,
    EntryGone,
    InvalidContent,
    Saved,
    StaleEntry,
)
from wiki.forms import MAX_INTEGER
from wiki.models import Entry
from wiki.models.revisions import MAX_COMMENT_CHARS
from wiki.views.gate import View, author_of, signing_in_helps


def asking_page(view: View) -> View:
    """The view of a page that asks and then acts; visitors are sent to sign in."""
    methods = require_http_methods(["GET", "HEAD", "POST"])
    return methods(never_cache(signing_in_helps(view)))


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


def entry_to_change(request: HttpRequest, slug: str, action: str = "edit") -> Entry:
    """The entry with its newest revision, when this person may do so with it."""
    entries = Entry.objects.with_head().defer("html", "headings")
    return get_entry_for(request.user, slug, action, entries=entries)


def form_for(
    kind: type[ActForm],
    request: HttpRequest,
    entry: Entry,
    comment: str,
    **initial: Any,
) -> ActForm:
    """The form as it was sent, or one that says what an empty one would."""
    data = request.POST if request.method == "POST" else None
    initial |= {"base_version": entry.version, "comment": comment}
    return kind(data, initial=initial)


def decided(request: HttpRequest, values: dict[str, Any]) -> dict[str, Any]:
    """What every act is told besides its own: on which version, by whom and why."""
    act = Act(author=author_of(request), comment=values["comment"])
    return {"base_version": values["base_version"], "act": act}


def attempt(
    form: ActForm,
    entry: Entry,
    act: Callable[[dict[str, Any]], Saved],
    *,
    stale: tuple[type[EditError], ...] = (StaleEntry, EditConflict),
) -> Saved | Asked:
    """What the act made, or the page that asks again; raises Http404.

    With an error of `stale` it asks again because the entry is another by now.
    """
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
    except stale:
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


def answer(
    request: HttpRequest, template: str, asked: Asked, context: dict[str, Any]
) -> HttpResponse:
    """The page that asks; the template finds the form and the notice in its context."""
    context = {"form": asked.form, "notice": asked.notice, **context}
    return render(request, template, context, status=asked.status)


def back_to(request: HttpRequest, saved: Saved, sentence: str) -> HttpResponse:
    """To the entry, where the sentence says what was done."""
    if saved.status == "same":
        messages.info(request, _("There was nothing to change."))
    else:
        messages.success(request, sentence)
    return redirect(saved.entry)
