"""Carries a plan out: entries through the write door, and what was read of them.

A batch is one transaction, so that an entry and the memory of where it came
from are there together or not at all. If a batch fails, its notes are tried one
by one: only those that cannot be written are left out.
"""

import logging
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from django.conf import settings
from django.db import transaction

from wiki import editing
from wiki.editing import (
    Act,
    Author,
    Content,
    EditConflict,
    EditError,
    EntryDeletion,
    EntryEdit,
    EntryGone,
    EntryPlace,
    EntryReturn,
    InvalidContent,
    NewEntry,
    Past,
    Saved,
    StaleEntry,
    linking,
)
from wiki.importing import attachments
from wiki.importing.attachments import NOTHING, Attachments
from wiki.importing.messages import Message
from wiki.importing.notes import Note, PastVersion
from wiki.importing.outages import is_outage
from wiki.importing.plan import Planned
from wiki.importing.preparing import all_tags
from wiki.importing.records import as_stored
from wiki.importing.remembering import Carried, FileEnd, Memory
from wiki.importing.report import LinksFound, ReportItem, links_found
from wiki.importing.runs import RunRecord
from wiki.importing.workers import RenderTask, Workers
from wiki.models import RevisionKind
from wiki.models.revisions import MAX_COMMENT_CHARS
from wiki.names import NewNames, Page, keys_in_dump, resolve_pages
from wiki.rendering import Destination, Rendered

logger = logging.getLogger(__name__)

# Two imports at once may want the same titles again and again.
_TITLES_TRIED = 5


@dataclass(frozen=True)
class Step:
    """One note to carry out, its address, and the file it closes, if any."""

    planned: Planned[Content]
    slug: str
    closes: FileEnd | None = None
    attachments: Attachments = NOTHING

    @property
    def page(self) -> Page:
        """Where the links of its text are read."""
        note, known = self.planned.note, self.planned.known
        return Page(
            source=note.source if note else "",
            path=note.path if note else "",
            entry_id=known.entry_id if known else None,
        )


@dataclass(frozen=True)
class Done:
    """What came of a step: the planned one, and how it stands in the wiki."""

    planned: Planned[Content]
    entry_id: int | None = None
    version: int | None = None
    title: str = ""
    slug: str = ""


class Pages:
    """The pages of a batch, rendered ahead of its writing by other processes."""

    def __init__(
        self,
        workers: Workers,
        steps: Sequence[Step],
        later: NewNames,
        kept: set[str],
    ) -> None:
        """`kept` are hashes of the files that this run keeps; those of `steps` join."""
        written = [step for step in steps if step.planned.content]
        bodies = [step.planned.content.body for step in written]
        asked = [(s.page, body) for s, body in zip(written, bodies, strict=True)]
        resolved = resolve_pages(linking.targets_of(asked), NewNames(later=later))
        self._destinations = [linking.destinations_of(found) for found in resolved]
        self._bodies = bodies
        self._files = _counted(steps, kept)
        self._wait = workers.render(
            [
                RenderTask(body, leads, settings.WIKI_REMOTE_IMAGES)
                for body, leads in zip(bodies, self._destinations, strict=True)
            ]
        )
        self._pages: dict[str, tuple[Mapping[str, Destination], Rendered]] | None = None

    def render_many(self, jobs: Sequence[linking.RenderJob]) -> list[Rendered]:
        """Pages for the write door: those rendered ahead, where they still fit."""
        return [self._page(job) for job in jobs]

    def links_of(self, note: Note, body: str) -> LinksFound:
        """The links and files of a body that was rendered, for the report."""
        found = self._all().get(body)
        links = links_found(note, found[1].links, found[0]) if found else LinksFound()
        stored, reused = self._files.get((note.source, note.key), (0, 0))
        return replace(links, files_stored=stored, files_reused=reused)

    def _page(self, job: linking.RenderJob) -> Rendered:
        ready = self._all().get(job.body)
        if ready and ready[0] == job.destinations:
            return ready[1]
        return linking.run_render_job(job)

    def _all(self) -> dict[str, tuple[Mapping[str, Destination], Rendered]]:
        if self._pages is None:
            ready = zip(self._destinations, self._wait(), strict=True)
            self._pages = dict(zip(self._bodies, ready, strict=True))
        return self._pages


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
            planned = replace(_refused(step.planned, reason), is_new_base=False)
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
            n: _done(edits[n], outcome)
            for n, outcome in zip(edits, edited, strict=True)
        }
        for _ in range(_TITLES_TRIED):
            created = self._create(new.values(), pages)
            done |= {n: _done(new[n], o) for n, o in zip(new, created, strict=True)}
            new = {
                n: self.retitle(new[n])
                for n, outcome in zip(new, created, strict=True)
                if _is_title_taken(outcome)
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
            n: _taken_away(planned, outcome)
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


def dump_names(note: Note) -> tuple[str, ...]:
    """What the notes of its dump call a note, as keys."""
    is_whole_file = note.key == note.path
    return tuple(keys_in_dump(note.path, note.names, is_whole_file=is_whole_file))


def _counted(
    steps: Sequence[Step], kept: set[str]
) -> dict[tuple[str, str], tuple[int, int]]:
    """For each note with files, how many of them are new, and how many are not."""
    kept |= attachments.stored_hashes(step.attachments for step in steps)
    counts = {}
    for step in steps:
        hashes = {one.facts.sha256 for one in step.attachments.files}
        if hashes:
            note = step.planned.note
            counts[note.source, note.key] = (len(hashes - kept), len(hashes & kept))
            kept |= hashes
    return counts


def as_it_is(planned: Planned[Content], slug: str) -> Done:
    """A step without a write of its own, or before it: what the plan says of it."""
    known = planned.known
    if known is None:
        title = planned.note.title if planned.note else ""
        is_new = planned.status == "created"
        version = 1 + len(planned.lineage.earlier) if is_new else None
        return Done(planned, None, version, title, slug)
    title = planned.content.title if planned.content else known.entry_title
    is_written = planned.content is not None or planned.status == "deleted"
    version = known.version
    if is_written:
        version += 1 + len(planned.lineage.earlier)
    return Done(planned, known.entry_id, version, title, slug or known.slug)


def item_of(done: Done, pages: Pages | None) -> ReportItem:
    """The line of the report for a step that is done, or would be."""
    planned, note = done.planned, done.planned.note
    place = note or planned.known or planned.skipped
    content = planned.content
    links = LinksFound()
    if content and note and pages:
        links = pages.links_of(note, content.body)
    return ReportItem(
        status=planned.status,
        title=done.title,
        slug=done.slug,
        source=place.source,
        path=place.path,
        line=getattr(place, "line", None),
        revision=done.version,
        entry_id=done.entry_id,
        title_from=note.title_from if note else "",
        tags=tuple((tag.name, tag.rule) for tag in all_tags(note)) if note else (),
        links=links,
        encoding=note.encoding if note else "",
        messages=(
            *(note.messages if note else ()),
            *planned.messages,
            *links.messages,
        ),
        proposal=_proposal(planned),
        former=_former(planned),
    )


def _done(planned: Planned[Content], outcome: Saved | EditError) -> Done:
    if isinstance(outcome, EditError):
        return as_it_is(_not_saved(planned, outcome), "")
    entry = outcome.entry
    if outcome.status == "same" and planned.brings_back:
        return as_it_is(_not_saved(planned, StaleEntry(entry)), "")
    if outcome.status == "same":
        planned = replace(planned, status="same")
    elif outcome.status == "merged":
        planned = replace(planned, status="merged", is_dump_text=False)
    return Done(planned, entry.pk, entry.version, entry.title, entry.slug)


def _not_saved(planned: Planned[Content], error: EditError) -> Planned[Content]:
    """The plan of a note that someone's edit overtook, or that cannot be stored."""
    if isinstance(error, EditConflict):
        return replace(
            planned,
            status="conflict",
            content=None,
            messages=(*planned.messages, Message("conflict")),
            is_new_base=False,
        )
    if isinstance(error, EntryGone):
        message = Message("deleted-here", {"title": error.entry.title})
        return replace(_refused(planned, message), status="skipped")
    if isinstance(error, StaleEntry):
        return _refused(planned, Message("overtaken"))
    if isinstance(error, InvalidContent):
        reason = " ".join(problem.sentence for problem in error.problems)
        return _refused(planned, Message("refused", {"reason": reason}))
    raise error


def _taken_away(planned: Planned[Content], outcome: Saved | EditError) -> Done:
    """How a note that is gone stands, whose entry was to be deleted."""
    known = planned.known
    if isinstance(outcome, EditError):
        reason = Message("missing-edited")
        return as_it_is(replace(planned, status="missing", messages=(reason,)), "")
    if outcome.status == "same":
        reason = Message("deleted-here", {"title": known.entry_title})
        return as_it_is(replace(planned, status="skipped", messages=(reason,)), "")
    entry = outcome.entry
    return Done(planned, entry.pk, entry.version, entry.title, entry.slug)


def _refused(planned: Planned[Content], message: Message) -> Planned[Content]:
    return replace(
        planned,
        status="failed",
        content=None,
        messages=(*planned.messages, message),
        is_new_base=planned.known is None,
        is_dump_text=None,
    )


def _is_title_taken(outcome: Saved | EditError) -> bool:
    return isinstance(outcome, InvalidContent) and all(
        problem.code == "title_taken" for problem in outcome.problems
    )


def _proposal(planned: Planned[Content]) -> dict[str, object] | None:
    """What the dump has for a conflict, and what makes it the next merge base."""
    if planned.status != "conflict" or planned.base is None:
        return None
    return as_stored(planned.base) | {
        "note": planned.known.id,
        "content_hash": planned.note.content_hash,
    }


def _former(planned: Planned[Content]) -> dict[str, object] | None:
    former = planned.former
    if former is None or planned.content is None:
        return None
    return {
        "entry": former.entry_id,
        "version": former.version,
        "entry_version": former.written_version,
        "base": as_stored(former.base) if former.base else None,
    }
