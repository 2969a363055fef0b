"""One file, or standard input, that holds many notes; or just one."""

from collections.abc import Iterator

from wiki.importing.formats.files import is_note_file, read_bytes
from wiki.importing.notes import DumpError, Piece, ReadFile, ReadOptions, Skipped, Tree
from wiki.importing.reading import failed, read_notes

NAME = "many-notes"
# A file named by a person is meant to be taken apart where it has parts.
_SPLITS = {"auto": "many", "h1": "h1", "file": "file"}


def detect(tree: Tree) -> bool:
    return tree.is_file


def find(tree: Tree, options: ReadOptions) -> Iterator[Piece | Skipped]:
    """The one file. Patterns do not apply: it was asked for by name.

    Of an archive it is the note; what lies beside it are its pictures.
    """
    for one in tree.found:
        if len(tree.found) == 1 or isinstance(one, Skipped) or is_note_file(one.path):
            yield one


def read(piece: Piece, options: ReadOptions) -> ReadFile:
    try:
        data = read_bytes(piece)
    except DumpError as error:
        return failed(piece, error.message)
    split = _SPLITS[options.split]
    return read_notes(piece, data, split=split, encoding=options.encoding)
