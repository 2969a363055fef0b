"""Two imports at once: the second waits."""

import fcntl

import pytest
from django.test import override_settings

from wiki.importing.lock import one_import_at_a_time


def is_free(path):
    with path.open("a") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        return True


def test_the_lock_is_held_while_an_import_runs_and_not_longer(tmp_path):
    with override_settings(DATA_DIR=tmp_path):
        with one_import_at_a_time():
            assert not is_free(tmp_path / "import.lock")

        assert is_free(tmp_path / "import.lock")


def test_an_import_that_breaks_lets_go(tmp_path):
    with override_settings(DATA_DIR=tmp_path):
        with pytest.raises(KeyboardInterrupt), one_import_at_a_time():
            raise KeyboardInterrupt

        assert is_free(tmp_path / "import.lock")


def test_without_a_place_for_the_lock_imports_still_run(tmp_path):
    blocked = tmp_path / "file"
    blocked.write_text("")
    ran = []

    with override_settings(DATA_DIR=blocked), one_import_at_a_time():
        ran.append(1)

    assert ran
