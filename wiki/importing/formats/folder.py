"""A folder of Markdown: every file is a note, its folders say something about it."""

import os
import re
from collections.abc import Iterable, Iterator
from fnmatch import fnmatchcase
from pathlib import PurePosixPath

from wiki.importing.formats.files import read_bytes, readable_name
from wiki.importing.messages import Message
from wiki.importing.notes import DumpError, Piece, Place, ReadFile, ReadOptions, Skipped
from wiki.importing.reading import failed, read_notes

NAME = "folder"
MAX_DEPTH = 64

_MARKDOWN_SUFFIXES = (".md", ".markdown", ".mdown", ".mkd")
_TEXT_SUFFIX = ".txt"
# Tools keep their own things in these; nobody's notes.
_TOOLS = (
    ".git .hg .svn .obsidian .logseq .trash .vscode .idea .github .venv venv",
    "node_modules __pycache__ _resources _site",
)
_TOOL_FOLDERS = frozenset(name for line in _TOOLS for name in line.split())
_WORD = re.compile(r"[^\W\d_]{2,}")
_MIN_LETTER_SHARE = 0.5
_MIN_WORDS_IN_A_LINE = 3


def detect(place: Place) -> bool:
    return place.data is None and os.path.isdir(place.location)


def find(place: Place, options: ReadOptions) -> Iterator[Piece | Skipped]:
    """The files that may be notes, in an order that is the same everywhere.

    Links are not followed and nothing that is no plain file is opened.
    """
    yield from _Walk(place, options).folder(place.location, "", 0)


def read(piece: Piece, options: ReadOptions) -> ReadFile:
    try:
        data = read_bytes(piece)
    except DumpError as error:
        return failed(piece, error.message)
    split = "h1" if options.split == "h1" else "file"
    result = read_notes(piece, data, split=split, encoding=options.encoding)
    if _is_asked_for(piece, options) or any(_is_prose(n.body) for n in result.notes):
        return result
    if not result.notes:
        return result
    skipped = Skipped(piece.source, piece.path, Message("not-prose"))
    return ReadFile(piece.path, skipped=(skipped,))


class _Walk:
    """One walk through a folder; remembers the paths it has given out."""

    def __init__(self, place: Place, options: ReadOptions) -> None:
        self._source = place.source
        self._options = options
        self._paths: set[str] = set()

    def folder(self, location: str, path: str, depth: int) -> Iterator[Piece | Skipped]:
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
        if entry.name in _TOOL_FOLDERS:
            return
        name = readable_name(entry.name)
        path = f"{folder}/{name}" if folder else name
        if entry.is_dir(follow_symlinks=False):
            yield from self._subfolder(entry, path, depth)
        elif not name and _has_note_suffix(os.fsencode(entry.name).decode("latin-1")):
            escaped = os.fsencode(entry.name).decode("ascii", "backslashreplace")
            yield self._skipped(
                f"{folder}/{escaped}".lstrip("/"), "path-not-unicode", is_failure=True
            )
        elif self._may_be_note(path):
            yield self._note_file(entry, path)

    def _subfolder(
        self, entry: os.DirEntry[str], path: str, depth: int
    ) -> Iterator[Piece | Skipped]:
        if entry.name.startswith("."):
            yield self._skipped(path, "hidden")
        elif depth >= MAX_DEPTH:
            yield self._skipped(path, "too-deep", is_failure=True)
        else:
            yield from self.folder(entry.path, path, depth + 1)

    def _note_file(self, entry: os.DirEntry[str], path: str) -> Piece | Skipped:
        if entry.is_symlink():
            return self._skipped(path, "symlink")
        if not entry.is_file(follow_symlinks=False):
            return self._skipped(path, "special-file")
        if entry.name.startswith("."):
            return self._skipped(path, "hidden-file")
        if not _is_wanted(path, self._options):
            return self._skipped(path, "excluded")
        if path in self._paths:
            # The same name in two Unicode forms; both are kept apart.
            path = (
                entry.name
                if "/" not in path
                else f"{path[: path.rindex('/')]}/{entry.name}"
            )
        self._paths.add(path)
        return Piece(self._source, path, entry.path)

    def _may_be_note(self, path: str) -> bool:
        return _has_note_suffix(path) or _matches(path, self._options.include)

    def _skipped(
        self, path: str, code: str, *, is_failure: bool = False, **params: str
    ) -> Skipped:
        return Skipped(self._source, path, Message(code, params), is_failure)


def _order(name: str) -> tuple[str, str]:
    return readable_name(name).casefold(), name


def _has_note_suffix(path: str) -> bool:
    return path.lower().rstrip().endswith((*_MARKDOWN_SUFFIXES, _TEXT_SUFFIX))


def _is_wanted(path: str, options: ReadOptions) -> bool:
    if options.include and not _matches(path, options.include):
        return False
    return not _matches(path, options.exclude)


def _matches(path: str, patterns: Iterable[str]) -> bool:
    """Whether a pattern fits the path, one of its folders or the file's name."""
    parts = PurePosixPath(path)
    names = [path, parts.name, *map(str, parts.parents)]
    return any(
        fnmatchcase(name, pattern.rstrip("/")) for pattern in patterns for name in names
    )


def _is_asked_for(piece: Piece, options: ReadOptions) -> bool:
    """Whether the file is a note by its name, so that its text need not prove it."""
    return not piece.path.lower().endswith(_TEXT_SUFFIX) or bool(options.include)


def _is_prose(text: str) -> bool:
    """Whether people wrote it: programs leave `.txt` files full of numbers too."""
    signs = sum(not char.isspace() for char in text[:20_000])
    letters = sum(char.isalpha() for char in text[:20_000])
    if letters < signs * _MIN_LETTER_SHARE:
        return False
    lines = text[:20_000].split("\n")
    return any(
        sum(bool(_WORD.search(word)) for word in line.split()) >= _MIN_WORDS_IN_A_LINE
        for line in lines
    )
