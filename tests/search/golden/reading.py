"""The notes and queries of the golden set, as the files beside this one have them."""

import tomllib
import unicodedata
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from functools import cache
from pathlib import Path

from tests.search.golden.oracle import Note, Oracle

_FOLDER = Path(__file__).parent
_WRITER = "서기"
# Notes that say no day were changed one after the other, an hour apart.
_FIRST_AT = datetime(2025, 1, 6, 9, tzinfo=UTC)
_WORDS_A_LINE = 20


@dataclass(frozen=True)
class GoldenNote(Note):
    changed_at: datetime = _FIRST_AT


@dataclass(frozen=True)
class GoldenQuery:
    """`finds` are titles; `may` are those that are neither wanted nor wrong."""

    ask: str
    finds: frozenset[str]
    may: frozenset[str] = frozenset()
    first: str = ""


@cache
def notes() -> tuple[GoldenNote, ...]:
    rows = _table("notes.toml")["note"]
    return tuple(_note(row, number) for number, row in enumerate(rows))


@cache
def queries() -> tuple[GoldenQuery, ...]:
    return tuple(
        GoldenQuery(
            ask=row["ask"],
            finds=frozenset(row["finds"]),
            may=frozenset(row.get("may", ())),
            first=row.get("first", ""),
        )
        for row in _table("queries.toml")["query"]
    )


def other_names() -> dict[str, list[str]]:
    """The other names of tags, by their name."""
    return _table("notes.toml")["tags"]


def oracle() -> Oracle:
    return Oracle(notes(), other_names())


def _note(row: dict, number: int) -> GoldenNote:
    day = row.get("changed")
    changed_at = _FIRST_AT + timedelta(hours=number)
    if day:
        changed_at = datetime.combine(day, time(12), tzinfo=UTC)
    form = "NFD" if row.get("is_decomposed") else "NFC"
    return GoldenNote(
        title=unicodedata.normalize("NFC", row["title"]),
        body=_filler(row.get("words_before", 0))
        + unicodedata.normalize(form, row["body"]),
        tags=tuple(row.get("tags", ())),
        aliases=tuple(row.get("aliases", ())),
        by=row.get("by", _WRITER),
        changed=changed_at.date().isoformat(),
        changed_at=changed_at,
    )


def _filler(count: int) -> str:
    words = [f"채움{number % 89}" for number in range(count)]
    lines = (
        " ".join(words[at : at + _WORDS_A_LINE])
        for at in range(0, count, _WORDS_A_LINE)
    )
    return "".join(f"{line}\n" for line in lines)


def _table(name: str) -> dict:
    with (_FOLDER / name).open("rb") as file:
        return tomllib.load(file)
