"""The YAML block at the top of a note: what it says, with scalars as written.

Only the parser's events are used, so nothing is constructed, nothing expands,
and `0.10`, `2021-3-4` and `yes` stay those very strings.
"""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import MAXYEAR, MINYEAR, UTC, datetime, timedelta, timezone

import yaml

from wiki.importing.decoding import split_lines
from wiki.importing.messages import Message
from wiki.importing.notes import Property

MAX_CHARS = 64 * 1024
MAX_EXACT_CHARS = 1024 * 1024
MAX_DEPTH = 16
MAX_VALUES = 5000

TITLE_KEYS = ("title",)
TAG_KEYS = ("tags", "tag", "categories", "category", "keywords")
ALIAS_KEYS = ("aliases", "alias")
SUMMARY_KEYS = ("summary", "description", "desc", "excerpt")
SOURCE_KEYS = ("source_url", "source", "url")
# The last change says more about a text than its beginning. Blanks, `-` and
# `_` within a name are the same.
DATE_KEYS = (
    *("updated", "updated_at", "modified", "modified_at", "lastmod", "last_modified"),
    *("last_modified_at", "date_modified", "mtime"),
    *("date", "created", "created_at", "date_created", "ctime"),
)

_BLOCK = re.compile(
    r"---[ \t]*(?:\r\n|\r|\n)(?P<yaml>(?:(?!(?:---|\.\.\.)[ \t]*(?:\r|\n|\Z))"
    r"[^\r\n]*(?:\r\n|\r|\n))*)(?:---|\.\.\.)[ \t]*(?:\r\n|\r|\n|\Z)"
)
_KEY = re.compile(r"^[^\s:#-][^:\n]{0,80}:(?:\s|$)", re.MULTILINE)
_COMMENT = re.compile(r"^[ \t]*#", re.MULTILINE)
_DATE = re.compile(
    r"(\d{4})[-./](\d{1,2})[-./](\d{1,2})"
    r"(?:[T\s]+(\d{1,2}):(\d{2})(?::(\d{2})(?:\.\d+)?)?)?"
    r"\s*(Z|[+-]\d{2}:?\d{2})?\Z"
)
# Milliseconds or seconds since 1970, as apps write them: 2001 to 2286.
_EPOCH = re.compile(r"(\d{10})(?:\d{3})?\Z")
# `key:: value`, as outliners write it, also between the `---` lines.
_DOUBLE_COLON = re.compile(r"([^\s:#\[\]{}\"'-][^\s:]{0,80})::(?:[ \t]+(.*))?\Z")
_LINKED = re.compile(r"#?\[\[([^\[\]|]+)(?:\|[^\[\]]*)?\]\]")
_PART = re.compile(rf"{_LINKED.pattern}|([^,，\[\]]+)")
# A plain value with a `#` that no blank follows, under a key or in a list. Blanks
# are never given back, or a line of them would be tried at each.
_ITEM_OR_KEY = r"(?:[ \t]*+-[ \t]++|[^\s:#\[\]{}\"'>|-][^:\n]{0,80}:[ \t]++)"
_HASH_IN_VALUE = re.compile(
    rf"({_ITEM_OR_KEY})(?=(?:[^\n]*\s)?#[^\s#])([^\s\"'\[{{|>&*!%@`].*)\Z"
)
_HASH_IN_LIST = re.compile(rf"({_ITEM_OR_KEY})(\[[^\"'\n]*\])[ \t]*\Z")
_HASHTAG = re.compile(r"(?<=[\[,\s])#[^\s,\[\]#]+")
# Below such a line stands text of several lines, in which no line is a pair.
_TEXT_BEGINS = re.compile(r":[ \t]+[|>][-+\d]*[ \t]*$", re.MULTILINE)
# What YAML calls nothing.
_NOTHING = frozenset(("", "~", "null", "Null", "NULL"))
_Loader = getattr(yaml, "CBaseLoader", yaml.BaseLoader)


@dataclass(frozen=True, slots=True)
class FrontMatter:
    """What stands above a note. `length` characters of the text are the block."""

    length: int
    pairs: tuple[Property, ...]
    # Lines that only a person reads: nothing keeps them but the raw bytes.
    comments: int = 0


@dataclass(frozen=True, slots=True)
class NoFrontMatter:
    """Why a block that looks like front matter is left in the text."""

    message: Message | None = None


class _Refused(Exception):
    """The block asks for something that only makes trouble; args: code."""


def read_front_matter(text: str) -> FrontMatter | NoFrontMatter:
    """The block at the very start of a text, or why it is none.

    A block that cannot be read stays where it is, whole: never are some of its
    lines lost.
    """
    if not text.startswith("---"):
        return NoFrontMatter()
    match = _BLOCK.match(text[:MAX_CHARS])
    if match is None:
        is_too_long = text.find("\n---", MAX_CHARS) > 0 and _KEY.search(text[:200])
        return NoFrontMatter(_warning("too-long") if is_too_long else None)
    block = match["yaml"]
    try:
        pairs = _read_pairs(_as_yaml(block))
    except _Refused as refusal:
        return NoFrontMatter(_warning(str(refusal)))
    except (yaml.YAMLError, ValueError):
        # A ruler above a text is not broken front matter.
        return NoFrontMatter(_warning("broken") if _KEY.search(block) else None)
    if pairs is None:
        return NoFrontMatter()
    comments = len(_COMMENT.findall(block))
    return FrontMatter(match.end(), pairs, comments)


def read_exact_front_matter(text: str) -> FrontMatter | None:
    """The block as YAML has it, for texts whose writer is known; None if it is none.

    Nothing is mended, and there may be more of it than in other notes.
    """
    match = _BLOCK.match(text[:MAX_EXACT_CHARS])
    try:
        pairs = _read_pairs(match["yaml"]) if match else None
    except (_Refused, yaml.YAMLError, ValueError):
        return None
    return FrontMatter(match.end(), pairs) if match and pairs is not None else None


def _warning(what: str) -> Message:
    return Message(f"front-matter-{what}", line=1)


def tag_names(value: object) -> Iterator[str]:
    """Tags however they were written: a list, `a, b` or `a b`; `#` taken off."""
    if isinstance(value, list):
        for item in value:
            yield from _names_in(item)
    elif isinstance(value, str) and value.strip() not in _NOTHING:
        has_parts = any(mark in value for mark in (",", "，", "\n", "[["))
        parts = listed(value) if has_parts else value.split()
        yield from filter(None, map(_without_hash, parts))


def names(value: object) -> Iterator[str]:
    """Other titles: a list, or a string with commas. Blanks do not part them."""
    if isinstance(value, str):
        yield from listed(value) if value.strip() not in _NOTHING else ()
    elif isinstance(value, list):
        yield from (
            unlinked(item.strip())
            for item in value
            if isinstance(item, str) and item.strip()
        )


def listed(text: str) -> Iterator[str]:
    """The names in a text: `[[two words]], b, #c #[[d e]]`.

    A comma in double brackets belongs to the name.
    """
    for line in text.split("\n"):
        if "[[" not in line:
            parts = re.split("[,，]", line)
            yield from (part.strip() for part in parts if part.strip())
            continue
        for match in _PART.finditer(line):
            linked, plain = match[1], (match[2] or "").strip()
            if linked:
                yield linked.strip()
            elif plain.startswith("#"):
                yield from (word for word in plain.split() if word.strip("#"))
            elif plain:
                yield plain


def unlinked(text: str) -> str:
    """The name of a text that is a link and nothing else: `[[a]]` → `a`."""
    match = _LINKED.fullmatch(text)
    return match[1].strip() if match else text


def double_colon(line: str) -> Property | None:
    """The pair in a line `key:: value`; names of tags and titles become lists."""
    match = _DOUBLE_COLON.match(line)
    if not match:
        return None
    name, value = match[1].strip(), (match[2] or "").strip()
    if name.lower() in TAG_KEYS + ALIAS_KEYS:
        return name, list(listed(value))
    return name, value


def read_date(value: object) -> datetime | None:
    """A date as notes write it, UTC where no zone is given; None for anything else."""
    if isinstance(value, list) and len(value) == 1:
        value = value[0]
    if not isinstance(value, str):
        return None
    text = unlinked(value.strip())
    if epoch := _EPOCH.match(text):
        return datetime.fromtimestamp(int(epoch[1]), UTC)
    match = _DATE.match(text)
    if not match:
        return None
    numbers = [int(part) if part else 0 for part in match.groups()[:6]]
    try:
        moment = datetime(*numbers, tzinfo=_zone(match[7]))
    except (ValueError, OverflowError):
        return None
    # The last years of the calendar end outside it in some zone.
    return moment if MINYEAR < moment.year < MAXYEAR else None


def _zone(text: str | None) -> timezone:
    if not text or text == "Z":
        return UTC
    sign = -1 if text[0] == "-" else 1
    return timezone(sign * timedelta(hours=int(text[1:3]), minutes=int(text[-2:])))


def _names_in(item: object) -> Iterator[str]:
    if isinstance(item, list):
        for inner in item:
            yield from _names_in(inner)
    elif isinstance(item, str) and item.strip() not in _NOTHING:
        yield from filter(None, map(_without_hash, listed(item)))


def _without_hash(name: str) -> str:
    return unlinked(name.strip()).lstrip("#").strip()


def _as_yaml(block: str) -> str:
    """The block as its writer meant it, where YAML would read it otherwise.

    `key:: value` becomes a pair, and a `#tag` stays, which YAML takes for a
    comment; `# words` is one.
    """
    if "::" not in block and "#" not in block:
        return block
    has_text = _TEXT_BEGINS.search(block) is not None
    return "".join(_line_as_yaml(line, has_text) for line in split_lines(block))


def _line_as_yaml(line: str, has_text: bool) -> str:
    bare = line.rstrip("\r\n")
    if pair := double_colon(bare):
        name, value = (json.dumps(part, ensure_ascii=False) for part in pair)
        return f"{name}: {value}\n"
    if "#" not in bare or (has_text and bare[:1] in " \t"):
        return line
    if match := _HASH_IN_VALUE.match(bare):
        value, *comment = re.split(r"\s#(?=\s|\Z)", match[2], maxsplit=1)
        quoted = json.dumps(value.rstrip(), ensure_ascii=False)
        return f"{match[1]}{quoted}{' #' if comment else ''}{''.join(comment)}\n"
    if match := _HASH_IN_LIST.match(bare):
        quoted = _HASHTAG.sub(
            lambda tag: json.dumps(tag[0], ensure_ascii=False), match[2]
        )
        return f"{match[1]}{quoted}\n"
    return line


def _as_link(event: yaml.SequenceStartEvent, items: list) -> str:
    """`[[name]]` is a list in a list to YAML, and a link to whoever wrote it."""
    if not event.flow_style or len(items) != 1 or not isinstance(items[0], list):
        return ""
    inner = items[0]
    return f"[[{inner[0]}]]" if len(inner) == 1 and isinstance(inner[0], str) else ""


def _read_pairs(block: str) -> tuple[Property, ...] | None:
    """The pairs of a mapping, None when the block is something else."""
    events = yaml.parse(block, Loader=_Loader)
    values = _Values(event for event in events)
    pairs = values.read_document()
    if pairs is None:
        return None
    "".join(map(str, pairs)).encode("utf-8")
    return tuple(pairs)


class _Values:
    """Builds lists, mappings and strings from events; one use."""

    def __init__(self, events: Iterator[yaml.Event]) -> None:
        self._events = events
        self._count = 0

    def read_document(self) -> list[Property] | None:
        for event in self._events:
            if isinstance(event, yaml.MappingStartEvent):
                self._refuse_anchor(event)
                pairs = list(self._pairs(1))
                # Whatever else is wrong further down must be noticed too.
                for _ in self._events:
                    pass
                return pairs
            if isinstance(event, yaml.NodeEvent):
                return None
        return None

    def _pairs(self, depth: int) -> Iterator[Property]:
        while not isinstance(event := next(self._events), yaml.MappingEndEvent):
            key = self._value(event, depth)
            value = self._value(next(self._events), depth)
            if not isinstance(key, str) or not key.strip():
                raise _Refused("broken")
            yield key, value

    def _value(self, event: yaml.Event, depth: int) -> object:
        self._refuse_anchor(event)
        self._count += 1
        if depth > MAX_DEPTH or self._count > MAX_VALUES:
            raise _Refused("too-deep")
        if isinstance(event, yaml.ScalarEvent):
            return str(event.value).replace("\x00", "")
        if isinstance(event, yaml.MappingStartEvent):
            pairs = list(self._pairs(depth + 1))
            if len(dict(pairs)) < len(pairs):
                raise _Refused("broken")
            return dict(pairs)
        items = []
        while not isinstance(inner := next(self._events), yaml.SequenceEndEvent):
            items.append(self._value(inner, depth + 1))
        return _as_link(event, items) or items

    def _refuse_anchor(self, event: yaml.Event) -> None:
        if isinstance(event, yaml.AliasEvent) or getattr(event, "anchor", None):
            raise _Refused("aliases")
