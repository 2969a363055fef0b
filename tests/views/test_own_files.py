"""One's own pictures: how much room they take, and removing unused ones."""

import re

import pytest
from django.utils import timezone

from tests import make
from tests.pictures import code, picture, uploaded
from wiki.models import StoredFile, Upload

pytestmark = pytest.mark.django_db

ADDRESS = "/files/mine/"


@pytest.fixture(autouse=True)
def _own_store(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path


def page(client) -> str:
    answer = client.get(ADDRESS)
    assert answer.status_code == 200
    assert answer["Cache-Control"] == "private, no-cache"
    return answer.content.decode()


def test_each_sees_their_own(as_writer, as_other_writer, writer):
    uploaded(writer, name="내 화면.png")

    assert "내 화면.png" in page(as_writer)
    assert "내 화면.png" not in page(as_other_writer)


def test_visitors_have_none(visitor):
    assert visitor.get(ADDRESS)["Location"].startswith("/accounts/login/")


def test_the_room_they_take_is_told(as_writer, writer, settings):
    settings.WIKI_UPLOAD_QUOTA_MB = 3
    upload = uploaded(writer)

    html = re.sub(r"\xa0", " ", page(as_writer))

    assert f"{upload.file.size} bytes of 3.0 MB are used" in html


def test_an_unused_one_is_removed_once_that_is_confirmed(as_writer, writer):
    upload = uploaded(writer, name="화면.png")

    asked = as_writer.post(ADDRESS, {"file": upload.pk, "do": "ask"})
    assert "화면.png" in asked.content.decode()
    assert Upload.objects.exists()
    done = as_writer.post(ADDRESS, {"file": upload.pk, "do": "remove"}, follow=True)

    assert "1 file is removed" in done.content.decode()
    assert not StoredFile.objects.exists()


def test_what_a_note_has_stays(as_writer, writer):
    upload = uploaded(writer)
    make.edit(make.entry("가", code(upload), by=writer), "없음")

    html = page(as_writer)
    done = as_writer.post(ADDRESS, {"file": upload.pk, "do": "remove"}, follow=True)

    assert "in a note" in html
    assert f'name="file" value="{upload.pk}"' not in html
    assert "1 file stays" in done.content.decode()
    assert Upload.objects.exists()


def test_one_in_a_draft_is_marked(as_writer, writer):
    upload = uploaded(writer)
    assert "in a draft" not in page(as_writer)
    writer.drafts.create(slot="a", body=code(upload), updated_at=timezone.now())

    asked = as_writer.post(ADDRESS, {"file": upload.pk, "do": "ask"})

    assert "in a draft" in page(as_writer)
    assert "a draft of yours has it" in asked.content.decode()


def test_those_of_others_stay(as_other_writer, writer):
    upload = uploaded(writer)

    for do in ("ask", "remove"):
        assert as_other_writer.post(ADDRESS, {"file": upload.pk, "do": do})
    assert Upload.objects.exists()


@pytest.mark.parametrize("marked", ["", "x", "-1", "9" * 40, "\x00", "١"])
def test_what_is_no_file_is_none(as_writer, marked):
    for do in ("ask", "remove"):
        answer = as_writer.post(ADDRESS, {"file": marked, "do": do}, follow=True)
        assert answer.status_code == 200


def test_it_takes_pictures_in_as_well(as_writer):
    html = page(as_writer)

    assert 'action="/upload/" enctype="multipart/form-data"' in html
    assert picture()


def test_the_count_of_queries_does_not_grow(
    as_writer, writer, django_assert_max_num_queries
):
    for number in range(9):
        uploaded(writer, f"#0000{number:02x}")

    with django_assert_max_num_queries(6):
        as_writer.get(ADDRESS)
