"""One file of Markdown to its notes: cut, titled, cleaned, nothing lost.

What formats are made of. Works on the bytes of one file and knows nothing of
folders, archives or the database.
"""

from bisect import bisect_right
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from unicodedata import is_normalized

from wiki.importing.accounting import unaccounted_lines
from wiki.importing.cuts import Cut, Repair, find_headings, find_orphans, find_repairs
from wiki.importing.decoding import Decoded, decode, split_lines
from wiki.importing.dialects import PLAIN, Dialect
from wiki.importing.fields import Fields
from wiki.importing.messages import Message
from wiki.importing.notes import (
    DumpError,
    Note,
    NoteTag,
    Piece,
    ReadFile,
    Skipped,
    SourceFile,
    digest,
)
from wiki.importing.outline import read_outline
from wiki.importing.titles import (
    Title,
    aliases_in_body,
    file_name_key,
    read_title,
    says_more_than_file,
)
from wiki.slugs import MAX_TITLE_CHARS, title_key

# A file with more level-1 headings than an outline has may be many notes.
_MANY_HEADINGS = 5
MAX_PATH_CHARS = 1000


def read_notes(
    piece: Piece,
    data: bytes,
    *,
    split: str,
    encoding: str = "",
    dialect: Dialect = PLAIN,
) -> ReadFile:
    """The notes of a file. What cannot be read is said, never raised.

    `split` is "h1": cut at every level-1 heading; "many": only if there are
    two or more; "file": never. `dialect` is how the format writes its notes.
    """
    try:
        if len(piece.path) > MAX_PATH_CHARS:
            raise DumpError("path-too-long", limit=MAX_PATH_CHARS)
        decoded = decode(data, encoding=encoding)
        text = _Text(piece, decoded, dialect)
        notes = (
            tuple(text.notes(split)) if decoded.text.strip("\x00\ufeff \t\r\n") else ()
        )
    except DumpError as error:
        return failed(piece, error.message)
    file = source_file(piece, data, decoded)
    if not notes:
        skipped = Skipped(piece.source, piece.path, Message("empty-file"))
        return ReadFile(piece.path, file, skipped=(skipped,), rest=data)
    # The promise that the dump can be given back byte for byte.
    if decoded.bom + b"".join(note.raw for note in notes) != data:
        raise AssertionError(f"the parts of {piece.path} are not the file")
    return ReadFile(piece.path, file, notes)


def source_file(piece: Piece, data: bytes, decoded: Decoded) -> SourceFile:
    """What is remembered of a file that was read."""
    return SourceFile(
        source=piece.source,
        path=piece.path,
        sha256=digest(data),
        size=len(data),
        encoding=decoded.encoding,
        bom=decoded.bom,
    )


def failed(piece: Piece, message: Message) -> ReadFile:
    """A file of which nothing can be imported, and why."""
    skipped = Skipped(piece.source, piece.path, message, is_failure=True)
    return ReadFile(piece.path, skipped=(skipped,))


@dataclass(frozen=True, slots=True)
class _Part:
    """The lines of one note: all of them, those of its body, its heading."""

    start: int
    body_start: int
    end: int
    cut: Cut | None


class _Text:
    """A file while it is being read."""

    def __init__(self, piece: Piece, decoded: Decoded, dialect: Dialect) -> None:
        self._piece = piece
        self._decoded = decoded
        self._dialect = dialect
        self._lines = split_lines(decoded.text)
        head = dialect.read_head(piece, decoded.text)
        self._fields = head.fields
        self._names = head.names
        self._first = len(split_lines(decoded.text[: head.length]))
        self._messages = [*decoded.messages, *head.messages]
        # Lines below the title that are no text.
        self._below = range(0)
        below = "".join(self._lines[self._first :])
        # Blank lines in its place keep the numbers of the lines below right.
        self._outline = read_outline("\n" * self._first + below)
        self._headings = find_headings(self._lines, self._outline)
        self._places = dialect.place_tags(piece)

    def notes(self, split: str) -> Iterator[Note]:
        """The notes in order; their raw bytes joined are the file without its mark."""
        is_cut = bool(self._headings) and (
            split == "h1" or (split == "many" and len(self._headings) > 1)
        )
        parts = self._cut_parts() if is_cut else [self._whole()]
        self._note_file_messages(is_cut=is_cut)
        repairs = find_repairs(
            self._lines, self._outline, [part.cut for part in parts if part.cut]
        )
        drafts = [
            self._note(part, repairs, is_first=part is parts[0]) for part in parts
        ]
        # Where files hold many notes, one that holds only one today is no other.
        return _with_keys(_with_clear_titles(drafts), by_title=split != "file")

    def _cut_parts(self) -> list[_Part]:
        orphans = find_orphans(self._lines, self._outline)
        cuts = sorted([*self._headings, *orphans], key=lambda cut: cut.line)
        ends = [cut.line for cut in cuts[1:]] + [len(self._lines)]
        parts = [
            _Part(cut.line, cut.body_start, end, cut)
            for cut, end in zip(cuts, ends, strict=True)
        ]
        first = parts[0]
        if "".join(self._lines[self._first : first.start]).strip():
            return [_Part(0, self._first, first.start, None), *parts]
        return [replace(first, start=0), *parts[1:]]

    def _whole(self) -> _Part:
        """The file as one note, named by its only level-1 heading if that leads it."""
        end = len(self._lines)
        is_named = len(self._headings) == 1 or (
            self._dialect.first_heading_is_title or not self._dialect.heading_names_file
        )
        if not (self._headings and is_named and self._leads(self._headings[0])):
            return _Part(0, self._first, end, None)
        cut = self._headings[0]
        self._read_below(cut.body_start)
        return _Part(0, self._below.stop, end, cut)

    def _read_below(self, start: int) -> None:
        """Takes what the format writes between the title and the text."""
        self._below = range(start, start)
        if self._first:
            # Front matter says all that there is to say.
            return
        text = "".join(self._lines[start:])
        head = self._dialect.read_below(self._piece, text)
        count = len(split_lines(text[: head.length]))
        self._below = range(start, start + count)
        if count:
            self._fields = head.fields
        self._names += head.names
        self._messages += head.messages

    def _leads(self, cut: Cut) -> bool:
        above = range(self._first, cut.line)
        repairs = find_repairs(self._lines, self._outline, ())
        if any(self._lines[n].strip() and n not in repairs for n in above):
            return False
        heading = read_title(cut.heading, has_body=True).full
        if self._dialect.first_heading_is_title:
            return True
        if given := self._fields.title:
            return title_key(given) == title_key(heading)
        if self._dialect.heading_names_file:
            return says_more_than_file(heading, self._piece.path)
        name, _ = self._dialect.title_of_file(self._piece)
        return file_name_key(name) == file_name_key(heading)

    def _note_file_messages(self, *, is_cut: bool) -> None:
        count = len(self._headings)
        is_outline = is_cut or self._dialect.first_heading_is_title
        if not is_outline and count >= _MANY_HEADINGS:
            self._messages.append(Message("many-headings", {"count": count}))
        if self._fields.comments:
            params = {"count": self._fields.comments}
            self._messages.append(Message("front-matter-comments", params))
        if self._outline.open_fence is not None:
            self._messages.append(
                Message("fence-open", line=self._outline.open_fence + 1)
            )

    def _note(
        self, part: _Part, repairs: Mapping[int, Repair], *, is_first: bool
    ) -> Note:
        """The note of a part; it gets its key when all titles are known."""
        body, hashtags = self._body(part, repairs)
        fields = self._fields if is_first else Fields(tags=self._fields.tags)
        title, title_from = self._title(part, fields, has_body=bool(body))
        if fields.title and title_from != "front matter":
            kept = ("title", fields.title)
            fields = replace(fields, properties=(kept, *fields.properties))
        more = aliases_in_body(title.text, self._first_paragraph(part), body)
        raw = "".join(self._lines[part.start : part.end]).encode(self._decoded.encoding)
        note = Note(
            source=self._piece.source,
            path=self._piece.path,
            line=(part.cut.line if part.cut else part.body_start) + 1,
            first_line=part.start + 1,
            raw=raw,
            raw_hash=digest(raw),
            key=self._piece.path,
            title=title.text,
            title_from=title_from,
            full_title=self._full_title(title, part),
            body=f"{title.rest}\n\n{body}".rstrip("\n") if title.rest else body,
            aliases=tuple(dict.fromkeys((*title.aliases, *more, *fields.aliases))),
            summary=fields.summary or title.summary,
            source_url=fields.source_url or title.source_url,
            properties=fields.properties,
            tags=(*fields.tags, *hashtags, *self._dialect.tags_in(body)),
            place_tags=self._places,
            names=(*self._names, *self._dialect.names_of(self._piece, body)),
            written_at=self._fields.written_at or self._piece.modified_at,
            encoding=self._decoded.encoding,
            messages=(
                *(self._messages if is_first else ()),
                *_title_messages(title, part),
            ),
        )
        return self._with_all_lines(note, part)

    def _title(
        self, part: _Part, fields: Fields, *, has_body: bool
    ) -> tuple[Title, str]:
        if part.cut:
            title = read_title(part.cut.heading, has_body=has_body)
            if fields.title and title_key(title.full) == title_key(fields.title):
                return replace(title, text=fields.title, aliases=()), "front matter"
            if not self._dialect.heading_names_file and title.full:
                # A bracket in the name of a file is part of the title.
                title = replace(title, text=title.full, aliases=())
            return title, part.cut.title_from
        if fields.title:
            return Title(fields.title), "front matter"
        name, title_from = self._dialect.title_of_file(self._piece)
        return Title(name), title_from

    def _full_title(self, title: Title, part: _Part) -> str:
        """What tells the note from another of its title, where something does."""
        is_whole_file = part.start == 0 and part.end == len(self._lines)
        if title.full not in ("", title.text) or not is_whole_file:
            return title.full or title.text
        longer = self._dialect.longer_title(self._piece, title.text)
        return longer if len(longer) <= MAX_TITLE_CHARS and longer else title.text

    def _body(
        self, part: _Part, repairs: Mapping[int, Repair]
    ) -> tuple[str, tuple[NoteTag, ...]]:
        tags: list[NoteTag] = []
        kept: list[str] = []
        for number in self._body_lines(part):
            repair = repairs.get(number)
            if repair is None:
                kept.append(self._lines[number].rstrip("\r\n"))
                continue
            tags += (NoteTag(name, "hashtag") for name in repair.tags)
            if repair.text is not None:
                kept.append(repair.text.rstrip("\r\n"))
        return _trimmed(kept), tuple(tags)

    def _body_lines(self, part: _Part) -> Iterator[int]:
        start = max(part.start, self._first)
        heading = range(part.cut.line, part.body_start) if part.cut else range(0)
        return (n for n in range(start, part.end) if n not in heading)

    def _first_paragraph(self, part: _Part) -> str:
        lines = range(part.body_start, part.end)
        first = next((n for n in lines if self._lines[n].strip()), None)
        if first is None:
            return ""
        above = bisect_right(self._outline.paragraphs, (first, len(self._lines))) - 1
        end = self._outline.paragraphs[above][1] if above >= 0 else 0
        return "".join(self._lines[first : min(end, part.end)]).replace("\x00", "")

    def _with_all_lines(self, note: Note, part: _Part) -> Note:
        """The note, or with its whole text as body if a line of it got nowhere.

        No text is known to need this; it is what holds when one comes.
        """
        numbers = range(max(part.start, self._first), part.end)
        lines = [self._lines[n] for n in numbers if n not in self._below]
        if not unaccounted_lines(lines, note):
            return note
        body = _trimmed([line.rstrip("\r\n") for line in lines])
        messages = (*note.messages, Message("kept-whole"))
        return replace(note, body=body, messages=messages)


def with_full_title(note: Note) -> Note:
    """The note under its whole heading, where the short title is not its own."""
    aliases = tuple(
        alias for alias in note.aliases if not note.full_title.endswith(f"({alias})")
    )
    return replace(note, title=note.full_title, aliases=aliases)


def _with_clear_titles(notes: Sequence[Note]) -> list[Note]:
    """Notes of one file whose shortened titles would be the same keep them whole."""
    uses = Counter(title_key(note.title) for note in notes)
    return [
        with_full_title(note)
        if uses[title_key(note.title)] > 1 and note.full_title != note.title
        else note
        for note in notes
    ]


def _with_keys(notes: Sequence[Note], *, by_title: bool) -> Iterator[Note]:
    seen: Counter[str] = Counter()
    for note in notes:
        if not by_title:
            yield note
            continue
        key = title_key(note.title)
        seen[key] += 1
        repeat = f"~{seen[key]}" if seen[key] > 1 else ""
        yield replace(note, key=f"{note.path}#{key}{repeat}")


def _title_messages(title: Title, part: _Part) -> Iterator[Message]:
    if part.cut is None:
        return
    line = part.cut.line + 1
    if len(title.text) < len(title.rest) and title.text.endswith("…"):
        yield Message("title-shortened", {"limit": MAX_TITLE_CHARS}, line)
    elif title.rest:
        yield Message("heading-repeated", line=line)
    if not is_normalized("NFC", part.cut.heading):
        yield Message("title-normalised", line=line)


def _trimmed(lines: Sequence[str]) -> str:
    """The lines joined, without blank ones around them and without NUL."""
    return "\n".join(_without_blank_ends(lines)).replace("\x00", "")


def _without_blank_ends(lines: Sequence[str]) -> Sequence[str]:
    filled = [number for number, line in enumerate(lines) if line.strip()]
    return lines[filled[0] : filled[-1] + 1] if filled else ()
