"""A Dendron workspace: notes whose names have dots where others have folders."""

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import date

from wiki.importing.dialects import Dialect, Head, front_matter_head, tags_of_lines
from wiki.importing.formats import folder, journals
from wiki.importing.formats.files import has_note_suffix, notes_among, read_bytes
from wiki.importing.formats.peeking import share_with
from wiki.importing.hashtags import inline_tags
from wiki.importing.notes import (
    DumpError,
    NoteTag,
    Piece,
    ReadFile,
    ReadOptions,
    Skipped,
    Tree,
)
from wiki.importing.places import place_tags
from wiki.importing.titles import title_of_file, told_by_language
from wiki.paths import without_note_suffix

NAME = "dendron"

_SETTINGS = "dendron.yml"
_DOTTED = re.compile(r"[^\s./]+(?:\.[^\s./]+)+")
_OWN_FIELDS = re.compile(r"---\n(?:[^\n]*\n){0,20}?id: \S")
_DAY = re.compile(r"(?:.*\.)?(\d{4}\.\d{2}\.\d{2})")
_VAULTS = re.compile(
    r"^([ \t]*)vaults:[ \t]*\n((?:\1[ \t-][^\n]*\n|[ \t]*\n)*)", re.MULTILINE
)
_ITEM = re.compile(r"^[ \t]*-(?:[ \t]+|$)", re.MULTILINE)
_PAIR = re.compile(r"^[ \t]*(fsPath|name):[ \t]+(\S[^\n#]*)$", re.MULTILINE)
_MIN_SHARE = 0.5
_MIN_NOTES = 3


def detect(tree: Tree) -> bool:
    if tree.is_file:
        return False
    if any(map(_is_settings, tree.pieces)):
        return True
    notes = [piece.path for piece in tree.pieces if has_note_suffix(piece.path)]
    dotted = sum(bool(_dotted_name(path)) for path in notes)
    return (
        dotted >= max(_MIN_NOTES, len(notes) * _MIN_SHARE)
        and share_with(tree, _has_own_fields, at_least=_MIN_NOTES) >= _MIN_SHARE
    )


def find(tree: Tree, options: ReadOptions) -> Iterator[Piece | Skipped]:
    """The notes, each with the name of its vault: links across vaults use it."""
    vaults = _vaults(tree)
    for one in notes_among(tree, options):
        if isinstance(one, Piece):
            place, _, _ = one.path.rpartition("/")
            one = replace(one, hints=vaults.get(place, _name(place)))
        yield one


def read(piece: Piece, options: ReadOptions) -> ReadFile:
    return folder.read_note(piece, options, _DIALECT)


def _read_head(piece: Piece, text: str) -> Head:
    """The front matter; its id is another name, a day of a journal a whole date."""
    head = front_matter_head(piece, text)
    fields = head.fields
    day = _day(piece.path)
    if day and fields.title.isdigit():
        kept = ("title", fields.title)
        fields = replace(
            fields, title=day.isoformat(), properties=(kept, *fields.properties)
        )
    if day and not fields.written_at:
        fields = replace(fields, written_at=journals.midnight(day))
    ids = (value for name, value in fields.properties if name == "id")
    names = tuple(value for value in ids if isinstance(value, str) and value.strip())
    return replace(head, fields=fields, names=names[:1])


def _title_of_file(piece: Piece) -> tuple[str, str]:
    dotted = _dotted_name(piece.path)
    if not dotted:
        return title_of_file(piece.path, piece.source)
    day = _day(piece.path)
    title = day.isoformat() if day else dotted.rpartition(".")[2].replace("-", " ")
    return title, "file name"


def _place_tags(piece: Piece) -> tuple[NoteTag, ...]:
    """Of the parts of the name before the last, which are the folders here."""
    return place_tags(_dotted_name(piece.path).replace(".", "/") or piece.path)


def _tags_in(body: str) -> tuple[NoteTag, ...]:
    found = (NoteTag(name, "inline tag") for name in inline_tags(body, with_dots=True))
    return (*tags_of_lines(body), *found)


def _names_of(piece: Piece, body: str) -> tuple[str, ...]:
    """What links from other vaults say: `dendron://vault/a.b`."""
    name = _name(without_note_suffix(piece.path))
    return (f"dendron://{piece.hints}/{name}",) if piece.hints else ()


def _longer_title(piece: Piece, title: str) -> str:
    parent = _dotted_name(piece.path).rpartition(".")[0]
    return f"{title} ({parent})" if parent else told_by_language(piece.path, title)


def _is_settings(piece: Piece) -> bool:
    """Whether it is the settings file of the dump, or of the one folder in it."""
    return _name(piece.path) == _SETTINGS and piece.path.count("/") <= 1


def _has_own_fields(text: str) -> bool:
    return bool(_OWN_FIELDS.match(text))


def _dotted_name(path: str) -> str:
    """The name of a note in the hierarchy; "" when it has no place there."""
    name = _name(without_note_suffix(path))
    return name if _DOTTED.fullmatch(name) else ""


def _day(path: str) -> date | None:
    match = _DAY.fullmatch(_dotted_name(path))
    return journals.day_named(match[1]) if match else None


def _name(path: str) -> str:
    return path.rpartition("/")[2]


def _vaults(tree: Tree) -> dict[str, str]:
    """The names of vaults by their folders, as the settings give them."""
    found: dict[str, str] = {}
    for piece in tree.pieces:
        if _is_settings(piece):
            root, _, _ = piece.path.rpartition("/")
            for place, name in _vaults_in(piece):
                found[f"{root}/{place}".strip("/")] = name
    return found


def _vaults_in(piece: Piece) -> Iterator[tuple[str, str]]:
    try:
        text = read_bytes(piece).decode("utf-8", "replace").replace("\r\n", "\n")
    except DumpError:
        return
    # The settings hold much that no front matter may; two of their keys are asked for.
    block = _VAULTS.search(f"{text}\n")
    for item in _ITEM.split(block[2] if block else ""):
        found = {match[1]: match[2].strip("\"' ") for match in _PAIR.finditer(item)}
        place = found.get("fsPath", "").removeprefix("./").strip("/.")
        if place:
            yield place, found.get("name") or _name(place)


_DIALECT = Dialect(
    read_head=_read_head,
    title_of_file=_title_of_file,
    place_tags=_place_tags,
    tags_in=_tags_in,
    names_of=_names_of,
    longer_title=_longer_title,
)
