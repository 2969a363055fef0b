"""A site made with Hugo: pages below `content/`, front matter in TOML or YAML."""

import re
from collections.abc import Iterator

from wiki.importing.dialects import Dialect
from wiki.importing.formats import sites
from wiki.importing.formats.files import MARKDOWN_SUFFIXES
from wiki.importing.formats.folder import read_note
from wiki.importing.notes import Piece, ReadFile, ReadOptions, Skipped, Tree

NAME = "hugo"

_ENDINGS = ("toml", "yaml", "yml", "json")
_CONFIG = frozenset(f"{name}.{end}" for name in ("hugo", "config") for end in _ENDINGS)
_CONFIG_FOLDER = "config/_default/"
_TEMPLATES = frozenset(("archetypes", "layouts", "themes", "i18n", "public"))
_CONTENT = re.compile(r"content/.+\Z")

_DIALECT = Dialect(
    read_head=sites.read_page_head,
    title_of_file=sites.page_title,
    place_tags=sites.page_place_tags,
    names_of=sites.page_names,
)


def detect(tree: Tree) -> bool:
    paths = [piece.path for piece in tree.pieces]
    has_config = not _CONFIG.isdisjoint(paths) or any(
        path.startswith(_CONFIG_FOLDER) for path in paths
    )
    return has_config and any(
        _CONTENT.match(path) and path.lower().endswith(MARKDOWN_SUFFIXES)
        for path in paths
    )


def find(tree: Tree, options: ReadOptions) -> Iterator[Piece | Skipped]:
    yield from sites.find_pages(tree, options, _TEMPLATES)


def read(piece: Piece, options: ReadOptions) -> ReadFile:
    return read_note(piece, options, _DIALECT)
