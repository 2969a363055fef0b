"""A job's page: its preview, its progress, its end."""

import json
from datetime import timedelta

import pytest
from django.conf import settings
from django.utils import timezone

from tests import make
from tests.views.uploading import (
    NEW,
    NOTES,
    page_of,
    planned,
    text_of,
    uploaded,
)
from wiki.importing import jobs
from wiki.importing.working import carry_out
from wiki.models import Entry, ImportJob

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("data_folder")]


# ── Preview ──────────────────────────────────────────────────────────────────


def test_the_preview_tells_what_would_become_of_each_note(as_importer):
    text = text_of(page_of(as_importer, planned(as_importer)))

    assert "2 notes would be written" in text
    assert "레디스" in text
    assert "notes.md:5" in text
    assert "#kafka ( term )" in text or "#kafka" in text.lower()
    assert not Entry.objects.exists()


def test_the_preview_of_a_new_note_shows_it_as_it_would_be_read(as_importer):
    job = planned(as_importer, ("a.md", "# 하나\n\n**굵게** <script>x</script>\n"))

    html = as_importer.get(f"{job.get_absolute_url()}1/").content.decode()

    assert "<strong>굵게</strong>" in html
    assert "<script>x" not in html


def test_the_preview_of_a_change_shows_the_difference(as_importer):
    confirmed(as_importer)
    job = planned(as_importer, ("notes.md", NOTES.replace("빠르다", "아주 빠르다")))

    html = as_importer.get(f"{job.get_absolute_url()}1/").content.decode()
    unified = as_importer.get(f"{job.get_absolute_url()}1/?view=unified")

    assert "<ins>" in html or 'class="dc add"' in html
    assert "아주" in html
    assert unified.status_code == 200


def test_an_entry_that_is_not_the_readers_is_not_shown(as_importer):
    confirmed(as_importer)
    Entry.objects.filter(title="레디스").update(visibility="curators")
    job = planned(as_importer, ("notes.md", NOTES.replace("빠르다", "아주 빠르다")))

    html = page_of(as_importer, job)
    item = job.items.get(title="레디스")

    assert "레디스" not in text_of(html)
    assert "A note that is not yours to read" in html
    alone = as_importer.get(f"{job.get_absolute_url()}{item.position}/")
    assert alone.status_code == 404


def test_the_preview_comes_page_by_page_and_by_outcome(as_importer, monkeypatch):
    monkeypatch.setattr("wiki.views.import_jobs.ITEMS_PER_PAGE", 3)
    notes = "".join(f"# 글 {n}\n\n본문 {n}\n\n" for n in range(7))
    job = planned(as_importer, ("many.md", notes))

    assert page_of(as_importer, job, page=3).count("<tr>") == 2
    assert page_of(as_importer, job, show="created", page="x").count("<tr>") == 4
    assert page_of(as_importer, job, show="nonsense").count("<tr>") == 4


def test_of_a_huge_plan_the_first_lines_are_listed(as_importer, monkeypatch):
    monkeypatch.setattr("wiki.importing.working.MAX_ITEMS", 3)
    monkeypatch.setattr("wiki.views.import_jobs.MAX_ITEMS", 3)
    notes = "".join(f"# 글 {n}\n\n본문 {n}\n\n" for n in range(7))
    job = planned(as_importer, ("many.md", notes))

    text = text_of(page_of(as_importer, job))

    assert "7 notes would be written" in text
    assert "Only the first 3 notes are listed; 4 more" in text


def test_the_same_dump_again_would_write_nothing(as_importer):
    confirmed(as_importer)

    text = text_of(page_of(as_importer, planned(as_importer)))

    assert "Nothing would be written" in text


# ── Confirming and after ─────────────────────────────────────────────────────


def confirm(client, job, **fields):
    fields = {"plan_number": job.plan_number} | fields
    return client.post(f"{job.get_absolute_url()}confirm/", fields, follow=True)


def confirmed(client, *files):
    job = planned(client, *files)
    confirm(client, job)
    carry_out(jobs.claim())
    job.refresh_from_db()
    return job


def test_a_confirmed_plan_is_imported_and_its_page_leads_to_the_report(as_importer):
    job = confirmed(as_importer)

    answer = as_importer.get(job.get_absolute_url())

    assert answer["Location"] == f"/imports/{job.run.pk}/"
    assert Entry.objects.count() == 2
    assert (
        "레디스" in as_importer.get(f"/imports/{job.run.pk}/?show=all").content.decode()
    )


def test_an_outdated_plan_is_made_anew_before_anything_is_written(as_importer):
    job = planned(as_importer)
    make.entry("딴 글")

    text = text_of(confirm(as_importer, job))
    carry_out(jobs.claim())

    assert "made anew" in text
    job.refresh_from_db()
    assert (job.state, job.plan_number) == ("planned", 2)


def test_an_outdated_plan_is_imported_when_that_is_wanted(as_importer):
    job = planned(as_importer)
    make.entry("딴 글")

    confirm(as_importer, job, in_any_case="1")

    job.refresh_from_db()
    assert (job.state, job.act) == ("waiting", "import")


@pytest.mark.parametrize("number", ["", "7", "x", "²", "-1", "9" * 40])
def test_another_plan_than_the_one_seen_is_not_carried_out(number, as_importer):
    job = planned(as_importer)

    text = text_of(confirm(as_importer, job, plan_number=number))

    assert "There is a newer preview" in text
    job.refresh_from_db()
    assert job.state == "planned"


def test_a_discarded_upload_is_gone(as_importer):
    job = planned(as_importer)

    answer = as_importer.post(f"{job.get_absolute_url()}cancel/", follow=True)

    assert "This import was cancelled" in text_of(answer)
    assert list((settings.DATA_DIR / "imports").iterdir()) == []


def test_a_failed_job_says_why_without_a_trace(as_importer, monkeypatch):
    def broken(*args):
        raise ZeroDivisionError("secret")

    monkeypatch.setattr("wiki.importing.working.import_notes", broken)
    job = planned(as_importer)

    text = text_of(page_of(as_importer, job))

    assert "This import failed" in text
    assert "The log of the server says more" in text or "log of the server" in text
    assert "secret" not in text


def test_an_expired_preview_says_so(as_importer):
    job = planned(as_importer)
    jobs.sweep(timezone.now() + timedelta(days=2))

    assert "This preview has expired" in text_of(page_of(as_importer, job))


# ── Progress ─────────────────────────────────────────────────────────────────


def state_of(client, job):
    return json.loads(client.get(f"{job.get_absolute_url()}state/").content)


def test_progress_is_told_in_a_sentence_and_in_numbers(as_importer):
    job = uploaded(as_importer)
    waiting = state_of(as_importer, job)
    taken = jobs.claim()
    begun = state_of(as_importer, job)
    jobs.tell_progress(taken, "read", 1234, 5000)
    read = state_of(as_importer, job)

    assert waiting["is_under_way"]
    assert waiting["sentence"] == "It begins in a moment."
    assert begun["sentence"] == "It has begun."
    assert read["sentence"] == "Files read: 1,234 of 5,000"
    assert (read["done"], read["total"]) == (1234, 5000)
    html = page_of(as_importer, job)
    assert '<progress max="5000" value="1234"' in html
    assert '<noscript><meta http-equiv="refresh"' in html
    assert 'role="status"' in html


def test_a_job_that_waits_tells_how_many_come_first(as_importer):
    uploaded(as_importer)
    uploaded(as_importer)
    job = uploaded(as_importer)

    assert state_of(as_importer, job)["sentence"] == "It waits for 2 other imports."


def test_a_job_that_nobody_takes_up_says_how_to_start_a_worker(as_importer):
    job = uploaded(as_importer)
    ImportJob.objects.update(changed_at=timezone.now() - timedelta(minutes=2))

    assert "manage.py runimports" in state_of(as_importer, job)["sentence"]


def test_a_job_to_be_stopped_says_so(as_importer):
    job = uploaded(as_importer)
    jobs.claim()
    as_importer.post(f"{job.get_absolute_url()}cancel/")

    assert "It stops after" in state_of(as_importer, job)["sentence"]
    assert "Stop the import" not in page_of(as_importer, job)


def test_pages_of_jobs_are_kept_by_no_cache(as_importer):
    job = planned(as_importer)

    for address in (NEW, job.get_absolute_url(), f"{job.get_absolute_url()}state/"):
        assert "private" in as_importer.get(address)["Cache-Control"]
