"""Notes uploaded to be imported: who may, what is refused, what is kept."""

import errno
import io
import zipfile

import pytest
from django.conf import settings
from django.test import Client

from tests import people
from tests.views.uploading import (
    FIELDS,
    NEW,
    NOTES,
    planned,
    text_of,
    upload,
    uploaded,
)
from wiki.importing import jobs
from wiki.importing.working import carry_out
from wiki.models import ImportJob

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("data_folder")]


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

    answer = upload(as_importer, text="# 공들여 쓴 글", source="메모")

    assert answer.status_code == 409
    assert "Confirm or cancel them first" in text_of(answer)
    assert "# 공들여 쓴 글" in answer.content.decode()


def test_a_disk_that_is_full_is_told(as_importer, monkeypatch):
    def full(*args, **options):
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr("wiki.importing.uploads.store", full)

    answer = upload(as_importer, ("a.md", "# a"))

    assert answer.status_code == 507
    assert "no room" in text_of(answer)
    assert list((settings.DATA_DIR / "imports").iterdir()) == []


@pytest.mark.parametrize(
    "body", [b"", b"--x", b'--x\r\nContent-Disposition: form-data; name="files"; f']
)
def test_a_form_that_was_cut_short_is_refused(body, as_importer):
    answer = as_importer.generic(
        "POST", NEW, body, content_type="multipart/form-data; boundary=x"
    )

    assert answer.status_code == 400
    assert not ImportJob.objects.exists()


def test_a_zip_is_taken(as_importer):
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("메모/하나.md", "# 하나\n\n글")
        archive.writestr("메모/둘.md", "# 둘\n\n글")

    job = planned(as_importer, ("vault.zip", packed.getvalue()))

    assert job.state == "planned", job.problem
    assert job.totals["created"] == 2
