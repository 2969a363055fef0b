"""The queue of imports asked for on the web: who may take a job, and its ends.

A job is a row. A worker makes it its own by a conditional update, says again and
again that it is alive, and is the only one to change the row until it lets go.
What a worker that died had in hands is free again: an import that is done twice
finds its notes the same the second time.
"""

import os
import socket
from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from typing import Literal

from django.contrib.auth.models import AbstractBaseUser
from django.db import connection, transaction
from django.db.models import F, Max, Q, QuerySet
from django.utils import timezone
from django.utils.crypto import get_random_string

from wiki.importing import uploads
from wiki.importing.messages import Message
from wiki.importing.uploads import Upload
from wiki.models import (
    OPEN_STATES,
    Import,
    ImportJob,
    JobAct,
    JobState,
    Revision,
    SiteState,
    Tag,
)

# A worker that was not heard of for so long is taken for dead; one whose process
# can be seen here to live may only wait for the database.
SILENCE = timedelta(seconds=60)
LONG_SILENCE = timedelta(minutes=10)
# How often one act of a job is begun when its workers die of it.
MAX_ATTEMPTS = 3
# How long a plan waits to be confirmed, and an ended job is kept to be read of.
PATIENCE = timedelta(hours=24)
MEMORY = timedelta(days=30)
# Jobs of one person that are not at their end.
MAX_OPEN = 5

Confirmed = Literal["confirmed", "outdated", "not-planned"]


def add(
    owner: AbstractBaseUser,
    folder: str,
    stored: Iterable[Upload],
    options: Mapping[str, object],
) -> ImportJob:
    """A new job: to plan what importing these uploads would do."""
    return ImportJob.objects.create(
        owner=owner,
        folder=folder,
        uploads=[upload.as_json() for upload in stored],
        options=dict(options),
        changed_at=timezone.now(),
    )


def open_jobs(owner: AbstractBaseUser) -> QuerySet[ImportJob]:
    return ImportJob.objects.filter(owner=owner, state__in=OPEN_STATES)


# ── For workers ──────────────────────────────────────────────────────────────


def claim() -> ImportJob | None:
    """The oldest job that is free, now this process's own; None without any.

    However many ask at once, each job goes to one of them.
    """
    while True:
        if not _free().exists():
            # Without taking a lock that writers of pages would wait for.
            return None
        with transaction.atomic():
            job = _locked(_free().order_by("pk")).first()
            if job is None:
                return None
            if job.attempts < MAX_ATTEMPTS:
                return _take(job)
            end(job, JobState.FAILED, problem=Message("job-lost"))


def claimed(number: int, worker: str) -> ImportJob | None:
    """The job as a worker has it in hands; None when it no longer has."""
    return _own(ImportJob(pk=number, worker=worker)).first()


def beat(job: ImportJob) -> bool:
    """Says that the job's worker is alive; whether the job is still its own."""
    return bool(_own(job).update(heard_at=timezone.now()))


def tell_progress(job: ImportJob, stage: str, done: int, total: int) -> bool:
    """Writes down how far the job is; False when its worker shall stop."""
    now = timezone.now()
    rows = _own(job).filter(is_to_stop=False)
    return bool(rows.update(stage=stage, done=done, total=total, heard_at=now))


def is_to_stop(job: ImportJob) -> bool:
    return not _own(job).filter(is_to_stop=False).exists()


def release(job: ImportJob, *, counts: bool = False) -> None:
    """Lets go of the job unfinished, for the next worker.

    With `counts` the attempt is one that the job may have caused to fail.
    """
    attempts = F("attempts") if counts else F("attempts") - 1
    _own(job).update(**_fresh(JobState.WAITING), attempts=attempts)


def end_plan(job: ImportJob, **found: object) -> None:
    """The plan is there: the job waits for its owner."""
    fields = _fresh(JobState.PLANNED) | {"attempts": 0}
    _own(job).update(**fields, plan_number=F("plan_number") + 1, **found)


def end(
    job: ImportJob,
    state: JobState,
    *,
    problem: Message | None = None,
    run: int | None = None,
) -> bool:
    """Brings the job to an end and removes what was uploaded.

    False when it was no longer this worker's, or was at an end before.
    """
    rows = ImportJob.objects.filter(pk=job.pk, worker=job.worker, state__in=OPEN_STATES)
    told = problem.as_json() if problem else {}
    if not rows.update(**_fresh(state), problem=told, run_id=run):
        return False
    job.items.all().delete()
    uploads.remove(job.folder)
    return True


# ── For people ───────────────────────────────────────────────────────────────


def confirm(job: ImportJob, *, plan_number: int, in_any_case: bool) -> Confirmed:
    """Has the plan carried out that its owner has seen.

    "outdated" when the wiki changed since: then it is planned anew, unless the
    owner wants it `in_any_case`.
    """
    is_as_planned = job.plan_state == state_of_wiki()
    act = JobAct.IMPORT if in_any_case or is_as_planned else JobAct.PLAN
    rows = ImportJob.objects.filter(
        pk=job.pk, state=JobState.PLANNED, plan_number=plan_number
    )
    if not rows.update(**_fresh(JobState.WAITING), act=act, attempts=0):
        return "not-planned"
    return "confirmed" if act == JobAct.IMPORT else "outdated"


def cancel(job: ImportJob) -> None:
    """Ends the job; one that a worker has in hands ends when that can stop."""
    is_in_hands = job.state == JobState.WORKING and not is_silent(job)
    if is_in_hands or not end(job, JobState.CANCELLED):
        # A worker has it, or took it just now.
        working = ImportJob.objects.filter(pk=job.pk, state=JobState.WORKING)
        working.update(is_to_stop=True)


def is_silent(job: ImportJob) -> bool:
    """Whether the worker that has the job was not heard of for long."""
    return job.heard_at is None or job.heard_at < timezone.now() - SILENCE


def waiting_before(job: ImportJob) -> int:
    """How many jobs come before one that waits."""
    states = (JobState.WAITING, JobState.WORKING)
    return ImportJob.objects.filter(state__in=states, pk__lt=job.pk).count()


def state_of_wiki() -> list[int]:
    """Numbers that differ when a plan made for the wiki may no longer hold."""
    newest = [
        model.objects.aggregate(newest=Max("pk"))["newest"] or 0
        for model in (Revision, Import, Tag)
    ]
    epoch = SiteState.objects.values_list("epoch", flat=True).first()
    return [*newest, epoch or 0]


# ── For tidiness ─────────────────────────────────────────────────────────────


def sweep(now: datetime | None = None) -> None:
    """Ends plans that nobody confirmed, forgets old jobs and left-over uploads."""
    now = now or timezone.now()
    unconfirmed = ImportJob.objects.filter(
        state=JobState.PLANNED, changed_at__lt=now - PATIENCE
    )
    for job in unconfirmed:
        end(job, JobState.EXPIRED)
    ended = ImportJob.objects.exclude(state__in=OPEN_STATES)
    ended.filter(changed_at__lt=now - MEMORY).delete()
    kept = ImportJob.objects.filter(state__in=OPEN_STATES)
    uploads.remove_others(kept.values_list("folder", flat=True))


def _take(job: ImportJob) -> ImportJob:
    if job.act == JobAct.PLAN:
        # Of a plan that its worker did not finish.
        job.items.all().delete()
    now = timezone.now()
    job.worker, job.state = _name_of_worker(), JobState.WORKING
    job.heard_at = job.changed_at = now
    job.attempts += 1
    job.stage, job.done, job.total = "", 0, 0
    job.save()
    return job


def _fresh(state: JobState) -> dict[str, object]:
    """The fields of a job that nobody has in hands."""
    fields = {"state": state, "changed_at": timezone.now(), "worker": ""}
    if state != JobState.WAITING:
        fields["is_to_stop"] = False
    return fields | {"heard_at": None, "stage": "", "done": 0, "total": 0}


def _own(job: ImportJob) -> QuerySet[ImportJob]:
    return ImportJob.objects.filter(
        pk=job.pk, state=JobState.WORKING, worker=job.worker
    )


def _free() -> QuerySet[ImportJob]:
    """Jobs that wait, and those whose worker is gone."""
    now = timezone.now()
    is_ours = Q(worker__startswith=f"{_machine()}:")
    is_gone = (
        Q(worker__in=_dead_workers())
        | (~is_ours & Q(heard_at__lt=now - SILENCE))
        | Q(heard_at__lt=now - LONG_SILENCE)
    )
    return ImportJob.objects.filter(
        Q(state=JobState.WAITING) | (Q(state=JobState.WORKING) & is_gone)
    )


def _locked(jobs: QuerySet[ImportJob]) -> QuerySet[ImportJob]:
    """The jobs that nobody else is just taking, locked for this transaction.

    SQLite needs none of it: a transaction has the whole database to itself.
    """
    if connection.features.has_select_for_update_skip_locked:
        return jobs.select_for_update(skip_locked=True)
    return jobs


def _dead_workers() -> list[str]:
    """Workers of this machine that have a job and whose process is gone."""
    here = f"{_machine()}:"
    working = ImportJob.objects.filter(state=JobState.WORKING, worker__startswith=here)
    names = working.values_list("worker", flat=True)
    return [name for name in names if not _is_alive(int(name.split(":")[-2]))]


def _name_of_worker() -> str:
    # No two takings bear one name, so that an old one cannot speak for a new.
    return f"{_machine()}:{os.getpid()}:{get_random_string(8)}"


def _machine() -> str:
    """This machine, as far as process numbers mean the same on it."""
    try:
        # Containers may share a host name but not their processes.
        space = str(os.stat("/proc/self/ns/pid").st_ino)
    except OSError:
        space = ""
    return f"{socket.gethostname()[:100]}/{space}"


def _is_alive(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True
