"""Workers as processes of their own: several at once, stopped, killed."""

import os
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import psutil
import pytest
from django.db import connection, connections

from tests.importing.webjobs import add, confirm, importer
from wiki.importing import jobs
from wiki.importing.working import carry_out
from wiki.models import Entry, Import

ROOT = Path(__file__).resolve().parents[2]
SECONDS = 60


@pytest.fixture
def world(transactional_db, data_folder):
    """The environment in which a process finds this database and these files."""
    database = connection.settings_dict
    if connection.vendor == "sqlite":
        address = f"sqlite:///{database['NAME']}"
    else:
        host = database["HOST"].replace("/", "%2F")
        port = f":{database['PORT']}" if database["PORT"] else ""
        address = f"postgres://{database['USER']}@{host}{port}/{database['NAME']}"
    return {**os.environ, "DATABASE_URL": address, "DATA_DIR": str(data_folder)}


@pytest.fixture
def start_worker(world):
    """Starts `runimports`; what still runs after the test is ended."""
    started = []

    def start(*options):
        process = subprocess.Popen(
            [sys.executable, "manage.py", "runimports", "--processes", "1", *options],
            cwd=ROOT,
            env=world,
        )
        started.append(process)
        return process

    yield start
    for process in started:
        process.terminate()
        process.wait(SECONDS)


def until(condition):
    deadline = time.monotonic() + SECONDS
    while not (found := condition()):
        assert time.monotonic() < deadline
        time.sleep(0.02)
    return found


def many_notes(count):
    return "".join(
        f"# 글 {n}\n\n본문 {n} " + "단어 " * 200 + "\n\n" for n in range(count)
    )


def confirmed_job(*files):
    """A job that was planned and confirmed, to be carried out."""
    job = add(importer(), *files)
    carry_out(jobs.claim())
    job.refresh_from_db()
    confirm(job)
    return job


def test_a_worker_drains_the_queue_and_ends(start_worker):
    job = add(importer())

    first = start_worker("--once")
    assert first.wait(SECONDS) == 0
    job.refresh_from_db()
    assert (job.state, job.totals["created"]) == ("planned", 2)
    confirm(job)
    second = start_worker("--once")
    assert second.wait(SECONDS) == 0

    job.refresh_from_db()
    assert job.state == "done"
    assert Entry.objects.count() == 2


def test_an_import_whose_worker_was_killed_is_completed_by_the_next(start_worker):
    job = confirmed_job(("many.md", many_notes(1500)))

    worker = start_worker()
    until(Entry.objects.exists)
    worker.kill()
    worker.wait()
    written = Entry.objects.count()
    second = start_worker("--once")
    assert second.wait(SECONDS) == 0

    job.refresh_from_db()
    assert written < 1500
    assert job.state == "done"
    assert Entry.objects.count() == 1500
    runs = Import.objects.order_by("pk").values_list("status", flat=True)
    assert list(runs) == ["interrupted", "done"]
    created = Import.objects.values_list("totals", flat=True)
    assert sum(totals["created"] for totals in created if totals) == 1500


def test_an_import_whose_own_process_was_killed_is_begun_again(start_worker):
    job = confirmed_job(("many.md", many_notes(1500)))

    worker = start_worker("--once")
    until(Entry.objects.exists)
    psutil.Process(worker.pid).children()[0].kill()
    assert worker.wait(SECONDS) == 0

    job.refresh_from_db()
    assert job.state == "done"
    assert Entry.objects.count() == 1500


def test_a_worker_that_is_stopped_leaves_its_job_to_the_next(start_worker):
    job = confirmed_job(("many.md", many_notes(1500)))

    worker = start_worker()
    until(Entry.objects.exists)
    worker.send_signal(signal.SIGTERM)
    code = worker.wait(SECONDS)

    job.refresh_from_db()
    assert code == 0
    assert (job.state, job.attempts) == ("waiting", 0)
    assert Import.objects.get().status == "interrupted"


def test_workers_never_take_the_same_job(transactional_db):
    owner = importer()
    for _ in range(30):
        add(owner)
    taken = [[], [], []]

    def work(mine):
        while job := jobs.claim():
            mine.append(job.pk)
        connections.close_all()

    threads = [threading.Thread(target=work, args=(mine,)) for mine in taken]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    every = [pk for mine in taken for pk in mine]
    assert len(every) == len(set(every)) == 30
