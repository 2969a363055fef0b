"""The names in an export of Notion: ids behind them, tables and their rows.

Tasks 2a889dba….csv             a table, as it was shown
Tasks 2a889dba…_all.csv         the same with all its rows and columns
Tasks 2a889dba…/Buy 152b….md    a row of it; the folder may lack the id
"""

import codecs
import csv
import io
import re
from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import PurePosixPath

from wiki.importing.formats.files import MARKDOWN_SUFFIXES, open_piece
from wiki.importing.notes import DumpError, Piece

TABLE_SUFFIX = ".csv"
HTML_SUFFIXES = (".html", ".htm")
# Names of files are cut at about this length; the heading is whole.
_CUT_CHARS = 45
_MAX_HEADER_BYTES = 16 * 1024
_MAX_TABLE_BYTES = 16 * 1024 * 1024
_MAX_PAGES = 5000
_EXPORTED = re.compile(
    r"(?:(?P<name>.*) )?(?P<id>[0-9a-f]{32})(?P<is_all>_all)?\Z", re.DOTALL
)
_SIGNS = re.compile(r"[\W_]+")


@dataclass(frozen=True, slots=True)
class Exported:
    """The name of an exported file, taken apart."""

    name: str
    id: str
    is_all: bool = False


@dataclass(frozen=True, slots=True)
class PageHints:
    """What a page is to the table next to it: a row, or only what shows it."""

    is_row: bool = False
    columns: tuple[str, ...] = ()
    # The path of a table with the page's own id.
    table: str = ""


@dataclass(frozen=True, slots=True)
class TableHints:
    """The pages of a table's rows by what they are called, and its other paths."""

    pages: tuple[tuple[str, str], ...] = ()
    other_paths: tuple[str, ...] = ()


def exported(path: str) -> Exported | None:
    """The parts of a file's or folder's name; None when there is no id in it."""
    name = PurePosixPath(path).name
    suffix = PurePosixPath(name).suffix
    is_file = suffix.lower() in (*MARKDOWN_SUFFIXES, TABLE_SUFFIX, *HTML_SUFFIXES)
    match = _EXPORTED.match(name.removesuffix(suffix) if is_file else name)
    if not match:
        return None
    return Exported((match["name"] or "").strip(), match["id"], bool(match["is_all"]))


def without_ids(path: str) -> str:
    """The path as its pages are called: `Home 2a88…/Plan 1590….md` → `Home/Plan.md`."""
    parts = PurePosixPath(path)
    own = exported(path)
    name = f"{own.name or 'Untitled'}{parts.suffix}" if own else parts.name
    folders = [(found.name if (found := exported(f)) else f) for f in parts.parts[:-1]]
    return "/".join((*folders, name))


class Export:
    """The pages and tables of an export, and which belong together."""

    def __init__(self, pieces: Iterable[Piece]) -> None:
        self._views: dict[tuple[str, str], list[Piece]] = defaultdict(list)
        self._pages: dict[str, list[Piece]] = defaultdict(list)
        self._page_of: dict[tuple[str, str], str] = {}
        for piece in pieces:
            folder, path = str(PurePosixPath(piece.path).parent), piece.path.lower()
            own = exported(piece.path)
            if own and path.endswith(TABLE_SUFFIX):
                self._views[folder, own.id].append(piece)
            elif path.endswith(MARKDOWN_SUFFIXES):
                self._pages[folder].append(piece)
                if own:
                    self._page_of[folder, own.id] = piece.path
        for views in self._views.values():
            views.sort(key=lambda piece: not exported(piece.path).is_all)
        self._table_of = {
            folder: key for key in self._views for folder in self._row_folders(key)
        }
        self._columns = {key: _columns(views) for key, views in self._views.items()}

    def main_view(self, piece: Piece) -> str:
        """The path of the file that has all columns of the table in this one."""
        return self._views[self._key(piece)][0].path

    def of_table(self, piece: Piece) -> TableHints:
        key = self._key(piece)
        pages = [
            (name_key(without_ids(page.path)), page.path)
            for folder in self._row_folders(key)
            for page in self._pages.get(folder, ())
        ]
        uses = Counter(name for name, _ in pages)
        others = [view.path for view in self._views[key] if view.path != piece.path]
        if around := self._page_of.get(key):
            others.append(around)
        # Rows of one name cannot be told apart.
        clear = [page for page in pages if uses[page[0]] == 1]
        return TableHints(tuple(clear[:_MAX_PAGES]), tuple(others))

    def of_page(self, piece: Piece) -> PageHints:
        folder, own_id = self._key(piece)
        table = self._views.get((folder, own_id), ())
        row_of = self._table_of.get(folder)
        return PageHints(
            is_row=row_of is not None,
            columns=self._columns[row_of] if row_of else (),
            table=table[0].path if table else "",
        )

    def _key(self, piece: Piece) -> tuple[str, str]:
        own = exported(piece.path)
        return str(PurePosixPath(piece.path).parent), own.id if own else ""

    def _row_folders(self, key: tuple[str, str]) -> tuple[str, ...]:
        folder, own_id = key
        name = exported(self._views[key][0].path).name
        above = "" if folder == "." else f"{folder}/"
        return f"{above}{name} {own_id}".strip(), f"{above}{name}"


def name_key(path_or_title: str) -> str:
    """What the name of a file and the title it was made from have in common."""
    suffix = PurePosixPath(path_or_title).suffix
    is_file = suffix.lower() in MARKDOWN_SUFFIXES
    name = PurePosixPath(path_or_title).stem if is_file else path_or_title
    return _SIGNS.sub("", name.casefold())


def page_finder(hints: TableHints) -> "PageFinder":
    return PageFinder(dict(hints.pages))


@dataclass(frozen=True, slots=True)
class PageFinder:
    """Finds the page of a row by its first cell."""

    _paths: dict[str, str]

    def path_of(self, title: str) -> str:
        """The path of the page; "" when there is none, or more than one."""
        key = name_key(title)
        if key in self._paths:
            return self._paths[key]
        cut = [
            path
            for name, path in self._paths.items()
            if len(name) >= _CUT_CHARS * 2 // 3 and key.startswith(name)
        ]
        return cut[0] if len(cut) == 1 else ""


def _columns(views: Iterable[Piece]) -> tuple[str, ...]:
    """The columns of all views of a table, by the first lines of their files."""
    found: dict[str, None] = {}
    for view in views:
        try:
            with open_piece(view, max_bytes=_MAX_TABLE_BYTES) as file:
                data = file.read(_MAX_HEADER_BYTES).removeprefix(codecs.BOM_UTF8)
            rows = csv.reader(io.StringIO(data.decode("utf-8", "ignore"), newline=""))
            found |= dict.fromkeys(name.strip() for name in next(rows, ()))
        except (DumpError, OSError, csv.Error):
            continue
    return tuple(found)
