"""The media store: the bytes of files, each kept once, under its hash.

Bytes are there before their row is: a row without bytes cannot be, and bytes
without a row harm nobody.
"""

import hashlib
import os
import re
import tempfile
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from django.conf import settings
from django.db import IntegrityError, transaction
from django.utils import timezone

from wiki.models import StoredFile

_CHUNK = 256 * 1024
_HEAD_BYTES = 512
OTHER_TYPE = "application/octet-stream"
# What browsers show by themselves, by how it begins; nothing else is shown.
_PICTURES = (
    (b"\x89PNG\r\n\x1a\n", "image/png", ".png"),
    (b"\xff\xd8\xff", "image/jpeg", ".jpg"),
    (b"GIF87a", "image/gif", ".gif"),
    (b"GIF89a", "image/gif", ".gif"),
    (b"BM", "image/bmp", ".bmp"),
)
PICTURE_TYPES = frozenset(("image/webp", *(kind for _, kind, _ in _PICTURES)))
SVG_TYPE = "image/svg+xml"
_BY_SUFFIX = {
    ".pdf": "application/pdf",
    ".svg": SVG_TYPE,
    ".mp3": "audio/mpeg",
    ".mp4": "video/mp4",
    ".webm": "video/webm",
    ".zip": "application/zip",
}
_MAX_SUFFIX_CHARS = 12
_HASH = re.compile("[0-9a-f]{64}")


@dataclass(frozen=True, slots=True)
class FileFacts:
    """What a file's bytes say: their hash and number, a type, a suffix of ours."""

    sha256: str
    size: int
    media_type: str
    extension: str

    @property
    def name(self) -> str:
        """The last part of its address."""
        return f"{self.sha256}{self.extension}"


def facts_of(file: BinaryIO, name: str) -> FileFacts:
    """The facts of an open file, read to its end. `name` helps where bytes do not."""
    digest, size, head = hashlib.sha256(), 0, b""
    for chunk in _chunks(file):
        head = head or chunk[:_HEAD_BYTES]
        digest.update(chunk)
        size += len(chunk)
    media_type, extension = _type_of(head, name)
    return FileFacts(digest.hexdigest(), size, media_type, extension)


def keep(file: BinaryIO, facts: FileFacts) -> None:
    """Puts the bytes into the store unless they are there. Raises OSError.

    Whole or not at all, also when the machine stops in the middle. Raises
    ValueError when the bytes are not those of the facts any more.
    """
    path = path_of(facts.sha256, facts.extension)
    if path.exists():
        return
    path.parent.mkdir(parents=True, exist_ok=True)
    digest = hashlib.sha256()
    descriptor, temporary = tempfile.mkstemp(dir=path.parent, prefix=".new-")
    try:
        with open(descriptor, "wb") as copy:
            for chunk in _chunks(file):
                digest.update(chunk)
                copy.write(chunk)
            copy.flush()
            os.fsync(copy.fileno())
        if digest.hexdigest() != facts.sha256:
            raise ValueError("the file changed while it was read")
        os.chmod(temporary, settings.FILE_UPLOAD_PERMISSIONS or 0o644)
        os.replace(temporary, path)
    except BaseException:
        os.unlink(temporary)
        raise


def rows_for(facts: Collection[FileFacts]) -> dict[str, StoredFile]:
    """The rows of these files by hash, made where there are none. Three queries."""
    now = timezone.now()
    StoredFile.objects.bulk_create(
        [
            StoredFile(
                sha256=one.sha256,
                size=one.size,
                media_type=one.media_type,
                extension=one.extension,
                created_at=now,
            )
            for one in sorted(set(facts), key=lambda one: one.sha256)
        ],
        ignore_conflicts=True,
    )
    hashes = {one.sha256 for one in facts}
    return {row.sha256: row for row in StoredFile.objects.filter(sha256__in=hashes)}


def open_file(stored: StoredFile) -> BinaryIO:
    """The bytes of a stored file, open for reading. Raises OSError."""
    return path_of(stored.sha256, stored.extension).open("rb")


def path_of(sha256: str, extension: str) -> Path:
    """Where the bytes of a file lie in the media store."""
    return Path(settings.MEDIA_ROOT) / "files" / sha256[:2] / f"{sha256}{extension}"


def hash_of(path: Path) -> str:
    """The SHA-256 of a file's bytes. Raises OSError."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def remove_bytes(sha256: str, extension: str) -> bool:
    """Removes bytes that no row knows; False when one does. Raises OSError.

    A row is made for as long as it takes, and not kept: nobody else can make it
    meanwhile, and whoever does next sees that the bytes are gone.
    """
    try:
        with transaction.atomic():
            StoredFile.objects.create(
                sha256=sha256, size=0, extension=extension, created_at=timezone.now()
            )
            path_of(sha256, extension).unlink(missing_ok=True)
            transaction.set_rollback(True)
    except IntegrityError:
        return _remove_twin(sha256, extension)
    return True


def remove_unknown(path: Path) -> bool:
    """Removes what lies in the store without a row; False when it has one by now."""
    sha256, dot, suffix = path.name.partition(".")
    if not _HASH.fullmatch(sha256):
        # Half written by a process that was killed, or not ours.
        path.unlink(missing_ok=True)
        return True
    return remove_bytes(sha256, dot + suffix)


def _remove_twin(sha256: str, extension: str) -> bool:
    # The same bytes came under two suffixes: the row knows those of one.
    with transaction.atomic():
        row = StoredFile.objects.select_for_update().filter(sha256=sha256).first()
        if row is None or row.extension == extension:
            return False
        path_of(sha256, extension).unlink(missing_ok=True)
    return True


def _type_of(head: bytes, name: str) -> tuple[str, str]:
    for start, media_type, extension in _PICTURES:
        if head.startswith(start):
            return media_type, extension
    if head[:4] == b"RIFF" and head[8:12] == b"WEBP":
        return "image/webp", ".webp"
    suffix = Path(name).suffix.casefold()
    is_plain = suffix.isascii() and suffix[1:].isalnum()
    if not is_plain or len(suffix) > _MAX_SUFFIX_CHARS:
        return OTHER_TYPE, ""
    return _BY_SUFFIX.get(suffix, OTHER_TYPE), suffix


def _chunks(file: BinaryIO) -> Iterator[bytes]:
    while chunk := file.read(_CHUNK):
        yield chunk
