"""An export of such a wiki: a folder or a history with `notewiki.json` at its root.

Its notes come back as they were: what an export changes to suit other programs
is undone, and nothing is guessed from the texts. Files that the manifest does not
name were put there by hand and are notes like any other.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from datetime import datetime

from wiki.importing import manifest
from wiki.importing.decoding import Decoded, decode
from wiki.importing.formats import folder
from wiki.importing.formats.files import (
    has_note_suffix,
    notes_among,
    open_piece,
    read_bytes,
)
from wiki.importing.frontmatter import (
    FrontMatter,
    names,
    read_date,
    read_exact_front_matter,
    read_front_matter,
    tag_names,
)
from wiki.importing.manifest import FileFacts, Manifest, restore_links
from wiki.importing.notes import (
    DumpError,
    Note,
    NoteTag,
    Piece,
    Property,
    ReadFile,
    ReadOptions,
    Skipped,
    Tree,
    digest,
)
from wiki.importing.reading import failed, source_file
from wiki.slugs import MAX_TITLE_CHARS, clean_title, title_key

NAME = "own-export"

_FILES_FOLDER = "files/"
_HEAD_BYTES = 200
_MAX_PATH_CHARS = 1000
_CREATED, _UPDATED = "created", "updated"
_HISTORY = "git"

Found = tuple[Piece | Skipped, ...]


def detect(tree: Tree) -> bool:
    piece = _manifest_piece(tree)
    if piece is None:
        return False
    try:
        with open_piece(piece, max_bytes=manifest.MAX_BYTES) as file:
            head = file.read(_HEAD_BYTES)
    except (DumpError, OSError):
        return False
    return f'"format": "{manifest.FORMAT}"'.encode() in head


def find(tree: Tree, options: ReadOptions) -> Iterator[Piece | Skipped]:
    piece = _manifest_piece(tree)
    files = _root_of(piece) + _FILES_FOLDER if piece else _FILES_FOLDER
    yield from notes_among(
        tree,
        options,
        lambda path: has_note_suffix(path) and not path.startswith(files),
    )


def arrange(tree: Tree, found: Found) -> tuple[Tree, Found]:
    """The tree and its notes as they lay in the dump they first came from.

    So the links that are put back lead where they led. Each note has as its hints
    what the manifest says of it.
    """
    piece = _manifest_piece(tree)
    said = _read(piece) if piece else None
    if piece is None or said is None:
        return tree, found
    layout = _Layout(said, _root_of(piece), found)
    return layout.tree(tree), tuple(map(layout.placed, found))


def read(piece: Piece, options: ReadOptions) -> ReadFile:
    if not isinstance(piece.hints, FileFacts):
        return folder.read_note(piece, options)
    try:
        data = read_bytes(piece)
        decoded = decode(data)
    except DumpError as error:
        return failed(piece, error.message)
    matter = read_exact_front_matter(decoded.text) or read_front_matter(decoded.text)
    fields = dict(matter.pairs) if isinstance(matter, FrontMatter) else {}
    title = None if "title" in piece.hints.own else fields.get("title")
    if not isinstance(title, str) or not title_key(title):
        # Somebody made another note of it.
        return folder.read_note(piece, options)
    file = source_file(piece, data, decoded)
    note = _note(piece, piece.hints, matter, decoded)
    return ReadFile(piece.path, file, (note,))


def _note(
    piece: Piece, facts: FileFacts, matter: FrontMatter, decoded: Decoded
) -> Note:
    fields = {k: v for k, v in matter.pairs if k not in facts.own}
    raw = decoded.text.encode(decoded.encoding)
    title = clean_title(fields["title"])[:MAX_TITLE_CHARS]
    return Note(
        source=piece.source,
        path=piece.path,
        raw=raw,
        raw_hash=digest(raw),
        key=piece.path,
        title=title,
        title_from="front matter",
        full_title=title,
        body=restore_links(_body(decoded.text[matter.length :]), facts.links),
        aliases=tuple(_listed(fields.get("aliases"), names)),
        summary=_line(fields.get("summary")),
        source_url=_line(fields.get("source_url")),
        properties=tuple(_properties(matter, facts)),
        tags=tuple(
            NoteTag(name, "front matter")
            for name in _listed(fields.get("tags"), tag_names)
        ),
        has_all_tags=True,
        slug=facts.slug,
        created_at=_date(_CREATED, fields, facts),
        written_at=_date(_UPDATED, fields, facts) or piece.modified_at,
        encoding=decoded.encoding,
        messages=decoded.messages,
    )


def _body(text: str) -> str:
    """The text below the blank line that an export puts above it."""
    text = text.replace("\r\n", "\n").replace("\r", "\n").replace("\x00", "")
    return text.removeprefix("\n")


def _line(value: object) -> str:
    return " ".join(value.split()) if isinstance(value, str) else ""


def _listed(
    value: object, read_other: Callable[[object], Iterator[str]]
) -> Iterator[str]:
    """The items of a list as they are; of anything else what its writer meant."""
    if isinstance(value, list) and all(isinstance(item, str) for item in value):
        yield from value
    else:
        yield from read_other(value)


def _date(name: str, fields: Mapping[str, object], facts: FileFacts) -> datetime | None:
    return facts.dates.get(name) or read_date(fields.get(name))


def _properties(matter: FrontMatter, facts: FileFacts) -> Iterator[Property]:
    for name, value in matter.pairs:
        if name not in facts.own:
            if name in _FIELDS and isinstance(value, _FIELDS[name]):
                continue
            if name in (_CREATED, _UPDATED) and read_date(value):
                continue
        yield facts.renamed.get(name, name), value


# What the fields of an entry are written as.
_FIELDS: Mapping[str, type | tuple[type, ...]] = {
    "title": str,
    "tags": (list, str),
    "aliases": (list, str),
    "summary": str,
    "source_url": str,
}


# ── Where things lay ─────────────────────────────────────────────────────────


class _Layout:
    """The paths that the files of an export had in the dumps they came from."""

    def __init__(self, said: Manifest, root: str, found: Found) -> None:
        self._said = said
        self._root = root
        pieces = [one for one in found if isinstance(one, Piece)]
        taken = {self._name(piece).casefold() for piece in pieces}
        self._paths: dict[str, str] = {}
        for piece in pieces:
            facts = said.files.get(self._name(piece))
            path = facts.path if facts and _is_plain(facts.path) else ""
            if path and path.casefold() not in taken:
                taken.add(path.casefold())
                self._paths[piece.path] = path
        self._notes = frozenset(piece.path for piece in pieces)
        self._taken = taken

    def placed(self, one: Piece | Skipped) -> Piece | Skipped:
        """A note under the path it had, with what is known of it."""
        if isinstance(one, Skipped):
            return one
        name = self._name(one)
        facts = self._said.files.get(name)
        if facts and self._said.kind == _HISTORY:
            # Commits have dates; what the texts say of them is their own.
            facts = replace(facts, own=facts.own | {_CREATED, _UPDATED})
        return replace(one, path=self._paths.get(one.path, name), hints=facts)

    def tree(self, tree: Tree) -> Tree:
        """The files of the tree, attachments also where texts look for them."""
        return replace(tree, found=tuple(self._files(tree)))

    def _files(self, tree: Tree) -> Iterator[Piece | Skipped]:
        for one in tree.found:
            if isinstance(one, Skipped):
                yield one
            elif one.path in self._notes:
                yield self.placed(one)
            else:
                name = self._name(one)
                for path in dict.fromkeys((name, *self._said.places.get(name, ()))):
                    if _is_plain(path) and path.casefold() not in self._taken:
                        yield replace(one, path=path)

    def _name(self, piece: Piece) -> str:
        return piece.path.removeprefix(self._root)


def _is_plain(path: str) -> bool:
    """Whether it is a path within a dump, and nothing else."""
    parts = path.split("/")
    is_short = 0 < len(path) <= _MAX_PATH_CHARS
    return is_short and not any(part in ("", ".", "..") for part in parts)


def _manifest_piece(tree: Tree) -> Piece | None:
    """The manifest at the root, or in the only folder there, as archives have it."""
    found = [
        piece
        for piece in tree.pieces
        if piece.path.rpartition("/")[2] == manifest.NAME and piece.path.count("/") < 2
    ]
    if len(found) != 1:
        return next((one for one in found if one.path == manifest.NAME), None)
    root = _root_of(found[0])
    is_whole = all(piece.path.startswith(root) for piece in tree.pieces)
    return found[0] if is_whole else None


def _root_of(piece: Piece) -> str:
    return piece.path.removesuffix(manifest.NAME)


def _read(piece: Piece) -> Manifest | None:
    try:
        with open_piece(piece, max_bytes=manifest.MAX_BYTES) as file:
            return manifest.read_manifest(file.read())
    except (DumpError, OSError):
        return None
