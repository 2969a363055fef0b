"""What the actions of the list of entries do: each through the write door.

What cannot be done to one entry is told and does not keep it from the others.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from django.utils import timezone
from django.utils.text import Truncator
from django.utils.translation import gettext as _

from wiki.editing import (
    Act,
    Author,
    Content,
    EditError,
    EntryEdit,
    EntryGone,
    InvalidContent,
    Saved,
    StaleEntry,
    TagUse,
    delete_entry,
    edit_entries,
    restore_entry,
)
from wiki.editing.tagging import find_tags
from wiki.models import Batch, BatchKind, Entry, RevisionKind, Tag
from wiki.models.revisions import MAX_COMMENT_CHARS
from wiki.slugs import tag_key

# So many texts are in memory at a time.
CHUNK = 50

# The version each entry had when the person decided.
Versions = Mapping[int, int]
Retag = Callable[[Content, Mapping[str, Tag]], Content]


@dataclass
class Done:
    """What an act on many entries came to."""

    batch: Batch
    changed: list[Entry] = field(default_factory=list)
    # Each with the sentence that says why.
    skipped: list[tuple[Entry, str]] = field(default_factory=list)

    def note(self, entry: Entry, outcome: Saved | EditError) -> None:
        if isinstance(outcome, EditError):
            self.skipped.append((entry, _reason(outcome)))
        elif outcome.status != "same":
            self.changed.append(entry)


def add_tag(
    entries: Sequence[Entry], name: str, *, author: Author, comment: str = ""
) -> Done:
    """Gives the tag to each that does not have it, under this name or another."""
    key = tag_key(name)

    def with_tag(content: Content, known: Mapping[str, Tag]) -> Content:
        if any(_is_same(use.key, key, known) for use in content.tags):
            return content
        return replace(content, tags=(*content.tags, TagUse(name)))

    comment = comment or _("Tag added: %s") % name
    return _retag(entries, key, with_tag, author=author, comment=comment)


def remove_tag(
    entries: Sequence[Entry], name: str, *, author: Author, comment: str = ""
) -> Done:
    """Takes the tag from each that has it, under this name or another."""
    key = tag_key(name)

    def without_tag(content: Content, known: Mapping[str, Tag]) -> Content:
        kept = [use for use in content.tags if not _is_same(use.key, key, known)]
        return replace(content, tags=tuple(kept))

    comment = comment or _("Tag removed: %s") % name
    return _retag(entries, key, without_tag, author=author, comment=comment)


def delete(
    entries: Sequence[Entry], versions: Versions, *, author: Author, comment: str = ""
) -> Done:
    """Deletes each that is still at its version."""
    return _each(delete_entry, entries, versions, author, comment or _("Deleted"))


def restore(
    entries: Sequence[Entry], versions: Versions, *, author: Author, comment: str = ""
) -> Done:
    """Brings each back that is still at its version and whose title is free."""
    comment = comment or _("Brought back")
    return _each(restore_entry, entries, versions, author, comment)


def _each(
    change: Callable[..., Saved],
    entries: Sequence[Entry],
    versions: Versions,
    author: Author,
    comment: str,
) -> Done:
    done = Done(_new_batch(BatchKind.BULK, author, comment))
    act = Act(author=author, comment=done.batch.comment, batch=done.batch)
    for entry in entries:
        try:
            done.note(entry, change(entry, base_version=versions[entry.pk], act=act))
        except EditError as error:
            done.note(entry, error)
    return _without_empty_batch(done)


def _retag(
    entries: Sequence[Entry], key: str, retag: Retag, *, author: Author, comment: str
) -> Done:
    done = Done(_new_batch(BatchKind.TAGS, author, comment))
    for start in range(0, len(entries), CHUNK):
        _retag_chunk(entries[start : start + CHUNK], key, retag, done, author)
    return _without_empty_batch(done)


def _retag_chunk(
    entries: Sequence[Entry], key: str, retag: Retag, done: Done, author: Author
) -> None:
    found = Entry.objects.with_head().defer("html", "headings", "head__body")
    whole = found.in_bulk([entry.pk for entry in entries])
    contents = {pk: Content.of(entry) for pk, entry in whole.items()}
    known = find_tags({key, *(use.key for c in contents.values() for use in c.tags)})
    act = Act(
        author=author,
        kind=RevisionKind.TAGS,
        comment=done.batch.comment,
        batch=done.batch,
    )
    edits = [
        EntryEdit(
            entry_id=entry.pk,
            base_version=whole[entry.pk].version,
            content=retag(contents[entry.pk], known),
            act=act,
        )
        for entry in entries
    ]
    for entry, outcome in zip(entries, edit_entries(edits), strict=True):
        done.note(entry, outcome)


def _is_same(key: str, other: str, known: Mapping[str, Tag]) -> bool:
    """Whether two keys are of one tag, of its own name or another of its names."""
    return key == other or (key in known and known[key] == known.get(other))


def _new_batch(kind: str, author: Author, comment: str) -> Batch:
    return Batch.objects.create(
        kind=kind,
        author=author.user,
        author_label=author.name,
        comment=Truncator(comment).chars(MAX_COMMENT_CHARS),
        created_at=timezone.now(),
    )


def _without_empty_batch(done: Done) -> Done:
    if not done.changed:
        done.batch.delete()
    return done


def _reason(error: EditError) -> str:
    if isinstance(error, InvalidContent):
        return " ".join(problem.sentence for problem in error.problems)
    if isinstance(error, StaleEntry):
        return _("It was changed meanwhile.")
    if isinstance(error, EntryGone):
        return _("It was deleted meanwhile.")
    return _("Someone changed the same place meanwhile.")
