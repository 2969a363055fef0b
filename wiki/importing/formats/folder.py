"""A folder of Markdown: every file is a note, its folders say something about it."""

import re
from collections.abc import Iterator

from wiki.importing.dialects import PLAIN, Dialect
from wiki.importing.formats.files import TEXT_SUFFIX, notes_among, read_bytes
from wiki.importing.messages import Message
from wiki.importing.notes import DumpError, Piece, ReadFile, ReadOptions, Skipped, Tree
from wiki.importing.reading import failed, read_notes

NAME = "folder"

_WORD = re.compile(r"[^\W\d_]{2,}")
_MIN_LETTER_SHARE = 0.5
_MIN_WORDS_IN_A_LINE = 3


def detect(tree: Tree) -> bool:
    return not tree.is_file


def find(tree: Tree, options: ReadOptions) -> Iterator[Piece | Skipped]:
    yield from notes_among(tree, options)


def read(piece: Piece, options: ReadOptions) -> ReadFile:
    return read_note(piece, options)


def read_note(piece: Piece, options: ReadOptions, dialect: Dialect = PLAIN) -> ReadFile:
    """The note of a file; a `.txt` must be prose. `--split h1` makes many of it."""
    try:
        data = read_bytes(piece)
    except DumpError as error:
        return failed(piece, error.message)
    split = "h1" if options.split == "h1" else "file"
    result = read_notes(
        piece, data, split=split, encoding=options.encoding, dialect=dialect
    )
    if _is_asked_for(piece, options) or any(_is_prose(n.body) for n in result.notes):
        return result
    if not result.notes:
        return result
    skipped = Skipped(piece.source, piece.path, Message("not-prose"))
    return ReadFile(piece.path, skipped=(skipped,))


def _is_asked_for(piece: Piece, options: ReadOptions) -> bool:
    """Whether the file is a note by its name, so that its text need not prove it."""
    return not piece.path.lower().endswith(TEXT_SUFFIX) or bool(options.include)


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
