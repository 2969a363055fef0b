"""Saves that could not be: the note went away, or is not the writer's to change.

What was typed stands in every answer, in a form that leads on: a new note, a
sign-in that comes back to the form, a file.
"""

from collections.abc import Iterator, Mapping

from django.http import HttpRequest, HttpResponse

from wiki import permissions
from wiki.forms import EntryForm, new_token
from wiki.joining_forms import typed_texts
from wiki.models import Entry, Protection
from wiki.permissions import Person
from wiki.views.editor import answer, editor_context
from wiki.views.returning import SIGN_IN_FIELDS
from wiki.views.titles import free_title

# What stands in the form itself, or must not be sent again.
_NOT_CARRIED = {*SIGN_IN_FIELDS, "do", "view"}


def answer_gone(request: HttpRequest, sent: EntryForm) -> HttpResponse:
    """409: nothing is at the address any more; the text can become a new entry."""
    form = sent.unjudged(
        is_new=True,
        form_token=new_token(),
        base_version=None,
        entry_id=None,
        section="",
    )
    deleted = _deleted_entry(request.user, sent.meant_entry_id)
    context = editor_context(request.user, form) | {
        "deleted": deleted,
        "can_restore": deleted and permissions.can_restore(request.user, deleted),
        "typed": typed_texts(request.POST),
    }
    return answer(request, "wiki/gone.html", context, 409)


def answer_refused(
    request: HttpRequest,
    sent: EntryForm,
    *,
    address: str | None = None,
    is_stale: bool = False,
) -> HttpResponse:
    """403 with the text: signed out meanwhile, not allowed any more, an old form.

    `address` is the editor's, when it is not the one that was asked.
    """
    entry = _entry_in_sight(request.user, sent.meant_entry_id)
    is_locked = entry is not None and not permissions.can_edit(request.user, entry)
    context = editor_context(request.user, sent.unjudged()) | {
        "is_stale": is_stale,
        "is_signed_out": not request.user.is_authenticated,
        "protected_entry": entry if is_locked else None,
        "only_administrators": is_locked
        and entry.protection == Protection.ADMINISTRATORS,
        "may_save": permissions.can_write(request.user) and not is_locked,
        "may_write": permissions.can_write(request.user),
        "address": address or request.path,
        "carried": list(_carried(request.POST, sent)),
        "is_joining": "merge_base" in request.POST,
        "typed": typed_texts(request.POST),
    }
    return answer(request, "wiki/not_saved.html", context, 403)


def new_note_of(form: EntryForm) -> EntryForm:
    """The form as that of a new note, with a title that no entry has yet."""
    return form.unjudged(
        is_new=True,
        title=free_title(form.text_of("title")),
        form_token=new_token(),
        draft=new_token(),
        base_version=None,
        entry_id=None,
        section="",
    )


def _carried(sent: Mapping[str, str], form: EntryForm) -> Iterator[tuple[str, str]]:
    """What another form of ours had besides the editor's fields: choices, say."""
    for name in sent:
        if name not in form.fields and name not in _NOT_CARRIED:
            yield name, sent[name]


def _deleted_entry(person: Person, entry_id: int | None) -> Entry | None:
    """The deleted entry, for whom might read it were it there."""
    if entry_id is None:
        return None
    entries = Entry.objects.with_head().filter(
        visibility__in=permissions.visibilities_for(person), deleted_at__isnull=False
    )
    return entries.defer("html", "body", "head__body").filter(pk=entry_id).first()


def _entry_in_sight(person: Person, entry_id: int | None) -> Entry | None:
    if entry_id is None:
        return None
    entries = Entry.objects.visible_to(person)
    return entries.defer("html", "body").filter(pk=entry_id).first()
