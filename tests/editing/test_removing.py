"""Files that no note shows: which they are, and removing them."""

from datetime import timedelta

import pytest
from django.utils import timezone

from tests import make
from tests.pictures import code, uploaded
from wiki import editing, files
from wiki.editing.removing import (
    Removed,
    hashes_in,
    kept_files,
    remove_files,
    remove_uploads,
    unused_files,
    uploads_of,
)
from wiki.files import path_of
from wiki.models import Draft, DumpName, EntryFile, StoredFile, Upload

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _own_store(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path


def aged(upload: Upload) -> Upload:
    long_ago = timezone.now() - timedelta(days=2)
    Upload.objects.filter(pk=upload.pk).update(created_at=long_ago)
    StoredFile.objects.filter(pk=upload.file_id).update(created_at=long_ago)
    return upload


def is_there(file: StoredFile) -> bool:
    return path_of(file.sha256, file.extension).exists()


def test_what_a_note_shows_is_neither_kept_nor_unused(writer):
    upload = aged(uploaded(writer))
    make.entry("가", code(upload), by=writer)

    assert not kept_files().exists()
    assert not unused_files().exists()


def test_what_only_older_revisions_show_is_kept(writer):
    upload = aged(uploaded(writer))
    make.edit(make.entry("가", code(upload), by=writer), "없음")

    assert list(kept_files()) == [upload.file]
    assert not unused_files().exists()


def test_what_a_deleted_note_shows_is_kept(writer):
    upload = aged(uploaded(writer))
    make.deleted(make.entry("가", code(upload), by=writer))

    assert list(kept_files()) == [upload.file]


def test_what_nobody_used_for_a_day_is_unused(writer, other_writer):
    old, _young, again = aged(uploaded(writer)), uploaded(writer, "red"), None
    again = aged(uploaded(writer, "blue"))
    uploaded(other_writer, "blue")

    assert list(unused_files()) == [old.file]
    assert again.file not in unused_files()


def test_what_a_draft_has_is_not_unused(writer):
    upload = aged(uploaded(writer))
    Draft.objects.create(
        user=writer, slot="a", body=code(upload), updated_at=timezone.now()
    )

    assert not unused_files().exists()
    assert hashes_in(writer.drafts.all()) == {uploads_of(writer).get().file.sha256}


def test_what_a_draft_has_or_was_uploaded_today_is_not_kept_either(writer):
    drafted, young = aged(uploaded(writer)), uploaded(writer, "red")
    entry = make.entry("가", code(drafted) + code(young), by=writer)
    make.edit(entry, "없음")
    Draft.objects.create(
        user=writer, slot="a", body=code(drafted), updated_at=timezone.now()
    )

    assert not kept_files().exists()


def test_what_is_wanted_again_after_it_was_listed_stays(writer, other_writer):
    upload, again = aged(uploaded(writer)), aged(uploaded(writer, "red"))
    listed = [file.pk for file in unused_files()]
    Draft.objects.create(
        user=writer, slot="a", body=code(upload), updated_at=timezone.now()
    )
    uploaded(other_writer, "red")

    assert set(listed) == {upload.file_id, again.file_id}
    assert remove_files(listed) == Removed(left=2)
    assert is_there(upload.file)
    assert is_there(again.file)


def test_a_shown_file_is_never_removed(writer):
    upload = uploaded(writer)
    make.entry("가", code(upload), by=writer)

    assert remove_files([upload.file_id]) == Removed(left=1)
    assert remove_uploads(writer, [upload.pk]) == Removed(left=1)

    assert is_there(upload.file)
    assert Upload.objects.count() == EntryFile.objects.count() == 1


def test_a_kept_file_goes_with_all_that_knows_it(writer):
    upload = aged(uploaded(writer))
    entry = make.edit(make.entry("가", code(upload), by=writer), "없음")
    DumpName.objects.create(source="d", key="/a.png", file=upload.file)

    removed = remove_files([upload.file_id])

    assert removed == Removed(1, upload.file.size)
    assert not is_there(upload.file)
    for model in (StoredFile, Upload, EntryFile, DumpName):
        assert not model.objects.exists()
    back = editing.revert_entry(
        entry, make.revision(entry, 1), base_version=2, act=make.act(writer)
    ).entry
    assert '<span class="lost">' in back.html


def test_ones_own_picture_goes_and_frees_the_quota(writer):
    upload = uploaded(writer)

    assert remove_uploads(writer, [upload.pk]) == Removed(1, upload.file.size)

    assert not is_there(upload.file)
    assert not StoredFile.objects.exists()


def test_nobody_removes_the_pictures_of_others(writer, other_writer):
    upload = uploaded(writer)

    assert remove_uploads(other_writer, [upload.pk]) == Removed()
    assert is_there(upload.file)


def test_what_another_uploaded_too_stays_for_them(writer, other_writer):
    upload, other = uploaded(writer), uploaded(other_writer)

    remove_uploads(writer, [upload.pk])

    assert list(Upload.objects.all()) == [other]
    assert is_there(upload.file)


def test_what_a_dump_brought_stays(writer):
    upload = uploaded(writer)
    DumpName.objects.create(source="d", key="/a.png", file=upload.file)

    remove_uploads(writer, [upload.pk])

    assert is_there(upload.file)
    assert StoredFile.objects.exists()


def test_bytes_that_have_a_row_are_not_removed(writer):
    file = uploaded(writer).file

    assert not files.remove_bytes(file.sha256, file.extension)
    assert is_there(file)


def test_bytes_without_a_row_are(writer):
    file = uploaded(writer).file
    Upload.objects.all().delete()
    StoredFile.objects.all().delete()

    assert files.remove_bytes(file.sha256, file.extension)
    assert not is_there(file)
    assert not StoredFile.objects.exists()


def test_a_store_that_cannot_be_written_leaves_bytes_only(writer, monkeypatch):
    upload = aged(uploaded(writer))

    def refused(*_, **__):
        raise PermissionError("read only")

    monkeypatch.setattr("pathlib.Path.unlink", refused)

    assert remove_files([upload.file_id]).count == 1
    assert not StoredFile.objects.exists()
