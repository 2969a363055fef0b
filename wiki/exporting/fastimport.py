"""The history of entries as a stream that `git fast-import` reads.

A commit a revision, in the order they were written, and one more for attachments
and the manifest. A file has the name that its entry has today, all through its
history, and its texts are as they were written: their links are not rewritten.
Source of the format: git-fast-import(1).
"""

from collections.abc import Iterable, Iterator
from datetime import UTC, datetime

from django.db.models import F, Max, Window
from django.db.models.functions import Coalesce, TruncSecond

from wiki.editing import Content
from wiki.exporting.attachments import Attachment, Attachments
from wiki.exporting.folder import Tally, present_ones, record_of
from wiki.exporting.frontmatter import front_matter_of
from wiki.exporting.manifest import NAME, FileRecord, ManifestWriter
from wiki.exporting.pages import Places
from wiki.exporting.selection import in_chunks, in_parts
from wiki.exporting.streams import in_larger_pieces
from wiki.models import Revision, RevisionKind
from wiki.models.entries import EntryQuerySet
from wiki.models.revisions import RevisionQuerySet

BRANCH = "refs/heads/main"
KIND = "git"
_NOBODY = "unknown"
_WIKI = "Notewiki"
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
# What a revision without a comment did. English, as commits of programs are:
# the same export in every language.
_DEEDS = {
    RevisionKind.CREATE: "Create",
    RevisionKind.MERGE: "Merge",
    RevisionKind.REVERT: "Revert",
    RevisionKind.RENAME: "Rename",
    RevisionKind.DELETE: "Delete",
    RevisionKind.RESTORE: "Restore",
    RevisionKind.IMPORT: "Import",
    RevisionKind.TAGS: "Change tags of",
}
_LAST_MESSAGE = "Add attachments and the manifest"


class History:
    """The revisions of some entries, and what was counted while they were written."""

    def __init__(self, entries: EntryQuerySet, *, with_hidden: bool = False) -> None:
        """`with_hidden` takes also the revisions that were hidden."""
        self.entries = entries
        self.commits = 0
        self.tally = Tally()
        self._with_hidden = with_hidden

    def revisions(self) -> Iterator[Revision]:
        """All of them with author and entry. One query for each fifty.

        By the time they were written, to the second as in commits, but never one
        before an earlier one of its entry.
        """
        written_at = TruncSecond(Coalesce("authored_at", "created_at"))
        at = Window(
            Max(written_at), partition_by=F("entry_id"), order_by=F("number").asc()
        )
        ordered = self._revisions().annotate(at=at)
        order = ("at", "entry__sort_key", "entry__slug", "number")
        for ids in in_parts(ordered.order_by(*order)):
            found = (
                self._revisions()
                .select_related("author", "entry")
                .defer("entry__body", "entry__html", "entry__headings")
                .in_bulk(ids)
            )
            yield from (found[pk] for pk in ids if pk in found)

    def _revisions(self) -> RevisionQuerySet:
        own = self.entries.order_by().values("pk")
        revisions = Revision.objects.filter(entry__in=own)
        if self._with_hidden:
            return revisions
        return revisions.with_is_hidden().filter(is_hidden=False)


def as_fast_import(history: History) -> Iterator[bytes]:
    """The stream, in pieces. Nothing of it is kept."""
    return in_larger_pieces(_stream(history))


def _stream(history: History) -> Iterator[bytes]:
    yield b"feature done\n"
    places = Places(history.entries)
    last_at = _EPOCH
    for revision in history.revisions():
        entry = revision.entry
        path = places.path_of(entry)
        last_at = max(last_at, revision.written_at)
        yield _commit(_author_of(revision), revision.written_at, _message(revision))
        if revision.kind == RevisionKind.DELETE:
            yield f"D {path}\n\n".encode()
        else:
            content = Content.of(revision)
            text = front_matter_of(content).text + content.body
            yield from _file(path, (text.encode(),))
        history.commits += 1
    yield _commit(_WIKI, last_at, _LAST_MESSAGE)
    yield from _last_files(history, places)
    yield b"done\n"


def default_message(kind: str, title: str) -> str:
    """The message of a commit whose revision has no comment."""
    return f"{_DEEDS.get(kind, 'Change')} {title}"


def _last_files(history: History, places: Places) -> Iterator[bytes]:
    attachments = Attachments(history.entries, with_former=True)
    with ManifestWriter(KIND) as manifest:
        for chunk in in_chunks(history.entries):
            for entry in chunk:
                front_matter = front_matter_of(Content.of(entry))
                record = FileRecord(
                    **places.record_of(entry),
                    renamed=dict(front_matter.renamed),
                    own=list(front_matter.own),
                )
                manifest.add_note(places.path_of(entry), record)
                history.tally.entries += 1
        for attachment in present_ones(attachments, history.tally):
            manifest.add_attachment(attachment.path, record_of(attachment))
            yield from _attachment(attachment)
        size = manifest.finish()
        yield from _file(NAME, manifest.chunks(), size=size)


def _commit(author: str, moment: datetime, message: str) -> bytes:
    seconds = max(0, int(moment.timestamp()))
    person = f"{author} <> {seconds} +0000"
    text = message.encode()
    head = f"commit {BRANCH}\nauthor {person}\ncommitter {person}\ndata {len(text)}\n"
    return head.encode() + text + b"\n"


def _attachment(attachment: Attachment) -> Iterator[bytes]:
    return _file(attachment.path, attachment.chunks(), size=attachment.stored.size)


def _file(
    path: str, chunks: Iterable[bytes], *, size: int | None = None
) -> Iterator[bytes]:
    """A file as it is from this commit on; of one piece, when no size is given.

    Names hold no sign that would have to be quoted.
    """
    if size is None:
        chunks = tuple(chunks)
        size = sum(map(len, chunks))
    yield f"M 100644 inline {path}\ndata {size}\n".encode()
    yield from chunks
    yield b"\n"


def _author_of(revision: Revision) -> str:
    """A name as git takes it: on one line, without the signs around an address."""
    name = "".join(
        " " if char in "<>" or not char.isprintable() else char
        for char in revision.author_name
    )
    return " ".join(name.split()) or _NOBODY


def _message(revision: Revision) -> str:
    return revision.comment or default_message(revision.kind, revision.title)
