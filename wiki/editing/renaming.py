"""Renaming an entry and writing its new title into the notes that link to it.

All of it is one batch, so that it can be taken back as one. Without it the former
title goes on leading there, so a note that is left out is not wrong.
"""

from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace

from django.db.models import Q, QuerySet

from wiki.editing.batches import new_batch
from wiki.editing.changes import Act
from wiki.editing.content import Content
from wiki.editing.entries import Saved, edit_entries
from wiki.editing.lifecycle import rename_entry
from wiki.editing.problems import EditError
from wiki.editing.requests import EntryEdit
from wiki.models import Alias, Batch, BatchKind, Entry, Link, RevisionKind
from wiki.names import may_link_to
from wiki.rendering.retargeting import LinkName, Way, retarget
from wiki.slugs import entry_path, title_key

# By the id of a note.
_Names = dict[int, set[str]]

# Notes that one rename writes into, and those written in one transaction.
MAX_NOTES = 1000
NOTES_AT_ONCE = 50


@dataclass(frozen=True)
class Renamed:
    """A rename, the notes that have the new title now, and those left as they were.

    `batch` is None when nothing but the title changed.
    """

    saved: Saved
    batch: Batch | None = None
    written: tuple[int, ...] = ()
    left: tuple[int, ...] = ()


@dataclass(frozen=True)
class _Former:
    """What an entry was called until now: keys of its titles, and its addresses."""

    keys: frozenset[str]
    slugs: frozenset[str]


@dataclass(frozen=True)
class _Retitling:
    """From which names to which one, and what the names in links of notes mean."""

    former: _Former
    known: _Names
    leading: _Names
    title: str
    slug: str
    # Of the notes that may say the title.
    visibilities: Collection[str]

    def body_of(self, note: Entry) -> str:
        """The text of the note with the links led, as it was where in doubt."""
        leading = self.leading.get(note.pk, set())

        def new_name(link: LinkName, way: Way) -> LinkName | None:
            if way is Way.ADDRESS:
                is_former = link.target in self.former.slugs
                return LinkName(self.slug) if is_former else None
            is_title = way is Way.TITLE and link.target in leading
            # Of `[[folder/title]]` the key is that of its last part.
            if not is_title or title_key(link.target) not in self.former.keys:
                return None
            return LinkName(self.title, link.heading)

        known = {*self.known.get(note.pk, ()), self.title}
        return retarget(note.body, new_name, known=known).body


def notes_with_title(entry: Entry) -> QuerySet[Entry]:
    """The other live notes whose text links here by the title, or a former one.

    By its other titles they go on doing so: those stay. Three queries, this one
    included; it reads through the texts for the address.
    """
    former = _former_of(entry)
    linking = Link.objects.filter(target=entry, key__in=former.keys)
    by_address = Q()
    for slug in former.slugs:
        path = entry_path(slug)
        by_address |= Q(body__contains=path) | Q(body__contains=f"/wiki/{slug}/")
    notes = Entry.objects.live().exclude(pk=entry.pk)
    return notes.filter(Q(pk__in=linking.values("source")) | by_address)


def rename_with_links(
    entry: Entry,
    title: str,
    *,
    base_version: int,
    act: Act,
    note_ids: Collection[int],
    comment: str,
) -> Renamed:
    """The entry renamed, and its new title written into links on these notes.

    `comment` is what the revisions of the notes say. Only targets change, not what
    links are shown as. A note that is changed meanwhile is merged with; one that
    cannot be written is left, as is one that people read who may not read the entry:
    it would tell them its title. Raises what `rename_entry` raises, before any note is
    written. One transaction for the rename and one for each fifty notes.
    """
    former = _former_of(entry)
    known, leading = _names_of(entry, former, note_ids)
    batch = new_batch(BatchKind.RENAME, act)
    try:
        saved = rename_entry(
            entry,
            title,
            base_version=base_version,
            act=replace(act, batch=batch),
            # The notes that are written are drawn then.
            draws_later=True,
        )
    except EditError:
        batch.delete()
        raise
    if saved.status == "same":
        batch.delete()
        return Renamed(saved)
    renamed = saved.entry
    retitling = _Retitling(
        former,
        known,
        leading,
        renamed.title,
        renamed.slug,
        visibilities=may_link_to(renamed),
    )
    act = replace(
        act, kind=RevisionKind.EDIT, comment=comment, is_minor=True, batch=batch
    )
    written: list[int] = []
    ordered = sorted(note_ids)
    for start in range(0, len(ordered), NOTES_AT_ONCE):
        written += _write(ordered[start : start + NOTES_AT_ONCE], retitling, act)
    left = set(note_ids) - set(written)
    return Renamed(saved, batch, tuple(written), tuple(sorted(left)))


def _former_of(entry: Entry) -> _Former:
    rows = Alias.objects.filter(entry=entry, kind=Alias.Kind.FORMER)
    names = list(rows.values_list("key", "slug"))
    own = {title_key(name) for name in entry.alias_names}
    keys = {title_key(entry.title), *(key for key, _ in names)} - own
    return _Former(frozenset(keys), frozenset({entry.slug, *(s for _, s in names)}))


def _names_of(
    entry: Entry, former: _Former, note_ids: Collection[int]
) -> tuple[_Names, _Names]:
    """The names in links of each note that lead anywhere, and those that lead here.

    One query.
    """
    known: _Names = defaultdict(set)
    leading: _Names = defaultdict(set)
    rows = Link.objects.filter(source__in=list(note_ids)).exclude(destination="")
    columns = ("source_id", "name", "key", "target_id")
    for source_id, name, key, target_id in rows.order_by().values_list(*columns):
        known[source_id].add(name)
        if target_id == entry.pk and key in former.keys:
            leading[source_id].add(name)
    return known, leading


def _write(note_ids: Sequence[int], retitling: _Retitling, act: Act) -> list[int]:
    """Writes the title into these notes; gives those that have it now."""
    notes = Entry.objects.live().with_head().defer("html").filter(pk__in=note_ids)
    notes = notes.filter(visibility__in=retitling.visibilities)
    edits = []
    for note in notes.order_by("pk"):
        body = retitling.body_of(note)
        if body != note.body:
            content = replace(Content.of(note), body=body)
            edits.append(
                EntryEdit(
                    entry_id=note.pk,
                    base_version=note.version,
                    content=content,
                    act=act,
                    entry=note,
                )
            )
    outcomes = edit_entries(edits)
    return [
        edit.entry_id
        for edit, outcome in zip(edits, outcomes, strict=True)
        if isinstance(outcome, Saved)
    ]
