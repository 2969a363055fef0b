"""Saves that did not happen, with everything that was typed in the answer.

Others changed the same place, the entry went away meanwhile, or the writer may
not write any more.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from wiki import permissions
from wiki.editing import Content, EditConflict
from wiki.forms import EntryForm, form_of, new_token
from wiki.history.merge import Chunk
from wiki.history.words import mark_words
from wiki.models import Entry, Revision
from wiki.permissions import Person
from wiki.slugs import tag_key
from wiki.views.editor import answer, editor_context

# Places that merged by themselves and are shown; a longer list nobody reads.
SHOWN_MERGED = 30
# Of a place so long only the beginning is shown: it stands whole in the form.
SHOWN_CHARS = 4000
_CUT = "…"
# What the pane with the writer's text carries besides that, to make a note of it.
_KEPT = ("title", "tags", "summary", "source_url", "comment")


@dataclass(frozen=True)
class Piece:
    """Text that is the same as before, was taken out, or put in."""

    kind: Literal["same", "del", "ins"]
    text: str


@dataclass(frozen=True)
class Clash:
    """A place in the text that both sides changed."""

    heading: str
    line: int
    theirs: tuple[Piece, ...]
    mine: tuple[Piece, ...]


@dataclass(frozen=True)
class FieldClash:
    """A field of one line that both sides changed."""

    label: str
    theirs: str
    mine: str


@dataclass(frozen=True)
class Joined:
    """A change that clashed with nothing; `who` is empty for the writer's own."""

    who: str
    place: str
    pieces: tuple[Piece, ...]


def answer_conflict(
    request: HttpRequest, sent: EntryForm, conflict: EditConflict
) -> HttpResponse:
    """409: what clashes, and a form that holds the merge, to be saved once more.

    In the form stand everyone's changes, and the writer's lines at each clash.
    """
    entry = conflict.entry
    form = form_of(
        conflict.merged,
        base_version=entry.version,
        entry_id=entry.pk,
        comment=sent.text_of("comment"),
        is_minor=bool(sent.text_of("minor")),
        draft=sent.text_of("draft"),
    )
    newest = conflict.newer[-1] if conflict.newer else entry.head
    is_base_shown = _may_see_base(request.user, entry, sent)
    clashes = [clash_of(chunk, is_base_shown) for chunk in conflict.merge.clashes]
    fields = [
        field_clash(name, conflict.current, conflict.mine) for name in conflict.fields
    ]
    joined = list(_joined(conflict, is_base_shown))
    context = editor_context(request.user, form) | {
        "entry": entry,
        "newest": newest,
        "is_own": newest.author_id is not None and newest.author == request.user,
        "clashes": clashes,
        "field_clashes": fields,
        "clash_count": len(clashes) + len(fields),
        "joined": joined[:SHOWN_MERGED],
        "joined_count": len(joined),
        "sent_fields": [(name, sent.text_of(name)) for name in _KEPT],
        "sent_body": sent.text_of("body"),
    }
    return answer(request, "wiki/conflict.html", context, 409)


def answer_gone(request: HttpRequest, sent: EntryForm) -> HttpResponse:
    """409: nothing is at the address any more; the text can become a new entry."""
    form = sent.unjudged(
        is_new=True, form_token=new_token(), base_version=None, entry_id=None
    )
    return answer(request, "wiki/gone.html", editor_context(request.user, form), 409)


def answer_refused(
    request: HttpRequest, sent: EntryForm, *, is_stale: bool = False
) -> HttpResponse:
    """403 with the text: signed out meanwhile, not allowed any more, an old form."""
    context = editor_context(request.user, sent.unjudged()) | {"is_stale": is_stale}
    return answer(request, "wiki/not_saved.html", context, 403)


def _may_see_base(person: Person, entry: Entry, sent: EntryForm) -> bool:
    # A form can name any revision as the one it began with.
    version = sent.cleaned_data["base_version"]
    base = entry.revisions.with_is_hidden().filter(number=version)
    hidden = base.values_list("is_hidden", flat=True).first()
    if hidden is None:
        return False
    return permissions.can_view_revision(person, is_hidden=hidden)


def clash_of(chunk: Chunk, is_base_shown: bool) -> Clash:
    """A place that both sides changed, marked by word where the base may be seen."""
    base = chunk.base if is_base_shown else None
    return Clash(
        heading=chunk.heading,
        line=chunk.line,
        theirs=_pieces(base, chunk.theirs),
        mine=_pieces(base, chunk.mine),
    )


def _joined(conflict: EditConflict, is_base_shown: bool) -> Iterator[Joined]:
    """What came together by itself, in the text, the tags and the other fields."""
    others = _names(conflict.newer)
    for chunk in conflict.merge.chunks:
        if chunk.kind in ("mine", "theirs", "both"):
            who = {"mine": "", "theirs": others, "both": f"{others}, {_('you')}"}
            base = chunk.base if is_base_shown else None
            pieces = _pieces(base, chunk.text)
            yield Joined(who[chunk.kind], chunk.heading or _("beginning"), pieces)
    base, mine, theirs = conflict.base, conflict.mine, conflict.current
    if is_base_shown:
        yield from _joined_tags(base, mine, "")
        yield from _joined_tags(base, theirs, others)
    for name in ("title", "summary", "source_url"):
        before, after = getattr(base, name), getattr(conflict.merged, name)
        if before != after and name not in conflict.fields:
            who = "" if getattr(mine, name) == after else others
            pieces = _pieces(before if is_base_shown else None, after)
            yield Joined(who, _label(name), pieces)


def _joined_tags(base: Content, side: Content, who: str) -> Iterator[Joined]:
    before = {tag_key(tag.name): f"#{tag.name}" for tag in base.tags}
    after = {tag_key(tag.name): f"#{tag.name}" for tag in side.tags}
    pieces = [Piece("del", before[key]) for key in before if key not in after]
    pieces += [Piece("ins", after[key]) for key in after if key not in before]
    if pieces:
        yield Joined(who, _("tags"), tuple(pieces))


def field_clash(name: str, theirs: Content, mine: Content) -> FieldClash:
    """What both sides made of a field of one line."""
    values = [getattr(side, name) for side in (theirs, mine)]
    if name == "properties":
        values = [_spelled(pairs) for pairs in values]
    return FieldClash(_label(name), *values)


def _spelled(pairs: Sequence[tuple[str, object]]) -> str:
    return "\n".join(f"{name}: {value}" for name, value in pairs)


def _label(name: str) -> str:
    return {
        "title": _("Title"),
        "summary": _("Summary"),
        "source_url": _("Source address"),
        "properties": _("Properties"),
    }[name]


def _names(revisions: Sequence[Revision]) -> str:
    return ", ".join(dict.fromkeys(revision.author_name for revision in revisions))


def _pieces(before: str | None, after: str) -> tuple[Piece, ...]:
    """What became of a text, marked by word; unmarked when it is not known before."""
    after = _shortened(after)
    if before is None:
        return (Piece("same", after),)
    before = _shortened(before)
    pieces, place = [], 0
    for mark in mark_words(before, after):
        pieces += [
            Piece("same", after[place : mark.new_start]),
            Piece("del", before[mark.old_start : mark.old_end]),
            Piece("ins", after[mark.new_start : mark.new_end]),
        ]
        place = mark.new_end
    pieces.append(Piece("same", after[place:]))
    return tuple(piece for piece in pieces if piece.text)


def _shortened(text: str) -> str:
    return text if len(text) <= SHOWN_CHARS else text[:SHOWN_CHARS] + _CUT
