"""One file, or standard input, that holds many notes; or just one."""

import os
from collections.abc import Iterator

from wiki.importing.formats.files import read_bytes, readable_name
from wiki.importing.notes import DumpError, Piece, Place, ReadFile, ReadOptions, Skipped
from wiki.importing.reading import failed, read_notes
from wiki.importing.titles import without_download_number

NAME = "many-notes"
# A file named by a person is meant to be taken apart where it has parts.
_SPLITS = {"auto": "many", "h1": "h1", "file": "file"}


def detect(place: Place) -> bool:
    return place.data is not None or os.path.isfile(place.location)


def find(place: Place, options: ReadOptions) -> Iterator[Piece | Skipped]:
    """The one file. Patterns do not apply: it was asked for by name."""
    name = readable_name(os.path.basename(place.location)) or place.source
    path = without_download_number(name)
    yield Piece(place.source, path, place.location, place.data)


def read(piece: Piece, options: ReadOptions) -> ReadFile:
    try:
        data = read_bytes(piece)
    except DumpError as error:
        return failed(piece, error.message)
    split = _SPLITS[options.split]
    return read_notes(piece, data, split=split, encoding=options.encoding)
