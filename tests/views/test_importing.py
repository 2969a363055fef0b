"""Imports on the web, as they are asked for page by page."""

import io
import json
import re
import zipfile
from datetime import timedelta

import pytest
from django.conf import settings
from django.contrib.auth.models import Permission
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone

from tests import make, people
from wiki.importing import jobs
from wiki.importing.working import carry_out
from wiki.models import Entry, ImportJob

pytestmark = pytest.mark.django_db

NEW = "/imports/new/"
NOTES = "# 레디스\n\n빠르다.\n\n# Kafka\n\n로그다.\n"
FIELDS = {
    "text": "",
    "source": "",
    "tags": "",
    "split": "auto",
    "on_conflict": "merge",
    "encoding": "",
}


@pytest.fixture(autouse=True)
def _own_folder(tmp_path):
    before = settings.DATA_DIR
    settings.DATA_DIR = tmp_path
    yield
    settings.DATA_DIR = before


@pytest.fixture
def importer(writer):
    writer.user_permissions.add(Permission.objects.get(codename="can_import"))
    return writer


@pytest.fixture
def as_importer(importer):
    return people.client_of(importer)


def upload(client, *files, **fields):
    """The answer to an upload of these files, each a name and its bytes."""
    sent = [
        SimpleUploadedFile(name, text if isinstance(text, bytes) else text.encode())
        for name, text in files
    ]
    return client.post(NEW, FIELDS | fields | ({"files": sent} if sent else {}))


def uploaded(client, *files, **fields):
    answer = upload(client, *(files or [("notes.md", NOTES)]), **fields)
    assert answer.status_code == 302, errors_of(answer)
    return ImportJob.objects.latest("pk")


def planned(client, *files, **fields):
    job = uploaded(client, *files, **fields)
    carry_out(jobs.claim())
    job.refresh_from_db()
    return job


def page_of(client, job, status=200, **parameters):
    answer = client.get(job.get_absolute_url(), parameters)
    assert answer.status_code == status
    return answer.content.decode()


def text_of(answer):
    html = answer if isinstance(answer, str) else answer.content.decode()
    main = html[html.index("<main") : html.index("</main>")]
    return " ".join(re.sub(r"<[^>]+>", " ", main).split())


def errors_of(answer):
    return text_of(answer)


# ── Who may ──────────────────────────────────────────────────────────────────


def test_visitors_sign_in_before_they_can_upload(visitor, as_importer):
    assert visitor.get(NEW)["Location"] == f"/accounts/login/?next={NEW}"
    assert as_importer.get(NEW).status_code == 200


def test_a_member_without_the_right_uploads_nothing(as_other_writer):
    assert as_other_writer.get(NEW).status_code == 403
    assert upload(as_other_writer, ("a.md", "# a")).status_code == 403
    assert not ImportJob.objects.exists()
    assert NEW not in as_other_writer.get("/imports/").content.decode()


def test_the_list_of_imports_and_the_admin_lead_to_the_form(as_curator):
    assert f'href="{NEW}"' in as_curator.get("/imports/").content.decode()
    admin = as_curator.get("/admin/wiki/import/").content.decode()
    assert f'href="{NEW}"' in admin


@pytest.mark.parametrize("rest", ["", "state/", "1/"])
def test_a_job_is_there_for_its_owner_and_for_curators(
    rest, visitor, as_importer, as_other_writer, as_curator
):
    job = planned(as_importer)
    address = f"{job.get_absolute_url()}{rest}"

    assert visitor.get(address).status_code == 302
    assert as_other_writer.get(address).status_code == 404
    assert as_importer.get(address).status_code == 200
    assert as_curator.get(address).status_code == 200


def test_only_the_owner_confirms_and_curators_may_cancel(
    as_importer, as_other_writer, as_curator
):
    job = planned(as_importer)
    address = job.get_absolute_url()

    for client, status in ((as_other_writer, 403), (as_curator, 403)):
        assert client.post(f"{address}confirm/").status_code == status
    assert as_other_writer.post(f"{address}cancel/").status_code == 404
    assert as_curator.post(f"{address}cancel/").status_code == 302

    job.refresh_from_db()
    assert job.state == "cancelled"


@pytest.mark.parametrize("rest", ["", "confirm/", "cancel/"])
def test_every_change_needs_a_token(rest, importer, as_importer):
    job = planned(as_importer)
    client = Client(enforce_csrf_checks=True)
    client.force_login(importer, backend=people.BACKEND)
    address = f"{job.get_absolute_url()}{rest}" if rest else NEW

    assert client.post(address, FIELDS).status_code == 403
    job.refresh_from_db()
    assert job.state == "planned"
    assert ImportJob.objects.count() == 1


@pytest.mark.parametrize("rest", ["confirm/", "cancel/"])
def test_looking_changes_nothing(rest, as_importer):
    job = planned(as_importer)

    assert as_importer.get(f"{job.get_absolute_url()}{rest}").status_code == 405


@pytest.mark.parametrize("number", [999, 10**30])
def test_an_unknown_job_is_404(number, as_importer):
    for rest in ("", "state/", "1/", f"{10**30}/"):
        assert as_importer.get(f"{NEW}{number}/{rest}").status_code == 404


# ── Upload ───────────────────────────────────────────────────────────────────


def test_an_upload_becomes_a_job_under_names_of_the_server(as_importer, importer):
    job = uploaded(as_importer, ("../../비밀 노트.md", NOTES), ("b.TXT", "둘째"))

    folder = settings.DATA_DIR / "imports" / job.folder
    assert job.owner == importer
    assert [upload["name"] for upload in job.uploads] == ["비밀 노트.md", "b.TXT"]
    assert sorted(path.name for path in folder.iterdir()) == ["1.md", "2.txt"]
    assert folder.stat().st_mode & 0o777 == 0o700


def test_large_files_go_to_the_disk_as_they_come(as_importer):
    big = "# 큰 글\n\n" + "가나다라 " * 300_000

    job = planned(as_importer, ("big.md", big))

    assert job.totals["created"] + job.totals["failed"] == 1


def test_pasted_text_is_imported_under_its_source(as_importer):
    answer = as_importer.post(NEW, FIELDS | {"text": NOTES, "source": "메모"})
    assert answer.status_code == 302
    carry_out(jobs.claim())

    job = ImportJob.objects.get()
    assert job.sources == ["메모"]
    assert job.totals["created"] == 2


def test_options_go_with_the_upload(as_importer):
    job = uploaded(
        as_importer,
        source="회의록",
        tags="읽기, 2026,읽기",
        split="h1",
        on_conflict="keep",
        encoding="cp949",
    )

    assert job.options == {
        "split": "h1",
        "on_conflict": "keep",
        "tags": ["읽기", "2026"],
        "source": "회의록",
        "encoding": "cp949",
    }


REFUSED = {
    "nothing": ([], {}, "There is nothing to import yet"),
    "blank text": ([], {"text": " \n"}, "There is nothing to import yet"),
    "both": ([("a.md", "# a")], {"text": "b", "source": "b"}, "both together"),
    "text without name": ([], {"text": "# a"}, "Name the source"),
    "other kind": ([("a.exe", "MZ")], {}, "“a.exe” cannot be imported"),
    "no suffix": ([("README", "# a")], {}, "“README” cannot be imported"),
    "same names": ([("a.md", "1"), ("a.md", "2")], {}, "Two of the files"),
    "long name": ([("가" * 201 + ".md", "# a")], {}, "at most 200 characters"),
    "impossible tag": ([("a.md", "# a")], {"tags": "가" * 51}, "cannot be a tag"),
    "NUL in source": ([("a.md", "# a")], {"source": "a\x00b"}, "Null characters"),
    "NUL in text": ([], {"text": "a\x00b", "source": "a"}, "Null characters"),
    "NUL in tags": ([("a.md", "# a")], {"tags": "a\x00b"}, "Null characters"),
    "long source": ([("a.md", "# a")], {"source": "가" * 201}, "at most 200"),
    "odd split": ([("a.md", "# a")], {"split": "x"}, "x is not one of"),
    "odd encoding": ([("a.md", "# a")], {"encoding": "../x"}, "is not one of"),
}


@pytest.mark.parametrize("case", REFUSED)
def test_what_cannot_be_imported_is_refused_with_a_sentence(case, as_importer):
    files, fields, sentence = REFUSED[case]

    answer = upload(as_importer, *files, **fields)

    assert answer.status_code == 400
    assert sentence in text_of(answer)
    assert not ImportJob.objects.exists()


def test_a_nul_in_a_file_name_never_reaches_the_database(as_importer):
    body = (
        '--x\r\nContent-Disposition: form-data; name="split"\r\n\r\nauto\r\n'
        '--x\r\nContent-Disposition: form-data; name="on_conflict"\r\n\r\nmerge\r\n'
        '--x\r\nContent-Disposition: form-data; name="files"; '
        'filename="a\x00.md"\r\n\r\n# a\r\n--x--\r\n'
    )

    answer = as_importer.generic(
        "POST", NEW, body.encode(), content_type="multipart/form-data; boundary=x"
    )

    assert answer.status_code in (302, 400)
    for job in ImportJob.objects.all():
        assert "\x00" not in job.name


def test_what_was_pasted_stays_in_the_form_that_is_refused(as_importer):
    answer = upload(as_importer, text="# 공들여 쓴 글", tags="하나")

    assert "# 공들여 쓴 글" in answer.content.decode()
    assert 'value="하나"' in answer.content.decode()


def test_too_much_is_refused_before_it_is_read(as_importer, settings):
    settings.WIKI_UPLOAD_MB = 1

    answer = upload(as_importer, ("a.zip", b"\0" * (3 * 1024 * 1024)))

    assert answer.status_code == 413
    assert "at most 1 MB can be uploaded" in text_of(answer)
    assert not (settings.DATA_DIR / "imports").exists()


def test_pasting_too_much_is_refused(as_importer, settings):
    settings.DATA_UPLOAD_MAX_MEMORY_SIZE = 1024 * 1024

    answer = upload(as_importer, text="가" * 400_000, source="a")

    assert answer.status_code == 413
    assert "at most 1 MB" in text_of(answer)


def test_too_many_files_are_refused(as_importer, settings):
    settings.DATA_UPLOAD_MAX_NUMBER_FILES = 2

    answer = upload(as_importer, *((f"{n}.md", "# a") for n in range(3)))

    assert answer.status_code == 400
    assert "At most 2 files at once" in text_of(answer)


def test_uploads_of_a_person_are_limited(as_importer, monkeypatch):
    monkeypatch.setattr("wiki.views.importing.UPLOADS_PER_HOUR", 2)
    for _ in range(2):
        uploaded(as_importer)

    answer = upload(as_importer, ("a.md", "# a"))

    assert answer.status_code == 429
    assert int(answer["Retry-After"]) > 0
    assert ImportJob.objects.count() == 2


def test_open_jobs_of_a_person_are_limited(as_importer):
    for _ in range(jobs.MAX_OPEN):
        uploaded(as_importer)

    answer = upload(as_importer, ("a.md", "# a"))

    assert answer.status_code == 409
    assert "Confirm or cancel them first" in text_of(answer)


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
    monkeypatch.setattr("wiki.views.importing.ITEMS_PER_PAGE", 3)
    notes = "".join(f"# 글 {n}\n\n본문 {n}\n\n" for n in range(7))
    job = planned(as_importer, ("many.md", notes))

    assert page_of(as_importer, job, page=3).count("<tr>") == 2
    assert page_of(as_importer, job, show="created", page="x").count("<tr>") == 4
    assert page_of(as_importer, job, show="nonsense").count("<tr>") == 4


def test_of_a_huge_plan_the_first_lines_are_listed(as_importer, monkeypatch):
    monkeypatch.setattr("wiki.importing.working.MAX_ITEMS", 3)
    monkeypatch.setattr("wiki.views.importing.MAX_ITEMS", 3)
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


def test_a_zip_is_taken(as_importer):
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("메모/하나.md", "# 하나\n\n글")
        archive.writestr("메모/둘.md", "# 둘\n\n글")

    job = planned(as_importer, ("vault.zip", packed.getvalue()))

    assert job.state == "planned", job.problem
    assert job.totals["created"] == 2
