"""The formats of dumps: one module each, registered below.

A format has a NAME and three functions:

    detect(tree) -> bool                        is this dump of my kind?
    find(tree, options) -> Iterator[Piece | Skipped]    its notes' files, unopened
    read(piece, options) -> ReadFile            one file's notes, in any process

and may have a fourth, where files do not lie as the notes in them have it:

    arrange(tree, found) -> (tree, found)       the same, under other paths
"""

import os
from collections.abc import Iterator
from typing import Protocol

from wiki.importing.formats import (
    dendron,
    folder,
    hugo,
    jekyll,
    logseq,
    many_notes,
    notion,
    obsidian,
    own_export,
)
from wiki.importing.formats.files import readable_name
from wiki.importing.notes import (
    DumpError,
    Piece,
    Place,
    ReadFile,
    ReadOptions,
    Skipped,
    Tree,
)
from wiki.importing.titles import without_download_number
from wiki.slugs import clean_title


class Format(Protocol):
    """What a module of this package provides."""

    NAME: str

    def detect(self, tree: Tree) -> bool: ...

    def find(self, tree: Tree, options: ReadOptions) -> Iterator[Piece | Skipped]: ...

    def read(self, piece: Piece, options: ReadOptions) -> ReadFile: ...


# The first that knows a dump reads it: the particular before the general.
FORMATS: tuple[Format, ...] = (
    *(own_export, notion, dendron, logseq, jekyll, hugo, obsidian),
    *(folder, many_notes),
)


def find_format(tree: Tree, name: str = "auto") -> Format:
    """The format of a dump, or the one called `name`.

    Raises DumpError when no format reads what lies there.
    """
    for known in FORMATS:
        if name == known.NAME or (name == "auto" and known.detect(tree)):
            return known
    raise DumpError("format-unknown", path=tree.place.label)


def format_called(name: str) -> Format:
    """The format of this NAME."""
    return next(known for known in FORMATS if name == known.NAME)


def place_at(location: str, *, source: str = "") -> Place:
    """The dump at a path. Raises DumpError when nothing readable is there.

    Its source is the folded base name, without the ` (1)` of a second download,
    so that the same dump is known again wherever it lies.
    """
    if not os.path.exists(location):
        raise DumpError("missing", path=location)
    real = os.path.realpath(location)
    name = readable_name(os.path.basename(real))
    base = without_download_number(name) or "dump"
    return Place(real, source or source_name(base), label=location)


def source_name(name: str) -> str:
    """The name of a source as it is compared and stored."""
    return clean_title(name).casefold()
