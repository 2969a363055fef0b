"""What undoing an import would do to each entry it wrote, found without a write.

An entry that nobody changed since goes back to how it was before the run: it is
deleted, or has its former text, or is there again. All others are left.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Literal

from django.db.models import Max, Min, QuerySet

from wiki import permissions
from wiki.importing.messages import Message
from wiki.importing.records import in_parts
from wiki.models import Entry, Import, Revision, RevisionKind
from wiki.permissions import Person
from wiki.slugs import title_key

Turn = Literal["deleted", "reverted", "restored", "left"]
TURNS: tuple[Turn, ...] = ("deleted", "reverted", "restored", "left")


@dataclass(frozen=True, slots=True)
class UndoStep:
    """What is to become of one entry; `target` is the revision it goes back to.

    `is_done` when this very undo did it before it was interrupted. `is_hidden`
    when the person may not know of the entry.
    """

    turn: Turn
    entry_id: int
    title: str
    slug: str
    version: int
    # The last revision that the run gave it.
    written_id: int
    target: int = 0
    target_title: str = ""
    message: Message | None = None
    is_done: bool = False
    is_hidden: bool = False
    is_deleted: bool = False

    @property
    def revision(self) -> int:
        """The number of the newest revision once it is done."""
        return self.version + (self.turn != "left" and not self.is_done)

    @property
    def order(self) -> tuple[int, int]:
        """What frees a title comes before what wants one, the newest change first."""
        return TURNS.index(self.turn), -self.written_id

    def left(self, code: str, **params: object) -> "UndoStep":
        return replace(self, turn="left", message=Message(code, params))


@dataclass(frozen=True)
class Undoable:
    """A run as one person may undo it; None is whoever has the server."""

    run: Import
    person: Person | None = None

    def steps(self) -> list[UndoStep]:
        """Every entry the run wrote, in the order in which it is to be undone."""
        found = [
            step for part in in_parts(self._written()) for step in self._steps_of(part)
        ]
        steps = self._with_free_titles(found)
        return sorted(steps, key=lambda step: step.order)

    def _written(self) -> QuerySet:
        """Each entry, the number of its first revision of the run, its last id."""
        written = Revision.objects.filter(batch=self.run.batch_id).order_by()
        spans = written.values_list("entry").annotate(Min("number"), Max("pk"))
        return spans.order_by("entry")

    def _steps_of(self, written: Sequence[tuple[int, int, int]]) -> Iterator[UndoStep]:
        firsts = {entry_id: number for entry_id, number, _ in written}
        entries = _light_entries().in_bulk(list(firsts))
        before = {revision.entry_id: revision for revision in _revisions_before(firsts)}
        for entry_id, _, last_id in written:
            yield self._step(entries[entry_id], before.get(entry_id), last_id)

    def _step(self, entry: Entry, before: Revision | None, written_id: int) -> UndoStep:
        step = UndoStep(
            self._turn(entry, before),
            entry.pk,
            entry.title,
            entry.slug,
            entry.version,
            written_id,
            before.number if before else 0,
            before.title if before else "",
            is_hidden=not self._may_know(entry),
            is_deleted=entry.is_deleted,
        )
        head = entry.head
        if self.run.undo_batch_id and head.batch_id == self.run.undo_batch_id:
            return replace(step, turn=_turn_done(head.kind), is_done=True)
        if head.batch_id != self.run.batch_id:
            code = "undo-deleted" if entry.is_deleted else "undo-changed"
            return step.left(code, number=entry.version)
        if not self._may_change(entry):
            return step.left("undo-not-allowed")
        return step

    def _turn(self, entry: Entry, before: Revision | None) -> Turn:
        if before is None or before.kind == RevisionKind.DELETE:
            return "deleted"
        return "restored" if entry.is_deleted else "reverted"

    def _may_change(self, entry: Entry) -> bool:
        if self.person is None:
            return True
        if entry.is_deleted:
            return permissions.can_restore(self.person, entry)
        return permissions.can_edit(self.person, entry)

    def _may_know(self, entry: Entry) -> bool:
        return (
            self.person is None
            or permissions.can_view(self.person, entry)
            or permissions.can_restore(self.person, entry)
        )

    def _with_free_titles(self, steps: Sequence[UndoStep]) -> Iterator[UndoStep]:
        """The steps, without those whose former title another entry has by now."""
        wanted = {_title_wanted(step) for step in steps} - {""}
        holders: dict[str, int] = {}
        for some in in_parts(sorted(wanted)):
            live = Entry.objects.live().filter(title_key__in=some)
            holders.update(live.values_list("title_key", "pk"))
        leaving = {step.entry_id for step in steps if _leaves_its_title(step)}
        for step in steps:
            holder = holders.get(_title_wanted(step), step.entry_id)
            if holder in leaving or holder == step.entry_id:
                yield step
            else:
                yield step.left("undo-title-taken", title=_title_after(step))


def _light_entries() -> QuerySet[Entry]:
    return Entry.objects.select_related("head").only(
        "title",
        "title_key",
        "slug",
        "version",
        "deleted_at",
        "visibility",
        "protection",
        "head__batch",
        "head__kind",
    )


def _revisions_before(firsts: dict[int, int]) -> Iterable[Revision]:
    """Of each entry the revision before the run's first, where there is one."""
    numbers = {(entry_id, first - 1) for entry_id, first in firsts.items()}
    found = Revision.objects.filter(
        entry__in=list(firsts), number__in={number for _, number in numbers}
    ).only("entry", "number", "kind", "title")
    return (one for one in found if (one.entry_id, one.number) in numbers)


def _turn_done(kind: str) -> Turn:
    if kind == RevisionKind.DELETE:
        return "deleted"
    return "restored" if kind == RevisionKind.RESTORE else "reverted"


def _title_after(step: UndoStep) -> str:
    return step.target_title if step.turn == "reverted" else step.title


def _title_wanted(step: UndoStep) -> str:
    """The key of a title that the step would take; empty when it keeps its own."""
    if step.is_done or step.turn not in ("reverted", "restored"):
        return ""
    key = title_key(_title_after(step))
    is_own = step.turn == "reverted" and key == title_key(step.title)
    return "" if is_own else key


def _leaves_its_title(step: UndoStep) -> bool:
    if step.is_done or step.turn == "left":
        return False
    return step.turn == "deleted" or bool(_title_wanted(step))
