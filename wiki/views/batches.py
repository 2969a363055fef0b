"""One batch of changes: what it did, which notes it changed, and its undo."""

from dataclasses import dataclass

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from wiki import permissions
from wiki.changes import readable_revisions
from wiki.editing import Act, AlreadyUndone, LeftEntry, undo_batch
from wiki.editing.batches import WITH_OWN_UNDO
from wiki.models import Batch, Revision
from wiki.models.revisions import RevisionQuerySet
from wiki.permissions import Person
from wiki.views.gate import author_of, only_for
from wiki.views.lists import never_shared, page_of
from wiki.views.tag_acts import ConfirmForm

REVISIONS_PER_PAGE = 100
LEFT_SHOWN = 100

members_only = only_for(permissions.is_member)


@dataclass(frozen=True)
class ChangedEntry:
    """A revision of the batch, and where what it changed is to be seen."""

    revision: Revision
    url: str


@require_safe
@never_shared
@members_only
def batch(request: HttpRequest, number: int) -> HttpResponse:
    """The notes that a batch changed, as far as this person may read them."""
    shown = _batch_at(request.user, number)
    if shown.kind in WITH_OWN_UNDO and hasattr(shown, "import_run"):
        return redirect(shown.import_run)
    revisions = _revisions(request.user, shown)
    page = page_of(request, revisions, REVISIONS_PER_PAGE)
    is_curator = permissions.can_curate(request.user)
    context = {
        "batch": shown,
        "page": page,
        "rows": [ChangedEntry(revision, _changes_url(revision)) for revision in page],
        "undone_by": getattr(shown, "undone_by", None),
        "can_undo": _can_undo(request.user, shown),
        # Names of tags that nobody else may see can be among them.
        "addresses": _addresses(shown) if is_curator else (),
    }
    return render(request, "wiki/batch.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
@members_only
def undo(request: HttpRequest, number: int) -> HttpResponse:
    """Asks, then takes the batch back; what it left is listed once."""
    shown = _batch_at(request.user, number)
    if shown.kind in WITH_OWN_UNDO or not permissions.can_undo_batch(
        request.user, shown
    ):
        raise PermissionDenied
    if hasattr(shown, "undone_by"):
        messages.info(request, _("This was taken back already."))
        return redirect("batch", shown.undone_by.pk)
    form = ConfirmForm(request.POST if request.method == "POST" else None)
    context = {
        "batch": shown,
        "form": form,
        "count": _revisions(request.user, shown).count(),
    }
    if request.method != "POST" or not form.is_valid():
        status = 400 if request.method == "POST" else 200
        return render(request, "wiki/batch_undo.html", context, status=status)
    act = Act(author=author_of(request), comment=form.cleaned_data["comment"])
    try:
        done = undo_batch(shown, act=act, person=request.user)
    except AlreadyUndone:
        messages.info(request, _("This was taken back already."))
        return redirect("batch", shown.pk)
    if done.batch is None or done.left or done.names_left:
        context |= {
            "done": done,
            "left": [one for one in done.left if not one.is_hidden][:LEFT_SHOWN],
            "unlisted": _unlisted(done.left),
        }
        return render(request, "wiki/batch_undone.html", context)
    count = len(done.changed)
    said = ngettext(
        "Taken back: %(count)s note.", "Taken back: %(count)s notes.", count
    )
    messages.success(request, said % {"count": count})
    return redirect("batch", done.batch.pk)


def _batch_at(user: Person, number: int) -> Batch:
    """The batch, when this person may read any note of it; curators see all."""
    found = Batch.objects.filter(pk=number).select_related(
        "author", "import_run", "undoes", "undone_by"
    )
    batch = found.first()
    if batch is None:
        raise Http404
    if not permissions.can_curate(user) and not _revisions(user, batch).exists():
        raise Http404
    return batch


def _revisions(user: Person, batch: Batch) -> RevisionQuerySet:
    found = readable_revisions(user).filter(batch=batch)
    listed = found.select_related("entry").without_text()
    return listed.defer(
        "entry__body", "entry__html", "entry__headings", "entry__properties"
    ).order_by("entry__sort_key", "entry_id", "number")


def _changes_url(revision: Revision) -> str:
    if revision.number == 1:
        return revision.get_absolute_url()
    path, old = revision.entry.get_absolute_url(), revision.number - 1
    return f"{path}diff/?old={old}&new={revision.number}"


def _can_undo(user: Person, batch: Batch) -> bool:
    return (
        batch.kind not in WITH_OWN_UNDO
        and not hasattr(batch, "undone_by")
        and permissions.can_undo_batch(user, batch)
    )


def _addresses(batch: Batch) -> list[tuple[str, str]]:
    """The keys of tags whose addresses lead elsewhere since, each with whose."""
    if batch.details.get("act") not in ("rename", "merge"):
        return []
    moves = batch.details.get("moves", {})
    return [(old, new) for old, new in moves.items() if old != new]


def _unlisted(left: tuple[LeftEntry, ...]) -> int:
    shown = sum(not one.is_hidden for one in left)
    return len(left) - min(shown, LEFT_SHOWN)
