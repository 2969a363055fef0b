"""A blog made with Jekyll: `_posts/2021-03-04-name.md`, pages, collections."""

import re
from collections.abc import Iterator

from wiki.importing.dialects import Dialect
from wiki.importing.formats import sites
from wiki.importing.formats.files import MARKDOWN_SUFFIXES
from wiki.importing.formats.folder import read_note
from wiki.importing.notes import Piece, ReadFile, ReadOptions, Skipped, Tree

NAME = "jekyll"

_CONFIG = frozenset(("_config.yml", "_config.yaml", "_config.toml"))
_TEMPLATES = frozenset(
    ("_layouts", "_includes", "_sass", "_data", "_plugins", "_site", "vendor")
)
_POST = re.compile(r"(?:\A|/)_posts/(?:.+/)?\d{4}-\d{1,2}-\d{1,2}-[^/]+\Z")
# A collection is a folder of this form, `_wiki` or `_notes`.
_IN_COLLECTION = re.compile(r"_[^/]+/.+\Z")

_DIALECT = Dialect(
    read_head=sites.read_page_head,
    title_of_file=sites.page_title,
    place_tags=sites.page_place_tags,
    names_of=sites.page_names,
)


def detect(tree: Tree) -> bool:
    paths = [piece.path for piece in tree.pieces]
    notes = [path for path in paths if path.lower().endswith(MARKDOWN_SUFFIXES)]
    if any(_POST.search(path) for path in notes):
        return True
    return not _CONFIG.isdisjoint(paths) and any(
        _IN_COLLECTION.match(path) and path.split("/")[0] not in _TEMPLATES
        for path in notes
    )


def find(tree: Tree, options: ReadOptions) -> Iterator[Piece | Skipped]:
    yield from sites.find_pages(tree, options, _TEMPLATES)


def read(piece: Piece, options: ReadOptions) -> ReadFile:
    return read_note(piece, options, _DIALECT)
