"""Files that no note shows, and curators who remove them."""

from datetime import timedelta

import pytest
from django.utils import timezone

from tests import make
from tests.pictures import code, uploaded
from wiki.models import Draft, EntryFile, StoredFile, Upload

pytestmark = pytest.mark.django_db

ADDRESS = "/files/"


@pytest.fixture(autouse=True)
def _own_store(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path


def aged(upload: Upload) -> Upload:
    long_ago = timezone.now() - timedelta(days=2)
    Upload.objects.update(created_at=long_ago)
    StoredFile.objects.update(created_at=long_ago)
    return upload


def page(client, show="unused") -> str:
    answer = client.get(ADDRESS, {"show": show})
    assert answer.status_code == 200
    return answer.content.decode()


def test_it_is_for_curators(visitor, as_writer, as_curator):
    assert visitor.get(ADDRESS)["Location"].startswith("/accounts/login/")
    assert as_writer.get(ADDRESS).status_code == 403
    assert as_writer.post(ADDRESS, {"file": 1, "do": "remove"}).status_code == 403
    assert "There is none" in page(as_curator)


def test_unused_ones_are_told_and_not_shown(as_curator, writer):
    upload = aged(uploaded(writer, name="화면.png"))

    html = page(as_curator)

    assert "화면.png" in html
    assert "민수" in html
    # What nobody's note shows is seen by its uploader only.
    assert "<img" not in html
    assert as_curator.get(upload.file.get_absolute_url()).status_code == 404


def test_an_unused_one_is_removed_once_that_is_confirmed(as_curator, writer):
    upload = aged(uploaded(writer))

    asked = as_curator.post(ADDRESS, {"file": upload.file_id, "do": "ask"})
    assert "Remove 1 file?" in asked.content.decode()
    assert StoredFile.objects.exists()
    sent = {"file": upload.file_id, "do": "remove"}
    done = as_curator.post(ADDRESS, sent, follow=True)

    assert "1 file is removed" in done.content.decode()
    assert not StoredFile.objects.exists()


def test_one_that_older_revisions_show_is_removed_with_a_warning(as_curator, writer):
    upload = aged(uploaded(writer))
    make.edit(make.entry("배포 절차", code(upload), by=writer), "없음")
    address = f"{ADDRESS}?show=kept"

    assert "배포 절차" in page(as_curator, "kept")
    asked = as_curator.post(address, {"file": upload.file_id, "do": "ask"})
    html = asked.content.decode()
    assert "will have a gap there" in html
    assert "배포 절차" in html
    as_curator.post(address, {"file": upload.file_id, "do": "remove"})

    assert not StoredFile.objects.exists()
    assert not EntryFile.objects.exists()


@pytest.mark.parametrize("show", ["unused", "kept"])
def test_what_cannot_be_removed_yet_is_told(as_curator, writer, show):
    upload = uploaded(writer, name="새 화면.png")
    if show == "kept":
        make.edit(make.entry("가", code(upload), by=writer), "없음")

    young, other = page(as_curator, show), "kept" if show == "unused" else "unused"
    assert "1 more file cannot be removed yet" in young
    assert "새 화면.png" not in young
    assert "cannot be removed yet" not in page(as_curator, other)
    aged(upload)
    assert "cannot be removed yet" not in page(as_curator, show)


def test_a_file_of_a_draft_is_told_of_too(as_curator, writer):
    upload = aged(uploaded(writer))
    Draft.objects.create(
        user=writer, slot="a", body=code(upload), updated_at=timezone.now()
    )

    assert "1 more file cannot be removed yet" in page(as_curator)


def test_nothing_else_than_what_was_asked_about_is_removed(as_curator, writer):
    upload = aged(uploaded(writer))
    entry = make.entry("가", code(upload), by=writer)

    for show in ("unused", "kept"):
        sent = {"file": upload.file_id, "do": "remove"}
        done = as_curator.post(f"{ADDRESS}?show={show}", sent, follow=True)
        assert "1 file stays" in done.content.decode()
    make.edit(entry, "없음")
    as_curator.post(ADDRESS, {"file": upload.file_id, "do": "remove"})

    assert StoredFile.objects.exists()


@pytest.mark.parametrize("marked", ["", "x", "-1", "9" * 40, "\x00", "١"])
def test_what_is_no_file_is_none(as_curator, marked):
    for do in ("ask", "remove"):
        answer = as_curator.post(ADDRESS, {"file": marked, "do": do}, follow=True)
        assert answer.status_code == 200


@pytest.mark.parametrize("show", ["unused", "kept"])
def test_the_count_of_queries_does_not_grow(
    as_curator, writer, django_assert_max_num_queries, show
):
    uploads = [uploaded(writer, f"#0000{n:02x}") for n in range(9)]
    aged(uploads[0])
    for upload in uploads[:3]:
        Draft.objects.create(
            user=writer, slot=upload.pk, body=code(upload), updated_at=timezone.now()
        )
    if show == "kept":
        make.edit(make.entry("가", "".join(map(code, uploads)), by=writer), "없음")

    with django_assert_max_num_queries(12):
        page(as_curator, show)
