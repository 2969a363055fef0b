"""The TOML block at the top of a note, between `+++` lines, as site generators use it.

Gives what `frontmatter` gives for YAML. Scalars stay as written as far as they
stand on a line of their own; inside of lists and tables they are normalised.
"""

import re
import tomllib
from datetime import date, datetime, time

from wiki.importing.frontmatter import (
    MAX_CHARS,
    MAX_DEPTH,
    MAX_VALUES,
    FrontMatter,
    NoFrontMatter,
)
from wiki.importing.messages import Message

_BLOCK = re.compile(
    r"\+\+\+[ \t]*(?:\r\n|\r|\n)(?P<toml>(?:(?!\+\+\+[ \t]*(?:\r|\n|\Z))"
    r"[^\r\n]*(?:\r\n|\r|\n))*)\+\+\+[ \t]*(?:\r\n|\r|\n|\Z)"
)
_TABLE = re.compile(r"^[ \t]*\[", re.MULTILINE)
_SCALAR = re.compile(r"^[ \t]*([\w-]+)[ \t]*=[ \t]*([^\s#\"'\[{][^#\n]*)", re.MULTILINE)
_KEY = re.compile(r"^[ \t]*[\w\"'.-]+[ \t]*=|^[ \t]*\[[^\]\n]+\]", re.MULTILINE)
_COMMENT = re.compile(r"^[ \t]*#", re.MULTILINE)
# Each part of a dotted key is a table in a table.
_PART = r"(?:[\w-]+|\"[^\"\n]*\"|'[^'\n]*')"
_DEEP_KEY = re.compile(
    rf"^[ \t]*\[{{0,2}}[ \t]*(?:{_PART}[ \t]*\.[ \t]*){{{MAX_DEPTH}}}", re.MULTILINE
)


def read_toml_matter(text: str) -> FrontMatter | NoFrontMatter:
    """The block at the very start of a text, or why it is none.

    A block that cannot be read stays where it is, whole.
    """
    if not text.startswith("+++"):
        return NoFrontMatter()
    match = _BLOCK.match(text[:MAX_CHARS])
    if match is None:
        is_too_long = text.find("\n+++", MAX_CHARS) > 0 and _KEY.search(text[:200])
        return NoFrontMatter(_warning("too-long") if is_too_long else None)
    # TOML knows no CR alone as the end of a line.
    block = re.sub(r"\r\n?", "\n", match["toml"])
    if _DEEP_KEY.search(block):
        return NoFrontMatter(_warning("too-deep"))
    try:
        table = tomllib.loads(block, parse_float=str)
        values = _Values(_scalars_as_written(block))
        pairs = tuple(
            (_clean(key), values.plain(value, key)) for key, value in table.items()
        )
    except (tomllib.TOMLDecodeError, ValueError):
        is_meant = bool(_KEY.search(block))
        return NoFrontMatter(_warning("broken-toml") if is_meant else None)
    except (RecursionError, _TooMuch):
        return NoFrontMatter(_warning("too-deep"))
    return FrontMatter(match.end(), pairs, len(_COMMENT.findall(block)))


def _warning(what: str) -> Message:
    return Message(f"front-matter-{what}", line=1)


def _scalars_as_written(block: str) -> dict[str, str]:
    """The text of numbers, dates and truths above the first table, by key."""
    table = _TABLE.search(block)
    top = block[: table.start()] if table else block
    return {match[1]: match[2].rstrip() for match in _SCALAR.finditer(top)}


class _TooMuch(Exception):
    """More values, or deeper ones, than front matter has."""


class _Values:
    """Makes lists, mappings and strings of what TOML knows; one use."""

    def __init__(self, written: dict[str, str]) -> None:
        self._written = written
        self._count = 0

    def plain(self, value: object, key: str = "", depth: int = 1) -> object:
        self._count += 1
        if depth > MAX_DEPTH or self._count > MAX_VALUES:
            raise _TooMuch
        if isinstance(value, str):
            return _clean(value)
        if isinstance(value, dict):
            return {
                _clean(name): self.plain(inner, depth=depth + 1)
                for name, inner in value.items()
            }
        if isinstance(value, list):
            return [self.plain(inner, depth=depth + 1) for inner in value]
        return self._written.get(key) or _text(value)


def _clean(text: str) -> str:
    return text.replace("\x00", "")


def _text(value: object) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    is_moment = isinstance(value, datetime | date | time)
    return value.isoformat() if is_moment else str(value)
