"""Takes an import back: one act, in batches of which each is one transaction.

What the importer remembers goes back with the entries, so that importing the
same dump again does what it did the first time; a created entry comes back with
its address and history. Interrupted, it is completed by doing it again.
"""

import time
from collections.abc import Callable, Sequence

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from wiki import editing
from wiki.editing import (
    Act,
    Author,
    Content,
    EditError,
    EntryDeletion,
    EntryEdit,
    EntryReturn,
    InvalidContent,
    Outcome,
    Saved,
    background,
    redrawing,
)
from wiki.importing.lock import one_import_at_a_time
from wiki.importing.messages import Message
from wiki.importing.records import (
    BASE_FIELDS,
    from_stored,
    in_parts,
    set_base,
)
from wiki.importing.run import Progress, Watcher
from wiki.importing.undo_report import UndoReport
from wiki.importing.undoable import TURNS, Undoable, UndoStep
from wiki.models import (
    Batch,
    BatchKind,
    Decision,
    Import,
    ImportedFile,
    ImportedNote,
    ImportItem,
    ImportStatus,
    ItemStatus,
    Revision,
    RevisionKind,
)
from wiki.permissions import Person

# Entries in one transaction.
_ENTRIES_AT_ONCE = 100

IsTimeUp = Callable[[], bool]


def _unwatched(progress: Progress) -> None:
    pass


def _never() -> bool:
    return False


def undo_import(
    run: Import,
    *,
    author: Author,
    person: Person | None = None,
    is_dry_run: bool = False,
    watch: Watcher = _unwatched,
    is_time_up: IsTimeUp = _never,
    waits: bool = True,
) -> UndoReport:
    """What became of each entry of the run.

    `person` is whose rights count, None for whoever has the server. When
    `is_time_up` says so, it stops between two batches, and the report is not
    complete. An interruption is not raised, but with `waits` off ImportRuns.
    """
    report = UndoReport(timezone.now(), run.pk, run.sources, is_dry_run=is_dry_run)
    started = time.monotonic()
    if is_dry_run:
        for step in Undoable(run, person).steps():
            report.add(step)
        report.is_complete = True
    else:
        with one_import_at_a_time(waits=waits):
            _undo(run, author, person, report, watch, is_time_up)
    report.steps.sort(key=lambda step: step.order)
    report.seconds = time.monotonic() - started
    return report


def _undo(
    run: Import,
    author: Author,
    person: Person | None,
    report: UndoReport,
    watch: Watcher,
    is_time_up: IsTimeUp,
) -> None:
    run.refresh_from_db()
    undo = _Undo(run, author)
    try:
        steps = Undoable(run, person).steps()
        report.is_complete = undo.carry_out(steps, report, watch, is_time_up)
        if report.is_complete:
            undo.finish(report)
    except KeyboardInterrupt:
        report.is_interrupted = True


class _Undo:
    """One undo: its act, and the batches it writes."""

    def __init__(self, run: Import, author: Author) -> None:
        self._run = run
        self._author = author
        self._batch = run.undo_batch

    def carry_out(
        self,
        steps: Sequence[UndoStep],
        report: UndoReport,
        watch: Watcher,
        is_time_up: IsTimeUp,
    ) -> bool:
        """Undoes what can be; gives whether it came to the end."""
        done = 0
        for turn in TURNS:
            late: list[UndoStep] = []
            for some in in_parts(
                (step for step in steps if step.turn == turn), _ENTRIES_AT_ONCE
            ):
                late += self._settle(some, report)
                done += len(some)
                watch(Progress("write", done, len(steps)))
                if is_time_up():
                    return False
            for step in late:
                self._settle([step], report, is_last=True)
        return True

    def _settle(
        self, steps: Sequence[UndoStep], report: UndoReport, *, is_last: bool = False
    ) -> list[UndoStep]:
        """Reports what became of each; gives those whose titles others still hold.

        It may be one of the same batch that holds it: they are tried once more.
        """
        outcomes = self._write([s for s in steps if s.turn != "left" and not s.is_done])
        late = []
        for step in steps:
            outcome = outcomes.get(step.entry_id)
            if not isinstance(outcome, EditError):
                report.add(step)
            elif _is_title_taken(outcome) and not is_last:
                late.append(step)
            else:
                report.add(_not_undone(step, outcome))
        return late

    def _write(self, steps: Sequence[UndoStep]) -> dict[int, Outcome]:
        """What the write door made of steps that are all of one kind, by entry."""
        if not steps:
            return {}
        turn = steps[0].turn
        write = {"deleted": _delete, "reverted": _revert, "restored": _restore}[turn]
        with transaction.atomic():
            done = write(steps, self._act())
            outcomes = dict(zip((s.entry_id for s in steps), done, strict=True))
            versions = {
                entry_id: outcome.entry.version
                for entry_id, outcome in outcomes.items()
                if isinstance(outcome, Saved)
            }
            _Memory(self._run).go_back(turn, versions)
        return outcomes

    def _act(self) -> Act:
        if self._batch is None:
            comment = _("Import %(number)s undone") % {"number": self._run.pk}
            self._batch = Batch.objects.create(
                kind=BatchKind.UNDO,
                author=self._author.user,
                author_label=self._author.name,
                comment=comment,
                created_at=timezone.now(),
            )
            self._run.undo_batch = self._batch
            self._run.save(update_fields=["undo_batch"])
        return Act(
            author=self._author,
            kind=RevisionKind.REVERT,
            comment=self._batch.comment,
            batch=self._batch,
        )

    def finish(self, report: UndoReport) -> None:
        """Sets links right, closes what waits, and marks the run as undone."""
        if self._batch is not None:
            gone = Revision.objects.filter(batch=self._batch, kind=RevisionKind.DELETE)
            for some in in_parts(
                gone.order_by("pk").values_list("entry_id", flat=True)
            ):
                with transaction.atomic():
                    editing.refresh_links_to(some)
            with transaction.atomic():
                redrawing.refresh_links(None)
            with transaction.atomic():
                redrawing.settle_links()
            background.draw_left()
        with transaction.atomic():
            now = timezone.now()
            self._run.items.filter(status=ItemStatus.CONFLICT, decision="").update(
                decision=Decision.UNDONE,
                decided_by=self._author.user,
                decided_label=self._author.name,
                decided_at=now,
            )
            self._run.items.filter(needs_eyes=True).update(needs_eyes=False)
            self._run.status = ImportStatus.UNDONE
            told = [m for m in self._run.messages if m.get("code") != "undone"]
            self._run.messages = [*told, _told(report, self._author).as_json()]
            self._run.save(update_fields=["status", "messages"])


def _delete(steps: Sequence[UndoStep], act: Act) -> list[Outcome]:
    deletions = [EntryDeletion(step.entry_id, step.version, act) for step in steps]
    return editing.delete_entries(deletions, refresh=False)


def _restore(steps: Sequence[UndoStep], act: Act) -> list[Outcome]:
    returns = [EntryReturn(step.entry_id, step.version, act) for step in steps]
    return editing.restore_entries(returns, refresh=False)


def _revert(steps: Sequence[UndoStep], act: Act) -> list[Outcome]:
    targets = _contents_at({step.entry_id: step.target for step in steps})
    edits = [
        EntryEdit(
            entry_id=step.entry_id,
            base_version=step.version,
            content=targets[step.entry_id],
            act=act,
        )
        for step in steps
    ]
    return editing.edit_entries(edits)


def _contents_at(numbers: dict[int, int]) -> dict[int, Content]:
    """The content of each entry at the revision of that number."""
    found = Revision.objects.filter(
        entry__in=list(numbers), number__in=set(numbers.values())
    )
    return {
        revision.entry_id: Content.of(revision)
        for revision in found
        if numbers[revision.entry_id] == revision.number
    }


def _not_undone(step: UndoStep, error: EditError) -> UndoStep:
    """An entry that someone changed just now, or that cannot be as it was."""
    if not isinstance(error, InvalidContent):
        return step.left("undo-changed", number=step.version)
    reason = " ".join(problem.sentence for problem in error.problems)
    return step.left("undo-refused", reason=reason)


def _is_title_taken(error: EditError) -> bool:
    return isinstance(error, InvalidContent) and all(
        problem.code == "title_taken" for problem in error.problems
    )


def _told(report: UndoReport, author: Author) -> Message:
    undone = sum(report.totals[turn] for turn in TURNS if turn != "left")
    params = {"name": author.name, "count": undone, "left": report.totals["left"]}
    return Message("undone", params)


class _Memory:
    """What the importer knows of notes, as it was before a run."""

    def __init__(self, run: Import) -> None:
        self._run = run

    def go_back(self, turn: str, versions: dict[int, int]) -> None:
        """For entries that were all undone in one way, by id their versions now."""
        formers = self._formers(versions)
        notes = list(ImportedNote.objects.defer("raw").filter(entry__in=list(versions)))
        bases = _contents_at(
            {
                entry_id: former["version"]
                for (_, entry_id), former in formers.items()
                if former["base"] is None and former["entry"] == entry_id
            }
        )
        for note in notes:
            former = formers.get((note.source, note.entry_id))
            self._put_back(note, turn, former, bases, versions[note.entry_id])
        ImportedNote.objects.bulk_update(
            notes, [*BASE_FIELDS, "content_hash", "entry", "entry_version"], 50
        )
        # The same bytes are to be read again.
        files = {note.file_id for note in notes}
        ImportedFile.objects.filter(pk__in=files).update(rules_hash="")

    def _formers(self, versions: dict[int, int]) -> dict[tuple[str, int], dict]:
        items = ImportItem.objects.filter(
            run=self._run, entry__in=list(versions), former__isnull=False
        )
        found = items.values_list("source", "entry_id", "former")
        return {(source, entry_id): former for source, entry_id, former in found}

    def _put_back(
        self,
        note: ImportedNote,
        turn: str,
        former: dict | None,
        bases: dict[int, Content],
        version: int,
    ) -> None:
        if former is None:
            if turn != "reverted":
                # Deleted or restored by an import: it may do the opposite again.
                note.content_hash, note.entry_version = "", version
            return
        was_untouched = former["entry_version"] == former["version"]
        note.content_hash = ""
        if former["base"]:
            set_base(note, from_stored(former["base"]))
        elif note.entry_id in bases:
            set_base(note, bases[note.entry_id])
        if former["entry"] != note.entry_id:
            # It had parted from its entry, which it goes back to.
            note.entry_id = former["entry"]
            note.entry_version = former["entry_version"]
        else:
            note.entry_version = version if was_untouched else None
