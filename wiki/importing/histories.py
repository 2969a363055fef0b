"""What the commits of a repository did to its notes: their earlier states.

One pass from the newest commit to the oldest, for all files at once. A file is
followed under the names it had: going back over a commit that renamed it, its
name is the old one for the parents of that commit, and for them only.
"""

import re
import tempfile
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from itertools import islice
from os import fsdecode
from pathlib import PurePosixPath
from sys import intern

from wiki.importing.decoding import KOREAN, MAX_FILE_BYTES
from wiki.importing.formats.files import (
    MARKDOWN_SUFFIXES,
    TEXT_SUFFIX,
    readable_name,
)
from wiki.importing.messages import Message
from wiki.importing.notes import DumpError, PastPiece, Piece, Skipped, Tree
from wiki.importing.repositories import GIT_FOLDER, Repository, output_of, tokens

# A longer history is read from its newest end.
MAX_COMMITS = 100_000
MAX_REVISIONS = 1_000
_MAX_STATES = 500_000
# Folders that stand for themselves many times over make a commit of any size.
_MAX_CHANGES = 200_000
# Above this many files added and removed in one commit only those that kept
# every byte are taken as renamed: comparing each with each takes their product.
_MAX_RENAMES = 400

_MAX_AUTHOR_CHARS = 150
_MAX_COMMENT_CHARS = 200
_SUFFIX = re.compile(r"\.[0-9A-Za-z]{1,10}\Z")
_MAX_SUFFIXES = 20
# What has no place in one line, or turns the reading direction of what follows.
_NOT_IN_A_LINE = re.compile(r"[\x00-\x20\x7f-\x9f\u2028-\u202e\u2066-\u2069]+")
_IDENTITY = re.compile(rb"(?P<name>[^<>]*)<(?P<mail>[^<>]*)> (?P<seconds>-?\d+)")
_HASHES = re.compile(rb"[0-9a-f]{40,64}[ \n]")
_FILE_MODE = b"100"
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class History:
    """Earlier states of files by today's path, oldest first; and what was amiss."""

    states: Mapping[str, tuple[PastPiece, ...]]
    messages: tuple[Message, ...] = ()


def with_histories(
    tree: Tree, found: Sequence[Piece | Skipped]
) -> tuple[Piece | Skipped, ...]:
    """The notes' files with their earlier states, where the dump has a history."""
    repository = tree.repository
    if repository is None:
        return tuple(found)
    paths = [one.path for one in found if isinstance(one, Piece)]
    history = read_history(repository, paths)
    return (
        *(
            _with_states(one, history, repository) if isinstance(one, Piece) else one
            for one in found
        ),
        *(Skipped(tree.source, GIT_FOLDER, message) for message in history.messages),
    )


def _with_states(piece: Piece, history: History, repository: Repository) -> Piece:
    states = history.states.get(piece.path)
    if not states:
        return piece
    return replace(piece, past=states, repository=repository.folder)


def read_history(repository: Repository, paths: Collection[str]) -> History:
    """What the commits did to these files. What goes wrong is said, never raised."""
    messages = []
    if repository.is_shallow:
        messages.append(Message("history-shallow"))
    commits: list[_Commit] = []
    walk = _Walk(paths)
    try:
        commits = list(islice(_commits(repository), MAX_COMMITS + 1))
        if len(commits) > MAX_COMMITS:
            messages.append(Message("history-cut", {"limit": MAX_COMMITS}))
            del commits[MAX_COMMITS:]
        for commit, sides in _changes(repository, commits, paths):
            walk.step(commit, sides)
            if walk.state_count > _MAX_STATES:
                messages.append(Message("history-cut", {"limit": len(commits)}))
                break
    except DumpError as error:
        messages.append(error.message)
    try:
        states = _readable(repository, walk.states)
    except DumpError as error:
        return History({}, (*messages, error.message))
    return History(states, tuple(messages))


# ── Commits ──────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class _Commit:
    """A commit; the hashes of it and its parents as git prints them."""

    id: bytes
    parents: tuple[bytes, ...]
    author: str
    written_at: datetime
    comment: str


def _commits(repository: Repository) -> Iterator[_Commit]:
    """All commits that lead to the head, none before one that came after it."""
    arguments = ("rev-list", "--topo-order", "--header", "--parents")
    limit = f"--max-count={MAX_COMMITS + 1}"
    printed = output_of(repository.folder, *arguments, limit, repository.head, "--")
    for raw in tokens(printed):
        if _HASHES.match(raw):
            yield _commit(raw)


def _commit(raw: bytes) -> _Commit:
    head, _, message = raw.partition(b"\n\n")
    first, *lines = head.split(b"\n")
    commit, *parents = first.split()
    fields = {}
    for line in lines:
        name, _, value = line.partition(b" ")
        fields.setdefault(name, value)
    encoding = fields.get(b"encoding", b"").decode("ascii", "replace")
    name, written_at = _identity(fields.get(b"author", b""), encoding)
    if written_at is None:
        _, written_at = _identity(fields.get(b"committer", b""), encoding)
    return _Commit(
        id=commit,
        parents=tuple(parents),
        author=intern(name),
        written_at=written_at or _EPOCH,
        comment=_one_line(_text(_subject(message), encoding), _MAX_COMMENT_CHARS),
    )


def _identity(line: bytes, encoding: str) -> tuple[str, datetime | None]:
    """The name and the moment of an author line; part of an address if nameless."""
    found = _IDENTITY.match(line)
    if not found:
        name = _text(line.partition(b"<")[0], encoding)
        return _one_line(name, _MAX_AUTHOR_CHARS), None
    name = found["name"].strip() or found["mail"].partition(b"@")[0]
    try:
        written_at = datetime.fromtimestamp(int(found["seconds"]), UTC)
    except (OverflowError, OSError, ValueError):
        written_at = None
    return _one_line(_text(name, encoding), _MAX_AUTHOR_CHARS), written_at


def _subject(message: bytes) -> bytes:
    """The first paragraph of a message, which is indented."""
    lines = []
    for line in message.split(b"\n"):
        if line.strip():
            lines.append(line.strip())
        elif lines:
            break
    return b" ".join(lines)


def _text(data: bytes, encoding: str) -> str:
    for name in ("utf-8", encoding, KOREAN):
        try:
            return data.decode(name or "utf-8")
        except (UnicodeDecodeError, LookupError):
            continue
    return data.decode("utf-8", "replace")


def _one_line(text: str, max_chars: int) -> str:
    text = _NOT_IN_A_LINE.sub(" ", text).strip()
    return text if len(text) <= max_chars else f"{text[: max_chars - 1].rstrip()}…"


# ── Changes ──────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class _Change:
    """A file in a commit that is not so in its parent; `former` if it was renamed."""

    path: str
    blob: str
    former: str = ""


def _changes(
    repository: Repository, commits: Sequence[_Commit], paths: Collection[str]
) -> Iterator[tuple[_Commit, list[list[_Change]]]]:
    """Each commit with what it changed of notes, for each of its parents."""
    # Similar texts can only be told apart where all of them are there.
    renames = "-M100%" if repository.is_partial else "-M"
    with tempfile.TemporaryFile() as asked:
        for commit in commits:
            for parent in commit.parents:
                asked.write(b"%s %s\n" % (commit.id, parent))
            if not commit.parents:
                asked.write(b"%s\n" % commit.id)
        asked.seek(0)
        printed = output_of(
            repository.folder,
            *("diff-tree", "--stdin", "-r", "--root", "--raw", "-z", "--always"),
            *("--no-ext-diff", "--no-textconv", renames, f"-l{_MAX_RENAMES}"),
            *("--", *_note_files(paths)),
            stdin=asked,
        )
        sides = _sides(tokens(printed))
        for commit in commits:
            some = list(islice(sides, len(commit.parents) or 1))
            yield commit, some


def _note_files(paths: Iterable[str]) -> list[str]:
    """Patterns for files as the notes are: what else is there cannot become one."""
    suffixes = {PurePosixPath(path).suffix.lower() for path in paths}
    suffixes = {suffix for suffix in suffixes if _SUFFIX.match(suffix)}
    if len(suffixes) > _MAX_SUFFIXES:
        return []
    wanted = sorted({*suffixes, *MARKDOWN_SUFFIXES, TEXT_SUFFIX})
    return [f":(icase)*{suffix}" for suffix in wanted]


def _sides(printed: Iterator[bytes]) -> Iterator[list[_Change]]:
    """What each comparison found. Each begins with the hash of the commit."""
    changes: list[_Change] | None = None
    for token in printed:
        if not token.startswith(b":"):
            if changes is not None:
                yield changes
            changes = []
            continue
        _, mode, _, blob, status = token.split(b" ")
        path = _path(next(printed))
        former = ""
        if status[:1] in b"RC":
            former, path = path, _path(next(printed))
        if status[:1] != b"D" and mode.startswith(_FILE_MODE):
            changes.append(_Change(path, blob.decode("ascii"), former))
        if len(changes) > _MAX_CHANGES:
            raise DumpError("history-wide", limit=_MAX_CHANGES)
    if changes is not None:
        yield changes


def _path(raw: bytes) -> str:
    """The path as a walk through the files would give it."""
    if raw.isascii():
        return intern(raw.decode("ascii"))
    parts = raw.split(b"/")
    return intern("/".join(readable_name(fsdecode(part)) for part in parts))


class _Walk:
    """The states met so far, newest first, and what files are called further back."""

    def __init__(self, paths: Collection[str]) -> None:
        self.states: dict[str, list[PastPiece]] = {path: [] for path in paths}
        self.state_count = 0
        # For commits whose children were met: names there that belong to another
        # file of today, or to none, than they do today.
        self._names: dict[bytes, dict[str, str | None]] = {}

    def step(self, commit: _Commit, sides: Sequence[Sequence[_Change]]) -> None:
        """Goes over a commit; `sides` are its changes from each parent."""
        names = self._names.pop(commit.id, {})
        for change in _made_here(sides):
            self._add(commit, change, names)
        for parent, changes in zip(commit.parents, sides, strict=False):
            self._go_back(parent, changes, names)

    def _note(self, path: str, names: Mapping[str, str | None]) -> str | None:
        """Today's path of the note that is at this one in a commit."""
        return names.get(path, path if path in self.states else None)

    def _add(
        self, commit: _Commit, change: _Change, names: Mapping[str, str | None]
    ) -> None:
        note = self._note(change.path, names)
        # One more than are kept tells that there were more.
        if note is None or len(self.states[note]) > MAX_REVISIONS:
            return
        state = PastPiece(
            change.path, change.blob, commit.author, commit.written_at, commit.comment
        )
        self.states[note].append(state)
        self.state_count += 1

    def _go_back(
        self,
        parent: bytes,
        changes: Iterable[_Change],
        names: dict[str, str | None],
    ) -> None:
        renames = [change for change in changes if change.former]
        if renames:
            new = dict.fromkeys((change.path for change in renames), None)
            old = {one.former: self._note(one.path, names) for one in renames}
            names = {**names, **new, **old}
        others = self._names.get(parent)
        self._names[parent] = names if others is None else self._both(others, names)

    def _both(
        self, first: dict[str, str | None], second: dict[str, str | None]
    ) -> dict[str, str | None]:
        """Names where branches part: a file that became two is the first's."""
        if first == second:
            return first
        differing = {name for name, _ in first.items() ^ second.items()}
        both = dict(first)
        for name in differing:
            both[name] = self._note(name, first) or self._note(name, second)
        return both


def _made_here(sides: Sequence[Sequence[_Change]]) -> Iterable[_Change]:
    """What the commit itself changed: a merge only what differs from every parent."""
    if len(sides) == 1:
        return sides[0]
    everywhere = [{change.path for change in side} for side in sides[1:]]
    return [
        change
        for change in (sides[0] if sides else ())
        if all(change.path in paths for paths in everywhere)
    ]


# ── What of it can be read ───────────────────────────────────────────────────


def _readable(
    repository: Repository, states: Mapping[str, Sequence[PastPiece]]
) -> dict[str, tuple[PastPiece, ...]]:
    """The states oldest first; without a blob where that is lost or too large."""
    blobs = dict.fromkeys(one.blob for some in states.values() for one in some)
    good: set[str] = set()
    with tempfile.TemporaryFile() as asked:
        asked.writelines(f"{blob}\n".encode() for blob in blobs)
        asked.seek(0)
        arguments = ("cat-file", "--batch-check", "--buffer")
        printed = output_of(repository.folder, *arguments, stdin=asked)
        for line in tokens(printed, b"\n"):
            blob, kind, *size = line.split()
            if kind == b"blob" and int(size[0]) <= MAX_FILE_BYTES:
                good.add(intern(blob.decode("ascii")))
    return {
        path: tuple(
            one if one.blob in good else replace(one, blob="") for one in some[::-1]
        )
        for path, some in states.items()
        if some
    }
