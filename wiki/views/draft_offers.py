"""Drafts beside the editor: kept from a form, offered on return, put into a form.

What is not said here is how a text came to be kept (`wiki.drafts`), and the pages
that show drafts (`wiki.views.drafts`).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _

from wiki import permissions
from wiki.drafts import (
    MAX_DRAFTS,
    Slot,
    TooManyDrafts,
    Typed,
    drafts_of,
    drafts_on,
    fields_too_long,
    forget_draft,
    keep_draft,
)
from wiki.editing import Content, body_problem
from wiki.forms import EntryForm, new_token, tags_of
from wiki.models import Draft, Entry, RateLimit, Revision
from wiki.permissions import Person
from wiki.rendering.sections import section_text, sections_of
from wiki.slugs import MAX_SLUG_CHARS, clean_title

# Beside an editor; the list has all of them.
OFFERED = 3
# A script asks at most every few seconds, in each of a few windows.
KEPT_PER_MINUTE = 60
# Tells the script of the next editor whose text was saved after all.
SAVED_COOKIE = "saved_draft"
SAVED_SECONDS = 30 * 86_400


class NotKept(Exception):
    """A draft that was refused: the sentence why, and the answer's status."""

    def __init__(self, sentence: str, status: int, *, wait_seconds: int = 0) -> None:
        super().__init__(sentence)
        self.sentence = sentence
        self.status = status
        self.wait_seconds = wait_seconds


@dataclass(frozen=True)
class Newer:
    """The newest revision of an entry that moved on since a draft was begun."""

    number: int
    author: str
    changes_url: str


@dataclass(frozen=True)
class DraftRow:
    """A draft as a list of them shows it."""

    pk: int
    title: str
    kept_at: datetime
    size: int
    # Against the whole text of today; None where there is none to compare with.
    size_change: int | None
    base_version: int | None
    newer: Newer | None
    # The title of the entry that it would change, if it still can.
    entry_title: str
    is_section: bool
    url: str
    resume_url: str


def row_of(draft: Draft, person: Person) -> DraftRow:
    """What a list shows of a draft from `drafts_of`; nothing of a hidden entry."""
    entry = draft.entry
    is_seen = entry is not None and permissions.can_view(person, entry)
    is_changeable = is_seen and permissions.can_edit(person, entry)
    whole = is_seen and not draft.section and entry.head is not None
    return DraftRow(
        pk=draft.pk,
        title=clean_title(draft.title) or (entry.title if is_seen else ""),
        kept_at=draft.updated_at,
        size=draft.size,
        size_change=draft.size - entry.head.size if whole else None,
        base_version=draft.base_version if is_seen else None,
        newer=newer_than(draft.base_version, entry) if is_seen else None,
        entry_title=entry.title if is_changeable else "",
        is_section=bool(draft.section),
        url=reverse("draft", args=[draft.pk]),
        resume_url=_resume_url(draft, entry if is_changeable else None),
    )


def newer_than(version: int | None, entry: Entry) -> Newer | None:
    """The newest revision, when it is not the one of this number."""
    if version is None or version >= entry.version:
        return None
    changes = reverse("entry-diff", args=[entry.slug])
    return Newer(
        number=entry.version,
        author=entry.head.author_name if entry.head else "",
        changes_url=f"{changes}?old={version}&new={entry.version}",
    )


def _resume_url(draft: Draft, entry: Entry | None) -> str:
    if entry is None:
        return f"{reverse('entry-new')}?draft={draft.pk}"
    asked = {"draft": draft.pk}
    if draft.section:
        asked["section"] = draft.section
    return f"{reverse('entry-edit', args=[entry.slug])}?{urlencode(asked)}"


def draft_context(request: HttpRequest, entry: Entry | None) -> dict[str, Any]:
    """What the editor shows of drafts: those to take up again, and the one in hand.

    One query when the editor is opened by a member, else none.
    """
    if request.method == "POST" or not permissions.is_member(request.user):
        return {}
    rows = [row_of(draft, request.user) for draft in _offered(request.user, entry)]
    taken = _asked_for(request)
    return {
        "draft_offers": [row for row in rows if row.pk != taken][:OFFERED],
        "draft_in_hand": next((row for row in rows if row.pk == taken), None),
    }


def _offered(person: Person, entry: Entry | None) -> Sequence[Draft]:
    return drafts_on(person, entry)[:MAX_DRAFTS]


def _asked_for(request: HttpRequest) -> int | None:
    text = request.GET.get("draft", "")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 19 else None


def draft_asked_for(request: HttpRequest) -> Draft | None:
    """The draft that `?draft=` in the address names, whole; None when it is not there.

    Raises Http404 alike for another's draft, one that is gone, and nonsense.
    """
    if "draft" not in request.GET:
        return None
    number = _asked_for(request)
    if number is None or not permissions.is_member(request.user):
        raise Http404
    draft = Draft.objects.filter(user=request.user, pk=number).first()
    if draft is None:
        raise Http404
    return draft


def form_from_draft(request: HttpRequest, entry: Entry | None) -> EntryForm | None:
    """The form as `?draft=` left it, to be saved against the revision it began with.

    None when the address names no draft. One that was of another entry, or of one
    that is gone, fills the form of a new entry only.
    """
    draft = draft_asked_for(request)
    if draft is None:
        return None
    if entry is not None and draft.entry_id != entry.pk:
        raise Http404
    return EntryForm(
        is_new=entry is None,
        initial={
            "title": draft.title,
            "body": draft.body,
            "tags": draft.tags,
            "summary": draft.summary,
            "source_url": draft.source_url,
            "comment": draft.comment,
            "minor": draft.is_minor,
            "base_version": draft.base_version if entry else None,
            "entry_id": entry and entry.pk,
            "section": draft.section if entry else "",
            "form_token": new_token(),
            "draft": f"{new_token()}.{draft.slot}",
        },
    )


def keep_form(request: HttpRequest, form: EntryForm) -> datetime | None:
    """When the form was kept as a draft; None when it says nothing new.

    Raises NotKept. The text is taken as it was typed, valid or not.
    """
    if not permissions.is_member(request.user):
        sentence = _("Sign in to keep a draft: it belongs to an account.")
        raise NotKept(sentence, 403)
    seconds = RateLimit.objects.hit(
        f"draft:{request.user.pk}", limit=KEPT_PER_MINUTE, seconds=60
    )
    if seconds:
        sentence = _("Too many drafts came at once. Wait %s seconds.") % seconds
        raise NotKept(sentence, 429, wait_seconds=seconds)
    slot, typed = Slot.parse(form.text_of("draft")), _typed_in(form)
    if not slot.name:
        slot = Slot(new_token())
    _refuse_too_large(typed)
    entry = _entry_of(request.user, typed)
    if typed.is_empty or (entry is not None and _says_nothing_new(typed, entry)):
        forget_draft(request.user, slot)
        return None
    if entry is None:
        typed = _without_entry(request.user, slot, typed)
    try:
        return keep_draft(request.user, slot, typed, at=_typed_at(form))
    except TooManyDrafts:
        sentence = _(
            "You have %s drafts, and more cannot be kept. Discard some of them first."
        )
        raise NotKept(sentence % MAX_DRAFTS, 409) from None


def keep_refused(request: HttpRequest, form: EntryForm) -> None:
    """Keeps what was sent and not saved; it stands in the answer as well."""
    if permissions.is_member(request.user):
        try:
            keep_form(request, form)
        except NotKept:
            return


def was_saved(person: Person, form: EntryForm) -> bool:
    """Whether this very form made a revision: its draft only comes in late."""
    token = form.text_of("form_token")
    made = Revision.objects.filter(author=person, form_token=token)
    # As its index has it.
    return bool(token) and made.exclude(form_token="").exists()


def settle_draft(
    request: HttpRequest, form: EntryForm, answer: HttpResponse
) -> HttpResponse:
    """The answer to a save that succeeded, after its draft was let go."""
    if permissions.is_member(request.user):
        forget_draft(request.user, Slot.parse(form.text_of("draft")))
    return tell_of_copy(form, answer)


def tell_of_copy(form: EntryForm, answer: HttpResponse) -> HttpResponse:
    """The answer, with a cookie for a browser that kept a copy of the text.

    It had to, as it could not know how the sending would end; now it may let go.
    """
    slot = Slot.parse(form.text_of("draft"))
    if form.text_of("kept_here") and slot.name:
        answer.set_cookie(
            SAVED_COOKIE,
            slot.name,
            max_age=SAVED_SECONDS,
            secure=settings.CSRF_COOKIE_SECURE,
            samesite="Lax",
        )
    return answer


def say_draft_kept(request: HttpRequest, kept_at: datetime | None) -> None:
    if kept_at is None:
        sentence = _("Nothing differs from what is saved, so there is no draft.")
    else:
        sentence = _("The draft is kept. Nobody but you sees it.")
    messages.success(request, sentence)


def _typed_in(form: EntryForm) -> Typed:
    entry_id = form.meant_entry_id
    version = form.cleaned_data.get("base_version")
    return Typed(
        entry_id=entry_id,
        section=form.text_of("section").replace("\x00", "")[:MAX_SLUG_CHARS],
        base_version=version,
        title=form.text_of("title"),
        body=form.text_of("body"),
        tags=form.text_of("tags"),
        summary=form.text_of("summary"),
        source_url=form.text_of("source_url"),
        comment=form.text_of("comment"),
        is_minor=bool(form.text_of("minor")),
    )


def _typed_at(form: EntryForm) -> datetime | None:
    """When the browser says it was typed, for a text that waited there."""
    text = form.text_of("typed_at")
    if not (text.isascii() and text.isdigit()) or len(text) > 13:
        return None
    return datetime.fromtimestamp(int(text) / 1000, UTC)


def _refuse_too_large(typed: Typed) -> None:
    problem = body_problem(typed.body)
    if problem:
        raise NotKept(problem.sentence, 413)
    if fields_too_long(typed):
        sentence = _("The fields beside the text are too long to be kept as a draft.")
        raise NotKept(sentence, 413)


def _entry_of(person: Person, typed: Typed) -> Entry | None:
    """The entry the text is meant for, as far as the writer may see it. One query."""
    if typed.entry_id is None:
        return None
    entries = Entry.objects.visible_to(person).with_head().defer("html", "headings")
    return entries.filter(pk=typed.entry_id).first()


def _without_entry(person: Person, slot: Slot, typed: Typed) -> Typed:
    """A draft stays with the entry it had; none is given one that is out of sight."""
    known = Draft.objects.filter(
        user=person, slot__in=slot.names(), entry_id=typed.entry_id
    )
    if typed.entry_id is not None and known.exists():
        return typed
    return Typed(**{**vars(typed), "entry_id": None, "section": ""})


def _says_nothing_new(typed: Typed, entry: Entry) -> bool:
    """Whether saving it would change nothing; a comment alone is no draft."""
    now = Content.of(entry)
    if typed.section:
        return typed.body in now.body and typed.body == text_of_section(
            now.body, typed.section
        )
    return (
        typed.body == now.body
        and clean_title(typed.title) == now.title
        and {tag.key for tag in tags_of(typed.tags)} == {tag.key for tag in now.tags}
        and " ".join(typed.summary.split()) == now.summary
        and typed.source_url.strip() == now.source_url
    )


def text_of_section(body: str, name: str) -> str | None:
    """What stands under the heading with this id; None when there is none."""
    for section in sections_of(body):
        if section.id == name:
            return section_text(body, section)
    return None


def rows_for(person: Person, *, limit: int = MAX_DRAFTS) -> list[DraftRow]:
    """The drafts of a person, newest first. One query; none for visitors."""
    if not permissions.is_member(person):
        return []
    return [row_of(draft, person) for draft in drafts_of(person)[:limit]]
