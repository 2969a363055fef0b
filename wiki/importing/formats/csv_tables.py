"""A file of comma-separated values as a table in Markdown.

Cells are text: nothing in them is calculated, and no sign in them is markup.
"""

import csv
import io
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from wiki.importing.titles import is_web_address

# An entry holds a mebibyte; a table is long before that no page to read.
MAX_BODY_CHARS = 300_000
MAX_ROWS = 2000
_MAX_COLUMNS = 200
_MARKUP = re.compile(r"[\\|*`<>\[\]~$]|(?<![^\W_])_|_(?![^\W_])")
_LINE_END = re.compile(r"\s*(?:\r\n|\r|\n)\s*")
_NOT_IN_ADDRESS = re.compile(r"[\s%()<>\[\]|\\\"'#?*_`&]")


@dataclass(frozen=True, slots=True)
class Table:
    """The columns, the first rows and the number of all rows."""

    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    count: int


def read_table(text: str) -> Table:
    """The table in a text. Raises ValueError with the reason when it is none."""
    try:
        reader = csv.reader(io.StringIO(text.replace("\x00", ""), newline=""))
        rows = (row[:_MAX_COLUMNS] for row in reader if any(map(str.strip, row)))
        columns = next(rows, [])
        kept: list[list[str]] = []
        count = 0
        for row in rows:
            count += 1
            if count <= MAX_ROWS:
                kept.append(row)
    except csv.Error as error:
        raise ValueError(str(error)) from None
    width = max(map(len, (columns, *kept)))
    return Table(
        _padded(columns, width), tuple(_padded(row, width) for row in kept), count
    )


def as_markdown(
    table: Table, address_of: Callable[[str], str] = lambda name: ""
) -> tuple[str, int]:
    """The table in Markdown, and how many of its rows that shows.

    `address_of` gives the path of the page that a row's first cell names.
    """
    lines = [_line(map(_cell, table.columns)), _line("---" for _ in table.columns)]
    size = sum(map(len, lines))
    shown = 0
    for row in table.rows:
        first, *others = row
        address = address_of(first)
        name = _cell(first)
        linked = f"[{name}]({_quoted(address)})" if address and name else name
        line = _line([linked, *map(_cell, others)])
        size += len(line) + 1
        if size > MAX_BODY_CHARS:
            break
        lines.append(line)
        shown += 1
    return "\n".join(lines), shown


def _line(cells: Iterator[str] | list[str]) -> str:
    return f"| {' | '.join(cells)} |"


def _cell(text: str) -> str:
    text = text.strip()
    if is_web_address(text) and "|" not in text:
        return text
    return _LINE_END.sub("<br>", _MARKUP.sub(r"\\\g<0>", text))


def _quoted(path: str) -> str:
    """The path as an address in a link in a cell; letters of any script stay."""
    return _NOT_IN_ADDRESS.sub(lambda match: f"%{ord(match[0]):02X}", path)


def _padded(row: list[str], width: int) -> tuple[str, ...]:
    return (*row, *[""] * (width - len(row)))
