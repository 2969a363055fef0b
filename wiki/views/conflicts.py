"""The page that joins two edits of the same place, as often as it takes.

Of each clash it shows the latest, the writer's own, and a text to edit; nothing
is chosen beforehand.
"""

from collections.abc import Iterable, Sequence

from django.http import HttpRequest, HttpResponse

from wiki import permissions
from wiki.clashes import joined_changes
from wiki.editing import EditConflict
from wiki.editing.joining import Joining, Question, joining_of
from wiki.forms import EntryForm, form_of
from wiki.joining_forms import SentJoining, may_see_base, own_text, places_of
from wiki.models import Entry, Revision
from wiki.permissions import Person
from wiki.views.editor import Look, answer, editor_context
from wiki.views.undone import undone_by

# Places that merged by themselves and are shown; a longer list nobody reads.
SHOWN_MERGED = 30
# What the pane with the writer's text carries besides that, to make a note of it.
_KEPT = ("title", "tags", "summary", "source_url", "comment", "draft")


def answer_conflict(
    request: HttpRequest, sent: EntryForm, conflict: EditConflict
) -> HttpResponse:
    """409: what clashes, to be chosen, and the merge, to be saved once more."""
    entry = conflict.entry
    form = form_of(
        conflict.merged,
        base_version=entry.version,
        entry_id=entry.pk,
        comment=sent.text_of("comment"),
        is_minor=bool(sent.cleaned_data["minor"]),
        draft=sent.text_of("draft"),
        kept_here=sent.text_of("kept_here"),
        undoes=sent.text_of("undoes"),
        properties_of=sent.text_of("properties_of"),
    )
    return _page(
        request,
        form,
        joining_of(conflict),
        entry=entry,
        newer=_seen_by(request.user, conflict.newer) or (entry.head,),
        base_number=sent.cleaned_data["base_version"],
        look=Look(status=409),
    )


def answer_joining(
    request: HttpRequest, entry: Entry, sent: SentJoining, look: Look
) -> HttpResponse:
    """The page again, with every choice and text as it came."""
    between = entry.revisions.without_text().with_is_hidden().select_related("author")
    newer = between.filter(
        number__gt=sent.base_number, number__lte=sent.latest.number
    ).order_by("number")
    form = EntryForm(request.POST).unjudged(body=sent.joining.merged.body.text)
    return _page(
        request,
        form,
        sent.joining,
        entry=entry,
        newer=_seen_by(request.user, newer) or (sent.latest,),
        base_number=sent.base_number,
        look=look,
        left=sent.joining.left if look.status == 409 else (),
    )


def _seen_by(person: Person, revisions: Iterable[Revision]) -> tuple[Revision, ...]:
    return tuple(
        revision
        for revision in revisions
        if permissions.can_view_revision(person, is_hidden=revision.is_hidden)
    )


def _page(
    request: HttpRequest,
    form: EntryForm,
    joining: Joining,
    *,
    entry: Entry,
    newer: Sequence[Revision],
    base_number: int,
    look: Look,
    left: Sequence[Question] = (),
) -> HttpResponse:
    newest = newer[-1]
    others = ", ".join(dict.fromkeys(revision.author_name for revision in newer))
    base, latest = joining.base, joining.latest
    is_base_shown = may_see_base(request.user, entry, base_number)
    joined = list(
        joined_changes(
            joining.merged, base, latest, others, is_base_shown=is_base_shown
        )
    )
    places = places_of(joining, is_base_shown=is_base_shown)
    context = editor_context(request.user, form, look) | {
        "entry": entry,
        "newest": newest,
        "undone": undone_by(form, entry),
        "is_own": newest.author_id is not None and newest.author == request.user,
        "places": places,
        "place_count": len(places),
        "text_count": sum(not place.question.is_field for place in places),
        "chosen_count": len(places) - len(joining.left),
        "left": [place for place in places if place.question in left],
        "joined": joined[:SHOWN_MERGED],
        "joined_count": len(joined),
        "hidden_fields": _hidden_fields(form),
        "base_number": base_number,
        "is_base_shown": is_base_shown,
        "mine": own_text(joining),
        "comparison": look.comparison,
        "sent_fields": [(name, str(form[name].value() or "")) for name in _KEPT],
        "sent_body": joining.mine.body,
    }
    return answer(request, "wiki/conflict.html", context, look.status)


def _hidden_fields(form: EntryForm) -> list[object]:
    """The fields that nobody is asked for here; each goes back as it came."""
    shown = {"comment", *(() if form["minor"].value() else ("minor",))}
    return [form[name] for name in form.fields if name not in shown]
