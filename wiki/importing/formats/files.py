"""What formats share: which files are notes, and how one is opened.

Files are opened without trust: no links followed, no pipes waited for.
"""

import io
import os
import re
import stat
import unicodedata
from collections.abc import Callable, Iterable, Iterator
from fnmatch import fnmatchcase
from pathlib import PurePosixPath
from typing import BinaryIO

from wiki.importing.decoding import MAX_FILE_BYTES, korean_text, too_large
from wiki.importing.messages import Message
from wiki.importing.notes import DumpError, Piece, ReadOptions, Skipped, Tree

MARKDOWN_SUFFIXES = (".md", ".markdown", ".mdown", ".mkd")
TEXT_SUFFIX = ".txt"
# A note with its pictures as a folder, and the same as a zip.
BUNDLE_SUFFIX = ".textbundle"
PACK_SUFFIX = ".textpack"
# Apps keep attachments of notes in these; a text among them is no note.
_ATTACHMENT_FOLDERS = frozenset(("_resources",))
MAX_DEPTH = 64

# Tools keep their own things in these; nobody's notes, nobody's pictures.
_TOOLS = (
    ".git .hg .svn .obsidian .logseq .trash .vscode .idea .github .venv venv",
    "node_modules __pycache__ _site",
)
TOOL_FOLDERS = frozenset(name for line in _TOOLS for name in line.split())
# What an app calls pages and tables that it exports: `Plan 1590080a….csv`.
_EXPORTED = re.compile(
    r" [0-9a-f]{32}(?:_all)?\.(?:csv|html?)\Z|(?:\A|/)Export-[^/]*\.zip\Z"
)


def read_bytes(piece: Piece) -> bytes:
    """The bytes of a piece. Raises DumpError when it is no plain readable file."""
    if piece.data is not None:
        return piece.data
    with open_piece(piece, max_bytes=MAX_FILE_BYTES) as file:
        try:
            return file.read(MAX_FILE_BYTES + 1)
        except OSError as error:
            raise DumpError("unreadable", reason=error.strerror or error) from None


def open_piece(piece: Piece, *, max_bytes: int) -> BinaryIO:
    """The file of a piece, open. Raises DumpError as `read_bytes` does."""
    if piece.data is not None:
        return io.BytesIO(piece.data)
    try:
        # Between the walk and now a file may have become a link or a pipe.
        flags = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK
        descriptor = os.open(piece.location, flags)
    except OSError as error:
        raise DumpError("unreadable", reason=error.strerror or error) from None
    status = os.fstat(descriptor)
    if not stat.S_ISREG(status.st_mode) or status.st_size > max_bytes:
        os.close(descriptor)
        if stat.S_ISREG(status.st_mode):
            raise too_large(status.st_size)
        raise DumpError("special-file")
    return open(descriptor, "rb")


def readable_name(name: str) -> str:
    """A file name as text, NFC; "" when it is in no encoding we know.

    Names that are not UTF-8 come from old Korean systems more often than not.
    """
    return unicodedata.normalize("NFC", readable_bytes(os.fsencode(name)))


def readable_bytes(raw: bytes) -> str:
    """The text of a name, composed or not; "" when it is in no encoding we know."""
    try:
        return raw.decode("utf-8")
    except UnicodeDecodeError:
        return korean_text(raw) or ""


def has_note_suffix(path: str) -> bool:
    """Whether the name is one of a Markdown or text file: `a.md`, `b .MD`, `c.txt`."""
    return path.lower().rstrip().endswith((*MARKDOWN_SUFFIXES, TEXT_SUFFIX))


def holds_notes(paths: Iterable[str]) -> bool:
    """Whether files of these names are somebody's notes, and not just something."""
    return any(
        path.lower().rstrip().endswith(MARKDOWN_SUFFIXES) or _EXPORTED.search(path)
        for path in paths
    )


def is_note_file(path: str) -> bool:
    """Whether it is a note by its name and by the folders it lies in."""
    return has_note_suffix(path) and not _is_among_attachments(path)


def notes_among(
    tree: Tree,
    options: ReadOptions,
    is_note: Callable[[str], bool] = has_note_suffix,
) -> Iterator[Piece | Skipped]:
    """The files of a tree that may be notes, and why others are none, in order.

    `is_note` judges by the path; `--include` also chooses what it would not.
    """
    for one in tree.found:
        if isinstance(one, Skipped):
            yield one
        elif _is_among_attachments(one.path):
            continue
        elif is_note(one.path) or matches(one.path, options.include):
            if is_wanted(one.path, options):
                yield one
            else:
                yield Skipped(one.source, one.path, Message("excluded"))


def is_wanted(path: str, options: ReadOptions) -> bool:
    """Whether the patterns of the command line let this file in."""
    if options.include and not matches(path, options.include):
        return False
    return not matches(path, options.exclude)


def matches(path: str, patterns: Iterable[str]) -> bool:
    """Whether a pattern fits the path, one of its folders or the file's name."""
    parts = PurePosixPath(path)
    names = [path, parts.name, *map(str, parts.parents)]
    return any(
        fnmatchcase(name, pattern.rstrip("/")) for pattern in patterns for name in names
    )


def _is_among_attachments(path: str) -> bool:
    folders = PurePosixPath(path).parts[:-1]
    is_in_bundle = any(
        folder.lower().endswith(BUNDLE_SUFFIX) for folder in folders[:-1]
    )
    return is_in_bundle or not _ATTACHMENT_FOLDERS.isdisjoint(folders)
