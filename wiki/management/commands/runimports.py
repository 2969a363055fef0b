"""`manage.py runimports`: carries out the imports that were asked for on the web.

Each job is done in a process of its own, so that a dump that takes too much
memory ends that process and not the worker, and what it took is given back. With
nothing to import it draws the pages that a rename or the like only marked, and
completes the search index.
"""

import gc
import logging
import os
import signal
import subprocess
import sys
import time
from argparse import SUPPRESS, ArgumentParser
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import FrameType
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand
from django.db import OperationalError, close_old_connections, connections

from wiki.editing import background, reindexing
from wiki.importing import jobs
from wiki.importing.working import carry_out
from wiki.models import ImportJob, JobState

logger = logging.getLogger(__name__)

_SECONDS_BETWEEN_LOOKS = 1.0
_SECONDS_BETWEEN_BEATS = 5.0
_SECONDS_BETWEEN_SWEEPS = 60 * 60
# After a person cancelled: when a job that has not stopped by itself is asked to,
# and when it is ended.
_SECONDS_TO_STOP, _SECONDS_TO_END = 10.0, 60.0
# How long a job may take to end in order when the worker is stopped.
_SECONDS_TO_LEAVE = 20
_NEW_OBJECTS_BETWEEN_COLLECTIONS = 100_000
EXIT_INTERRUPTED = 130
# The second: before the interpreter was ready for it.
_INTERRUPTED = (EXIT_INTERRUPTED, -signal.SIGINT)


class Command(BaseCommand):
    help = (
        "Carry out the imports that were asked for on the web, until stopped. "
        "Several may run at once."
    )
    # They look at pages and settings, which an import has nothing to do with.
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--once", action="store_true", help="end when nothing is left to do"
        )
        parser.add_argument(
            "--processes",
            type=int,
            default=0,
            metavar="N",
            help="processes that read and render for one import (default: all cores)",
        )
        # For runwiki, and for the process of one job: it ends with its parent, which
        # may be gone before it can ask who that is.
        parser.add_argument("--parent", type=int, default=0, help=SUPPRESS)
        parser.add_argument("--job", type=int, default=0, help=SUPPRESS)
        parser.add_argument("--worker", default="", help=SUPPRESS)

    def handle(self, **options: Any) -> None:
        processes = options["processes"] or os.cpu_count() or 1
        if options["job"]:
            _do_one(options["job"], options["worker"], processes, options["parent"])
            return
        worker = _Worker(processes, parent=options["parent"])
        with _leaving_in_order():
            worker.run(once=options["once"])


class _Worker:
    """Takes job after job, and watches over the process that does it."""

    def __init__(self, processes: int, *, parent: int) -> None:
        """It ends when the process `parent` does; 0 for none."""
        self._processes = processes
        self._parent = parent
        self._swept_at = float("-inf")

    def run(self, *, once: bool) -> None:
        while self._has_parent():
            try:
                found = self._look()
            except OperationalError as error:
                if once:
                    raise
                # The database may only be starting anew.
                logger.warning("The queue of imports cannot be read: %s", error)
                found = False
                connections.close_all()
            if once and not found:
                return
            if not found:
                close_old_connections()
                time.sleep(_SECONDS_BETWEEN_LOOKS)

    def _look(self) -> bool:
        """Does the next job, or what else there is; whether there was anything."""
        self._sweep_now_and_then()
        job = jobs.claim()
        if job is not None:
            self._watch_over(job)
            return True
        background.draw_left()
        # A part at a time: an import that is asked for meanwhile comes first.
        return reindexing.complete_some()

    def _has_parent(self) -> bool:
        return not self._parent or os.getppid() == self._parent

    def _sweep_now_and_then(self) -> None:
        if time.monotonic() - self._swept_at > _SECONDS_BETWEEN_SWEEPS:
            self._swept_at = time.monotonic()
            jobs.sweep()

    def _watch_over(self, job: ImportJob) -> None:
        process = _start(job, self._processes)
        try:
            self._wait(job, process)
        except BaseException:
            _end(process)
            jobs.release(job)
            raise
        if process.returncode in _INTERRUPTED:
            jobs.release(job)
        elif process.returncode and jobs.is_to_stop(job):
            jobs.end(job, JobState.CANCELLED)
        else:
            # One that ended well has let go of its job already.
            jobs.release(job, counts=True)

    def _wait(self, job: ImportJob, process: subprocess.Popen) -> None:
        """Waits until the job is done, and says meanwhile that it is being done."""
        beaten_at = time.monotonic()
        stop = _Stop(process)
        while not _has_ended(process):
            if not self._has_parent():
                raise SystemExit(0)
            try:
                if time.monotonic() - beaten_at > _SECONDS_BETWEEN_BEATS:
                    beaten_at = time.monotonic()
                    jobs.beat(job)
                if jobs.is_to_stop(job):
                    stop.press()
            except OperationalError as error:
                logger.warning("The database cannot be reached: %s", error)
                connections.close_all()


class _Stop:
    """Ends the process of a cancelled job that does not stop by itself."""

    def __init__(self, process: subprocess.Popen) -> None:
        self._process = process
        self._asked_at: float | None = None
        self._is_interrupted = False

    def press(self) -> None:
        """To be called again and again from when the job was cancelled."""
        self._asked_at = self._asked_at or time.monotonic()
        seconds = time.monotonic() - self._asked_at
        if seconds > _SECONDS_TO_END:
            self._process.kill()
        elif seconds > _SECONDS_TO_STOP and not self._is_interrupted:
            self._is_interrupted = True
            self._process.send_signal(signal.SIGINT)


def _start(job: ImportJob, processes: int) -> subprocess.Popen:
    command = [
        *(sys.executable, str(Path(settings.BASE_DIR, "manage.py")), "runimports"),
        *("--job", str(job.pk), "--worker", job.worker),
        *("--processes", str(processes), "--parent", str(os.getpid())),
    ]
    # A Ctrl-C in the terminal is for the worker, which passes it on.
    return subprocess.Popen(  # noqa: S603
        command, stdin=subprocess.DEVNULL, start_new_session=True
    )


def _has_ended(process: subprocess.Popen) -> bool:
    try:
        process.wait(_SECONDS_BETWEEN_LOOKS)
    except subprocess.TimeoutExpired:
        return False
    return True


def _end(process: subprocess.Popen) -> None:
    process.send_signal(signal.SIGINT)
    try:
        process.wait(_SECONDS_TO_LEAVE)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


def _do_one(number: int, worker: str, processes: int, parent: int) -> None:
    """One job, in this process, which ends with it."""
    job = jobs.claimed(number, worker)
    if job is None:
        return
    gc.freeze()
    gc.set_threshold(_NEW_OBJECTS_BETWEEN_COLLECTIONS)
    try:
        carry_out(job, processes=processes, is_wanted=lambda: os.getppid() == parent)
    except KeyboardInterrupt:
        sys.exit(EXIT_INTERRUPTED)
    finally:
        connections.close_all()


@contextmanager
def _leaving_in_order() -> Iterator[None]:
    """Lets a stop by the system, or Ctrl-C, end the job in hands first."""
    numbers = (signal.SIGTERM, signal.SIGINT)
    before = [signal.signal(number, _leave) for number in numbers]
    try:
        yield
    finally:
        for number, handler in zip(numbers, before, strict=True):
            signal.signal(number, handler)


def _leave(number: int, frame: FrameType | None) -> None:
    raise SystemExit(0)
