"""An import from its paths to its report: read, decide, then write.

The plan is complete before the first note is written. That is why a dry run
tells exactly what a real one does, and why a note can link to one that comes
later in the dump.
"""

import gc
import time
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, field, replace

from django.conf import settings
from django.db import connection, connections, transaction
from django.utils import timezone

from wiki.editing import Author, Content, background, redrawing
from wiki.importing import vocabulary as topics
from wiki.importing.addresses import Addresses
from wiki.importing.attachments import AttachmentFinder, names_of, renew
from wiki.importing.dumps import (
    Dump,
    is_worth_processes,
    open_dumps,
    rules_of,
    unchanged_files,
)
from wiki.importing.guarding import Guard
from wiki.importing.known import Known
from wiki.importing.lock import one_import_at_a_time
from wiki.importing.notes import (
    DumpError,
    Note,
    NoteTag,
    Piece,
    Place,
    ReadFile,
    ReadOptions,
    Skipped,
)
from wiki.importing.outages import Outage, is_outage
from wiki.importing.outcomes import as_it_is, item_of
from wiki.importing.plan import Planned, PlannedFile, Planner
from wiki.importing.records import (
    OPTION_RULE,
    DatabaseWiki,
    in_loads,
    in_parts,
    known_notes,
)
from wiki.importing.remembering import FileEnd, Memory
from wiki.importing.report import Report, ReportItem
from wiki.importing.runs import RunRecord
from wiki.importing.spool import Spool
from wiki.importing.steps import Pages, Step, dump_names
from wiki.importing.topics import Vocabulary
from wiki.importing.workers import Here, Pool, ReadTask, Workers
from wiki.importing.writing import Writer
from wiki.models import ImportedFile
from wiki.names import NewNames
from wiki.permissions import Person

# Files read at once, and notes written in one transaction.
_FILES_AT_ONCE = 50
_NOTES_AT_ONCE = 100
# Earlier states of a note, which are neither rendered nor linked, that are as
# much work and memory as a note.
_STATES_LIKE_A_FILE = 4
# Of a long note; a row of it goes to the database three times as long as it is.
_BYTES_LIKE_A_NOTE = 10_000
# Batches that are rendered while another is written.
_BATCHES_AHEAD = 2

Show = Callable[[Planned[Content], ReportItem], None]


def _unseen(planned: Planned[Content], item: ReportItem) -> None:
    pass


@dataclass(frozen=True, kw_only=True)
class ImportSettings:
    """How a run goes, as the person who starts it wants it."""

    author: Author
    read: ReadOptions = field(default_factory=ReadOptions)
    format: str = "auto"
    mode: str = "merge"
    # Whether entries are deleted that the dump no longer has and nobody changed.
    mirrors: bool = False
    tags: tuple[str, ...] = ()
    topics_file: str = ""
    limit: int = 0
    jobs: int = 1
    is_dry_run: bool = False
    stops_at_failure: bool = False
    # Whether the report is to list also the notes that stayed the same.
    lists_same: bool = False
    # Whose rights hold; None on the server, where everything is allowed.
    rights_of: Person | None = None
    # Told of each note of a dry run what would be written, with its line of the
    # report.
    show: Show = _unseen


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a run is: notes or files done, of how many, doing what."""

    stage: str
    done: int
    total: int


Watcher = Callable[[Progress], None]


def _unwatched(progress: Progress) -> None:
    pass


def import_notes(
    places: Sequence[Place], options: ImportSettings, watch: Watcher = _unwatched
) -> Report:
    """Imports the dumps at these places. The report's items may lie on disk.

    Raises DumpError before anything is written when a place holds no notes or
    an option cannot be followed; Outage when disk or database give up. An
    interruption is not raised: the report says it, and what was written is whole.
    """
    if options.mirrors and not _reads_whole_dumps(options):
        raise DumpError("mirror-of-a-part")
    lock = nullcontext() if options.is_dry_run else one_import_at_a_time()
    with lock:
        return _import_notes(places, options, watch)


def _import_notes(
    places: Sequence[Place], options: ImportSettings, watch: Watcher
) -> Report:
    with open_dumps(places, options.format, options.read) as dumps:
        return _import_dumps(dumps, options, watch)


def _import_dumps(
    dumps: Sequence[Dump], options: ImportSettings, watch: Watcher
) -> Report:
    started_at, started = timezone.now(), time.monotonic()
    run = _Run(dumps, options, watch)
    report = Report(started_at, run.sources, is_dry_run=options.is_dry_run)
    with run.workers() as workers, Spool() as plan:
        try:
            run.plan(workers, plan)
            if options.is_dry_run:
                run.pretend(workers, plan, report)
            else:
                run.write(workers, plan, report)
        except KeyboardInterrupt:
            report.is_interrupted = True
        except Exception as error:
            if is_outage(error):
                raise Outage(error) from error
            raise
        run.finish(report)
    report.seconds = time.monotonic() - started
    run.close(report)
    return report


@dataclass(frozen=True, slots=True)
class _Unchanged:
    """In the plan: a file whose notes all stay as they are."""

    source: str
    path: str
    count: int


class _Run:
    """One run: what it reads, and the state its stages share."""

    def __init__(
        self, dumps: Sequence[Dump], options: ImportSettings, watch: Watcher
    ) -> None:
        self._options = options
        self._watch = watch
        self._dumps = dumps
        self._vocabulary = _vocabulary(options)
        self._rules = rules_of(
            self._dumps, options.read, topics_digest=self._vocabulary.digest
        )
        self.sources = tuple(dict.fromkeys(dump.source for dump in self._dumps))
        self._paths: dict[str, set[str]] = {source: set() for source in self.sources}
        for dump in self._dumps:
            self._paths[dump.source] |= {one.path for one in dump.found}
        self._wiki = DatabaseWiki([NoteTag(tag, OPTION_RULE) for tag in options.tags])
        self._planner = Planner(
            self._wiki,
            paths=self._paths,
            mode=options.mode,
            gone=list(self._gone()) if self._reads_all() else None,
            mirrors=options.mirrors,
        )
        self._guard = Guard(options.rights_of)
        # Files with notes that wait until the end: those are to close them.
        self._open_files: dict[tuple[str, str], tuple[FileEnd, int]] = {}
        self._notes_read = 0
        self._names = NewNames()
        self._finder = AttachmentFinder(dumps)
        # Hashes of the files that this run keeps.
        self._kept: set[str] = set()
        self._addresses = Addresses()
        self._stored_counts: dict[tuple[str, str], int] = {}
        self._record: RunRecord | None = None

    def workers(self) -> AbstractContextManager[Workers]:
        """Where reading and rendering is done: here, or in processes if it pays."""
        options = self._options
        pieces = [piece for dump in self._dumps for piece in dump.pieces()]
        # A forked process would share the connection of a transaction.
        is_free = options.jobs > 1 and not connection.in_atomic_block
        if not (is_free and is_worth_processes(pieces)):
            return nullcontext(Here(self._vocabulary, options.read))
        _let_go_of_the_database()
        return Pool(self._vocabulary, options.read, options.jobs)

    # ── Reading and deciding ─────────────────────────────────────────────────

    def plan(self, workers: Workers, plan: Spool) -> None:
        """Reads the dumps and fills the plan. Writes nothing to the database."""
        for files in self._read(workers):
            planned_files = self._guard.files(self._planner.plan(files))
            self._addresses.look_up(
                item for file in planned_files for item in file.items
            )
            for planned in planned_files:
                self._add_file(planned, plan)
        last = self._guard.items(self._planner.finish())
        self._addresses.look_up(last)
        for planned in last:
            plan.add(self._step(planned, self._end_of(planned.note)))
        if self._options.mirrors and not self._notes_read:
            raise DumpError("mirror-of-nothing")
        for planned in self._planner.missing():
            plan.add(self._step(planned))

    def _read(self, workers: Workers) -> Iterator[list[ReadFile]]:
        """The files in order, those that were not opened in their place."""
        waiting: deque[list[Piece | Skipped]] = deque()
        total = sum(len(dump.found) for dump in self._dumps)
        left = self._options.limit or None
        done = 0
        for results in workers.read(self._tasks(waiting)):
            found, read = waiting.popleft(), iter(results)
            files = [
                next(read) if isinstance(one, Piece) else _unopened(one)
                for one in found
            ]
            if left is not None:
                files, left = _first_notes(files, left)
            yield files
            done += len(found)
            self._watch(Progress("read", done, total))
            if left == 0:
                return

    def _tasks(self, waiting: deque[list[Piece | Skipped]]) -> Iterator[ReadTask]:
        for dump in self._dumps:
            for some in in_loads(dump.found, _FILES_AT_ONCE, _states_of):
                pieces = tuple(piece for piece in some if isinstance(piece, Piece))
                waiting.append(some)
                known = unchanged_files(
                    dump, pieces, rules_hash=self._rules[dump.source]
                )
                for path, stored in known.items():
                    self._stored_counts[dump.source, path] = stored.count
                hashes = {path: stored.sha256 for path, stored in known.items()}
                yield ReadTask(dump.format.NAME, pieces, hashes)

    def _add_file(self, planned: PlannedFile[Content], plan: Spool) -> None:
        if planned.read.is_unchanged:
            source, path = planned.read.file.source, planned.read.path
            plan.add(_Unchanged(source, path, self._stored_counts[source, path]))
            self._notes_read += self._stored_counts[source, path]
            return
        file = planned.read.file
        decided = sum(item.note is not None for item in planned.items)
        waiting = len(planned.keys) - decided
        end = FileEnd(planned.read, planned.keys, is_whole=not self._options.limit)
        self._notes_read += len(planned.keys)
        if file and waiting:
            self._open_files[file.source, file.path] = end, waiting
        for number, item in enumerate(planned.items, 1):
            closes = file and not waiting and number == len(planned.items)
            plan.add(self._step(item, end if closes else None))

    def _end_of(self, note: Note) -> FileEnd | None:
        """The file that ends with this note, one of those that waited."""
        end, waiting = self._open_files[note.source, note.path]
        self._open_files[note.source, note.path] = end, waiting - 1
        return end if waiting == 1 else None

    def _step(self, planned: Planned[Content], closes: FileEnd | None = None) -> Step:
        note, known, content = planned.note, planned.known, planned.content
        slug = known.slug if known else ""
        if content and not (known and known.entry_title == content.title):
            slug = self._addresses.choose(content.title, slug)
            former = [one.content.title for one in planned.lineage.earlier]
            names = (*content.aliases, *former)
            self._names.add_names(content.title, names, slug)
        elif planned.brings_back:
            self._names.add_names(content.title, content.aliases, slug)
        # What waits for a decision brings its files along, for when it is taken.
        text = content or (planned.base if planned.status == "conflict" else None)
        if not (text and note):
            return Step(planned, slug, closes)
        self._names.add_place(note.source, dump_names(note), slug, text.title)
        attached = self._finder.of(note, text.body)
        names_of(attached, self._names)
        if attached.messages:
            messages = (*planned.messages, *attached.messages)
            planned = replace(planned, messages=messages)
        return Step(planned, slug, closes, attached)

    def _reads_all(self) -> bool:
        """Whether a note that is not met is really missing from the dump."""
        return _reads_whole_dumps(self._options)

    def _gone(self) -> Iterator[Known]:
        """The notes of files that these dumps no longer have."""
        for source, paths in self._paths.items():
            stored = ImportedFile.objects.filter(source=source).order_by("path")
            gone = [
                pk
                for pk, path in stored.values_list("pk", "path").iterator()
                if path not in paths
            ]
            for some in in_parts(gone):
                yield from known_notes(file__in=some)

    # ── Carrying out ─────────────────────────────────────────────────────────

    def pretend(self, workers: Workers, plan: Spool, report: Report) -> None:
        """Reports what writing the plan would do."""
        for steps, pages in self._rendered(workers, plan, report):
            for step in steps:
                item = item_of(as_it_is(step.planned, step.slug), pages)
                report.add(item)
                self._options.show(step.planned, item)

    def write(self, workers: Workers, plan: Spool, report: Report) -> None:
        """Writes the plan, batch by batch, and reports what came of it."""
        self._record = RunRecord(report, self._options.author, self._told_options())
        writer = Writer(
            author=self._options.author,
            record=self._record,
            memory=Memory(self._wiki, self._rules),
            later=self._names,
            retitle=self._planner.retitle,
        )
        # What is known by now stays to the end: no batch needs to look through it.
        gc.freeze()
        for steps, pages in self._rendered(workers, plan, report):
            for item in writer.write(steps, pages):
                report.add(item)
            # An entry and its revision hold each other, with all their text.
            gc.collect()
            if self._options.stops_at_failure and report.totals["failed"]:
                return

    def _told_options(self) -> dict[str, object]:
        """What of the options members may want to know of the run later."""
        options = self._options
        return {
            "format": options.format,
            "split": options.read.split,
            "on_conflict": options.mode,
            "mirror": options.mirrors,
            "tags": list(options.tags),
            "include": list(options.read.include),
            "exclude": list(options.read.exclude),
            "limit": options.limit,
        }

    def _rendered(
        self, workers: Workers, plan: Spool, report: Report
    ) -> Iterator[tuple[list[Step], Pages]]:
        """The steps in batches, each rendered while an earlier one is written."""
        ahead: deque[tuple[list[Step], Pages]] = deque()
        done, total = 0, len(plan)
        for steps in in_loads(self._steps(plan, report), _NOTES_AT_ONCE, _load_of):
            ahead.append((steps, Pages(workers, steps, self._names, self._kept)))
            if len(ahead) <= _BATCHES_AHEAD:
                continue
            done += len(ahead[0][0])
            yield ahead.popleft()
            self._watch(Progress("write", done, total))
        while ahead:
            yield ahead.popleft()
        self._watch(Progress("write", total, total))

    def _steps(self, plan: Spool, report: Report) -> Iterator[Step]:
        for planned in plan:
            if isinstance(planned, _Unchanged):
                yield from self._steps_of(planned, report)
                continue
            yield planned
            is_failure = planned.planned.status == "failed"
            if is_failure and self._options.stops_at_failure:
                return

    def _steps_of(self, unchanged: _Unchanged, report: Report) -> Iterator[Step]:
        if not self._options.lists_same:
            report.count("same", unchanged.count)
            return
        source, path = unchanged.source, unchanged.path
        for known in known_notes(source=source, file__path=path):
            yield Step(Planned(status="same", known=known), known.slug)

    def finish(self, report: Report) -> None:
        """Sets right the links that lead to entries of this run."""
        if self._record is None:
            return
        renew(self._finder)
        if report.totals["created"] or self._record.follows_a_broken_run:
            with transaction.atomic():
                redrawing.refresh_links(None)
            with transaction.atomic():
                redrawing.settle_links()
            background.draw_left()

    def close(self, report: Report) -> None:
        """Completes the record of the run, if it came so far as to have one."""
        if self._record is not None:
            self._record.close(report)


def _reads_whole_dumps(options: ImportSettings) -> bool:
    return not (options.limit or options.read.include or options.read.exclude)


def _vocabulary(options: ImportSettings) -> Vocabulary:
    """The topics of the run: a file's, or the wiki's own as curators keep them.

    A wiki that never had any gets those that come with the project; a dry run
    uses them without storing.
    """
    if options.topics_file:
        table = topics.read_topic_file(options.topics_file)
        return Vocabulary(table.topics, table.ignore)
    own = topics.read_topic_file(settings.WIKI_TOPICS_FILE)
    if not topics.has_topics():
        if options.is_dry_run:
            return Vocabulary(own.topics, own.ignore)
        topics.load_topics(own)
    return topics.stored_vocabulary(own.ignore)


def _let_go_of_the_database() -> None:
    """Closes connections and their threads, so that processes can be forked."""
    connections.close_all()
    for alias in connections:
        if hasattr(connections[alias], "close_pool"):
            connections[alias].close_pool()


def _states_of(one: Piece | Skipped) -> int:
    """How much reading a file is, as one without a past is 1."""
    return 1 + len(one.past) // _STATES_LIKE_A_FILE if isinstance(one, Piece) else 1


def _load_of(step: Step) -> int:
    """How much writing a note is, as a short one without a past is 1."""
    note, end = step.planned.note, step.closes
    size = len(note.raw) if note else 0
    size += len(end.read.rest) if end else 0
    states = len(step.planned.lineage.earlier) // _STATES_LIKE_A_FILE
    return 1 + states + size // _BYTES_LIKE_A_NOTE


def _unopened(skipped: Skipped) -> ReadFile:
    return ReadFile(skipped.path, skipped=(skipped,))


def _first_notes(files: list[ReadFile], limit: int) -> tuple[list[ReadFile], int]:
    """The files with at most `limit` notes in all, and how many are left."""
    kept = []
    for read in files:
        if limit <= 0:
            break
        notes = read.notes[:limit]
        limit -= len(notes)
        kept.append(replace(read, notes=notes))
    return kept, limit
