"""An export as files: notes, attachments and the manifest, one after the other."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from wiki.exporting.attachments import Attachment, Attachments
from wiki.exporting.manifest import NAME, AttachmentRecord, ManifestWriter
from wiki.exporting.pages import Pages
from wiki.models.entries import EntryQuerySet

# Of what has no time of its own: the first one that a zip can hold.
NO_TIME = datetime(1980, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Member:
    """A file of an export. Its bytes are to be taken before the next one is."""

    path: str
    written_at: datetime
    chunks: Iterable[bytes]


@dataclass(slots=True)
class Tally:
    """What went into an export, and what of it was not to be found."""

    entries: int = 0
    files: int = 0
    lost: list[str] = field(default_factory=list)


def members_of(entries: EntryQuerySet, tally: Tally | None = None) -> Iterator[Member]:
    """All files of the export of these entries, the manifest last. Streams.

    `tally` is counted up on the way.
    """
    tally = Tally() if tally is None else tally
    attachments = Attachments(entries)
    with ManifestWriter("folder") as manifest:
        for page in Pages(entries, attachments):
            manifest.add_note(page.path, page.record)
            tally.entries += 1
            yield Member(page.path, page.written_at, (page.data,))
        for attachment in present_ones(attachments, tally):
            manifest.add_attachment(attachment.path, record_of(attachment))
            yield Member(attachment.path, NO_TIME, attachment.chunks())
        manifest.finish()
        yield Member(NAME, NO_TIME, manifest.chunks())


def present_ones(
    attachments: Iterable[Attachment], tally: Tally
) -> Iterator[Attachment]:
    """Those whose bytes are there; the others are named in the tally."""
    for attachment in attachments:
        if attachment.is_there():
            tally.files += 1
            yield attachment
        else:
            tally.lost.append(attachment.path)


def record_of(attachment: Attachment) -> AttachmentRecord:
    """What the manifest says of a file."""
    return AttachmentRecord(
        sha256=attachment.stored.sha256, paths=list(attachment.places)
    )


def write_folder(entries: EntryQuerySet, folder: Path) -> Tally:
    """Writes the files into the existing empty `folder`; says what they were."""
    tally = Tally()
    for member in members_of(entries, tally):
        place = folder / member.path
        place.parent.mkdir(exist_ok=True)
        # Nothing is written over: two files of one name would be one lost.
        with place.open("xb") as file:
            file.writelines(member.chunks)
    return tally
