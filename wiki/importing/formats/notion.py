"""An export of Notion as Markdown and CSV: pages and tables, ids behind all names."""

import posixpath
from collections.abc import Iterator
from dataclasses import replace
from pathlib import PurePosixPath

from wiki.importing.decoding import decode
from wiki.importing.dialects import Dialect
from wiki.importing.formats.csv_tables import as_markdown, read_table
from wiki.importing.formats.files import MARKDOWN_SUFFIXES, notes_among, read_bytes
from wiki.importing.formats.folder import read_note
from wiki.importing.formats.notion_names import (
    HTML_SUFFIXES,
    TABLE_SUFFIX,
    Export,
    PageHints,
    TableHints,
    exported,
    page_finder,
    without_ids,
)
from wiki.importing.formats.notion_rows import read_row
from wiki.importing.messages import Message
from wiki.importing.notes import (
    DumpError,
    Note,
    Piece,
    ReadFile,
    ReadOptions,
    Skipped,
    Tree,
    digest,
)
from wiki.importing.places import place_tags
from wiki.importing.reading import failed, source_file
from wiki.importing.titles import title_of_file
from wiki.slugs import MAX_TITLE_CHARS

NAME = "notion"


def detect(tree: Tree) -> bool:
    """Whether most of its notes have ids in their names."""
    paths = [piece.path for piece in tree.pieces]
    return _are_exported(paths, (*MARKDOWN_SUFFIXES, TABLE_SUFFIX)) or (
        _is_html(tree) and _are_exported(paths, HTML_SUFFIXES)
    )


def find(tree: Tree, options: ReadOptions) -> Iterator[Piece | Skipped]:
    """Pages and tables; of several views of a table the one with all columns."""
    export = Export(tree.pieces)
    suffixes = HTML_SUFFIXES if _is_html(tree) else MARKDOWN_SUFFIXES

    def is_note(path: str) -> bool:
        if exported(path):
            return path.lower().endswith((*suffixes, TABLE_SUFFIX))
        return path.lower().rstrip().endswith(MARKDOWN_SUFFIXES)

    for one in notes_among(tree, options, is_note):
        yield _known(one, export) if isinstance(one, Piece) else one


def read(piece: Piece, options: ReadOptions) -> ReadFile:
    hints = piece.hints
    if piece.path.lower().endswith(TABLE_SUFFIX):
        known = hints if isinstance(hints, TableHints) else TableHints()
        try:
            return _read_table(piece, options, known)
        except DumpError as error:
            return failed(piece, error.message)
    result = read_note(piece, options, _DIALECT)
    table = hints.table if isinstance(hints, PageHints) else ""
    is_only_around = len(result.notes) == 1 and not result.notes[0].body
    return _without_note(piece, result, table) if table and is_only_around else result


def _are_exported(paths: list[str], suffixes: tuple[str, ...]) -> bool:
    files = [path for path in paths if path.lower().endswith(suffixes)]
    count = sum(1 for path in files if exported(path))
    return count > 0 and count * 2 >= len(files)


def _is_html(tree: Tree) -> bool:
    suffixes = (*MARKDOWN_SUFFIXES, TABLE_SUFFIX)
    return not any(piece.path.lower().endswith(suffixes) for piece in tree.pieces)


def _known(piece: Piece, export: Export) -> Piece | Skipped:
    path = piece.path.lower()
    if path.endswith(HTML_SUFFIXES):
        message = Message("export-as-html")
        return Skipped(piece.source, piece.path, message, is_failure=True)
    if not path.endswith(TABLE_SUFFIX) or not exported(piece.path):
        return replace(piece, hints=export.of_page(piece))
    main = export.main_view(piece)
    if main == piece.path:
        return replace(piece, hints=export.of_table(piece))
    message = Message("table-other-view", {"path": main})
    return Skipped(piece.source, piece.path, message)


def _title(piece: Piece) -> tuple[str, str]:
    return title_of_file(without_ids(piece.path), piece.source)


def _longer_title(piece: Piece, title: str) -> str:
    """The title with the page or table that it lies in: `Today (Diary)`."""
    above = PurePosixPath(without_ids(piece.path)).parent.name
    return f"{title} ({above})" if above else ""


def _names(piece: Piece, body: str) -> tuple[str, ...]:
    own = exported(piece.path)
    return (own.id,) if own else ()


_DIALECT = Dialect(
    title_of_file=_title,
    place_tags=lambda piece: place_tags(without_ids(piece.path)),
    names_of=_names,
    longer_title=_longer_title,
    first_heading_is_title=True,
    read_below=read_row,
)


def _read_table(piece: Piece, options: ReadOptions, hints: TableHints) -> ReadFile:
    """The note of a table: its rows in Markdown, with links to their pages.

    Raises DumpError when it cannot be read.
    """
    data = read_bytes(piece)
    decoded = decode(data, encoding=options.encoding)
    file = source_file(piece, data, decoded)
    if not decoded.text.strip("\x00\ufeff \t\r\n"):
        skipped = Skipped(piece.source, piece.path, Message("empty-file"))
        return ReadFile(piece.path, file, skipped=(skipped,), rest=data)
    try:
        table = read_table(decoded.text)
    except ValueError as error:
        raise DumpError("table-broken", reason=error) from None
    finder, folder = page_finder(hints), posixpath.dirname(piece.path)

    def address_of(title: str) -> str:
        path = finder.path_of(title)
        return posixpath.relpath(path, folder or ".") if path else ""

    body, shown = as_markdown(table, address_of)
    messages = decoded.messages
    if shown < table.count:
        numbers = {"count": table.count, "limit": shown}
        messages = (*messages, Message("table-cut", numbers))
    title, title_from = _title(piece)
    longer = _longer_title(piece, title) or title
    raw = data[len(decoded.bom) :]
    note = Note(
        source=piece.source,
        path=piece.path,
        raw=raw,
        raw_hash=digest(raw),
        key=piece.path,
        title=title,
        title_from=title_from,
        full_title=longer if len(longer) <= MAX_TITLE_CHARS else title,
        body=body,
        place_tags=_DIALECT.place_tags(piece),
        names=(*_names(piece, body), *(f"/{path}" for path in hints.other_paths)),
        written_at=piece.modified_at,
        encoding=decoded.encoding,
        messages=messages,
    )
    return ReadFile(piece.path, file, (note,))


def _without_note(piece: Piece, result: ReadFile, table: str) -> ReadFile:
    """The file without its note, which says nothing that the table does not."""
    (note,) = result.notes
    bom = result.file.bom if result.file else b""
    skipped = Skipped(
        piece.source, piece.path, Message("page-of-table", {"path": table})
    )
    return ReadFile(piece.path, result.file, skipped=(skipped,), rest=bom + note.raw)
