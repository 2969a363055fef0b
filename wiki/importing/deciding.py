"""Conflicts of an import that wait for a person: what they are, and their end.

The dump's text was kept beside the page. Whatever is decided, it is the base of
the next merge from then on, so that the same dump does not ask again.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import TypeVar

from django.db import transaction
from django.utils import timezone

from wiki.editing import Act, Author, Content, Saved, edit_entry
from wiki.editing.merging import MergedContent, merge_contents
from wiki.importing.records import BASE_FIELDS, base_of, from_stored, set_base
from wiki.models import Decision, Entry, ImportedNote, ImportItem

Decided = TypeVar("Decided", Saved, None)


class AlreadyDecided(Exception):
    """Someone else was faster, or a later import was."""

    def __init__(self, item: ImportItem) -> None:
        super().__init__(f"item {item.pk} was decided")
        self.item = item


@dataclass(frozen=True)
class Case:
    """A conflict as it stands: the last import's text, the wiki's and the dump's."""

    entry: Entry
    version: int
    base: Content
    wiki: Content
    dump: Content

    @property
    def merge(self) -> MergedContent:
        """Both sides' changes; the wiki's where they clash."""
        return merge_contents(self.base, self.wiki, self.dump)

    @property
    def accepted(self) -> Content:
        """The dump's text at each clash; what people changed elsewhere stays."""
        return merge_contents(self.base, self.dump, self.wiki).content

    @property
    def joined(self) -> Content:
        """What to begin with by hand: at each clash both texts, the wiki's first."""
        merge = self.merge
        both = [chunk.both for chunk in merge.body.clashes]
        return replace(merge.content, body=merge.body.resolved(both))


def case_of(item: ImportItem, *, version: int | None = None) -> Case:
    """The conflict of an item with an entry; the wiki's side as it was at `version`.

    Three queries. Without such a version, it is the newest.
    """
    entry = Entry.objects.with_head().defer("html", "headings").get(pk=item.entry_id)
    dump = from_stored(item.proposal)
    note = _note_of(item)
    # Without a base everything is a clash, so nothing is lost.
    base = base_of(note) if note else Content(title=dump.title)
    revision = None
    if version is not None and version != entry.version:
        revision = entry.revisions.filter(number=version).first()
    wiki = Content.of(revision or entry)
    return Case(entry, revision.number if revision else entry.version, base, wiki, dump)


def accept(item: ImportItem, *, base_version: int, act: Act) -> Saved:
    """The entry with the dump's text wherever the two clash.

    `base_version` is the one that the person saw. Raises AlreadyDecided, and what
    `edit_entry` raises; then nothing is decided.
    """
    case = case_of(item, version=base_version)
    return _write(item, case.accepted, case.version, Decision.ACCEPTED, act)


def save(item: ImportItem, content: Content, *, base_version: int, act: Act) -> Saved:
    """The entry with a text that was made of both. Raises as `accept` does."""
    return _write(item, content, base_version, Decision.EDITED, act)


def reject(item: ImportItem, *, author: Author) -> None:
    """Leaves the entry as it is. Raises AlreadyDecided."""
    _decide(item, Decision.REJECTED, author, lambda: None)


def _write(
    item: ImportItem, content: Content, base_version: int, decision: str, act: Act
) -> Saved:
    def write() -> Saved:
        entry = Entry(pk=item.entry_id)
        return edit_entry(entry, content, base_version=base_version, act=act)

    return _decide(item, decision, act.author, write)


def _decide(
    item: ImportItem,
    decision: str,
    author: Author,
    write: Callable[[], Decided],
) -> Decided:
    with transaction.atomic():
        saved = write()
        _move_base(item, saved)
        # The entry first and this last, as an import does: no ring of waiting.
        waiting = ImportItem.objects.filter(pk=item.pk, decision="")
        if not waiting.update(
            decision=decision,
            decided_by=author.user,
            decided_label=author.name,
            decided_at=timezone.now(),
            needs_eyes=False,
        ):
            raise AlreadyDecided(item)
    return saved


def _move_base(item: ImportItem, saved: Saved | None) -> None:
    """Makes the dump's text what the next import compares with."""
    dump = from_stored(item.proposal)
    note = _note_of(item)
    if note is None:
        return
    is_dump_text = saved is not None and Content.of(saved.entry).has_same_text_as(dump)
    set_base(note, dump)
    note.content_hash = item.proposal.get("content_hash", "")
    note.entry_version = saved.entry.version if is_dump_text else None
    note.save(update_fields=[*BASE_FIELDS, "content_hash", "entry_version"])


def _note_of(item: ImportItem) -> ImportedNote | None:
    """The note whose conflict it is, as long as it is that of the same entry."""
    notes = ImportedNote.objects.defer("raw").filter(entry=item.entry_id)
    number = item.proposal.get("note")
    found = notes.filter(pk=number).first() if number else None
    return found or notes.filter(source=item.source).order_by("pk").first()
