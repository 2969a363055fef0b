"""What formats share: which files are notes, and how one is opened.

Files are opened without trust: no links followed, no pipes waited for.
"""

import os
import stat
import unicodedata
from collections.abc import Callable, Iterable, Iterator
from fnmatch import fnmatchcase
from pathlib import PurePosixPath

from wiki.importing.decoding import MAX_FILE_BYTES, too_large
from wiki.importing.messages import Message
from wiki.importing.notes import DumpError, Piece, ReadOptions, Skipped, Tree

MARKDOWN_SUFFIXES = (".md", ".markdown", ".mdown", ".mkd")
TEXT_SUFFIX = ".txt"
# Apps keep attachments of notes in these; a text among them is no note.
_ATTACHMENT_FOLDERS = frozenset(("_resources",))


def read_bytes(piece: Piece) -> bytes:
    """The bytes of a piece. Raises DumpError when it is no plain readable file."""
    if piece.data is not None:
        return piece.data
    try:
        # Between the walk and now a file may have become a link or a pipe.
        flags = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK
        descriptor = os.open(piece.location, flags)
    except OSError as error:
        raise DumpError("unreadable", reason=error.strerror or error) from None
    with open(descriptor, "rb") as file:
        status = os.fstat(descriptor)
        if not stat.S_ISREG(status.st_mode):
            raise DumpError("special-file")
        if status.st_size > MAX_FILE_BYTES:
            raise too_large(status.st_size)
        try:
            return file.read(MAX_FILE_BYTES + 1)
        except OSError as error:
            raise DumpError("unreadable", reason=error.strerror or error) from None


def readable_name(name: str) -> str:
    """A file name as text, NFC; "" when it is in no encoding we know.

    Names that are not UTF-8 come from old Korean systems more often than not.
    """
    raw = os.fsencode(name)
    for encoding in ("utf-8", "cp949"):
        try:
            return unicodedata.normalize("NFC", raw.decode(encoding))
        except UnicodeDecodeError:
            continue
    return ""


def has_note_suffix(path: str) -> bool:
    """Whether the name is one of a Markdown or text file: `a.md`, `b .MD`, `c.txt`."""
    return path.lower().rstrip().endswith((*MARKDOWN_SUFFIXES, TEXT_SUFFIX))


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
    return not _ATTACHMENT_FOLDERS.isdisjoint(PurePosixPath(path).parts[:-1])
