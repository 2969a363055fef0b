"""What a worker does with a job it has claimed: the plan, or the import itself."""

import logging
import time
from collections.abc import Callable

from wiki import permissions
from wiki.editing import Author, Content
from wiki.importing import jobs, uploads
from wiki.importing.messages import Message
from wiki.importing.notes import DumpError, ReadOptions
from wiki.importing.plan import Planned
from wiki.importing.records import as_stored
from wiki.importing.report import Report, ReportItem
from wiki.importing.run import ImportSettings, Progress, import_notes
from wiki.models import ImportJob, JobAct, JobItem, JobState
from wiki.models.imports import MAX_PATH_CHARS

logger = logging.getLogger(__name__)

# What of a plan is kept to be looked at; its counts are of everything.
MAX_ITEMS = 5_000
MAX_CONTENT_CHARS = 100_000
MAX_CONTENTS_CHARS = 10_000_000
_ROWS_AT_ONCE = 100
_SECONDS_BETWEEN_UPDATES = 1.0

IsWanted = Callable[[], bool]


def _always() -> bool:
    return True


def carry_out(
    job: ImportJob, *, processes: int = 1, is_wanted: IsWanted = _always
) -> None:
    """Does what the job asks for and brings it to the state after that.

    Raises KeyboardInterrupt when it was stopped by other than its owner; then
    the job is left as it is, to be taken up again. `is_wanted` is asked between
    the steps of the work.
    """
    try:
        _do(job, processes, _Watch(job, is_wanted))
    except DumpError as error:
        jobs.end(job, JobState.FAILED, problem=error.message)
    except KeyboardInterrupt:
        if not jobs.is_to_stop(job):
            raise
        jobs.end(job, JobState.CANCELLED)
    except Exception as error:
        logger.exception("Import job %s failed.", job.pk)
        reason = {"reason": type(error).__name__}
        jobs.end(job, JobState.FAILED, problem=Message("job-broke", reason))


def _do(job: ImportJob, processes: int, watch: "_Watch") -> None:
    if not permissions.can_import(job.owner):
        raise DumpError("job-not-allowed")
    if job.act == JobAct.PLAN:
        _plan(job, processes, watch)
    else:
        _import(job, processes, watch)


def _plan(job: ImportJob, processes: int, watch: "_Watch") -> None:
    # Asked for first: what changes while the plan is made makes it outdated.
    state = jobs.state_of_wiki()
    items = _Items(job)
    report = _run(job, processes, watch, is_dry_run=True, items=items)
    items.store()
    if report.is_interrupted:
        raise KeyboardInterrupt
    jobs.end_plan(
        job,
        plan_state=state,
        sources=list(report.sources),
        totals=report.totals,
    )


def _import(job: ImportJob, processes: int, watch: "_Watch") -> None:
    report = _run(job, processes, watch, is_dry_run=False)
    if not report.is_interrupted:
        jobs.end(job, JobState.DONE, run=report.run)
    elif jobs.is_to_stop(job):
        jobs.end(job, JobState.CANCELLED, run=report.run)
    else:
        raise KeyboardInterrupt


def _run(
    job: ImportJob,
    processes: int,
    watch: "_Watch",
    *,
    is_dry_run: bool,
    items: "_Items | None" = None,
) -> Report:
    asked = job.options
    options = ImportSettings(
        author=Author(user=job.owner),
        read=ReadOptions(split=asked["split"], encoding=asked["encoding"]),
        mode=asked["on_conflict"],
        tags=tuple(asked["tags"]),
        jobs=processes,
        is_dry_run=is_dry_run,
        rights_of=job.owner,
        **({"show": items.add} if items else {}),
    )
    places = list(uploads.places_of(job.folder, job.uploads, asked["source"]))
    report = import_notes(places, options, watch)
    report.close()
    return report


class _Watch:
    """Tells how far the job is, at most once a second, and stops it when asked."""

    def __init__(self, job: ImportJob, is_wanted: IsWanted) -> None:
        self._job = job
        self._is_wanted = is_wanted
        self._told_at = 0.0
        self._stage = ""

    def __call__(self, progress: Progress) -> None:
        if not self._is_wanted():
            raise KeyboardInterrupt
        now = time.monotonic()
        is_new = progress.stage != self._stage
        if now - self._told_at < _SECONDS_BETWEEN_UPDATES and not is_new:
            return
        self._told_at, self._stage = now, progress.stage
        told = (progress.stage, progress.done, progress.total)
        if not jobs.tell_progress(self._job, *told):
            raise KeyboardInterrupt


class _Items:
    """The lines of a plan, kept for the page that shows it: as many as is sensible."""

    def __init__(self, job: ImportJob) -> None:
        self._job = job
        self._rows: list[JobItem] = []
        self._count = 0
        self._chars_left = MAX_CONTENTS_CHARS

    def add(self, planned: Planned[Content], item: ReportItem) -> None:
        """Keeps the line; what stays the same is only counted."""
        if item.status == "same" or self._count >= MAX_ITEMS:
            return
        self._count += 1
        self._rows.append(self._row(planned, item))
        if len(self._rows) >= _ROWS_AT_ONCE:
            self.store()

    def store(self) -> None:
        JobItem.objects.bulk_create(self._rows)
        self._rows = []

    def _row(self, planned: Planned[Content], item: ReportItem) -> JobItem:
        return JobItem(
            job=self._job,
            position=self._count,
            status=item.status,
            title=item.title[:300],
            slug=item.slug,
            path=item.path[:MAX_PATH_CHARS],
            line=item.line,
            entry_id=item.entry_id,
            needs_eyes=item.needs_eyes,
            details=item.details(),
            content=self._content(planned),
        )

    def _content(self, planned: Planned[Content]) -> dict[str, object] | None:
        content = planned.content
        if planned.status == "conflict":
            content = planned.base
        if content is None or len(content.body) > MAX_CONTENT_CHARS:
            return None
        if len(content.body) > self._chars_left:
            return None
        self._chars_left -= len(content.body)
        return as_stored(content)
