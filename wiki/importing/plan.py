"""What becomes of each note of a dump, decided before anything is written.

Pure: it asks the wiki through `known.Wiki`, always for a batch, and gives back
decisions. A dry run stops here; a real run carries the same decisions out.

Three texts meet in a note that is known: the base (what the last import read),
the wiki's and the dump's. Who changed nothing gives way; if both changed, the
two are merged; if that clashes, the page stays and the dump's text waits.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Generic, Literal, TypeVar, get_args

from wiki.importing.known import Known, Sides, Wiki
from wiki.importing.lineage import Lineage, with_lineage
from wiki.importing.matching import Match, Matcher
from wiki.importing.messages import Message
from wiki.importing.naming import Titles, is_told_apart, under
from wiki.importing.notes import Note, ReadFile, Skipped
from wiki.slugs import title_key

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
MODES = ("merge", "keep", "replace", "new")

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
    # What the last import knew, which this one writes over: for an undo.
    former: "Former[Content] | None" = None
    # The revisions to write before it, and whose commit the newest one was.
    lineage: Lineage[Content] = field(default_factory=Lineage)

    @property
    def brings_back(self) -> bool:
        """Whether the entry is deleted, and to be there again."""
        return bool(self.content and self.known and self.known.is_deleted)


@dataclass(frozen=True)
class Former(Generic[Content]):
    """A note before the run: its entry, that entry's state, and the merge base.

    Without `base` that is what the entry held at `version`.
    """

    entry_id: int
    version: int
    written_version: int | None
    base: Content | None


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
        gone: Collection[Known] | None = (),
        mirrors: bool = False,
    ) -> None:
        """`paths` are, for each source, all files the dump has.

        `gone` are the known notes of whole files it no longer has, None when only
        a part of it is read. `mirrors` deletes the entries of what is missing.
        """
        self._wiki = wiki
        self._mode = mode
        self._mirrors = mirrors
        self._sees_all = gone is not None
        self._matcher = Matcher(wiki, paths, gone)
        self._titles = Titles(wiki)
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

    def missing(self) -> list[Planned[Content]]:
        """What earlier imports had and this dump has not; nobody knows of a part."""
        if not self._sees_all:
            return []
        missing = self._matcher.missing()
        shared = self._wiki.shared_of(missing) if self._mirrors and missing else {}
        return [self._missing(known, shared.get(known.id, "")) for known in missing]

    def _missing(self, known: Known, other_source: str) -> Planned[Content]:
        planned = Planned(status="missing", known=known)
        if not self._mirrors:
            reason = Message("missing-here")
        elif self._matcher.is_unread(known):
            reason = Message("missing-unread")
        elif other_source:
            reason = Message("missing-shared", {"source": other_source})
        elif not known.is_untouched:
            reason = Message("missing-edited")
        else:
            planned, reason = replace(planned, status="deleted"), Message("mirrored")
        return replace(planned, messages=(reason,))

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
        sides = self._wiki.sides_of([m.known for m in matches if _needs_sides(m)])
        self._titles.look_up(match.note for match in matches if _needs_title(match))
        return {
            id(match): with_lineage(self._decide(match, sides), match.note, self._wiki)
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
        if _was_taken_away(match):
            return self._bring_back(planned, sides[known.id])
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

    def _bring_back(
        self, planned: Planned[Content], sides: Sides[Content]
    ) -> Planned[Content]:
        """The plan of a note whose entry an undo or a mirror took away."""
        note, messages = self._titles.name(planned.note, own_id=None)
        content = self._wiki.content_of(note, sides.base)
        return replace(
            planned,
            status="created",
            note=note,
            content=content,
            base=content,
            messages=(*messages, Message("brought-back")),
            is_dump_text=True,
        )

    def _change(
        self, planned: Planned[Content], sides: Sides[Content]
    ) -> Planned[Content]:
        """The plan of a known note that is another in the dump now."""
        original = planned
        note, messages = self._renamed(planned)
        content = self._wiki.content_of(note, sides.base)
        messages = (*planned.messages, *messages)
        planned = replace(
            planned, note=note, base=content, messages=messages, is_dump_text=False
        )
        if self._wiki.is_same(content, sides.wiki):
            return replace(planned, is_dump_text=True)
        is_pristine = planned.known.is_untouched or self._wiki.is_same(
            sides.base, sides.wiki
        )
        if is_pristine or self._mode == "replace":
            status = "moved" if planned.status == "moved" else "updated"
            planned = replace(
                planned, status=status, content=content, is_dump_text=True
            )
            return self._written(planned, None if is_pristine else sides)
        merged = self._wiki.merge(sides.base, content, sides.wiki)
        if merged.has_clash:
            return self._clash(planned, original, sides)
        if self._wiki.is_same(merged.content, sides.wiki):
            return planned
        planned = replace(planned, status="merged", content=merged.content)
        return self._written(planned, sides)

    def _written(
        self, planned: Planned[Content], sides: Sides[Content] | None
    ) -> Planned[Content]:
        """The plan of a change, which lets go of the title that the entry had."""
        known = planned.known
        if title_key(planned.content.title) != title_key(known.entry_title):
            self._titles.free(known.entry_title)
        return replace(planned, former=_former(known, sides))

    def _clash(
        self,
        planned: Planned[Content],
        original: Planned[Content],
        sides: Sides[Content],
    ) -> Planned[Content]:
        if planned.note.title != planned.known.title:
            # It was found for this note, which does not get it now.
            self._titles.give_back(planned.note.title)
        if self._mode == "new":
            return self._part(original, sides)
        if self._mode == "keep":
            messages = (*planned.messages, Message("kept-wiki"))
            return replace(planned, status="skipped", messages=messages)
        return replace(
            planned,
            status="conflict",
            messages=(*planned.messages, Message("conflict")),
            is_new_base=False,
        )

    def _part(
        self, planned: Planned[Content], sides: Sides[Content]
    ) -> Planned[Content]:
        """The plan of a note that leaves its entry to the wiki and gets its own."""
        known = planned.known
        created = self._create(replace(planned, known=None, row=known))
        message = Message("parted", {"title": known.entry_title})
        messages = [m for m in created.messages if m.code != "title-taken"]
        return replace(
            created, messages=(*messages, message), former=_former(known, sides)
        )

    def _renamed(self, planned: Planned[Content]) -> tuple[Note, tuple[Message, ...]]:
        """The note under the title its entry has, unless the dump renamed it."""
        note, known = planned.note, planned.known
        if known.title in (note.title, note.full_title) or is_told_apart(note, known):
            return under(note, known.title), ()
        return self._titles.name(note, own_id=known.entry_id)


def make_plan(
    batches: Iterable[Sequence[ReadFile]],
    wiki: Wiki[Content],
    *,
    paths: Mapping[str, Collection[str]],
    mode: str = "merge",
    gone: Collection[Known] | None = (),
    mirrors: bool = False,
) -> Iterator[Planned[Content]]:
    """The whole plan of a dump that is read in batches, note by note."""
    planner = Planner(wiki, paths=paths, mode=mode, gone=gone, mirrors=mirrors)
    for batch in batches:
        for planned_file in planner.plan(batch):
            yield from planned_file.items
    yield from planner.finish()
    yield from planner.missing()


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


def _was_taken_away(match: Match) -> bool:
    """Whether the entry is deleted and nobody but an import did that."""
    known = match.known
    return (
        known is not None
        and known.is_deleted
        and known.is_untouched
        and not match.is_from_elsewhere
    )


def _needs_sides(match: Match) -> bool:
    return _is_changed(match) or _was_taken_away(match)


def _needs_title(match: Match) -> bool:
    return _needs_sides(match) or (
        match.known is None and not match.copy_of and not match.is_undecided
    )


def _former(known: Known, sides: Sides[Content] | None) -> Former[Content]:
    base = sides.base if sides else None
    return Former(known.entry_id, known.version, known.written_version, base)
