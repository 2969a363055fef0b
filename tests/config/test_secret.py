import stat

import pytest
from django.core.exceptions import ImproperlyConfigured

from config.secret import FILE_NAME, read_or_create_secret


def test_key_is_made_once_and_kept_for_its_owner(tmp_path):
    folder = tmp_path / "var"

    first, second = read_or_create_secret(folder), read_or_create_secret(folder)

    assert first == second
    assert len(first) >= 50
    assert stat.S_IMODE((folder / FILE_NAME).stat().st_mode) == 0o600
    assert [path.name for path in folder.iterdir()] == [FILE_NAME]


def test_each_folder_has_its_own_key(tmp_path):
    keys = {read_or_create_secret(tmp_path / name) for name in "ab"}

    assert len(keys) == 2


def test_a_folder_that_cannot_be_made_is_named(tmp_path):
    (tmp_path / "file").write_text("")

    with pytest.raises(ImproperlyConfigured, match="Set SECRET_KEY, or make"):
        read_or_create_secret(tmp_path / "file" / "var")
