"""What two revisions of an entry differ in, as the pages print it.

The text comes from `wiki.history.diff`; title, tags and the other fields stand
apart from it. Nothing here is asked of the database.
"""

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import islice
from typing import Literal

from django.utils.translation import gettext as _

from wiki.history.diff import Diff, Line, Row, diff
from wiki.history.pictures import pictures_of
from wiki.models import Revision
from wiki.slugs import tag_key
from wiki.views.fitting import Room

Side = Literal["old", "new", "both"]

MAX_PICTURES = 50


@dataclass(frozen=True)
class FieldChange:
    """A field besides the text that differs; `rows` as in a hunk of the text."""

    icon: str
    label: str
    rows: tuple[Row, ...]

    def lines(self) -> Iterator[tuple[Side, Line]]:
        return one_below_the_other(self.rows)


@dataclass(frozen=True)
class NameChange:
    """A tag or a picture of either revision; `side` says which one has it."""

    name: str
    side: Side


@dataclass(frozen=True)
class HunkView:
    """A hunk of the text and its rows for the view with one column."""

    heading: str
    rows: tuple[Row, ...]
    skipped: int

    def lines(self) -> Iterator[tuple[Side, Line]]:
        return one_below_the_other(self.rows)


@dataclass(frozen=True)
class Comparison:
    """All that differs between two revisions.

    Of a very long one only what fits on a page: `omitted_rows` are left out.
    """

    text: Diff
    hunks: tuple[HunkView, ...]
    fields: tuple[FieldChange, ...]
    # All tags of both when any differs, else none.
    tags: tuple[NameChange, ...]
    # Those that came and went; the first of very many.
    pictures: tuple[NameChange, ...]
    omitted_rows: int

    @property
    def has_changes(self) -> bool:
        return bool(self.text.has_changes or self.fields or self.tags)

    @property
    def change_count(self) -> int:
        """Places in the text, fields, and the tags as one."""
        return self.text.change_count + len(self.fields) + bool(self.tags)


def compare(old: Revision, new: Revision, *, context: int | None = 3) -> Comparison:
    """What differs between two revisions with their texts.

    With so many equal lines around each change; None shows all.
    """
    text = diff(old.body, new.body, context=context)
    room = Room()
    hunks = tuple(
        HunkView(hunk.heading, rows, hunk.skipped)
        for hunk, rows in room.fit(text.hunks)
    )
    return Comparison(
        text=text,
        hunks=hunks,
        fields=tuple(_field_changes(old, new)),
        tags=_tag_changes(old, new),
        pictures=tuple(islice(_picture_changes(old.body, new.body), MAX_PICTURES)),
        omitted_rows=text.omitted_rows + room.omitted,
    )


def one_below_the_other(rows: Iterable[Row]) -> Iterator[tuple[Side, Line]]:
    """The lines in one column: of lines that changed together the old ones first."""
    added: list[Line] = []
    for row in rows:
        if row.kind == "same":
            yield from (("new", line) for line in added)
            added = []
            yield "both", row.new
            continue
        if row.old is not None:
            yield "old", row.old
        if row.new is not None:
            added.append(row.new)
    yield from (("new", line) for line in added)


def _field_changes(old: Revision, new: Revision) -> Iterator[FieldChange]:
    fields = [
        ("heading", _("Title"), old.title, new.title),
        ("info", _("Summary"), old.summary, new.summary),
        ("globe", _("Source address"), old.source_url, new.source_url),
        ("link", _("Other titles"), _lines(old.alias_names), _lines(new.alias_names)),
        (
            "list",
            _("Properties"),
            _lines(_spelled(old.properties)),
            _lines(_spelled(new.properties)),
        ),
    ]
    for icon, label, before, after in fields:
        if before != after:
            hunks = diff(before, after, context=0, finds_moves=False).hunks
            rows = tuple(row for hunk in hunks for row in hunk.rows)
            yield FieldChange(icon, label, rows)


def _lines(names: Iterable[str]) -> str:
    return "\n".join(names)


def _spelled(properties: Iterable[Iterable[object]]) -> Iterator[str]:
    for name, value in properties:
        text = (
            value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
        )
        yield f"{name}: {text}"


def _tag_changes(old: Revision, new: Revision) -> tuple[NameChange, ...]:
    before = {tag_key(name): name for name in old.tag_names()}
    after = {tag_key(name): name for name in new.tag_names()}
    if before.keys() == after.keys():
        return ()
    kept = [
        NameChange(name, "both" if key in before else "new")
        for key, name in after.items()
    ]
    gone = [NameChange(name, "old") for key, name in before.items() if key not in after]
    return (*kept, *gone)


def _picture_changes(old: str, new: str) -> Iterator[NameChange]:
    before, after = dict.fromkeys(pictures_of(old)), dict.fromkeys(pictures_of(new))
    yield from (NameChange(name, "new") for name in after if name not in before)
    yield from (NameChange(name, "old") for name in before if name not in after)
