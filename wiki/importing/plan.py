"""What becomes of each note of a dump, decided before anything is written.

Pure: it asks the wiki through `known.Wiki`, always for a batch, and gives back
decisions. A dry run stops here; a real run carries the same decisions out.

Three texts meet in a note that is known: the base (what the last import read),
the wiki's and the dump's. Who changed nothing gives way; if both changed, the
two are merged; if that clashes, the page stays and the dump's text waits.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import count, islice
from pathlib import PurePosixPath
from typing import Generic, Literal, TypeVar, get_args

from wiki.importing.known import Known, Sides, Wiki
from wiki.importing.matching import Match, Matcher
from wiki.importing.messages import Message
from wiki.importing.notes import Note, ReadFile, Skipped
from wiki.importing.reading import with_full_title
from wiki.importing.titles import name_of_source
from wiki.slugs import MAX_TITLE_CHARS, clean_title, title_key

Status = Literal[
    "created",
    "updated",
    "merged",
    "same",
    "moved",
    "conflict",
    "missing",
    "deleted",
    "skipped",
    "failed",
]
STATUSES: tuple[Status, ...] = get_args(Status)
MODES = ("merge", "keep", "replace")

# Titles of a note that the wiki is asked about with the whole batch: its own,
# its whole heading, the one with its folder. Then so many at once.
_LIKELY_TITLES = 3
_TITLES_ASKED = 20
_MAX_PLACE_CHARS = 80

Content = TypeVar("Content")


@dataclass(frozen=True, kw_only=True)
class Planned(Generic[Content]):
    """What is to become of one note, or of what stands in its place.

    `content` is there when an entry is to be written. `known` is the note of
    the last import that it continues, and `note` the one of this dump; one of
    the two is always there, or `skipped`.
    """

    status: Status
    note: Note | None = None
    known: Known | None = None
    skipped: Skipped | None = None
    content: Content | None = None
    # The dump's content, which is not `content` where that is a merge.
    base: Content | None = None
    messages: tuple[Message, ...] = ()
    # Of a note without an entry, whose place this one takes.
    row: Known | None = None
    # Whether what was read is the base of the next merge. Not while a conflict
    # waits: the next run asks again.
    is_new_base: bool = False
    # Whether the entry then holds just what the dump does, or None if that is
    # as it was before.
    is_dump_text: bool | None = None


@dataclass(frozen=True)
class PlannedFile(Generic[Content]):
    """A file and the plan of its notes, in order."""

    read: ReadFile
    items: tuple[Planned[Content], ...]
    # Keys of all its notes in order, those that wait included.
    keys: tuple[str, ...] = ()


class Planner(Generic[Content]):
    """The plan of one run. Files go in batch by batch, in a stable order."""

    def __init__(
        self,
        wiki: Wiki[Content],
        *,
        paths: Mapping[str, Collection[str]],
        mode: str = "merge",
    ) -> None:
        """`paths` are, for each source, all files the dump has."""
        self._wiki = wiki
        self._mode = mode
        self._matcher = Matcher(wiki, paths)
        self._titles = _Titles(wiki)
        self._undecided: list[Match] = []

    def plan(self, files: Sequence[ReadFile]) -> list[PlannedFile[Content]]:
        """What becomes of these files. Notes that must wait come with `finish`."""
        matches = self._matcher.match(files)
        decided = self._decide_all([match for of_file in matches for match in of_file])
        return [
            PlannedFile(
                # The notes stand in the items; twice would be twice the memory.
                replace(read, notes=()),
                (
                    *(
                        decided[id(match)]
                        for match in of_file
                        if not match.is_undecided
                    ),
                    *map(_left_out, read.skipped),
                ),
                tuple(note.key for note in read.notes),
            )
            for read, of_file in zip(files, matches, strict=True)
        ]

    def finish(self) -> list[Planned[Content]]:
        """The notes that waited until every file had been read."""
        matches = self._matcher.settle(self._undecided)
        self._undecided = []
        return list(self._decide_all(matches).values())

    def missing(self, gone: Iterable[Known]) -> list[Planned[Content]]:
        """What earlier imports had and this dump has not; `gone` are whole files."""
        return [
            Planned(status="missing", known=known, messages=(Message("missing-here"),))
            for known in self._matcher.missing(gone)
        ]

    def retitle(self, planned: Planned[Content]) -> Planned[Content]:
        """The plan of a new note whose title someone else took meanwhile."""
        self._titles.look_up([planned.note])
        note, messages = self._titles.name(planned.note, own_id=None)
        content = self._wiki.content_of(note)
        messages = (*planned.messages, *messages)
        return replace(
            planned, note=note, content=content, base=content, messages=messages
        )

    def _decide_all(self, matches: Sequence[Match]) -> dict[int, Planned[Content]]:
        self._undecided += [match for match in matches if match.is_undecided]
        sides = self._wiki.sides_of([m.known for m in matches if _is_changed(m)])
        self._titles.look_up(match.note for match in matches if _needs_title(match))
        return {
            id(match): self._decide(match, sides)
            for match in matches
            if not match.is_undecided
        }

    def _decide(
        self, match: Match, sides: Mapping[int, Sides[Content]]
    ) -> Planned[Content]:
        note, known = match.note, match.known
        planned = Planned(
            status="same", note=note, known=known, row=match.row, is_new_base=True
        )
        if match.copy_of:
            message = Message("copy", {"path": match.copy_of})
            return replace(planned, status="skipped", messages=(message,))
        if known is None:
            return self._create(planned)
        if known.is_deleted:
            message = Message("deleted-here", {"title": known.entry_title})
            return replace(
                planned, status="skipped", messages=(message,), is_new_base=False
            )
        if match.is_from_elsewhere:
            message = Message("known-elsewhere", {"source": known.source})
            return replace(planned, messages=(message,))
        if match.is_moved:
            moved = Message("moved-from", {"place": known.place})
            planned = replace(planned, status="moved", messages=(moved,))
        if note.content_hash == known.content_hash:
            return planned
        return self._change(planned, sides[known.id])

    def _create(self, planned: Planned[Content]) -> Planned[Content]:
        note, messages = self._titles.name(planned.note, own_id=None)
        content = self._wiki.content_of(note)
        return replace(
            planned,
            status="created",
            note=note,
            content=content,
            base=content,
            messages=messages,
            is_dump_text=True,
        )

    def _change(
        self, planned: Planned[Content], sides: Sides[Content]
    ) -> Planned[Content]:
        """The plan of a known note that is another in the dump now."""
        note, messages = self._renamed(planned)
        content = self._wiki.content_of(note, sides.base)
        messages = (*planned.messages, *messages)
        planned = replace(
            planned, note=note, base=content, messages=messages, is_dump_text=False
        )
        if self._wiki.is_same(content, sides.wiki):
            return replace(planned, is_dump_text=True)
        is_whole = self._mode == "replace" or (
            planned.known.is_untouched or self._wiki.is_same(sides.base, sides.wiki)
        )
        if is_whole:
            status = "moved" if planned.status == "moved" else "updated"
            return replace(planned, status=status, content=content, is_dump_text=True)
        merged = self._wiki.merge(sides.base, content, sides.wiki)
        if merged.has_clash:
            return self._clash(planned)
        if self._wiki.is_same(merged.content, sides.wiki):
            return planned
        return replace(planned, status="merged", content=merged.content)

    def _clash(self, planned: Planned[Content]) -> Planned[Content]:
        if self._mode == "keep":
            messages = (*planned.messages, Message("kept-wiki"))
            return replace(planned, status="skipped", messages=messages)
        return replace(
            planned,
            status="conflict",
            messages=(*planned.messages, Message("conflict")),
            is_new_base=False,
        )

    def _renamed(self, planned: Planned[Content]) -> tuple[Note, tuple[Message, ...]]:
        """The note under the title its entry has, unless the dump renamed it."""
        note, known = planned.note, planned.known
        if known.title in (note.title, note.full_title) or _is_told_apart(note, known):
            return _under(note, known.title), ()
        note, messages = self._titles.name(note, own_id=known.entry_id)
        if title_key(note.title) != title_key(known.entry_title):
            self._titles.free(known.entry_title)
        return note, messages


def make_plan(
    batches: Iterable[Sequence[ReadFile]],
    wiki: Wiki[Content],
    *,
    paths: Mapping[str, Collection[str]],
    mode: str = "merge",
    gone: Iterable[Known] = (),
) -> Iterator[Planned[Content]]:
    """The whole plan of a dump that is read in batches, note by note."""
    planner = Planner(wiki, paths=paths, mode=mode)
    for batch in batches:
        for planned_file in planner.plan(batch):
            yield from planned_file.items
    yield from planner.finish()
    yield from planner.missing(gone)


class _Titles:
    """Titles that are free: by what the wiki says and what this run gave out."""

    def __init__(self, wiki: Wiki) -> None:
        self._wiki = wiki
        self._holders: Mapping[str, int] = {}
        # The database learns of these when the batch is written.
        self._given: set[str] = set()
        self._freed: set[str] = set()

    def look_up(self, notes: Iterable[Note]) -> None:
        """Asks the wiki about the likeliest titles of a batch."""
        keys = {
            title_key(title)
            for note in notes
            for title in islice(_titles(note), _LIKELY_TITLES)
        }
        self._holders = self._wiki.titles_of(keys) if keys else {}

    def name(
        self, note: Note, *, own_id: int | None
    ) -> tuple[Note, tuple[Message, ...]]:
        """The note under a title no other entry has, its own if that is free."""
        titles = _titles(note)
        for round_number in count():
            size = _TITLES_ASKED if round_number else _LIKELY_TITLES
            block = list(islice(titles, size))
            if round_number:
                # So many of one title are rare: ask for this note alone.
                asked = self._wiki.titles_of({title_key(title) for title in block})
                self._holders = {**self._holders, **asked}
            for title in block:
                if self._take(title, own_id):
                    return _under(note, title), _title_messages(note, title)
        raise AssertionError("the numbers behind a title do not end")

    def free(self, title: str) -> None:
        """Lets others have a title that its entry gives up in this run."""
        self._freed.add(title_key(title))
        self._given.discard(title_key(title))

    def _take(self, title: str, own_id: int | None) -> bool:
        key = title_key(title)
        holder = None if key in self._freed else self._holders.get(key)
        if key in self._given or holder not in (None, own_id):
            return False
        self._given.add(key)
        self._freed.discard(key)
        return True


def _left_out(skipped: Skipped) -> Planned:
    status: Status = "failed" if skipped.is_failure else "skipped"
    return Planned(status=status, skipped=skipped, messages=(skipped.message,))


def _is_changed(match: Match) -> bool:
    known = match.known
    return (
        known is not None
        and known.is_live
        and not match.is_from_elsewhere
        and match.note.content_hash != known.content_hash
    )


def _needs_title(match: Match) -> bool:
    return _is_changed(match) or (
        match.known is None and not match.copy_of and not match.is_undecided
    )


def _titles(note: Note) -> Iterator[str]:
    """Titles to try, the best first: `Kafka`, its whole heading, `Kafka (folder)`."""
    yield note.title
    if note.full_title and note.full_title != note.title:
        yield note.full_title
    place = _told_apart_by(note)
    base = _with_suffix(note.title, place) if place else note.title
    if place:
        yield base
    for number in count(2):
        yield _with_suffix(base, str(number))


def _told_apart_by(note: Note) -> str:
    """What tells a note from another of its title: its folder, else its dump."""
    folder = PurePosixPath(note.path).parent.name
    name = clean_title(folder) or name_of_source(note.source)
    return "" if title_key(name) == title_key(note.title) else name


def _with_suffix(title: str, suffix: str) -> str:
    suffix = suffix[:_MAX_PLACE_CHARS].strip()
    room = MAX_TITLE_CHARS - len(suffix) - len(" ()")
    return f"{title[:room].rstrip()} ({suffix})"


def _is_told_apart(note: Note, known: Known) -> bool:
    """Whether the known title is one that was made from the note's own."""
    return known.title in islice(_titles(note), 1, _TITLES_ASKED)


def _under(note: Note, title: str) -> Note:
    """The note under this title; its own becomes another title of it."""
    if title == note.title:
        return note
    if title == note.full_title:
        return with_full_title(note)
    return replace(note, title=title, aliases=(note.title, *note.aliases))


def _title_messages(note: Note, title: str) -> tuple[Message, ...]:
    if title in (note.title, note.full_title):
        return ()
    return (Message("title-taken", {"title": note.title}),)
