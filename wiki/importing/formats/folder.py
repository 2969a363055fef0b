"""A folder of Markdown: every file is a note, its folders say something about it."""

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from pathlib import PurePosixPath

from wiki.importing.dialects import PLAIN, Dialect
from wiki.importing.formats.files import TEXT_SUFFIX, notes_among, read_bytes
from wiki.importing.messages import Message
from wiki.importing.notes import DumpError, Piece, ReadFile, ReadOptions, Skipped, Tree
from wiki.importing.reading import failed, read_notes
from wiki.importing.titles import untranslated

NAME = "folder"

_WORD = re.compile(r"[^\W\d_]{2,}")
_MIN_LETTER_SHARE = 0.5
_MIN_WORDS_IN_A_LINE = 3
# Programs read and write these, however wordy they are.
_DATA_NAME = re.compile(
    r"(?:.*[-_. ])?(?:in|out)put[-_ ]?\d*|(?:.*[-_.])?(?:req|requirements|constraints)"
    r"|robots|humans|cmakelists|(?:.*[-_])?(?:stop)?words(?:[-_].*)?|vocab|labels",
    re.IGNORECASE,
)


def detect(tree: Tree) -> bool:
    return not tree.is_file


def find(tree: Tree, options: ReadOptions) -> Iterator[Piece | Skipped]:
    yield from originals_first(notes_among(tree, options))


def originals_first(
    found: Iterable[Piece | Skipped],
) -> Iterator[Piece | Skipped]:
    """The same, each `README-ko.md` behind its `README.md`, and an index too.

    Where both have one title, the first that is imported gets it.
    """
    found = tuple(found)
    paths = {one.path.casefold() for one in found if isinstance(one, Piece)}
    first, behind = [], defaultdict(list)
    for one in found:
        path, original = one.path.casefold(), _original(one.path).casefold()
        is_behind = original != path and original in paths
        (behind[original] if is_behind else first).append(one)
    # The last is next.
    waiting = first[::-1]
    while waiting:
        one = waiting.pop()
        yield one
        waiting += behind.pop(one.path.casefold(), ())[::-1]


def _original(path: str) -> str:
    """The path of the file that has the better right to a title they share."""
    parts = PurePosixPath(path)
    if parts.stem.lower() in ("index", "_index"):
        return str(parts.with_stem("README"))
    return untranslated(path)


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
    if not result.notes or _is_asked_for(piece, options):
        return result
    if not _is_data_name(piece) and any(_is_prose(n.body) for n in result.notes):
        return result
    skipped = Skipped(piece.source, piece.path, Message("not-prose"))
    return ReadFile(piece.path, skipped=(skipped,))


def _is_asked_for(piece: Piece, options: ReadOptions) -> bool:
    """Whether the file is a note by its name, so that its text need not prove it."""
    return not piece.path.lower().endswith(TEXT_SUFFIX) or bool(options.include)


def _is_data_name(piece: Piece) -> bool:
    return bool(_DATA_NAME.fullmatch(PurePosixPath(piece.path).stem.strip()))


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
