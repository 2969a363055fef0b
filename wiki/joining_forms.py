"""The form that joins two edits: its questions, and what came back with it.

The same in the editor and in the admin. Its `body` holds the whole merge, with the
writer's lines at each clash, so who sends that alone has made a text of their own.
"""

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, replace

from django.http import Http404, HttpRequest
from django.utils.translation import gettext as _

from wiki import permissions
from wiki.access import get_revision_for
from wiki.clashes import Piece, field_label, pieces_of
from wiki.editing import Content, with_unix_newlines
from wiki.editing.joining import (
    BOTH,
    LATEST,
    MINE,
    OWN,
    Answer,
    Joining,
    Question,
    join,
    spelled,
)
from wiki.forms import EntryForm, number_in
from wiki.models import Entry, Revision
from wiki.permissions import Person

CHOICE, TEXT = "choice-", "out-"


@dataclass(frozen=True)
class Place:
    """A question as the page asks it."""

    question: Question
    # What clashed: the heading it stands under, or the name of a field.
    title: str
    latest: tuple[Piece, ...]
    mine: tuple[Piece, ...]
    # Value and word of each choice.
    choices: tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class SentJoining:
    """A conflict page that came back.

    A stray one holds another merge than these texts give now: its `body` was
    taken for the writer's text, and its answers may be to other questions.
    """

    joining: Joining
    latest: Revision
    base_number: int
    is_stray: bool
    # Whether anything was chosen or typed where it asked.
    is_touched: bool


def read_joining(
    request: HttpRequest, entry: Entry, form: EntryForm
) -> SentJoining | None:
    """The conflict page that was sent, as it answers its questions.

    None for any other form, for one with mistakes, and where this person may not
    see the revision it joins with: a form can name any.
    """
    base_number = number_in(request.POST.get("merge_base", ""))
    if base_number is None or not form.is_valid():
        return None
    latest = None
    with suppress(Http404):
        latest = get_revision_for(
            request.user, entry, form.cleaned_data["base_version"]
        )
    if latest is None:
        return None
    found = entry.revisions.filter(number=base_number).first()
    # A base that never was: everything clashes, as it does where entries are saved.
    base = Content.of(found) if found else Content(title=latest.title)
    merge = with_sent_properties(request.user, entry, form, form.content(base))
    mine = replace(merge, body=_sent_text(request, merge.body))
    answers = _answers(request.POST)
    joining = join(base, mine, Content.of(latest), answers)
    is_stray = joining.merged.body.text != merge.body
    is_touched = len(joining.left) < len(joining.questions)
    if is_stray:
        # Fields that were left as they were printed say nothing of other places.
        answers = answers if is_touched else {}
        joining = join(base, merge, Content.of(latest), answers)
    return SentJoining(joining, latest, base_number, is_stray, is_touched)


def with_sent_properties(
    person: Person, entry: Entry, form: EntryForm, content: Content
) -> Content:
    """The content with the properties of the revision that the form says.

    As they are where it says none, or one that this person may not see.
    """
    number = number_in(form.text_of("properties_of"))
    if number is None:
        return content
    with suppress(Http404):
        found = get_revision_for(person, entry, number)
        return replace(content, properties=Content.of(found).properties)
    return content


def typed_texts(sent: Mapping[str, str]) -> str:
    """What stood in the text fields of a conflict page, one below the other."""
    return "\n\n".join(
        with_unix_newlines(text) for name, text in sent.items() if name.startswith(TEXT)
    )


def places_of(joining: Joining, *, is_base_shown: bool) -> list[Place]:
    """The questions as `wiki/_clash.html` asks them."""
    base = joining.base
    return [_place(question, base, is_base_shown) for question in joining.questions]


def own_text(joining: Joining) -> str | None:
    """What the writer sent, to go along; None where the merge is just that."""
    mine = joining.mine.body
    return None if mine == joining.merged.body.text else mine


def _place(question: Question, base: Content, is_base_shown: bool) -> Place:
    chunk = question.chunk
    if chunk is None:
        before = getattr(base, question.name)
        before = spelled(before) if question.is_only_chosen else before
        title = field_label(question.name)
    else:
        before, title = chunk.base, chunk.heading or _("beginning")
    before = before if is_base_shown else None
    return Place(
        question,
        title,
        latest=pieces_of(before, question.latest),
        mine=pieces_of(before, question.mine),
        choices=_choices(question),
    )


def _choices(question: Question) -> tuple[tuple[str, str], ...]:
    words = {LATEST: _("Latest"), MINE: _("Mine"), BOTH: _("Both"), OWN: _("My own")}
    if question.is_field:
        # A title made of two is none.
        del words[BOTH]
    if question.is_only_chosen:
        del words[OWN]
    return tuple(words.items())


def may_see_base(person: Person, entry: Entry, number: int) -> bool:
    """Whether the revision is there and may be shown; a form can name any."""
    revision = entry.revisions.with_is_hidden().filter(number=number)
    hidden = revision.values_list("is_hidden", flat=True).first()
    if hidden is None:
        return False
    return permissions.can_view_revision(person, is_hidden=hidden)


def _answers(sent: Mapping[str, str]) -> dict[str, Answer]:
    names = {
        name.removeprefix(prefix)
        for prefix in (CHOICE, TEXT)
        for name in sent
        if name.startswith(prefix)
    }
    return {
        name: Answer(sent.get(CHOICE + name, ""), sent.get(TEXT + name))
        for name in names
    }


def _sent_text(request: HttpRequest, merged: str) -> str:
    """What the writer sent at first; left out where it is the merge itself."""
    mine = request.POST.get("mine")
    return merged if mine is None else with_unix_newlines(mine)
