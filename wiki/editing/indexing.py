"""Keeps the search index at what entries are now, in the transaction of each save."""

from collections.abc import Collection, Iterable, Mapping, Sequence

from wiki.editing.changes import Change
from wiki.editing.content import Content
from wiki.models import Entry, Revision
from wiki.search import index
from wiki.search.tokens import Analysed, analyse


def write_index(changes: Sequence[Change]) -> None:
    """Brings the changed entries into the index, or out of it. Up to five queries.

    For the transaction that wrote them; their ids and versions are the new ones.
    """
    kept = [change.entry.pk for change in changes if not change.is_new]
    stored = index.opened(kept)
    if stored is None:
        return
    documents = [
        index.Document(c.entry.pk, c.entry.version, _words_of_change(c))
        for c in changes
        if c.deleted_at is None
    ]
    index.write(
        documents,
        removed=[c.entry.pk for c in changes if c.deleted_at and c.entry.pk in stored],
        former=_former_words(stored, changes) if index.needs_former_words() else None,
    )


def index_entries(entry_ids: Collection[int]) -> int:
    """Brings entries into the index as they are now; gives how many were written.

    Those that are deleted leave it. The caller holds them (`rebuilding.held`). Entries
    that are in it as they are now are written again, too: their words may be wrong.
    """
    stored = index.opened(entry_ids)
    if stored is None:
        return 0
    entries = Entry.objects.filter(pk__in=entry_ids).select_related("head")
    live, gone = [], set(stored)
    for entry in entries.defer("html", "headings", "head__body", "head__properties"):
        if not entry.is_deleted:
            words = words_of(Content.of(entry))
            live.append(index.Document(entry.pk, entry.version, words))
            gone.discard(entry.pk)
    former = _words_at(stored.items()) if index.needs_former_words() else None
    index.write(live, removed=gone, former=former)
    return len(live)


def words_of(content: Content) -> Analysed:
    """What the index holds of a content."""
    return analyse(
        title=content.title,
        body=content.body,
        aliases=content.aliases,
        tags=[use.name for use in content.tags],
        summary=content.summary,
    )


def _words_of_change(change: Change) -> Analysed:
    content, names = change.content, [use.name for use in change.uses]
    return analyse(
        title=content.title,
        body=content.body,
        aliases=content.aliases,
        tags=names,
        summary=content.summary,
    )


def _former_words(
    stored: Mapping[int, int], changes: Sequence[Change]
) -> dict[int, Analysed]:
    """The words that the index holds of changed entries, by id."""
    known = {
        c.entry.pk: c.before
        for c in changes
        if stored.get(c.entry.pk) == c.entry.version - 1 - len(c.past)
    }
    words = {pk: words_of(before) for pk, before in known.items()}
    others = [(pk, version) for pk, version in stored.items() if pk not in known]
    return words | _words_at(others)


def _words_at(versions: Iterable[tuple[int, int]]) -> dict[int, Analysed]:
    """The words of entries as of their versions, by id. One query if there are any."""
    wanted = set(versions)
    if not wanted:
        return {}
    revisions = Revision.objects.filter(
        entry__in=[pk for pk, _ in wanted], number__in={number for _, number in wanted}
    )
    return {
        revision.entry_id: words_of(Content.of(revision))
        for revision in revisions
        if (revision.entry_id, revision.number) in wanted
    }
