"""The files of a dump, whatever it came in: one file, a folder, an archive.

Nothing is followed, run or expanded, and nothing that is no plain file is
opened. What formats are asked about is a list of files; they need not know
where those came from.
"""

import os
import unicodedata
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from datetime import UTC, datetime

from wiki.importing.archives import (
    Unpacked,
    is_archive,
    unpacked,
    with_packs_unpacked,
)
from wiki.importing.bare import open_bare
from wiki.importing.formats.files import (
    BUNDLE_SUFFIX,
    MAX_DEPTH,
    TOOL_FOLDERS,
    has_note_suffix,
    is_note_file,
    readable_name,
)
from wiki.importing.messages import Message
from wiki.importing.notes import DumpError, Piece, Place, Skipped, Tree
from wiki.importing.repositories import GIT_FOLDER, is_bare, open_repository
from wiki.importing.titles import without_download_number


@contextmanager
def open_tree(place: Place, *, has_history: bool = True) -> Iterator[Tree]:
    """The files of the dump at a place, found and not opened, while in the context.

    With `has_history` what a repository knows of their past comes along. Raises
    DumpError when the dump as a whole cannot be read.
    """
    if place.data is not None or os.path.isfile(place.location):
        if is_archive(place):
            with unpacked(place) as archive:
                tree = _tree_of(place, archive)
                if has_history and GIT_FOLDER in tree.tool_folders:
                    tree = _without_repository(tree, Message("history-packed"))
                yield tree
        else:
            yield _single_file(place)
    elif is_bare(place.location):
        with open_bare(place) as tree:
            yield tree if has_history else replace(tree, repository=None)
    elif os.path.isdir(place.location):
        tree = _Walk(place).tree()
        with (
            with_packs_unpacked(tree.source, tree.found) as found,
            ExitStack() as stack,
        ):
            tree = replace(tree, found=found)
            if has_history and GIT_FOLDER in tree.tool_folders:
                tree = _with_repository(tree, stack)
            yield tree
    else:
        raise DumpError("format-unknown", path=place.label)


def _with_repository(tree: Tree, stack: ExitStack) -> Tree:
    """The tree with its repository, or with the reason why that was not opened."""
    try:
        repository = stack.enter_context(open_repository(tree.place.location))
    except DumpError as error:
        return _without_repository(tree, error.message)
    return replace(tree, repository=repository)


def _without_repository(tree: Tree, reason: Message) -> Tree:
    skipped = Skipped(tree.source, GIT_FOLDER, reason)
    return replace(tree, found=(*tree.found, skipped))


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


def _tree_of(place: Place, archive: Unpacked) -> Tree:
    """The tree of an archive; one with a single note in it is like that file."""
    pieces = [one for one in archive.found if isinstance(one, Piece)]
    notes = [piece for piece in pieces if is_note_file(piece.path)]
    is_bundle = any(BUNDLE_SUFFIX in piece.path.lower() for piece in notes)
    is_file = len(notes) == 1 and not is_bundle
    return Tree(place, archive.found, archive.tool_folders, is_file)


class _Walk:
    """One walk through a folder; remembers the paths it has given out."""

    def __init__(self, place: Place) -> None:
        self._place = place
        self._paths: set[str] = set()
        self._tool_folders: set[str] = set()

    def tree(self) -> Tree:
        name = readable_name(os.path.basename(self._place.location))
        # A bundle is a note, and this folder's name is what it is called.
        path = name if name.lower().endswith(BUNDLE_SUFFIX) else ""
        found = tuple(self._folder(self._place.location, path, 0))
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
            path = unicodedata.normalize("NFD", path)
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
