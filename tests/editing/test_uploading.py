"""Putting pictures in: kept once, counted for each, whole or not at all."""

import errno

import pytest

from tests.pictures import noise, picture, uploaded
from wiki import files
from wiki.editing.uploading import (
    QuotaReached,
    quota_bytes,
    upload_picture,
    used_bytes,
)
from wiki.files import path_of
from wiki.models import StoredFile, Upload
from wiki.pictures import PictureRefused

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _own_store(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path


def stored_names(settings) -> list[str]:
    return [path.name for path in settings.MEDIA_ROOT.rglob("*") if path.is_file()]


def test_the_picture_is_stored_under_a_name_of_ours(writer, settings):
    upload = upload_picture(picture(), name="../../etc/passwd.html", user=writer)

    assert stored_names(settings) == [f"{upload.file.sha256}.png"]
    assert upload.file.media_type == "image/png"
    assert upload.file.size == path_of(upload.file.sha256, ".png").stat().st_size
    assert upload.user == writer


def test_twice_is_once(writer, other_writer, settings):
    first = uploaded(writer, name="가.png")
    again = uploaded(writer, name="나.png")
    of_other = uploaded(other_writer)

    assert first == again
    assert again.name == "가.png"
    assert of_other.file == first.file
    assert StoredFile.objects.count() == 1
    assert Upload.objects.count() == 2
    assert len(stored_names(settings)) == 1


def test_lost_bytes_come_back(writer):
    upload = uploaded(writer)
    path_of(upload.file.sha256, ".png").unlink()

    uploaded(writer)

    assert path_of(upload.file.sha256, ".png").exists()


def test_bytes_that_are_removed_at_the_last_moment_come_back(writer, monkeypatch):
    rows_for = files.rows_for

    def removed_before(facts):
        (one,) = facts
        files.remove_bytes(one.sha256, one.extension)
        return rows_for(facts)

    monkeypatch.setattr(files, "rows_for", removed_before)

    upload = uploaded(writer)

    assert path_of(upload.file.sha256, ".png").exists()


def test_the_quota_counts_each_picture_once(writer, settings):
    settings.WIKI_UPLOAD_QUOTA_MB = 1
    first = upload_picture(noise(700), name="a.png", user=writer)
    assert used_bytes(writer) == first.file.size

    upload_picture(noise(100), name="b.png", user=writer)
    with pytest.raises(QuotaReached) as refused:
        upload_picture(noise(600), name="c.png", user=writer)

    assert "1 MB" in refused.value.sentence
    assert used_bytes(writer) < quota_bytes()
    assert StoredFile.objects.count() == 2
    assert len(stored_names(settings)) == 2


def test_what_is_there_already_fits(writer, settings):
    uploaded(writer)
    settings.WIKI_UPLOAD_QUOTA_MB = 0

    assert uploaded(writer)
    with pytest.raises(QuotaReached):
        uploaded(writer, "red")


@pytest.mark.parametrize("data", [b"", b"<svg/>", picture()[:40]])
def test_what_is_refused_leaves_nothing(writer, settings, data):
    with pytest.raises(PictureRefused):
        upload_picture(data, name="x.png", user=writer)

    assert not StoredFile.objects.exists()
    assert stored_names(settings) == []


def test_without_room_nothing_is_stored(writer, settings, monkeypatch):
    def full(*_):
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr("os.fsync", full)

    with pytest.raises(OSError, match="No space"):
        uploaded(writer)

    assert not StoredFile.objects.exists()
    assert not Upload.objects.exists()
    assert stored_names(settings) == []
