"""Which revisions the past of a note becomes, and who made the newest one. Pure."""

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Generic, TypeVar

from wiki.importing.known import Known, Wiki
from wiki.importing.messages import Message
from wiki.importing.naming import under
from wiki.importing.notes import Note, PastVersion

if TYPE_CHECKING:
    from wiki.importing.plan import Planned

Content = TypeVar("Content")


@dataclass(frozen=True, slots=True)
class Earlier(Generic[Content]):
    """A revision to write before the newest one."""

    content: Content
    version: PastVersion


@dataclass(frozen=True, slots=True)
class Lineage(Generic[Content]):
    """What a note was before, oldest first, and whose commits made it.

    `newest` is the commit that left it as it is now, None when none did.
    """

    earlier: tuple[Earlier[Content], ...] = ()
    newest: PastVersion | None = None
    authors: tuple[str, ...] = ()


def with_lineage(
    planned: "Planned[Content]", note: Note, wiki: Wiki[Content]
) -> "Planned[Content]":
    """The plan with the revisions to write; `note` is it as it was read.

    The past itself is let go of: it was large, and has served.
    """
    if not note.past:
        return planned
    if planned.note is not None:
        planned = replace(planned, note=replace(planned.note, past=()))
    if planned.content is None:
        return planned
    since = _since(note, planned.known)
    if planned.status == "merged":
        # Someone's edit lies between; theirs and the commits become one revision.
        authors = tuple(dict.fromkeys(version.author for version in since))
        return replace(planned, lineage=Lineage(authors=authors))
    if planned.known is not None and not planned.known.is_untouched:
        since = since[-1:] if _is_newest(note) else ()
    return _with_revisions(planned, note, since, wiki)


def _since(note: Note, known: Known | None) -> tuple[PastVersion, ...]:
    """The versions that no import has brought yet."""
    if known is None:
        return note.past
    # The bytes say less, as the file's name has a part in the content; but they
    # stay the same when the rules do not by which it is read.
    for field in ("content_hash", "raw_hash"):
        for number in range(len(note.past), 0, -1):
            then = note.past[number - 1].note
            if getattr(then, field) == getattr(known, field):
                return note.past[number:]
    # Another history now, or none at the last import: nothing fits together.
    return note.past[-1:] if _is_newest(note) else ()


def _is_newest(note: Note) -> bool:
    """Whether the note is as the last commit left it."""
    return note.past[-1].note.content_hash == note.content_hash


def _with_revisions(
    planned: "Planned[Content]",
    note: Note,
    since: tuple[PastVersion, ...],
    wiki: Wiki[Content],
) -> "Planned[Content]":
    newest, lost = None, 0
    if since and _is_newest(note):
        *since, newest = since
    earlier: list[Earlier[Content]] = []
    newer = planned.content
    for version in reversed(since):
        content = wiki.content_then(_under_title_of(planned, note, version), newer)
        if content is None:
            lost += 1
        elif not wiki.is_same(content, newer):
            earlier.append(Earlier(content, version))
            newer = content
    lineage = Lineage(tuple(reversed(earlier)), newest)
    return replace(
        planned,
        lineage=lineage,
        messages=(*planned.messages, *_messages(len(earlier), lost)),
    )


def _under_title_of(
    planned: "Planned[Content]", note: Note, version: PastVersion
) -> Note:
    """The version, under the title its note got where it had the same as that."""
    then = version.note
    same = (then.title, then.full_title) == (note.title, note.full_title)
    return under(then, planned.note.title) if same else then


def _messages(written: int, lost: int) -> tuple[Message, ...]:
    messages = []
    if written:
        messages.append(Message("past-written", {"count": written}))
    if lost:
        messages.append(Message("past-refused", {"count": lost}))
    return tuple(messages)
