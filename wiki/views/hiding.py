"""Taking a revision out of sight, and showing it again: a page for curators."""

from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from wiki import permissions
from wiki.access import get_entry_for, get_revision_for
from wiki.editing import (
    CurrentRevision,
    InvalidContent,
    hide_revision,
    show_revision,
)
from wiki.models import Entry, Revision
from wiki.models.revisions import MAX_COMMENT_CHARS
from wiki.views.acts import asking_page
from wiki.views.gate import author_of
from wiki.views.moved import follow_moves


class HidingForm(forms.Form):
    """What to do, as it was when the page was made, and why."""

    do = forms.ChoiceField(choices=[("hide", ""), ("show", "")])
    reason = forms.CharField(
        label=gettext_lazy("Reason"),
        max_length=MAX_COMMENT_CHARS,
        widget=forms.TextInput(attrs={"class": "inp", "autocomplete": "off"}),
    )

    def __init__(self, data: Any = None, **options: Any) -> None:  # noqa: ANN401
        super().__init__(data, auto_id="w-%s", **options)


@asking_page
@follow_moves
def hide(request: HttpRequest, slug: str, number: int) -> HttpResponse:
    """Asks why, and hides the revision or shows it again."""
    entry = get_entry_for(request.user, slug, entries=Entry.objects.without_text())
    if not permissions.can_curate(request.user):
        raise PermissionDenied
    revision = get_revision_for(request.user, entry, number)
    act = "show" if revision.is_hidden else "hide"
    form = HidingForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid() and _act(request, revision, form):
        return redirect(f"{reverse('entry-history', args=[entry.slug])}#w-r{number}")
    context = {
        "entry": entry,
        "revision": revision,
        "form": form,
        "act": act,
        "is_current": number == entry.version,
        "mark": revision.marks.filter(kind="hidden").select_related("author").first(),
    }
    status = 400 if form.is_bound else 200
    return render(request, "wiki/hide.html", context, status=status)


def _act(request: HttpRequest, revision: Revision, form: HidingForm) -> bool:
    """Whether it is as the form wants it now; if not, the form says why."""
    values, author = form.cleaned_data, author_of(request)
    try:
        if values["do"] == "hide":
            hide_revision(revision, reason=values["reason"], author=author)
            words = _("Revision %(number)s is out of sight.")
        else:
            show_revision(revision, reason=values["reason"], author=author)
            words = _("Revision %(number)s is in sight again.")
    except CurrentRevision:
        form.add_error(None, _current_words())
        return False
    except InvalidContent as error:
        for problem in error.problems:
            form.add_error("reason", problem.sentence)
        return False
    messages.success(request, words % {"number": revision.number})
    return True


def _current_words() -> str:
    return _(
        "This is the current revision: hiding it would not hide its text, which the "
        "note shows. Change the note first, then hide this revision."
    )
