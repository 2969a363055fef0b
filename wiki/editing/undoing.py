"""Taking back what was saved: all since a revision, one change, or one author's run.

Each makes a revision, and marks the ones it takes back as reverted in the same
transaction. The marks stay when that is taken back in turn: they tell what happened,
not what the page holds.
"""

from dataclasses import replace
from itertools import takewhile

from wiki.editing.changes import Act
from wiki.editing.content import Content
from wiki.editing.entries import EntryEdit, Saved, edit_entries
from wiki.editing.problems import EditError, EntryGone, StaleEntry
from wiki.models import Entry, Revision, RevisionKind


def revert_entry(
    entry: Entry, revision: Revision, *, base_version: int, act: Act
) -> Saved:
    """The entry as it was at `revision`, as a new revision.

    Raises StaleEntry when it changed since the person looked at it, EntryGone,
    and InvalidContent when the old title now belongs to another entry.
    """
    if entry.is_deleted:
        raise EntryGone(entry)
    if entry.version != base_version:
        raise StaleEntry(entry)
    edit = EntryEdit(
        entry_id=entry.pk,
        base_version=base_version,
        content=Content.of(revision),
        act=replace(act, kind=RevisionKind.REVERT),
        takes_back=range(revision.number + 1, base_version + 1),
    )
    return _only(edit)


def undo_revision(
    entry: Entry, revision: Revision, *, base_version: int, act: Act
) -> Saved:
    """The entry without what this one revision changed; later changes stay.

    `revision` is not the first. Raises EditConflict when later changes touch the
    same place, EntryGone, and InvalidContent when the title that comes back now
    belongs to another entry. What is gone from the entry already is not undone
    twice: then nothing is saved.
    """
    before = entry.revisions.get(number=revision.number - 1)
    edit = EntryEdit(
        entry_id=entry.pk,
        base_version=base_version,
        base=Content.of(revision),
        content=Content.of(before),
        act=replace(act, kind=RevisionKind.REVERT),
        takes_back=range(revision.number, revision.number + 1),
    )
    return _only(edit)


def latest_run(entry: Entry) -> range:
    """The numbers of the newest revisions in a row that are one author's.

    Visitors are told apart by their addresses. One query, without texts.
    """
    rows = entry.revisions.newest_first().values_list(
        "number", "author_id", "author_label", "address_hash"
    )
    authors = iter(
        (number, (author_id,) if author_id else (None, *names))
        for number, author_id, *names in rows.iterator(chunk_size=100)
    )
    newest, author = next(authors)
    first = newest
    for number, _ in takewhile(lambda row: row[1] == author, authors):
        first = number
    return range(first, newest + 1)


def _only(edit: EntryEdit) -> Saved:
    (outcome,) = edit_entries([edit])
    if isinstance(outcome, EditError):
        raise outcome
    return outcome
