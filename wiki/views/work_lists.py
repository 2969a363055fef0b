"""The work lists: what is wrong in the wiki, each with its fix. For members."""

from collections.abc import Callable
from dataclasses import dataclass

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_safe

from wiki import permissions
from wiki.editing import Act, EditError, InvalidContent
from wiki.forms import number_in, tags_of
from wiki.models import Batch, Entry
from wiki.newest import state_of_wiki
from wiki.rendering.retargeting import LinkName
from wiki.views.comparison import compare
from wiki.views.gate import author_of, only_for
from wiki.views.lists import never_shared, page_of
from wiki.views.work_rows import rows_of
from wiki.worklists.kinds import WORK_LISTS, WorkList, count_of, found_in
from wiki.worklists.mending import (
    Mended,
    add_tags,
    lead_links,
    spell_links,
    write_name_so,
)

# Keeps the longest rows under 60 KB.
PER_PAGE = 30
members_only = only_for(permissions.is_member)


@dataclass(frozen=True)
class Counted:
    """A list and how many defects of it the reader sees."""

    kind: WorkList
    url: str
    count: int


@require_safe
@never_shared
@members_only
def overview(request: HttpRequest) -> HttpResponse:
    """Every list with its count."""
    visibilities = permissions.visibilities_for(request.user)
    state = state_of_wiki()
    lists = [
        Counted(
            one,
            reverse("work-list", args=[one.name]),
            count_of(one, visibilities, state),
        )
        for one in WORK_LISTS.values()
    ]
    context = {"lists": lists, "can_curate": permissions.can_curate(request.user)}
    return render(request, "wiki/health.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@never_shared
@members_only
def work_list(request: HttpRequest, name: str) -> HttpResponse:
    """One list, some at a time; a POST mends one of its defects, or all it names."""
    kind = WORK_LISTS.get(name)
    if kind is None:
        raise Http404
    if request.method == "POST":
        return _mend(request, name)
    if name == "duplicates" and "one" in request.GET:
        return _two_beside(request)
    visibilities = permissions.visibilities_for(request.user)
    page = page_of(request, found_in(kind, visibilities, state_of_wiki()), PER_PAGE)
    rows = rows_of(name, page.object_list, request.user)
    context = {
        "kind": kind,
        "page": page,
        "rows": rows,
        "row_template": f"wiki/_work_{_TEMPLATES.get(name, name)}.html",
        "can_mend_all": name == "spellings" and any(r.entry.can_edit for r in rows),
    }
    return render(request, "wiki/work_list.html", context)


_TEMPLATES = {"lost-files": "lost_files"}


def _mend(request: HttpRequest, name: str) -> HttpResponse:
    mend = _MENDING.get(name)
    if mend is None:
        raise Http404
    mend(request)
    page = number_in(request.POST.get("page", ""))
    address = reverse("work-list", args=[name])
    return redirect(f"{address}?page={page}" if page and page > 1 else address)


def _lead(request: HttpRequest) -> None:
    """A link to a heading that is not there: to another one, or to the whole note."""
    entry = _entry_of(request, "entry")
    sent = request.POST
    old = LinkName(sent.get("name", ""), sent.get("heading", ""))
    new = LinkName(old.target, sent.get("new", ""))
    act = _act(request, _("Link to a heading that was not there"))
    _tell(request, lead_links(request.user, {entry.pk: {old: new}}, act=act))


def _write_so(request: HttpRequest) -> None:
    """A name without a note: every link to it, to a note that is there."""
    target = _entry_of(request, "target", to_change=False)
    act = _act(request, _("Links led to “%s”") % target.title)
    # No key has a NUL, and PostgreSQL refuses even to look for it.
    key = request.POST.get("key", "").replace("\x00", "")
    _tell(request, write_name_so(request.user, key, target, act=act))


def _tag(request: HttpRequest) -> None:
    entry = _entry_of(request, "entry")
    uses = tags_of(request.POST.get("tags", ""))
    if not uses:
        messages.error(request, _("Write a tag first."))
        return
    act = _act(request, _("Tags added"))
    try:
        add_tags(entry, uses, act=act)
    except InvalidContent as error:
        for problem in error.problems:
            messages.error(request, problem.sentence)
    except EditError:
        messages.error(request, _("The note was changed meanwhile. Look at it again."))
    else:
        words = _("“%(title)s” has its tags.") % {"title": entry.title}
        messages.success(request, words)


def _spell(request: HttpRequest) -> None:
    """The links of one note, or of all on the page as one batch."""
    ids = [
        number for text in request.POST.getlist("entry") if (number := number_in(text))
    ]
    act = _act(request, _("Links written as the titles are"))
    is_batch = request.POST.get("do") == "all"
    mended = spell_links(request.user, ids[:PER_PAGE], act=act, as_batch=is_batch)
    _tell(request, mended)


_MENDING: dict[str, Callable[[HttpRequest], None]] = {
    "broken": _lead,
    "wanted": _write_so,
    "untagged": _tag,
    "spellings": _spell,
}


def _entry_of(request: HttpRequest, field: str, *, to_change: bool = True) -> Entry:
    """The note a form names, as it is now, with its head. One query."""
    number = number_in(request.POST.get(field, ""))
    entries = Entry.objects.visible_to(request.user).with_head()
    entry = entries.defer("html", "headings").filter(pk=number).first()
    if entry is None:
        raise Http404
    if to_change and not permissions.can_edit(request.user, entry):
        raise PermissionDenied
    return entry


def _act(request: HttpRequest, comment: str) -> Act:
    return Act(author=author_of(request), comment=comment, is_minor=True)


def _tell(request: HttpRequest, mended: Mended) -> None:
    count = len(mended.changed)
    if count:
        words = ngettext(
            "%(count)s note was changed.", "%(count)s notes were changed.", count
        ) % {"count": count}
        link = _link_to(mended.batch) if mended.batch else ""
        messages.success(request, format_html("{} {}", words, link))
    elif not mended.refused:
        words = _(
            "There was nothing left to mend. Either somebody has done it already, or "
            "the link can only be changed in the editor."
        )
        messages.info(request, words)
    if mended.refused:
        words = ngettext(
            "%(count)s note stays as it is: you may not change it, or its links can "
            "only be changed in the editor.",
            "%(count)s notes stay as they are: you may not change them, or their "
            "links can only be changed in the editor.",
            mended.refused,
        )
        messages.warning(request, words % {"count": mended.refused})


def _link_to(batch: Batch) -> str:
    """To the page of the batch, where it can be taken back as one."""
    words = _("See or take back")
    return format_html('<a href="/batches/{}/">{}</a>', batch.pk, words)


def _two_beside(request: HttpRequest) -> HttpResponse:
    """What two notes differ in. Three queries at most."""
    numbers = [number_in(request.GET.get(name, "")) for name in ("one", "other")]
    seen = Entry.objects.visible_to(request.user).with_head()
    found = seen.defer("body", "html", "headings").in_bulk(
        [number for number in numbers if number]
    )
    if len(found) != len(numbers):
        raise Http404
    one, other = (found[number] for number in numbers)
    context = {
        "one": one,
        "other": other,
        "can_edit": permissions.can_edit(request.user, other),
        "comparison": compare(one.head, other.head),
    }
    return render(request, "wiki/work_compare.html", context)
