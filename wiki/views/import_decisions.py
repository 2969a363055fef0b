"""A conflict of an import, decided by a person: take, keep, or make one of both.

Nothing is chosen beforehand. The text of the form holds both sides wherever they
clash; what was typed comes back with every answer that is no success.
"""

from dataclasses import dataclass, replace

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from wiki import permissions
from wiki.clashes import clash_of, field_clash
from wiki.editing import Act, EditConflict, EntryGone, InvalidContent
from wiki.editing.merging import with_rules_of
from wiki.forms import EntryForm, form_of, number_in
from wiki.importing.deciding import (
    AlreadyDecided,
    accept,
    case_of,
    reject,
    save,
)
from wiki.models import ImportItem, ItemStatus, RevisionKind
from wiki.names import Page
from wiki.permissions import Person
from wiki.views.drawing import draw
from wiki.views.editor import (
    PLAIN,
    Look,
    answer,
    compare_contents,
    editor_context,
)
from wiki.views.gate import author_of
from wiki.views.imports import members_only
from wiki.views.not_saved import answer_gone


@dataclass(frozen=True)
class Said:
    """What a page says when it comes again: why, and the text that was sent."""

    status: int = 200
    notice: str = ""
    sent_body: str = ""


NOTHING = Said()


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
@members_only
def decision(request: HttpRequest, number: int, position: int) -> HttpResponse:
    """What dump and wiki made of a note, and the ways to decide between them."""
    item = _item(request.user, number, position)
    if request.method != "POST":
        return _page(request, item) if item.waits else _decided_page(request, item)
    if not item.waits:
        return _answer_decided(request, item)
    try:
        return _decide(request, item)
    except AlreadyDecided:
        item.refresh_from_db()
        return _answer_decided(request, item)


def _decide(request: HttpRequest, item: ImportItem) -> HttpResponse:
    asked = request.POST.get("do", "")
    if asked == "reject":
        reject(item, author=author_of(request))
        return _back(request, item, _("The wiki's text stays as it is."))
    if asked == "accept":
        return _accept(request, item)
    if asked in ("save", "preview"):
        return _save(request, item, is_preview=asked == "preview")
    notice = _("The form did not say what to do. Nothing was done; choose again.")
    return _page(request, item, said=Said(400, notice))


def _accept(request: HttpRequest, item: ImportItem) -> HttpResponse:
    version = _version(request)
    if version is None:
        notice = _("The form came without its version. Nothing was done; choose again.")
        return _page(request, item, said=Said(400, notice))
    act = Act(
        author=author_of(request),
        kind=RevisionKind.IMPORT,
        comment=_("Import %(number)s: the dump's text") % {"number": item.run_id},
    )
    try:
        accept(item, base_version=version, act=act)
    except EntryGone as gone:
        raise Http404 from gone
    except InvalidContent as error:
        notice = " ".join(problem.sentence for problem in error.problems)
        return _page(request, item, said=Said(400, notice))
    except EditConflict:
        return _page(request, item, said=Said(409, _overtaken()))
    return _back(request, item, _("The dump's text is in the wiki."))


def _save(request: HttpRequest, item: ImportItem, *, is_preview: bool) -> HttpResponse:
    form = EntryForm(request.POST)
    if is_preview:
        look = Look(preview=draw(form.text_of("body"), Page.of(item.entry)))
        return _page(request, item, form.unjudged(), look=look)
    if not form.is_valid():
        return _invalid(request, item, form)
    case = case_of(item)
    content = form.content(case.joined)
    tags = with_rules_of(content.tags, case.dump.tags, case.wiki.tags)
    act = Act(
        author=author_of(request),
        kind=RevisionKind.MERGE,
        comment=form.cleaned_data["comment"],
        is_minor=form.cleaned_data["minor"],
        form_token=form.cleaned_data["form_token"],
    )
    try:
        save(
            item,
            replace(content, tags=tags),
            base_version=form.cleaned_data["base_version"],
            act=act,
        )
    except InvalidContent as error:
        form.add_problems(error)
        return _invalid(request, item, form)
    except EditConflict as conflict:
        merged = form_of(
            conflict.merged,
            base_version=conflict.entry.version,
            entry_id=conflict.entry.pk,
            comment=form.text_of("comment"),
        )
        said = Said(409, _overtaken(), form.text_of("body"))
        return _page(request, item, merged, said=said)
    except EntryGone:
        return answer_gone(request, form)
    return _back(request, item, _("Your text is saved."))


def _item(person: Person, number: int, position: int) -> ImportItem:
    """The conflict, of an entry this person may change; Http404, PermissionDenied."""
    item = (
        ImportItem.objects.select_related("run__batch__author", "entry", "decided_by")
        .defer("former", "entry__body", "entry__html", "entry__headings")
        .filter(run=number, position=position, status=ItemStatus.CONFLICT)
        .first()
    )
    if item is None or item.proposal is None or item.entry is None:
        raise Http404
    if not permissions.can_view(person, item.entry):
        raise Http404
    if not permissions.can_edit(person, item.entry):
        raise PermissionDenied
    return item


def _page(
    request: HttpRequest,
    item: ImportItem,
    form: EntryForm | None = None,
    *,
    said: Said = NOTHING,
    look: Look = PLAIN,
) -> HttpResponse:
    case = case_of(item)
    merge = case.merge
    is_base_shown = _may_see_base(request.user, item)
    if form is None:
        comment = _("Import %(number)s: made of both") % {"number": item.run_id}
        form = form_of(
            case.joined,
            base_version=case.version,
            entry_id=case.entry.pk,
            comment=comment,
        )
    context = editor_context(request.user, form, look) | {
        "item": item,
        "run": item.run,
        "entry": case.entry,
        "version": case.version,
        "notice": said.notice,
        "sent_body": said.sent_body,
        "clashes": [clash_of(chunk, is_base_shown) for chunk in merge.body.clashes],
        "field_clashes": [
            field_clash(name, case.dump, case.wiki) for name in merge.clashing_fields
        ],
        "taken": compare_contents(case.wiki, case.accepted),
        "is_unsaved": request.method == "POST",
    }
    if is_base_shown:
        context |= {
            "in_wiki": compare_contents(case.base, case.wiki),
            "in_dump": compare_contents(case.base, case.dump),
        }
    status = said.status if said.status != 200 else look.status
    return answer(request, "wiki/import_decision.html", context, status)


def _decided_page(
    request: HttpRequest, item: ImportItem, *, sent_body: str = "", status: int = 200
) -> HttpResponse:
    context = {
        "item": item,
        "run": item.run,
        "entry": item.entry,
        "sent_body": sent_body,
    }
    return answer(request, "wiki/import_decided.html", context, status)


def _answer_decided(request: HttpRequest, item: ImportItem) -> HttpResponse:
    """For a decision that came too late; a text that was typed comes back."""
    is_own = item.decided_by is not None and item.decided_by == request.user
    if is_own or request.POST.get("do") not in ("save", "preview"):
        messages.info(request, _("This was decided already. Nothing was changed."))
        return redirect(item.run)
    body = EntryForm(request.POST).text_of("body")
    return _decided_page(request, item, sent_body=body, status=409)


def _invalid(request: HttpRequest, item: ImportItem, form: EntryForm) -> HttpResponse:
    return _page(request, item, form, look=Look(413 if form.is_too_large else 400))


def _back(request: HttpRequest, item: ImportItem, sentence: str) -> HttpResponse:
    messages.success(request, f"{item.entry.title}: {sentence}")
    return redirect(item.run)


def _overtaken() -> str:
    return _(
        "Someone changed the same place while the page was open. Nothing was done; "
        "look at it again and decide."
    )


def _version(request: HttpRequest) -> int | None:
    # No entry has a version 0.
    return number_in(request.POST.get("base_version", "")) or None


def _may_see_base(person: Person, item: ImportItem) -> bool:
    """Whether what the last import read may be shown: a revision had it.

    If any revision of the entry is hidden from this person, it may be that one.
    """
    if permissions.can_view_revision(person, is_hidden=True):
        return True
    revisions = item.entry.revisions.with_is_hidden()
    return not revisions.filter(is_hidden=True).exists()
