"""A look into a few notes of a dump, for formats whose names tell nothing."""

import re
from collections.abc import Callable

from wiki.importing.decoding import MAX_FILE_BYTES
from wiki.importing.formats.files import MARKDOWN_SUFFIXES, open_piece
from wiki.importing.notes import DumpError, Piece, Tree

_MAX_PEEKS = 60
_MAX_BYTES = 16 * 1024
# A few lines say less than they seem to.
_FENCED = re.compile(r"^[ \t]*(```|~~~).*?^[ \t]*\1", re.MULTILINE | re.DOTALL)


def share_with(
    tree: Tree, says_so: Callable[[str], bool], *, at_least: int = 1
) -> float:
    """How many of a tree's notes are of a kind, by some dozen from all over it.

    `says_so` is given the beginning of a text, code blocks taken out. 0 when
    fewer than `at_least` of them are.
    """
    notes = [one for one in tree.pieces if is_markdown(one.path)]
    step = max(1, -(-len(notes) // _MAX_PEEKS))
    seen = [_beginning(piece) for piece in notes[::step]]
    hits = sum(says_so(text) for text in seen)
    return hits / len(seen) if hits >= at_least else 0


def is_markdown(path: str) -> bool:
    return path.lower().rstrip().endswith(MARKDOWN_SUFFIXES)


def _beginning(piece: Piece) -> str:
    try:
        with open_piece(piece, max_bytes=MAX_FILE_BYTES) as file:
            data = file.read(_MAX_BYTES)
    except (DumpError, OSError):
        return ""
    return _FENCED.sub("", data.decode("utf-8", "ignore").replace("\r\n", "\n"))
