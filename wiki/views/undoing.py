"""Taking changes back, each with a page that asks first: one change in the middle, or
the latest of one author.
"""

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from wiki import permissions
from wiki.access import get_revision_for
from wiki.editing import (
    Content,
    EditConflict,
    Saved,
    StaleEntry,
    latest_run,
    revert_entry,
    undo_revision,
)
from wiki.editing.merging import merge_contents
from wiki.forms import EntryForm, form_of
from wiki.models import Entry, Revision, RevisionKind
from wiki.views.acts import (
    ActForm,
    Asked,
    answer,
    asking_page,
    attempt,
    back_to,
    decided,
    entry_to_change,
    form_for,
)
from wiki.views.comparison import compare
from wiki.views.conflicts import answer_conflict
from wiki.views.editor import compare_contents
from wiki.views.moved import follow_moves
from wiki.views.undone import undoing


@asking_page
@follow_moves
def undo(request: HttpRequest, slug: str, number: int) -> HttpResponse:
    """Takes back what one revision changed, and nothing of what came later.

    Where later changes touch the same place it becomes the page that joins edits.
    """
    entry = entry_to_change(request, slug)
    # Both have to be in sight; before the first there is none.
    undone = get_revision_for(request.user, entry, number)
    before = get_revision_for(request.user, entry, number - 1)
    asked = Asked(form_for(ActForm, request, entry, _("Undo of r%s") % number))
    if request.method == "POST":
        try:
            done = attempt(
                asked.form,
                entry,
                lambda values: undo_revision(entry, undone, **decided(request, values)),
                stale=(StaleEntry,),
            )
        except EditConflict as conflict:
            comment = asked.form.cleaned_data["comment"]
            return _join(request, conflict, undone, comment)
        if isinstance(done, Saved):
            return back_to(request, done, _("What r%s changed is undone.") % number)
        asked, entry = done, entry_to_change(request, slug)
    current = Content.of(entry)
    merged = merge_contents(Content.of(undone), Content.of(before), current)
    context = {
        "entry": entry,
        "revision": undone,
        "has_clash": merged.has_clash,
        "comparison": compare_contents(current, merged.content),
    }
    return answer(request, "wiki/undo.html", asked, context)


@asking_page
@follow_moves
def rollback(request: HttpRequest, slug: str) -> HttpResponse:
    """Takes back the latest revisions in a row that are one author's; for curators."""
    entry = entry_to_change(request, slug)
    if not permissions.can_curate(request.user):
        raise PermissionDenied
    if _is_sent_twice(request, entry):
        return redirect(entry)
    run, target = _latest_run(entry)
    number = run.start - 1
    asked = Asked(form_for(ActForm, request, entry, _("Rolled back to r%s") % number))
    if request.method == "POST" and target is not None:
        done = attempt(
            asked.form,
            entry,
            lambda values: revert_entry(entry, target, **decided(request, values)),
        )
        if isinstance(done, Saved):
            return back_to(request, done, _("The note is as it was at r%s.") % number)
        asked, entry = done, entry_to_change(request, slug)
        run, target = _latest_run(entry)
    context = {
        "entry": entry,
        "revision": target,
        "run": run,
        "comparison": compare(entry.head, target) if target else None,
    }
    return answer(request, "wiki/rollback.html", asked, context)


def _latest_run(entry: Entry) -> tuple[range, Revision | None]:
    """The numbers of the latest revisions of one author, and the one before them."""
    run = latest_run(entry)
    return run, entry.revisions.filter(number=run.start - 1).first()


def _is_sent_twice(request: HttpRequest, entry: Entry) -> bool:
    """Whether the newest revision is what this very form made."""
    return (
        request.method == "POST"
        and request.POST.get("base_version") == str(entry.version - 1)
        and entry.head.kind == RevisionKind.REVERT
        and entry.head.author == request.user
    )


def _join(
    request: HttpRequest, conflict: EditConflict, undone: Revision, comment: str
) -> HttpResponse:
    """The page that joins edits, as if the text from before were sent from `undone`."""
    form = form_of(
        conflict.mine,
        base_version=undone.number,
        entry_id=conflict.entry.pk,
        comment=comment,
        undoes=undoing(conflict.entry, undone.number),
        # Of the text from before: no field of the form has them.
        properties_of=str(undone.number - 1),
    )
    values = {name: value or "" for name, value in form.initial.items()}
    sent = EntryForm(values)
    # Only what the form itself filled in; what is wrong with it shows when it is sent.
    sent.is_valid()
    return answer_conflict(request, sent, conflict)
