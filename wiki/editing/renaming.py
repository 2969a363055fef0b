"""Renaming an entry and writing its new title into the notes that link to it.

All of it is one batch, so that it can be taken back as one. Without it the former
title goes on leading there, so a note that is left out is not wrong.
"""

from collections import Counter, defaultdict
from collections.abc import Collection, Mapping, Sequence
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
from wiki.retitling import Place, Retitling, retitled
from wiki.slugs import entry_path, title_key

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
    cannot be written is left. Raises what `rename_entry` raises, before any note is
    written. One transaction for the rename and one for each fifty notes.
    """
    former = _former_of(entry)
    places = _places(entry, former, note_ids)
    batch = new_batch(BatchKind.RENAME, act)
    try:
        saved = rename_entry(
            entry, title, base_version=base_version, act=replace(act, batch=batch)
        )
    except EditError:
        batch.delete()
        raise
    if saved.status == "same":
        batch.delete()
        return Renamed(saved)
    renamed = saved.entry
    wanted = Retitling(former.keys, former.slugs, renamed.title, renamed.slug)
    act = replace(
        act, kind=RevisionKind.EDIT, comment=comment, is_minor=True, batch=batch
    )
    written: list[int] = []
    ordered = sorted(note_ids)
    for start in range(0, len(ordered), NOTES_AT_ONCE):
        written += _write(ordered[start : start + NOTES_AT_ONCE], wanted, places, act)
    left = set(note_ids) - set(written)
    return Renamed(saved, batch, tuple(written), tuple(sorted(left)))


def _former_of(entry: Entry) -> _Former:
    rows = Alias.objects.filter(entry=entry, kind=Alias.Kind.FORMER)
    names = list(rows.values_list("key", "slug"))
    own = {title_key(name) for name in entry.alias_names}
    keys = {title_key(entry.title), *(key for key, _ in names)} - own
    return _Former(frozenset(keys), frozenset({entry.slug, *(s for _, s in names)}))


def _places(
    entry: Entry, former: _Former, note_ids: Collection[int]
) -> Mapping[int, Counter[Place]]:
    """The wiki links of each note that lead here by these names. One query."""
    places: dict[int, Counter[Place]] = defaultdict(Counter)
    rows = Link.objects.filter(
        target=entry, key__in=former.keys, source__in=list(note_ids)
    )
    for source_id, name, line in rows.values_list("source_id", "name", "line"):
        places[source_id][name, line] += 1
    return places


def _write(
    note_ids: Sequence[int],
    wanted: Retitling,
    places: Mapping[int, Counter[Place]],
    act: Act,
) -> list[int]:
    """Writes the title into these notes; gives those that have it now."""
    notes = Entry.objects.live().with_head().defer("html").filter(pk__in=note_ids)
    edits = []
    for note in notes.order_by("pk"):
        body = retitled(note.body, wanted, places.get(note.pk, {}))
        if body is not None:
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
