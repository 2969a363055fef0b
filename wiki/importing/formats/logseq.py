"""A Logseq graph: `pages/` and `journals/`, and `key:: value` above a page's text."""

import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import PurePosixPath
from urllib.parse import unquote

from wiki.importing.decoding import split_lines
from wiki.importing.dialects import Dialect, Head, inline_tags
from wiki.importing.fields import take_fields
from wiki.importing.formats import folder, journals
from wiki.importing.formats.files import has_note_suffix, notes_among, read_bytes
from wiki.importing.formats.peeking import share_with
from wiki.importing.frontmatter import (
    MAX_CHARS,
    FrontMatter,
    double_colon,
    read_front_matter,
)
from wiki.importing.messages import Message
from wiki.importing.notes import (
    DumpError,
    NoteTag,
    Piece,
    Property,
    ReadFile,
    ReadOptions,
    Skipped,
    Tree,
)
from wiki.importing.places import place_tags
from wiki.paths import without_note_suffix
from wiki.slugs import clean_title, title_key

NAME = "logseq"

_SETTINGS = "logseq/config.edn"
_JOURNALS = "journals"
# Of its own kinds of files, and of the other markup it can write.
_OWN_SUFFIXES = (".org", ".edn", ".excalidraw")
_TITLE_FORMAT = re.compile(
    r'^[^;\n]*:journal/page-title-format\s+"([^"\n]{1,40})"', re.MULTILINE
)
_UUID = r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}"
_BLOCK_ID = re.compile(
    rf"^[ \t]*(?:[-*][ \t]+)?id::[ \t]+({_UUID})[ \t]*$", re.IGNORECASE | re.MULTILINE
)
_BULLET = re.compile(r"[-*][ \t]+")
# What only this app writes, for graphs that were exported without settings.
_OWN_MARKS = re.compile(
    rf"\(\({_UUID}\)\)|^[ \t]*(?:id:: {_UUID}|collapsed:: true|ls-type:: |hl-page:: "
    r"|card-last-score:: )|logseq/mark",
    re.MULTILINE,
)
_MIN_NOTES = 3
# A graph is the dump, or one folder in it.
_MAX_DEPTH = 2


def detect(tree: Tree) -> bool:
    if tree.is_file:
        return False
    if _root(tree) is not None:
        return True
    is_vault = any(path.endswith(".obsidian") for path in tree.tool_folders)
    return not is_vault and share_with(tree, _is_ours, at_least=_MIN_NOTES) > 0


def find(tree: Tree, options: ReadOptions) -> Iterator[Piece | Skipped]:
    """The notes; those of the journal know how the graph prints a day."""
    root = _root(tree) or ""
    pattern = _title_format(tree)
    named: set[str] = set()
    for one in notes_among(tree, options, lambda path: _is_ours_or_note(path, root)):
        parts = PurePosixPath(one.path.removeprefix(root)).parts
        if isinstance(one, Skipped) or not parts[1:]:
            yield one
        elif parts[0] == "logseq":
            # Copies of notes, and the bin.
            place = root + "/".join(parts[:2])
            if place not in named:
                named.add(place)
                yield Skipped(one.source, place, Message("hidden"))
        elif one.path.endswith(_OWN_SUFFIXES):
            yield Skipped(one.source, one.path, Message("not-markdown"))
        else:
            yield replace(one, hints=pattern if parts[0] == _JOURNALS else None)


def read(piece: Piece, options: ReadOptions) -> ReadFile:
    return folder.read_note(piece, options, _DIALECT)


def _read_head(piece: Piece, text: str) -> Head:
    """Front matter, then the lines `key:: value`; each of them may be missing."""
    matter = read_front_matter(text)
    length, pairs, comments, messages = 0, (), 0, ()
    if isinstance(matter, FrontMatter):
        length, pairs, comments = matter.length, matter.pairs, matter.comments
    elif matter.message:
        messages = (matter.message,)
    own, end = _page_properties(text, length)
    fields = take_fields(FrontMatter(end, (*pairs, *own), comments))
    day = _day(piece)
    if day:
        printed = journals.print_day(day, str(piece.hints))
        aliases = (printed, *fields.aliases)
        fields = replace(
            fields,
            aliases=tuple(dict.fromkeys(aliases)),
            written_at=fields.written_at or journals.midnight(day),
        )
    ids = _block_ids(text[length:end])
    return Head(end, fields, messages, ids)


def _page_properties(text: str, start: int) -> tuple[tuple[Property, ...], int]:
    """The pairs of the lines at a place of a text, and where the text goes on.

    They stand by themselves, or are all of the first bullet.
    """
    pairs: list[Property] = []
    end = place = start
    is_bullet = False
    for line in split_lines(text[start : start + MAX_CHARS]):
        place += len(line)
        bare = line.strip()
        if not bare and not pairs:
            continue
        if not pairs and (bullet := _BULLET.match(bare)):
            is_bullet, bare = True, bare[bullet.end() :]
        pair = double_colon(bare) if pairs or bare else None
        if pair is None or (pairs and _BULLET.match(bare)):
            # What stands below a bullet may not lose it.
            goes_on = is_bullet and bare and not _BULLET.match(line)
            return ((), start) if goes_on else (tuple(pairs), end)
        pairs.append(pair)
        end = place
    return tuple(pairs), end


def _title_of_file(piece: Piece) -> tuple[str, str]:
    if day := _day(piece):
        return day.isoformat(), "file name"
    title = clean_title(_page_name(piece.path))
    return (title if title_key(title) else piece.source), "file name"


def _page_name(path: str) -> str:
    """The name of a page in its file's name: `a___b.md` and `a%2Fb.md` are `a/b`."""
    name = without_note_suffix(path.rpartition("/")[2]).replace("___", "/")
    decoded = unquote(name, errors="replace")
    return name if "\ufffd" in decoded else decoded.strip("/")


def _place_tags(piece: Piece) -> tuple[NoteTag, ...]:
    """Of the folders and of the namespaces in the name."""
    place, _, _ = piece.path.rpartition("/")
    return place_tags(f"{place}/{_page_name(piece.path)}.md".lstrip("/"))


def _names_of(piece: Piece, body: str) -> tuple[str, ...]:
    """Its blocks, and the ways in which others write its day."""
    day = _day(piece)
    days = (journals.print_day(day, usual) for usual in journals.USUAL) if day else ()
    return (*_block_ids(body), *days)


def _block_ids(text: str) -> tuple[str, ...]:
    if "id::" not in text:
        return ()
    found = (f"(({match[1].lower()}))" for match in _BLOCK_ID.finditer(text))
    return tuple(dict.fromkeys(found))


def _day(piece: Piece) -> journals.date | None:
    if not piece.hints:
        return None
    return journals.day_named(without_note_suffix(piece.path.rpartition("/")[2]))


def _root(tree: Tree) -> str | None:
    """The path of the graph in its dump, with a `/` behind; None when there is none."""
    pages: set[str] = set()
    days: set[str] = set()
    for piece in tree.pieces:
        path = piece.path
        if path.count("/") > _MAX_DEPTH:
            continue
        if path == _SETTINGS or path.endswith(f"/{_SETTINGS}"):
            return path.removesuffix(_SETTINGS)
        parts = path.rsplit("/", 2)
        if len(parts) < 2 or not has_note_suffix(path):
            continue
        root = f"{parts[0]}/" if len(parts) == 3 else ""
        if parts[-2] == "pages":
            pages.add(root)
        elif parts[-2] == _JOURNALS and journals.day_named(
            without_note_suffix(parts[-1])
        ):
            days.add(root)
    return min(pages & days, default=None)


def _title_format(tree: Tree) -> str:
    """How the graph prints the days of its journal."""
    settings = (one for one in tree.pieces if one.path.endswith(_SETTINGS))
    try:
        text = read_bytes(next(settings)).decode("utf-8", "replace")
    except (StopIteration, DumpError):
        return journals.DEFAULT
    match = _TITLE_FORMAT.search(text)
    return match[1] if match else journals.DEFAULT


def _is_ours_or_note(path: str, root: str) -> bool:
    return has_note_suffix(path) or (
        path.startswith(root)
        and path.endswith(_OWN_SUFFIXES)
        and not path.startswith(f"{root}logseq/")
    )


def _is_ours(text: str) -> bool:
    return bool(_OWN_MARKS.search(text))


_DIALECT = Dialect(
    read_head=_read_head,
    title_of_file=_title_of_file,
    place_tags=_place_tags,
    tags_in=inline_tags,
    names_of=_names_of,
    heading_names_file=False,
)
