"""The queue of imports asked for on the web: what becomes of a job, and whose it is."""

import os
import subprocess
import sys
from datetime import timedelta

import pytest
from django.conf import settings
from django.utils import timezone

from tests import make
from tests.importing.webjobs import TWO_NOTES, add, confirm, do, importer
from wiki.importing import jobs, uploads
from wiki.importing.messages import Message
from wiki.importing.working import MAX_CONTENT_CHARS, carry_out
from wiki.models import Entry, ImportJob, JobItem


@pytest.fixture(autouse=True)
def _own_folder(tmp_path):
    before = settings.DATA_DIR
    settings.DATA_DIR = tmp_path
    yield
    settings.DATA_DIR = before


@pytest.fixture
def owner(db):
    return importer()


def folder_of(job):
    return settings.DATA_DIR / "imports" / job.folder


# ── From upload to entries ───────────────────────────────────────────────────


def test_a_plan_tells_what_the_import_then_does(owner):
    add(owner)

    planned = do()
    entries_before = Entry.objects.count()
    told = list(planned.items.values_list("status", "title", "path", "line"))
    assert confirm(planned) == "confirmed"
    done = do()

    assert planned.state == "planned"
    assert planned.totals["created"] == 2
    assert entries_before == 0
    assert told == [
        ("created", "레디스", "notes.md", 1),
        ("created", "Kafka", "notes.md", 5),
    ]
    assert done.state == "done"
    assert done.run.totals["created"] == 2
    assert done.run.batch.author == owner
    assert set(Entry.objects.values_list("title", flat=True)) == {"레디스", "Kafka"}


def test_what_was_uploaded_goes_when_the_import_is_done(owner):
    job = add(owner)
    path = folder_of(job)
    assert [file.name for file in path.iterdir()] == ["1.md"]

    confirm(do())
    assert path.exists()
    done = do()

    assert not path.exists()
    assert not done.items.exists()


def test_options_are_followed(owner):
    add(owner, source="내 노트", tags=["읽기"], split="file")

    job = do()

    assert job.sources == ["내 노트"]
    assert job.items.count() == 1
    tags = job.items.get().content["tags"]
    assert {"name": "읽기", "rule": "option"} in tags


def test_files_are_known_by_the_names_they_were_uploaded_under(owner):
    add(owner, ("Ａ 메모.md", "# 하나\n\n가"), ("둘 (1).md", "둘째"))

    job = do()

    assert set(job.items.values_list("path", flat=True)) == {"Ａ 메모.md", "둘.md"}


def test_the_second_upload_of_the_same_dump_changes_nothing(owner):
    add(owner)
    confirm(do())
    do()
    add(owner)

    job = do()

    assert job.totals["same"] == 2
    assert not job.items.exists()


def test_the_plan_of_a_changed_note_has_its_new_text(owner):
    add(owner)
    confirm(do())
    do()
    add(owner, ("notes.md", TWO_NOTES.replace("빠르다", "아주 빠르다")))

    item = do().items.get()

    assert item.status == "updated"
    assert item.entry.title == "레디스"
    assert "아주 빠르다" in item.content["body"]


def test_of_a_conflict_the_plan_keeps_the_text_of_the_dump(owner):
    add(owner)
    confirm(do())
    do()
    make.edit(Entry.objects.get(title="레디스"), "느리다.")
    add(owner, ("notes.md", TWO_NOTES.replace("빠르다", "아주 빠르다")))

    item = do().items.get()

    assert item.status == "conflict"
    assert item.content["body"].strip() == "아주 빠르다."


def test_texts_that_are_too_long_are_not_kept_in_the_plan(owner):
    add(owner, ("long.md", "# 긴 글\n\n" + "가" * (MAX_CONTENT_CHARS + 1)))

    item = do().items.get()

    assert item.status == "created"
    assert item.content is None


# ── What goes wrong ──────────────────────────────────────────────────────────


def test_a_dump_that_cannot_be_read_fails_with_its_sentence(owner):
    job = add(owner, ("broken.zip", b"PK\x03\x04 and nothing more"))

    done = do()

    assert done.state == "failed"
    assert Message.from_json(done.problem).sentence != done.problem["code"]
    assert not folder_of(job).exists()


def test_an_upload_that_is_gone_is_told(owner):
    job = add(owner)
    uploads.remove(job.folder)

    assert do().problem == {"code": "upload-gone", "params": {"name": "notes.md"}}


def test_a_bug_fails_the_job_and_tells_only_its_kind(owner, monkeypatch, caplog):
    def broken(*args):
        raise ZeroDivisionError("secret")

    monkeypatch.setattr("wiki.importing.working.import_notes", broken)
    add(owner)

    job = do()

    assert job.state == "failed"
    assert job.problem == {
        "code": "job-broke",
        "params": {"reason": "ZeroDivisionError"},
    }
    assert "secret" in caplog.text


def test_who_lost_the_right_to_import_imports_nothing(owner):
    add(owner)
    confirm(do())
    owner.user_permissions.clear()

    job = do()

    assert job.problem["code"] == "job-not-allowed"
    assert not Entry.objects.exists()


@pytest.mark.parametrize(
    "kept", [{"protection": "curators"}, {"visibility": "curators"}]
)
def test_entries_their_owner_may_not_change_are_left_to_others(owner, kept):
    add(owner)
    confirm(do())
    do()
    Entry.objects.filter(title="레디스").update(**kept)
    changed = TWO_NOTES.replace("빠르다", "느리다").replace("로그다", "줄이다")
    add(owner, ("notes.md", changed))

    planned = do()
    told = dict(planned.items.values_list("title", "status"))
    confirm(planned)
    run = do().run

    assert told == {"레디스": "conflict", "Kafka": "updated"}
    assert (run.totals["conflict"], run.totals["updated"]) == (1, 1)
    assert Entry.objects.get(title="레디스").body.strip() == "빠르다."
    item = run.items.get(status="conflict")
    assert item.proposal["body"].strip() == "느리다."
    assert [message["code"] for message in item.details["messages"]] == ["not-yours"]


def test_entries_their_owner_may_change_are_changed_however_kept(curator):
    add(curator)
    confirm(do())
    do()
    Entry.objects.update(protection="curators", visibility="members")
    add(curator, ("notes.md", TWO_NOTES.replace("빠르다", "느리다")))
    confirm(do())

    assert do().run.totals["updated"] == 1


# ── Confirming ───────────────────────────────────────────────────────────────


def test_a_plan_that_is_outdated_is_made_anew(owner):
    add(owner)
    job = do()
    make.entry("Kafka")

    assert confirm(job) == "outdated"
    again = do()

    assert (again.state, again.plan_number) == ("planned", 2)
    assert again.items.filter(title__startswith="Kafka (").exists()
    assert confirm(again) == "confirmed"


def test_an_outdated_plan_can_be_carried_out_in_any_case(owner):
    add(owner)
    job = do()
    make.entry("다른 글")

    assert confirm(job, in_any_case=True) == "confirmed"
    assert do().state == "done"


def test_only_the_plan_that_was_seen_can_be_confirmed_and_only_once(owner):
    add(owner)
    job = do()

    assert confirm(job, plan_number=7) == "not-planned"
    assert confirm(job) == "confirmed"
    assert confirm(job) == "not-planned"


# ── Cancelling ───────────────────────────────────────────────────────────────


def test_a_job_that_waits_is_cancelled_at_once(owner):
    job = add(owner)

    jobs.cancel(job)

    job.refresh_from_db()
    assert job.state == "cancelled"
    assert not folder_of(job).exists()
    assert jobs.claim() is None


def test_a_plan_under_way_stops_between_two_steps(owner):
    add(owner)
    job = jobs.claim()
    jobs.cancel(ImportJob.objects.get(pk=job.pk))
    assert ImportJob.objects.get(pk=job.pk).state == "working"

    carry_out(job)

    job.refresh_from_db()
    assert job.state == "cancelled"
    assert not Entry.objects.exists()


def test_a_cancelled_import_keeps_what_was_finished(owner, monkeypatch):
    monkeypatch.setattr("wiki.importing.working._SECONDS_BETWEEN_UPDATES", 0)
    monkeypatch.setattr("wiki.importing.run._NOTES_AT_ONCE", 5)
    notes = "".join(f"# 글 {n}\n\n본문 {n}\n\n" for n in range(60))
    add(owner, ("many.md", notes))
    confirm(do())
    job = jobs.claim()
    told = jobs.tell_progress

    def cancel_in_mid_writing(job, stage, done, total):
        if stage == "write" and done >= 20:
            jobs.cancel(ImportJob.objects.get(pk=job.pk))
        return told(job, stage, done, total)

    monkeypatch.setattr("wiki.importing.jobs.tell_progress", cancel_in_mid_writing)
    carry_out(job)

    job.refresh_from_db()
    assert job.state == "cancelled"
    assert job.run.status == "interrupted"
    assert 20 <= Entry.objects.count() < 60
    assert job.run.totals["created"] == Entry.objects.count()


def test_a_job_whose_worker_is_silent_is_cancelled_at_once(owner):
    add(owner)
    job = jobs.claim()
    silence(job)
    job.refresh_from_db()

    jobs.cancel(job)

    job.refresh_from_db()
    assert job.state == "cancelled"


# ── Workers ──────────────────────────────────────────────────────────────────


def silence(job, worker="elsewhere/1:4:abcdefgh"):
    long_ago = timezone.now() - jobs.SILENCE - timedelta(seconds=1)
    ImportJob.objects.filter(pk=job.pk).update(heard_at=long_ago, worker=worker)


def test_a_job_is_one_workers_alone(owner):
    job = add(owner)

    assert jobs.claim() == job
    assert jobs.claim() is None


def test_jobs_come_in_the_order_they_were_asked_for(owner):
    first, second = add(owner), add(owner)

    assert [jobs.claim(), jobs.claim()] == [first, second]


def test_a_job_of_a_silent_worker_is_taken_up_by_another(owner):
    add(owner)
    first = jobs.claim()
    silence(first)

    second = jobs.claim()

    assert second == first
    assert second.worker != first.worker
    assert not jobs.beat(first)
    assert jobs.beat(second)


def test_a_worker_that_lost_its_job_changes_nothing_of_it(owner):
    add(owner)
    first = jobs.claim()
    silence(first)
    second = jobs.claim()

    assert not jobs.tell_progress(first, "read", 1, 2)
    jobs.release(first)
    jobs.end_plan(first, totals={})

    second.refresh_from_db()
    assert (second.state, second.done) == ("working", 0)


def test_a_job_of_a_process_that_is_gone_is_taken_up_at_once(owner):
    add(owner)
    first = jobs.claim()
    gone = subprocess.Popen([sys.executable, "-c", ""])
    gone.wait()
    machine, _, token = first.worker.rsplit(":", 2)
    ImportJob.objects.update(worker=f"{machine}:{gone.pid}:{token}")

    assert jobs.claim() == first


def test_a_worker_that_is_seen_to_live_may_be_silent_for_longer(owner):
    add(owner)
    job = jobs.claim()
    silence(job, worker=job.worker)

    assert jobs.claim() is None
    long_ago = timezone.now() - jobs.LONG_SILENCE - timedelta(seconds=1)
    ImportJob.objects.update(heard_at=long_ago)
    assert jobs.claim() == job


def test_a_job_that_its_workers_die_of_fails(owner):
    job = add(owner)
    for _ in range(jobs.MAX_ATTEMPTS):
        silence(jobs.claim())

    assert jobs.claim() is None
    job.refresh_from_db()
    assert (job.state, job.problem["code"]) == ("failed", "job-lost")


def test_a_job_that_was_let_go_does_not_count_as_an_attempt(owner):
    add(owner)
    for _ in range(jobs.MAX_ATTEMPTS + 1):
        jobs.release(jobs.claim())

    assert jobs.claim() is not None


# ── Tidiness ─────────────────────────────────────────────────────────────────


def test_a_plan_nobody_confirms_expires_after_a_day(owner):
    add(owner)
    job = do()
    almost = timezone.now() + jobs.PATIENCE - timedelta(minutes=1)

    jobs.sweep(almost)
    assert folder_of(job).exists()
    jobs.sweep(almost + timedelta(minutes=2))

    job.refresh_from_db()
    assert job.state == "expired"
    assert not folder_of(job).exists()
    assert not JobItem.objects.exists()


def test_uploads_that_belong_to_no_job_are_removed(owner):
    job = add(owner)
    young, old = uploads.new_folder(), uploads.new_folder()
    path = settings.DATA_DIR / "imports"
    for name in (old, job.folder):
        os.utime(path / name, (0, 0))

    jobs.sweep()

    assert {found.name for found in path.iterdir()} == {young, job.folder}


def test_jobs_that_ended_long_ago_are_forgotten(owner):
    job = add(owner)
    jobs.cancel(job)

    jobs.sweep(timezone.now() + jobs.MEMORY - timedelta(minutes=1))
    assert ImportJob.objects.exists()
    jobs.sweep(timezone.now() + jobs.MEMORY + timedelta(minutes=1))

    assert not ImportJob.objects.exists()
