"""Files that come, are shown and are removed at the same moments."""

import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from django.db import connection

from tests import make, people
from tests.pictures import code, uploaded
from wiki.editing.removing import remove_files, remove_uploads
from wiki.files import path_of
from wiki.models import Entry, EntryFile, StoredFile, Upload

pytestmark = pytest.mark.django_db(transaction=True)

ROUNDS = 6


@pytest.fixture(autouse=True)
def _own_store(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path


def together(*works):
    """The results of all works, let go at one moment; what they raise is raised."""
    gate = threading.Barrier(len(works))

    def run(work):
        gate.wait()
        try:
            return work()
        finally:
            connection.close()

    with ThreadPoolExecutor(len(works)) as pool:
        return [done.result() for done in [pool.submit(run, work) for work in works]]


def aged(upload: Upload) -> Upload:
    """As if it was put in two days ago: one of today is not removed by others."""
    Upload.objects.filter(pk=upload.pk).update(
        created_at=upload.created_at - timedelta(days=2)
    )
    return upload


def assert_rows_have_bytes(settings):
    for file in StoredFile.objects.all():
        assert path_of(file.sha256, file.extension).exists()


def test_the_same_picture_of_many_is_one_file(settings):
    persons = [people.writer(), people.other_writer(), people.curator()]

    uploads = together(*(lambda one=one: uploaded(one) for one in persons * 2))

    assert len({upload.file_id for upload in uploads}) == 1
    assert Upload.objects.count() == 3
    assert_rows_have_bytes(settings)


def test_a_picture_removed_while_it_comes_again_is_whole_or_gone(settings):
    writer, other = people.writer(), people.other_writer()

    for _ in range(ROUNDS):
        upload = aged(uploaded(writer))
        together(
            lambda: uploaded(other),
            lambda upload=upload: remove_uploads(writer, [upload.pk]),
            lambda upload=upload: remove_files([upload.file_id]),
        )
        assert_rows_have_bytes(settings)
        Upload.objects.all().delete()


def test_a_picture_removed_while_it_is_saved_is_shown_or_lost(settings):
    writer = people.writer()

    for _ in range(ROUNDS):
        upload = aged(uploaded(writer))
        (entry, *_removed) = together(
            lambda upload=upload: make.entry(body=code(upload), by=writer),
            lambda upload=upload: remove_files([upload.file_id]),
            lambda upload=upload: remove_uploads(writer, [upload.pk]),
        )
        use = EntryFile.objects.get(entry=entry)
        html = Entry.objects.get(pk=entry.pk).html
        assert ('class="lost"' in html) == (use.file_id is None)
        assert_rows_have_bytes(settings)
        EntryFile.objects.all().delete()
        remove_files(list(StoredFile.objects.values_list("pk", flat=True)))
