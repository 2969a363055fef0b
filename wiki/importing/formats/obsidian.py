"""An Obsidian vault: the file's name is the title, and `#tags` stand in the text."""

import re
from collections.abc import Iterator

from wiki.importing.dialects import Dialect, inline_tags
from wiki.importing.formats import folder
from wiki.importing.formats.files import has_note_suffix, notes_among
from wiki.importing.formats.peeking import share_with
from wiki.importing.messages import Message
from wiki.importing.notes import Piece, ReadFile, ReadOptions, Skipped, Tree
from wiki.paths import without_note_suffix

NAME = "obsidian"

# Of its own kinds of files; a drawing is Markdown by its name only.
_OWN_SUFFIXES = (".canvas", ".base", ".excalidraw", ".excalidraw.md")
_DRAWING = "excalidraw-plugin"
_SETTINGS = ".obsidian"
# Vaults are often shared without their settings; then links tell, if they are by
# the names of files: elsewhere people link by what a heading says.
_LINK = re.compile(r"!?\[\[([^\[\]\n,|#]{2,200})[^\[\]\n]{0,200}\]\]")
_MIN_LINKS_TO_FILES = 3
_MIN_SHARE = 0.25
_MIN_NOTES = 5

_DIALECT = Dialect(tags_in=inline_tags, heading_names_file=False)


def detect(tree: Tree) -> bool:
    if tree.is_file:
        return False
    return (
        any(path.rpartition("/")[2] == _SETTINGS for path in tree.tool_folders)
        or any(_is_own_kind(piece.path) for piece in tree.pieces)
        or _is_linked_by_names(tree)
    )


def find(tree: Tree, options: ReadOptions) -> Iterator[Piece | Skipped]:
    """Notes, and by name what only the app can show."""
    for one in notes_among(tree, options, _is_note_or_own):
        if isinstance(one, Piece) and _is_own_kind(one.path):
            yield _left_out(one)
        else:
            yield one


def read(piece: Piece, options: ReadOptions) -> ReadFile:
    result = folder.read_note(piece, options, _DIALECT)
    properties = (name for note in result.notes for name, _ in note.properties)
    if _DRAWING in properties:
        return ReadFile(piece.path, skipped=(_left_out(piece),))
    return result


def _is_note_or_own(path: str) -> bool:
    return has_note_suffix(path) or _is_own_kind(path)


def _is_own_kind(path: str) -> bool:
    return path.lower().endswith(_OWN_SUFFIXES)


def _is_linked_by_names(tree: Tree) -> bool:
    names = set()
    for piece in tree.pieces:
        name = piece.path.rpartition("/")[2].casefold()
        names |= {name, without_note_suffix(name)}
    to_files: list[bool] = []

    def has_links(text: str) -> bool:
        targets = [match[1].strip() for match in _LINK.finditer(text)]
        ends = (target.rpartition("/")[2].casefold() for target in targets)
        to_files.append(_has_linked_property(text) or any(end in names for end in ends))
        return bool(targets)

    share = share_with(tree, has_links, at_least=_MIN_NOTES)
    return share >= _MIN_SHARE and sum(to_files) >= _MIN_LINKS_TO_FILES


def _has_linked_property(text: str) -> bool:
    """Whether its front matter holds a link in quotes, as only this app writes it."""
    return text.startswith("---\n") and '"[[' in text.partition("\n---\n")[0]


def _left_out(piece: Piece) -> Skipped:
    return Skipped(piece.source, piece.path, Message("not-markdown"))
