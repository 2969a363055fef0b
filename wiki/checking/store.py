"""The media store: each record has its bytes, and all bytes have a record."""

import time
from collections.abc import Iterator
from pathlib import Path

from django.conf import settings

from wiki.checking.findings import Finding
from wiki.files import hash_of, path_of
from wiki.models import StoredFile

# Bytes are there before their record is: what is younger may be on its way.
MIN_AGE_SECONDS = 3600
_AT_ONCE = 500


def check_records(*, deep: bool) -> Iterator[Finding]:
    """Records whose bytes are gone or others; `deep` reads all bytes."""
    for stored in StoredFile.objects.order_by("pk").iterator(_AT_ONCE):
        path = path_of(stored.sha256, stored.extension)
        place = _told(path)
        try:
            size = path.stat().st_size
        except OSError:
            yield Finding("file_missing", subject=str(stored), where=place)
            continue
        if size != stored.size:
            details = {"found": size, "expected": stored.size}
            yield Finding(
                "file_size", subject=str(stored), where=place, details=details
            )
        elif deep and hash_of(path) != stored.sha256:
            yield Finding("file_hash", subject=str(stored), where=place)


def check_bytes() -> Iterator[Finding]:
    """Bytes that have no record, and never will: they are too old for that."""
    root = Path(settings.MEDIA_ROOT) / "files"
    for folder in sorted(path for path in root.glob("*") if path.is_dir()):
        names = {path.name: path for path in folder.iterdir() if path.is_file()}
        known = {
            f"{sha256}{extension}"
            for sha256, extension in StoredFile.objects.filter(
                sha256__in={name.partition(".")[0] for name in names}
            ).values_list("sha256", "extension")
        }
        for name in sorted(names.keys() - known):
            if _is_old(names[name]):
                yield Finding(
                    "file_unknown",
                    subject=name,
                    where=_told(names[name]),
                    repair="delete",
                    row=names[name],
                )


def _is_old(path: Path) -> bool:
    try:
        return time.time() - path.stat().st_mtime > MIN_AGE_SECONDS
    except FileNotFoundError:
        return False


def _told(path: Path) -> str:
    return str(path.relative_to(settings.MEDIA_ROOT))
