"""The lines below the title of a row of a Notion table: its other columns.

# Redis

Tags: cache, db
Created: December 4, 2024 8:45 AM
"""

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone

from wiki.importing.decoding import split_lines
from wiki.importing.dialects import Head
from wiki.importing.fields import take_fields
from wiki.importing.formats.notion_names import PageHints
from wiki.importing.frontmatter import TAG_KEYS, FrontMatter, read_date
from wiki.importing.notes import NoteTag, Piece, Property
from wiki.importing.titles import is_web_address
from wiki.slugs import clean_title

_RULE = "property"
_LINE = re.compile(r"(?P<name>[^\s:][^:\n]{0,99}?):(?:[ \t]+(?P<value>.*))?\Z")
_TAGS = frozenset(("태그", "분류", "카테고리", "키워드", *TAG_KEYS))
_SOURCES = frozenset(("링크", "주소", "출처", "원문", "link"))
# The last change says more about a text than its beginning.
_DATES = (
    *("last edited time", "last edited", "edited", "last updated", "updated"),
    *("updated at", "modified", "최종 편집 일시", "최종 수정일", "수정일", "수정 일시"),
    *("date created", "created time", "created", "created at", "생성 일시", "생성일"),
    *("작성일", "작성 일시", "등록일", "date", "날짜", "일자"),
)
_MONTHS = [
    "jan",
    "feb",
    "mar",
    "apr",
    "may",
    "jun",
    "jul",
    "aug",
    "sep",
    "oct",
    "nov",
    "dec",
]
_CLOCK = r"(?:[ ,]+(?P<hour>\d{1,2}):(?P<minute>\d{2})(?:[ ]?(?P<half>[AP]M))?)?"
_ENGLISH = re.compile(
    r"(?P<month>[A-Z][a-z]{2,8})\.? (?P<day>\d{1,2}), (?P<year>\d{4})" + _CLOCK
)
_KOREAN = re.compile(
    r"(?P<year>\d{4})년 (?P<month>\d{1,2})월 (?P<day>\d{1,2})일"
    r"(?:[ ]+(?P<half>오전|오후) (?P<hour>\d{1,2}):(?P<minute>\d{2}))?"
)
_ZONE = re.compile(r"\s*\((?:GMT|UTC)(?:(?P<sign>[+-])(?P<hours>\d{1,2}))?[^)]*\)\s*\Z")


def read_row(piece: Piece, text: str) -> Head:
    """The columns of a row, in the first paragraph of the text below its title."""
    hints = piece.hints
    if not isinstance(hints, PageHints) or not hints.is_row:
        return Head()
    length, block = _first_paragraph(text)
    pairs = _pairs(block, frozenset(hints.columns))
    if not pairs:
        return Head()
    fields = take_fields(FrontMatter(length, tuple(_with_lists(pairs))))
    tags = [NoteTag(tag.name, _RULE) for tag in fields.tags]
    tags += [
        NoteTag(name, _RULE)
        for key, value in fields.properties
        if _is_tags(key) and isinstance(value, list)
        for name in value
    ]
    source_url = fields.source_url or _source_url(pairs)
    titles = [pair for pair in pairs if pair[0].lower() == "title"]
    properties = [
        (name, value)
        for name, value in fields.properties
        if not _is_tags(name) and (value != source_url or not source_url)
    ]
    # The heading is the title; a column of that name says something else.
    kept = titles if fields.title else []
    fields = replace(
        fields,
        title="",
        tags=tuple(tags),
        source_url=source_url,
        written_at=_written_at(pairs) or fields.written_at,
        properties=(*kept, *properties),
    )
    return Head(length, fields)


def read_moment(text: str) -> datetime | None:
    """A date as Notion writes it, of a span its start; UTC when it has no zone."""
    text = clean_title(text.partition("→")[0]).lstrip("@").strip()
    zone = _ZONE.search(text)
    text = _ZONE.sub("", text)
    match = _ENGLISH.fullmatch(text) or _KOREAN.fullmatch(text)
    if not match:
        return read_date(text)
    try:
        moment = datetime(
            int(match["year"]),
            _month(match["month"]),
            int(match["day"]),
            _hour(match["hour"], match["half"]),
            int(match["minute"] or 0),
            tzinfo=_zone(zone),
        )
    except ValueError:
        return None
    return moment if 1 < moment.year < 9999 else None


def _first_paragraph(text: str) -> tuple[int, list[str]]:
    """How far it reaches, blank lines above it included, and its lines."""
    length, lines = 0, []
    for line in split_lines(text):
        if not line.strip() and lines:
            break
        length += len(line)
        if line.strip():
            lines.append(line.strip())
    return length, lines


def _pairs(lines: list[str], columns: frozenset[str]) -> list[tuple[str, str]]:
    """The pairs in the lines; none when they are the text of the page.

    Where the columns are known one of them has to be there, and a line that is
    no pair belongs to the value above.
    """
    pairs: list[tuple[str, str]] = []
    for line in lines:
        if match := _LINE.match(line):
            pairs.append((match["name"].strip(), (match["value"] or "").strip()))
        elif pairs and columns:
            name, value = pairs[-1]
            pairs[-1] = name, f"{value}\n{line}"
        else:
            return []
    is_row = not columns or any(name in columns for name, _ in pairs)
    return pairs if is_row else []


def _with_lists(pairs: list[tuple[str, str]]) -> Iterator[Property]:
    for name, value in pairs:
        if _is_tags(name):
            yield name, [part.strip() for part in value.split(",") if part.strip()]
        else:
            yield name, value


def _is_tags(name: str) -> bool:
    return name.lower() in _TAGS


def _source_url(pairs: list[tuple[str, str]]) -> str:
    addresses = (value for name, value in pairs if name.lower() in _SOURCES)
    return next(filter(is_web_address, addresses), "")


def _written_at(pairs: list[tuple[str, str]]) -> datetime | None:
    values = {name.lower(): value for name, value in reversed(pairs)}
    moments = (read_moment(values[name]) for name in _DATES if name in values)
    return next((moment for moment in moments if moment), None)


def _month(text: str) -> int:
    if text.isdigit():
        return int(text)
    return _MONTHS.index(text[:3].lower()) + 1


def _hour(text: str | None, half: str | None) -> int:
    hour = int(text or 0)
    if half is None:
        return hour
    return hour % 12 + (12 if half in ("PM", "오후") else 0)


def _zone(match: re.Match[str] | None) -> timezone:
    if not match or not match["sign"]:
        return UTC
    hours = int(match["hours"]) * (-1 if match["sign"] == "-" else 1)
    return timezone(timedelta(hours=hours))
