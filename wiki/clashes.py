"""How pages show what two sides made of a text: clashes, and what came together."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from typing import Literal

from django.utils.translation import gettext as _

from wiki.editing import Content
from wiki.editing.joining import spelled
from wiki.editing.merging import MergedContent
from wiki.history.merge import Chunk
from wiki.history.words import mark_words
from wiki.slugs import tag_key

# Of a place so long only the beginning is shown: it stands whole in the form.
SHOWN_CHARS = 4000
_CUT = "…"


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
    """A change that clashed with nothing; `who` is empty for the writer's own.

    `find_pieces` marks it by word, which is left until it is shown.
    """

    who: str
    place: str
    find_pieces: Callable[[], tuple[Piece, ...]]

    @property
    def pieces(self) -> tuple[Piece, ...]:
        return self.find_pieces()


def clash_of(chunk: Chunk, is_base_shown: bool) -> Clash:
    """A place that both sides changed, marked by word where the base may be seen."""
    base = chunk.base if is_base_shown else None
    return Clash(
        heading=chunk.heading,
        line=chunk.line,
        theirs=pieces_of(base, chunk.theirs),
        mine=pieces_of(base, chunk.mine),
    )


def field_clash(name: str, theirs: Content, mine: Content) -> FieldClash:
    """What both sides made of a field of one line."""
    values = [getattr(side, name) for side in (theirs, mine)]
    if name == "properties":
        values = [spelled(pairs) for pairs in values]
    return FieldClash(field_label(name), *values)


def field_label(name: str) -> str:
    return {
        "title": _("Title"),
        "summary": _("Summary"),
        "source_url": _("Source address"),
        "properties": _("Properties"),
    }[name]


def joined_changes(
    merged: MergedContent,
    base: Content,
    latest: Content,
    others: str,
    *,
    is_base_shown: bool,
) -> Iterator[Joined]:
    """What came together by itself, in the text, the tags and the other fields.

    `others` names who made the latest.
    """
    for chunk in merged.body.chunks:
        if chunk.kind in ("mine", "theirs", "both"):
            who = {"mine": "", "theirs": others, "both": f"{others}, {_('you')}"}
            before = chunk.base if is_base_shown else None
            pieces = partial(pieces_of, before, chunk.text)
            yield Joined(who[chunk.kind], chunk.heading or _("beginning"), pieces)
    if is_base_shown:
        yield from _joined_tags(base, merged.content, latest, others)
    for name in ("title", "summary", "source_url"):
        before, after = getattr(base, name), getattr(merged.content, name)
        if before != after and name not in merged.clashing_fields:
            who = others if getattr(latest, name) == after else ""
            pieces = partial(pieces_of, before if is_base_shown else None, after)
            yield Joined(who, field_label(name), pieces)


def _joined_tags(
    base: Content, merged: Content, latest: Content, others: str
) -> Iterator[Joined]:
    before, after, theirs = (
        {tag_key(tag.name): f"#{tag.name}" for tag in side.tags}
        for side in (base, merged, latest)
    )
    mine_pieces, their_pieces = [], []
    for key, name in before.items():
        if key not in after:
            side = mine_pieces if key in theirs else their_pieces
            side.append(Piece("del", name))
    for key, name in after.items():
        if key not in before:
            side = their_pieces if key in theirs else mine_pieces
            side.append(Piece("ins", name))
    for who, pieces in (("", mine_pieces), (others, their_pieces)):
        if pieces:
            yield Joined(who, _("tags"), partial(tuple, pieces))


def pieces_of(before: str | None, after: str) -> tuple[Piece, ...]:
    """What became of a text, marked by word; unmarked when it is not known before."""
    after = _shortened(after)
    if before is None:
        return (Piece("same", after),) if after else ()
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
