"""Taking a batch back: all that one act did, by another act that can be taken back too.

Each revision of the batch is undone as a single one is: what came later stays, and
what clashes with it is left as it is and listed. Imports have an undo of their own.
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from django.db import connection, transaction
from django.utils import timezone
from django.utils.text import Truncator
from django.utils.translation import gettext as _

from wiki import permissions
from wiki.editing.batch_steps import (
    Step,
    contents_without,
    runs_of,
    steps_of,
    wants_deletion,
    wants_return,
    wants_revert,
)
from wiki.editing.changes import Act
from wiki.editing.content import Content
from wiki.editing.entries import edit_entries
from wiki.editing.lifecycle import (
    EntryDeletion,
    EntryReturn,
    delete_entries,
    restore_entries,
)
from wiki.editing.marks import TakenBack, mark_taken_back
from wiki.editing.problems import EditError, EntryGone, InvalidContent
from wiki.editing.races import hold, retrying
from wiki.editing.rebuilding import rebuild_tags
from wiki.editing.requests import EntryEdit, Outcome, Saved
from wiki.editing.rows import bump_epoch
from wiki.editing.tag_rows import RowsUndo, TagRows, rows_of
from wiki.models import Batch, BatchKind, Entry, Link, RevisionKind
from wiki.models.revisions import MAX_COMMENT_CHARS
from wiki.permissions import Person

# Entries whose texts are in memory at a time.
CHUNK = 100
# Their undo knows what the importer remembers.
WITH_OWN_UNDO = (BatchKind.IMPORT, BatchKind.UNDO)


class AlreadyUndone(Exception):
    """The batch was taken back before; that act can be taken back in turn."""


@dataclass(frozen=True)
class LeftEntry:
    """An entry that stays as it is, and the sentence that says why.

    `is_hidden` when the person who undoes may not know of it.
    """

    entry: Entry
    reason: str
    is_hidden: bool = False


@dataclass(frozen=True)
class UndoneBatch:
    """What became of a batch. `batch` did it; None when nothing could be taken back."""

    batch: Batch | None
    changed: tuple[int, ...] = ()
    left: tuple[LeftEntry, ...] = ()
    # Names of tags that somebody else has a use for by now.
    names_left: tuple[str, ...] = ()


def new_batch(
    kind: str, act: Act, details: Mapping[str, object] | None = None
) -> Batch:
    """A batch for what this act is going to do; its comment is cut to what fits."""
    return Batch.objects.create(
        kind=kind,
        author=act.author.user,
        author_label=act.author.name,
        comment=Truncator(act.comment).chars(MAX_COMMENT_CHARS),
        details=dict(details or {}),
        created_at=timezone.now(),
    )


def hold_in_order(entry_ids: Collection[int]) -> None:
    """Keeps others from saving these entries, and those they link to.

    An act that writes in parts takes all its locks first, in the order in which
    every save does. In SQLite its transaction alone keeps other writers out.
    """
    if connection.features.has_select_for_update:
        ids = set(entry_ids)
        linked = Link.objects.filter(source__in=ids).values_list("target", flat=True)
        hold(sorted((ids | set(linked)) - {None}))


def undo_batch(batch: Batch, *, act: Act, person: Person | None = None) -> UndoneBatch:
    """What became of each entry of the batch; the rest of it goes with them.

    `person` is whose rights count, None for whoever has the server. One
    transaction, so that it happens as a whole; it reads and writes a hundred
    entries at a time, with a number of queries that does not hang on them.
    Raises AlreadyUndone, and ValueError for an import.
    """
    if batch.kind in WITH_OWN_UNDO:
        raise ValueError(f"batch {batch.pk} is of an import")
    return retrying(lambda: _undo_batch(batch, act, person))


def _undo_batch(batch: Batch, act: Act, person: Person | None) -> UndoneBatch:
    try:
        with transaction.atomic():
            done = _Undo(batch, act, person).carry_out()
            if done.batch is None:
                raise _NothingDone(done)
    except _NothingDone as nothing:
        return nothing.done
    return done


class _NothingDone(Exception):
    def __init__(self, done: UndoneBatch) -> None:
        super().__init__()
        self.done = done


@dataclass
class _Undo:
    """One undo, in parts of which each is written together."""

    undone: Batch
    act: Act
    person: Person | None
    changed: list[int] = field(default_factory=list)
    left: list[LeftEntry] = field(default_factory=list)

    def carry_out(self) -> UndoneBatch:
        self._begin()
        runs = runs_of(self.undone)
        hold_in_order(runs)
        rows = _rows_undo(self.undone)
        now = rows_of(rows.tag_ids) if rows else None
        if rows:
            rows.prepare()
        late: list[int] = []
        for ids in _parts(sorted(runs)):
            late += self._part({pk: runs[pk] for pk in ids})
        # A title that another entry of the batch held is free by now.
        for ids in _parts(late):
            self._part({pk: runs[pk] for pk in ids}, is_last=True)
        if rows:
            self._finish(rows, now)
        if not self.changed and not (rows and rows.has_changed):
            return replace(self._done(rows), batch=None)
        return self._done(rows)

    def _begin(self) -> None:
        # Of two who ask at once one waits here, and then sees the other's.
        held = Batch.objects.select_for_update().get(pk=self.undone.pk)
        if Batch.objects.filter(undoes=held).exists():
            raise AlreadyUndone
        comment = self.act.comment or _("Undone: %s") % self.undone
        self.batch = new_batch(BatchKind.REVERSAL, replace(self.act, comment=comment))
        self.batch.undoes = held
        self.batch.save(update_fields=["undoes"])
        self.act = replace(
            self.act,
            kind=RevisionKind.REVERT,
            comment=self.batch.comment,
            batch=self.batch,
        )

    def _finish(self, rows: RowsUndo, before: TagRows) -> None:
        trashed, moves = self.undone.details["trashed"], _moves_of(self.undone)
        rows.finish()
        if moves:
            # Deleted entries go on naming what they bore.
            for ids in _parts(trashed):
                rebuild_tags(ids)
        self.batch.details = {
            "before": before.as_json(),
            "after": rows_of(rows.tag_ids).as_json(),
            "trashed": trashed,
            "moves": {new: old for old, new in moves.items()},
        }
        self.batch.save(update_fields=["details"])
        bump_epoch()

    def _done(self, rows: RowsUndo | None) -> UndoneBatch:
        return UndoneBatch(
            batch=self.batch,
            changed=tuple(self.changed),
            left=tuple(self.left),
            names_left=tuple(rows.left) if rows else (),
        )

    def _part(
        self, runs: Mapping[int, tuple[range, ...]], *, is_last: bool = False
    ) -> list[int]:
        """Undoes what was done to some entries; those whose titles others hold."""
        steps = list(steps_of(runs))
        fitting = [step for step in steps if self._is_allowed(step)]
        outcomes: dict[int, Outcome] = {}
        for write, turn in (
            (self._delete, [s for s in fitting if wants_deletion(s)]),
            (self._revert, [s for s in fitting if wants_revert(s)]),
            (self._restore, [s for s in fitting if wants_return(s)]),
        ):
            if turn:
                outcomes |= write(turn)
        late = []
        for step in fitting:
            outcome = outcomes.get(step.entry.pk)
            if _is_title_taken(outcome) and not is_last:
                late.append(step.entry.pk)
            else:
                self._note(step, outcome)
        return late

    def _is_allowed(self, step: Step) -> bool:
        may, entry = self.person, step.entry
        if may is None:
            return True
        check = permissions.can_restore if entry.is_deleted else permissions.can_edit
        if check(may, entry):
            return True
        knows = permissions.can_view(may, entry)
        self.left.append(LeftEntry(entry, _("You may not change it."), not knows))
        return False

    def _note(self, step: Step, outcome: Outcome | None) -> None:
        if isinstance(outcome, Saved):
            if outcome.status != "same":
                self.changed.append(step.entry.pk)
        else:
            self.left.append(LeftEntry(step.entry, _reason(step, outcome)))

    def _delete(self, steps: Sequence[Step]) -> dict[int, Outcome]:
        deletions = [
            EntryDeletion(step.entry.pk, step.entry.version, self.act) for step in steps
        ]
        return self._marked(steps, delete_entries(deletions))

    def _restore(self, steps: Sequence[Step]) -> dict[int, Outcome]:
        returns = [
            EntryReturn(
                step.entry.pk, step.entry.version, self.act, Content.of(step.before)
            )
            for step in steps
        ]
        return self._marked(steps, restore_entries(returns))

    def _marked(
        self, steps: Sequence[Step], done: Sequence[Outcome]
    ) -> dict[int, Outcome]:
        outcomes = {s.entry.pk: o for s, o in zip(steps, done, strict=True)}
        mark_taken_back(
            TakenBack(
                step.entry.pk,
                step.numbers,
                outcomes[step.entry.pk].revision.number,
                self.act.author.user,
            )
            for step in steps
            if isinstance(outcomes[step.entry.pk], Saved)
        )
        return outcomes

    def _revert(self, steps: Sequence[Step]) -> dict[int, Outcome]:
        contents = contents_without(steps, _moves_of(self.undone))
        edits = [
            EntryEdit(
                entry_id=step.entry.pk,
                base_version=step.entry.version,
                content=content,
                act=self.act,
                entry=step.entry,
                takes_back=step.numbers,
            )
            for step in steps
            if (content := contents[step.entry.pk])
        ]
        done = edit_entries(edits)
        return {e.entry_id: o for e, o in zip(edits, done, strict=True)}


def _parts(ids: Sequence[int]) -> Iterator[Sequence[int]]:
    for start in range(0, len(ids), CHUNK):
        yield ids[start : start + CHUNK]


def _rows_undo(batch: Batch) -> RowsUndo | None:
    if "before" not in batch.details:
        return None
    return RowsUndo(
        TagRows.from_json(batch.details["before"]),
        TagRows.from_json(batch.details["after"]),
    )


def _moves_of(batch: Batch) -> dict[str, str]:
    """Which tag took the place of which, by their keys."""
    return batch.details.get("moves", {})


def _is_title_taken(outcome: Outcome | None) -> bool:
    return isinstance(outcome, InvalidContent) and all(
        problem.code == "title_taken" for problem in outcome.problems
    )


def _reason(step: Step, outcome: EditError | None) -> str:
    if isinstance(outcome, InvalidContent):
        return " ".join(problem.sentence for problem in outcome.problems)
    if isinstance(outcome, EntryGone) or step.entry.is_deleted:
        return _("It was deleted since.")
    if not step.was_there or step.is_deletion:
        return _("It was changed since.")
    return _("The same place was changed since.")
