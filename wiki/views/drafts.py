"""The pages of a writer's own drafts, and the address their editor keeps them at."""

from dataclasses import dataclass, replace

from django.contrib import messages
from django.http import (
    Http404,
    HttpRequest,
    HttpResponse,
    HttpResponseRedirect,
    JsonResponse,
)
from django.shortcuts import render
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import dateformat, timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.cache import cache_control
from django.views.decorators.http import (
    require_http_methods,
    require_POST,
    require_safe,
)

from wiki import permissions
from wiki.access import get_revision_for
from wiki.drafts import MAX_DRAFTS, Slot, drafts_of, forget_draft
from wiki.editing import Content
from wiki.forms import EntryForm, tags_of
from wiki.models import Draft, Entry
from wiki.permissions import Person
from wiki.slugs import clean_title
from wiki.views.comparison import Comparison
from wiki.views.draft_offers import (
    NotKept,
    keep_form,
    row_of,
    rows_for,
    text_of_section,
    was_saved,
)
from wiki.views.editor import compare_contents
from wiki.views.gate import View, only_for

_NEVER_KEPT = "private, no-store"
# Read with the entry, for those who may see it.
_TEXTS = ("entry__body", "entry__html", "entry__headings")


@dataclass(frozen=True)
class Difference:
    """What a draft would change, and of which revision."""

    comparison: Comparison
    version: int


def own_only(view: View) -> View:
    """For pages about what belongs to an account; no cache keeps them."""
    never_kept = cache_control(private=True, no_store=True)
    return only_for(permissions.is_member)(never_kept(view))


@require_http_methods(["GET", "HEAD", "POST"])
def drafts(request: HttpRequest) -> HttpResponse:
    """The list of one's drafts; a POST keeps the fields of an editor as one."""
    return _keep(request) if request.method == "POST" else _list(request)


@own_only
@require_safe
def draft(request: HttpRequest, number: int) -> HttpResponse:
    """One draft: what it would change, and whether others changed that meanwhile."""
    found = _own_draft(request, number)
    row = row_of(found, request.user)
    entry = _entry_of(found, request.user)
    context = {
        "row": row,
        "draft": found,
        "difference": entry and _difference(found, entry, request.user),
    }
    return render(request, "wiki/draft.html", context)


@own_only
@require_POST
def discard(request: HttpRequest, number: int) -> HttpResponse:
    """Lets go of a draft; one that is gone already is as good."""
    gone, _kinds = Draft.objects.filter(user=request.user, pk=number).delete()
    if gone:
        messages.success(request, _("The draft was discarded."))
    return HttpResponseRedirect(_way_on(request))


@own_only
def _list(request: HttpRequest) -> HttpResponse:
    context = {"rows": rows_for(request.user), "limit": MAX_DRAFTS}
    return render(request, "wiki/drafts.html", context)


def _keep(request: HttpRequest) -> HttpResponse:
    """What became of the text, for the script of the editor."""
    user = request.user
    # Someone else may have signed in since the page with the text was opened.
    writer = request.POST.get("writer", "")
    if not permissions.is_member(user) or writer not in ("", str(user.pk)):
        sentence = _("You are signed out, so the draft is kept on this device only.")
        return _told({"problem": sentence}, 403)
    form = EntryForm(request.POST)
    try:
        kept_at = keep_form(request, form)
    except NotKept as refusal:
        answer = _told({"problem": refusal.sentence}, refusal.status)
        if refusal.wait_seconds:
            answer["Retry-After"] = str(refusal.wait_seconds)
        return answer
    # Asked afterwards: a save that ends between lets the draft go by itself.
    if "offer" not in request.POST and was_saved(user, form):
        forget_draft(user, Slot.parse(form.text_of("draft")))
        return _told({"state": "saved"}, 200)
    if kept_at is None:
        return _told({"state": "same"}, 200)
    words = dateformat.format(timezone.localtime(kept_at), "H:i")
    state = {"state": "kept", "kept_at": kept_at.isoformat(), "time": words}
    if "offer" in request.POST:
        state["offer"] = _offer(request, form)
    return _told(state, 200)


def _offer(request: HttpRequest, form: EntryForm) -> str:
    """The notice of a draft that came from a browser which had to wait with it."""
    slot = Slot.parse(form.text_of("draft"))
    found = drafts_of(request.user).filter(slot=slot.name).first()
    if found is None:
        return ""
    row = row_of(found, request.user)
    return render_to_string("wiki/_draft_offer.html", {"row": row}, request)


def _told(state: dict[str, str], status: int) -> JsonResponse:
    answer = JsonResponse(state, status=status)
    answer["Cache-Control"] = _NEVER_KEPT
    return answer


def _own_draft(request: HttpRequest, number: int) -> Draft:
    # Another's draft is as missing as none at all.
    found = drafts_of(request.user).defer(None).defer(*_TEXTS).filter(pk=number).first()
    if found is None:
        raise Http404
    return found


def _entry_of(found: Draft, person: Person) -> Entry | None:
    """The entry with its text, when the writer may see it. One query."""
    entries = Entry.objects.visible_to(person).with_head().defer("html", "headings")
    return entries.filter(pk=found.entry_id).first()


def _difference(found: Draft, entry: Entry, person: Person) -> Difference | None:
    """Against the revision it was begun on; the newest where that is out of sight."""
    before, version = Content.of(entry), entry.version
    if found.base_version not in (None, entry.version):
        try:
            base = get_revision_for(person, entry, found.base_version)
        except Http404:
            pass
        else:
            before, version = Content.of(base), base.number
    if found.section:
        body = text_of_section(before.body, found.section)
        if body is None:
            return None
        after = replace(before, body=found.body)
        comparison = compare_contents(replace(before, body=body), after)
    else:
        comparison = compare_contents(before, _content_of(found, before))
    return Difference(comparison, version)


def _content_of(found: Draft, before: Content) -> Content:
    return replace(
        before,
        title=clean_title(found.title),
        body=found.body,
        tags=tags_of(found.tags),
        summary=" ".join(found.summary.split()),
        source_url=found.source_url.strip(),
    )


def _way_on(request: HttpRequest) -> str:
    wanted = request.POST.get("next", "")
    is_ours = url_has_allowed_host_and_scheme(
        wanted, {request.get_host()}, require_https=request.is_secure()
    )
    return wanted if is_ours else reverse("drafts")
