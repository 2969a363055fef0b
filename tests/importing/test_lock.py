"""Two imports at once: the second waits."""

import fcntl

import pytest
from django.db import connection
from django.test import override_settings

from wiki.importing.lock import _POSTGRES_LOCK, one_import_at_a_time

in_a_file = pytest.mark.skipif(
    connection.vendor != "sqlite", reason="the lock is in the database"
)
in_the_database = pytest.mark.skipif(
    connection.vendor != "postgresql", reason="the lock is in a file"
)


def is_free(path):
    with path.open("a") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        return True


@in_a_file
def test_the_lock_is_held_while_an_import_runs_and_not_longer(tmp_path):
    with override_settings(DATA_DIR=tmp_path):
        with one_import_at_a_time():
            assert not is_free(tmp_path / "import.lock")

        assert is_free(tmp_path / "import.lock")


@in_a_file
def test_an_import_that_breaks_lets_go(tmp_path):
    with override_settings(DATA_DIR=tmp_path):
        with pytest.raises(KeyboardInterrupt), one_import_at_a_time():
            raise KeyboardInterrupt

        assert is_free(tmp_path / "import.lock")


@in_a_file
def test_without_a_place_for_the_lock_imports_still_run(tmp_path):
    blocked = tmp_path / "file"
    blocked.write_text("")
    ran = []

    with override_settings(DATA_DIR=blocked), one_import_at_a_time():
        ran.append(1)

    assert ran


def is_free_in_the_database():
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_lock(%s)", [_POSTGRES_LOCK])
        is_free = cursor.fetchone()[0]
        if is_free:
            cursor.execute("SELECT pg_advisory_unlock(%s)", [_POSTGRES_LOCK])
        return is_free


@in_the_database
def test_the_database_keeps_the_lock_for_all_machines(db, tmp_path):
    with override_settings(DATA_DIR=tmp_path):
        with one_import_at_a_time():
            assert not is_free_in_the_database()

        assert is_free_in_the_database()


@in_the_database
def test_the_database_frees_the_lock_of_an_import_that_breaks(db):
    with pytest.raises(KeyboardInterrupt), one_import_at_a_time():
        raise KeyboardInterrupt

    assert is_free_in_the_database()
