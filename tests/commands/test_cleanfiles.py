"""`cleanfiles`: what nothing refers to goes, all else stays."""

import os
import time
from datetime import timedelta
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from tests import make
from tests.pictures import code, uploaded
from wiki.files import path_of
from wiki.models import StoredFile, Upload

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _own_store(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path


def clean(*options: str) -> str:
    out = StringIO()
    call_command("cleanfiles", *options, stdout=out)
    return out.getvalue()


def aged() -> None:
    long_ago = timezone.now() - timedelta(days=2)
    Upload.objects.update(created_at=long_ago)
    StoredFile.objects.update(created_at=long_ago)


def old_bytes(settings, name: str, data: bytes = b"1234") -> None:
    path = settings.MEDIA_ROOT / "files" / name.strip(".")[:2] / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data)
    then = time.time() - 2 * 24 * 3600
    os.utime(path, (then, then))


def names(settings) -> set[str]:
    return {path.name for path in settings.MEDIA_ROOT.rglob("*") if path.is_file()}


def test_nothing_to_do():
    assert clean() == "0 files were removed (0 bytes).\n"


def test_only_what_nothing_refers_to_goes(writer, settings):
    shown, kept, unused = (
        uploaded(writer, color) for color in ("red", "green", "blue")
    )
    make.entry("가", code(shown), by=writer)
    make.edit(make.entry("나", code(kept), by=writer), "없음")
    aged()
    young = uploaded(writer, "white")

    told = clean()

    assert f"  {unused.file.sha256}.png" in told
    assert "1 file was removed" in told
    assert set(Upload.objects.all()) == {shown, kept, young}
    assert len(names(settings)) == 3


def test_bytes_that_no_record_knows_go_when_they_are_old(writer, settings):
    upload = uploaded(writer)
    old_bytes(settings, f"{'a' * 64}.png")
    old_bytes(settings, ".new-x1")
    path = settings.MEDIA_ROOT / "files" / "bb" / f"{'b' * 64}.png"
    path.parent.mkdir()
    path.write_bytes(b"just came")

    told = clean()

    assert "2 files were removed (8 bytes)" in told
    assert names(settings) == {f"{upload.file.sha256}.png", path.name}


def test_a_dry_run_removes_nothing(writer, settings):
    uploaded(writer)
    aged()
    old_bytes(settings, f"{'a' * 64}.png")

    told = clean("--dry-run")

    assert "2 files would be removed" in told
    assert len(names(settings)) == 2
    assert path_of("a" * 64, ".png").exists()


def test_a_store_that_cannot_be_changed_is_told(settings, monkeypatch):
    old_bytes(settings, f"{'a' * 64}.png")

    def refused(*_, **__):
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr("pathlib.Path.unlink", refused)

    with pytest.raises(CommandError, match="Permission denied"):
        clean()
