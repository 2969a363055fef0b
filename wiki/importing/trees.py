"""The files of a dump, whatever it came in: one file, a folder, an archive.

Nothing is followed, run or expanded, and nothing that is no plain file is
opened. What formats are asked about is a list of files; they need not know
where those came from.
"""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime

from wiki.importing.formats.files import has_note_suffix, readable_name
from wiki.importing.messages import Message
from wiki.importing.notes import DumpError, Piece, Place, Skipped, Tree
from wiki.importing.titles import without_download_number

MAX_DEPTH = 64

# Tools keep their own things in these; nobody's notes, nobody's pictures.
_TOOLS = (
    ".git .hg .svn .obsidian .logseq .trash .vscode .idea .github .venv venv",
    "node_modules __pycache__ _site",
)
TOOL_FOLDERS = frozenset(name for line in _TOOLS for name in line.split())


@contextmanager
def open_tree(place: Place) -> Iterator[Tree]:
    """The files of the dump at a place, found and not opened, while in the context.

    Raises DumpError when the dump as a whole cannot be read.
    """
    if place.data is not None or os.path.isfile(place.location):
        yield _single_file(place)
    elif os.path.isdir(place.location):
        yield _Walk(place).tree()
    else:
        raise DumpError("format-unknown", path=place.label)


def _single_file(place: Place) -> Tree:
    name = readable_name(os.path.basename(place.location)) or place.source
    path = without_download_number(name)
    size = len(place.data or b"")
    modified_at = None
    if place.data is None:
        status = os.stat(place.location)
        size, modified_at = status.st_size, _moment(status.st_mtime)
    piece = Piece(place.source, path, place.location, place.data, size, modified_at)
    return Tree(place, (piece,), is_file=True)


class _Walk:
    """One walk through a folder; remembers the paths it has given out."""

    def __init__(self, place: Place) -> None:
        self._place = place
        self._paths: set[str] = set()
        self._tool_folders: set[str] = set()

    def tree(self) -> Tree:
        found = tuple(self._folder(self._place.location, "", 0))
        return Tree(self._place, found, frozenset(self._tool_folders))

    def _folder(
        self, location: str, path: str, depth: int
    ) -> Iterator[Piece | Skipped]:
        try:
            with os.scandir(location) as found:
                entries = sorted(found, key=lambda entry: _order(entry.name))
        except OSError as error:
            reason = error.strerror or str(error)
            yield self._skipped(path, "unreadable", is_failure=True, reason=reason)
            return
        for entry in entries:
            yield from self._entry(entry, path, depth)

    def _entry(
        self, entry: os.DirEntry[str], folder: str, depth: int
    ) -> Iterator[Piece | Skipped]:
        name = readable_name(entry.name)
        path = f"{folder}/{name}" if folder else name
        if entry.name in TOOL_FOLDERS:
            self._tool_folders.add(path)
        elif entry.is_dir(follow_symlinks=False):
            yield from self._subfolder(entry, path, depth)
        elif not name:
            if has_note_suffix(os.fsencode(entry.name).decode("latin-1")):
                escaped = os.fsencode(entry.name).decode("ascii", "backslashreplace")
                path = f"{folder}/{escaped}".lstrip("/")
                yield self._skipped(path, "path-not-unicode", is_failure=True)
        else:
            yield from self._file(entry, path)

    def _subfolder(
        self, entry: os.DirEntry[str], path: str, depth: int
    ) -> Iterator[Piece | Skipped]:
        if entry.name.startswith("."):
            yield self._skipped(path, "hidden")
        elif depth >= MAX_DEPTH:
            yield self._skipped(path, "too-deep", is_failure=True)
        else:
            yield from self._folder(entry.path, path, depth + 1)

    def _file(self, entry: os.DirEntry[str], path: str) -> Iterator[Piece | Skipped]:
        reason = _why_not(entry)
        if reason:
            if has_note_suffix(path):
                yield self._skipped(path, reason)
            return
        if path in self._paths:
            # The same name in two Unicode forms; both are kept apart.
            path = f"{path.rpartition('/')[0]}/{entry.name}".lstrip("/")
        self._paths.add(path)
        status = entry.stat(follow_symlinks=False)
        yield Piece(
            self._place.source,
            path,
            entry.path,
            size=status.st_size,
            modified_at=_moment(status.st_mtime),
        )

    def _skipped(
        self, path: str, code: str, *, is_failure: bool = False, **params: str
    ) -> Skipped:
        return Skipped(self._place.source, path, Message(code, params), is_failure)


def _why_not(entry: os.DirEntry[str]) -> str:
    if entry.is_symlink():
        return "symlink"
    if not entry.is_file(follow_symlinks=False):
        return "special-file"
    return "hidden-file" if entry.name.startswith(".") else ""


def _order(name: str) -> tuple[str, str]:
    return readable_name(name).casefold(), name


def _moment(seconds: float) -> datetime | None:
    try:
        return datetime.fromtimestamp(seconds, UTC)
    except (OverflowError, OSError, ValueError):
        return None
