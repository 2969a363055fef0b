"""Carries a plan out: entries through the write door, and what was read of them.

A batch is one transaction, so that an entry and the memory of where it came
from are there together or not at all. If a batch fails, its notes are tried one
by one: only those that cannot be written are left out.
"""

import logging
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from django.db import transaction

from wiki import editing
from wiki.editing import (
    Act,
    Author,
    Content,
    EntryDeletion,
    EntryEdit,
    EntryPlace,
    EntryReturn,
    NewEntry,
    Past,
)
from wiki.importing import attachments
from wiki.importing.messages import Message
from wiki.importing.notes import PastVersion
from wiki.importing.outages import is_outage
from wiki.importing.outcomes import (
    Done,
    as_it_is,
    is_title_taken,
    item_of,
    refused,
    what_became,
    what_became_of_gone,
)
from wiki.importing.plan import Planned
from wiki.importing.remembering import Carried, Memory
from wiki.importing.report import ReportItem
from wiki.importing.runs import RunRecord
from wiki.importing.steps import Pages, Step, dump_names
from wiki.models import RevisionKind
from wiki.models.revisions import MAX_COMMENT_CHARS
from wiki.names import NewNames

logger = logging.getLogger(__name__)

# Two imports at once may want the same titles again and again.
_TITLES_TRIED = 5


@dataclass(frozen=True, kw_only=True)
class Writer:
    """Writes batches of one run."""

    author: Author
    record: RunRecord
    memory: Memory
    later: NewNames
    # Another title for a note whose title someone took since it was planned.
    retitle: Callable[[Planned[Content]], Planned[Content]]

    def write(self, steps: Sequence[Step], pages: Pages) -> list[ReportItem]:
        """What became of each step, in order. Raises interruptions and outages."""
        try:
            with transaction.atomic():
                return self._write(steps, pages)
        except Exception as error:
            if is_outage(error):
                raise
            # Whatever one note did to the batch, the others shall not suffer.
            logger.warning("A batch of %s notes is written one by one.", len(steps))
        return [item for step in steps for item in self._write_alone(step, pages)]

    def _write_alone(self, step: Step, pages: Pages) -> list[ReportItem]:
        try:
            with transaction.atomic():
                return self._write([step], pages)
        except Exception as error:
            if is_outage(error):
                raise
            logger.exception("A note could not be written.")
            reason = Message("not-written", {"reason": type(error).__name__})
            planned = replace(refused(step.planned, reason), is_new_base=False)
            return self._store_failed(replace(step, planned=planned), pages)

    def _store_failed(self, step: Step, pages: Pages) -> list[ReportItem]:
        try:
            with transaction.atomic():
                return self._write([step], pages)
        except Exception:
            # Even remembering its file fails, as when another run of the same
            # dump did that first. The report still names the note.
            logger.exception("A note that failed could not be remembered.")
            items = [item_of(as_it_is(step.planned, step.slug), pages)]
            with transaction.atomic():
                self.record.store(items)
            return items

    def _write(self, steps: Sequence[Step], pages: Pages) -> list[ReportItem]:
        attachments.store([one for step in steps for one in step.attachments.files])
        attachments.hold(
            {
                step.planned.known.entry_id: step.attachments.files
                for step in steps
                if step.planned.status == "conflict"
            }
        )
        # Before the texts are drawn: their links start from there.
        editing.place_entries([*_places(steps)])
        outcomes = self._write_entries(steps, pages)
        done = [
            outcomes.get(number) or as_it_is(step.planned, step.slug)
            for number, step in enumerate(steps)
        ]
        self.memory.store(
            [
                Carried(one.planned, one.entry_id, one.version, step.closes)
                for one, step in zip(done, steps, strict=True)
            ]
        )
        items = [item_of(one, pages) for one in done]
        self.record.store(items)
        return items

    def _write_entries(self, steps: Sequence[Step], pages: Pages) -> dict[int, Done]:
        """What the write door made of the steps that have content, by number."""
        written = {
            n: step.planned for n, step in enumerate(steps) if step.planned.content
        }
        edits, new = {}, {}
        for n, planned in written.items():
            is_new = planned.known is None or planned.brings_back
            (new if is_new else edits)[n] = planned
        # Edits first: a title that one of them gives up may be another's.
        edited = editing.edit_entries(
            list(map(self._edit, edits.values())),
            render_many=pages.render_many,
            later=self.later,
        )
        done = self._delete(steps, pages) | {
            n: what_became(edits[n], outcome)
            for n, outcome in zip(edits, edited, strict=True)
        }
        for _ in range(_TITLES_TRIED):
            created = self._create(new.values(), pages)
            done |= {
                n: what_became(new[n], o) for n, o in zip(new, created, strict=True)
            }
            new = {
                n: self.retitle(new[n])
                for n, outcome in zip(new, created, strict=True)
                if is_title_taken(outcome)
            }
            if not new:
                break
        return done

    def _create(
        self, new: Iterable[Planned[Content]], pages: Pages
    ) -> list[editing.entries.Outcome]:
        """What became of entries that are new, or deleted and to be there again."""
        new = list(new)
        returns = [
            EntryReturn(
                planned.known.entry_id,
                planned.known.version,
                self._act(planned),
                planned.content,
            )
            for planned in new
            if planned.known
        ]
        returned = iter(
            editing.restore_entries(
                returns, render_many=pages.render_many, refresh=False, later=self.later
            )
        )
        entries = [
            NewEntry(
                content=planned.content,
                act=self._act(planned),
                past=self._past(planned),
                source=planned.note.source,
                source_path=planned.note.path,
                dump_names=dump_names(planned.note),
                slug=planned.note.slug,
                created_at=planned.note.created_at,
            )
            for planned in new
            if not planned.known
        ]
        created = iter(
            editing.create_entries(
                entries, render_many=pages.render_many, refresh=False, later=self.later
            )
        )
        return [next(returned if planned.known else created) for planned in new]

    def _delete(self, steps: Sequence[Step], pages: Pages) -> dict[int, Done]:
        """What became of the entries whose notes are gone, by number."""
        gone = {
            n: step.planned
            for n, step in enumerate(steps)
            if step.planned.status == "deleted"
        }
        deletions = [
            EntryDeletion(
                planned.known.entry_id, planned.known.version, self._act(planned)
            )
            for planned in gone.values()
        ]
        outcomes = editing.delete_entries(deletions, render_many=pages.render_many)
        return {
            n: what_became_of_gone(planned, outcome)
            for (n, planned), outcome in zip(gone.items(), outcomes, strict=True)
        }

    def _edit(self, planned: Planned[Content]) -> EntryEdit:
        return EntryEdit(
            entry_id=planned.known.entry_id,
            base_version=planned.known.version,
            content=planned.content,
            act=self._act(planned),
            past=self._past(planned),
            coauthors=tuple(Author(label=name) for name in planned.lineage.authors),
        )

    def _act(self, planned: Planned[Content]) -> Act:
        note, newest = planned.note, planned.lineage.newest
        if newest is not None:
            return self._act_of(newest, note.source)
        return Act(
            author=self.author,
            kind=RevisionKind.IMPORT,
            comment=(note or planned.known).source[:MAX_COMMENT_CHARS],
            batch=self.record.batch,
            authored_at=note.written_at if note else None,
        )

    def _past(self, planned: Planned[Content]) -> tuple[Past, ...]:
        """The revisions before the newest one, for the write door."""
        return tuple(
            Past(
                content=one.content,
                act=self._act_of(one.version, planned.note.source),
            )
            for one in planned.lineage.earlier
        )

    def _act_of(self, version: PastVersion, source: str) -> Act:
        """Who made a version elsewhere. Never an account: a name proves nothing."""
        return Act(
            author=Author(label=version.author),
            kind=RevisionKind.IMPORT,
            comment=(version.comment or source)[:MAX_COMMENT_CHARS],
            batch=self.record.batch,
            authored_at=version.written_at,
        )


def _places(steps: Iterable[Step]) -> Iterator[EntryPlace]:
    """Where entries that are there lie from now on, as far as that may be new."""
    for step in steps:
        note, known = step.planned.note, step.planned.known
        if note is None or known is None or not known.is_live:
            continue
        is_home = known.source == note.source
        is_new = known.path != note.path if is_home else step.planned.row is None
        if is_new or step.planned.content:
            yield EntryPlace(
                known.entry_id, note.source, note.path, dump_names(note), is_home
            )
