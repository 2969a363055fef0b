"""The earlier states of notes, read by the rules of today.

A state that cannot be read is left out and counted: the past of a note never
keeps the note itself out.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace

from wiki.importing.histories import MAX_REVISIONS
from wiki.importing.messages import Message
from wiki.importing.notes import (
    Note,
    PastPiece,
    PastVersion,
    Piece,
    ReadFile,
    digest,
)
from wiki.importing.repositories import blob_of

# Of the texts of one note's past. What is older stays in the repository.
_MAX_CHARS = 16 * 1024 * 1024
# Of all states of one file that are read: a large file with many notes in it
# would take hours.
_MAX_BYTES_READ = 64 * 1024 * 1024


def with_past(
    read: ReadFile, piece: Piece, read_state: Callable[[Piece], ReadFile]
) -> ReadFile:
    """The file, its notes with what they were; `read_state` reads a state of it."""
    if not piece.past or not read.notes:
        return read
    lines = [_Line(note) for note in read.notes]
    states = _States(read, piece, read_state)
    for past, state in states:
        notes = {_part_of(note): note for note in state.notes}
        for line in lines:
            line.add(past, notes)
        if all(line.is_full for line in lines):
            break
    notes = [line.whole(piece, is_cut=states.is_cut) for line in lines]
    if states.lost:
        message = Message("past-unread", {"count": states.lost})
        notes[0] = replace(notes[0], messages=(*notes[0].messages, message))
    return replace(read, notes=tuple(notes))


class _States:
    """What a file was, read one by one, the newest first."""

    def __init__(
        self, read: ReadFile, piece: Piece, read_state: Callable[[Piece], ReadFile]
    ) -> None:
        self._read = read
        self._piece = piece
        self._read_state = read_state
        self.lost = 0
        self.is_cut = False

    def __iter__(self) -> Iterator[tuple[PastPiece, ReadFile]]:
        left = _MAX_BYTES_READ
        for past in reversed(self._piece.past):
            data = blob_of(self._piece.repository, past.blob) if past.blob else None
            if data is None:
                self.lost += 1
                continue
            left -= len(data)
            if left < 0:
                self.is_cut = True
                return
            state = self._state(past, data)
            if any(one.is_failure for one in state.skipped):
                self.lost += 1
            else:
                yield past, state

    def _state(self, past: PastPiece, data: bytes) -> ReadFile:
        read, piece = self._read, self._piece
        if past.path == piece.path and read.file and digest(data) == read.file.sha256:
            # As a rule the newest state is the file itself.
            return read
        then = Piece(
            piece.source,
            past.path,
            data=data,
            size=len(data),
            modified_at=past.written_at,
            hints=piece.hints,
        )
        return self._read_state(then)


def _part_of(note: Note) -> str:
    """Which note of its file it is; the file may have had another path."""
    return note.key.removeprefix(note.path)


class _Line:
    """A note and its versions so far, the newest first."""

    def __init__(self, note: Note) -> None:
        self._note = note
        self._part = _part_of(note)
        self._body = note.body
        self._versions: list[PastVersion] = []
        self._chars = 0
        self.is_full = False

    def add(self, past: PastPiece, notes: Mapping[str, Note]) -> None:
        """Goes one state further back; `notes` are those the file had."""
        note = notes.get(self._part) or self._under_other_title(notes)
        if note is None or self.is_full:
            return
        self._part, self._body = _part_of(note), note.body
        version = PastVersion(
            # The bytes would be kept twice, and what was odd is of no use now.
            note=replace(note, raw=b"", messages=(), past=()),
            author=past.author,
            written_at=past.written_at,
            comment=past.comment,
        )
        newer = self._versions[-1] if self._versions else None
        if newer and newer.note.content_hash == note.content_hash:
            # The text is that of the older commit.
            same = replace(newer.note, written_at=note.written_at)
            self._versions[-1] = replace(version, note=same)
            return
        self._chars += len(note.body)
        if len(self._versions) == MAX_REVISIONS or self._chars > _MAX_CHARS:
            self.is_full = True
        else:
            self._versions.append(version)

    def _under_other_title(self, notes: Mapping[str, Note]) -> Note | None:
        """The note of the file that has the same text, among many."""
        if not self._part or not self._body.strip():
            return None
        same = (note for note in notes.values() if note.body == self._body)
        return next(same, None)

    def whole(self, piece: Piece, *, is_cut: bool) -> Note:
        """The note with its past, and dated by it where nothing else says when."""
        note, versions = self._note, self._versions
        is_committed = (
            bool(versions) and versions[0].note.content_hash == note.content_hash
        )
        if is_committed and note.written_at == piece.modified_at:
            note = replace(note, written_at=versions[0].written_at)
        messages = note.messages
        is_cut |= self.is_full
        if versions and not is_cut:
            versions[-1] = self._dated(versions[-1], piece)
        if is_cut:
            cut = Message("past-cut", {"count": len(versions)})
            messages = (*messages, cut)
        return replace(note, past=tuple(reversed(versions)), messages=messages)

    def _dated(self, first: PastVersion, piece: Piece) -> PastVersion:
        """The oldest version, by the date it gives itself: before it was committed.

        A later one says there when the note began, not when it was changed.
        """
        says = first.note.written_at
        if says is None or says in (first.written_at, piece.modified_at):
            return first
        if len(self._versions) > 1 and says > first.written_at:
            return first
        return replace(first, written_at=says)
