"""`notewiki.json`: what the files of an export do not say themselves.

    {"format": "notewiki", "version": 1, "kind": "folder", "files": {
    "Redis.md": {"sha256": "…", "slug": "redis-2", "links": [["[x](a.md)", "[[x]]"]]},
    …}, "attachments": {"files/a.png": {"sha256": "…"}}}

A line a file, in the order of the export, so that two of them can be compared.
What is as the file itself gives it is left out.
"""

import json
from collections.abc import Iterator
from tempfile import SpooledTemporaryFile
from typing import TypedDict

from wiki.exporting.links import Pair

NAME = "notewiki.json"
FORMAT = "notewiki"
VERSION = 1
_MEMORY_BYTES = 2 * 1024 * 1024
_CHUNK_BYTES = 256 * 1024


class FileRecord(TypedDict, total=False):
    """What is said of one note's file."""

    sha256: str
    slug: str
    # Where in its dump the note was: relative links start there.
    path: str
    links: list[Pair]
    renamed: dict[str, str]
    own: list[str]
    dates: dict[str, str]


class AttachmentRecord(TypedDict, total=False):
    """What is said of one attachment: its content, and where texts look for it."""

    sha256: str
    paths: list[str]


class ManifestWriter:
    """Collects the records of an export on disk; attachments after all notes."""

    def __init__(self, kind: str) -> None:
        self._file = SpooledTemporaryFile(_MEMORY_BYTES)  # noqa: SIM115
        self._is_first = True
        self._has_attachments = False
        head = {"format": FORMAT, "version": VERSION, "kind": kind}
        self._write(f'{json.dumps(head)[:-1]}, "files": {{\n')

    def __enter__(self) -> "ManifestWriter":
        return self

    def __exit__(self, *error: object) -> None:
        self._file.close()

    def add_note(self, path: str, record: FileRecord) -> None:
        self._add(path, record)

    def add_attachment(self, path: str, record: AttachmentRecord) -> None:
        self._begin_attachments()
        self._add(path, record)

    def finish(self) -> int:
        """The size of the whole; nothing can be added any more."""
        self._begin_attachments()
        self._write("}}\n" if self._is_first else "\n}}\n")
        return self._file.tell()

    def chunks(self) -> Iterator[bytes]:
        """The bytes of the finished manifest."""
        self._file.seek(0)
        while chunk := self._file.read(_CHUNK_BYTES):
            yield chunk

    def _begin_attachments(self) -> None:
        if not self._has_attachments:
            self._write(f'{"" if self._is_first else chr(10)}}}, "attachments": {{')
            self._has_attachments = self._is_first = True

    def _add(self, path: str, record: FileRecord | AttachmentRecord) -> None:
        kept = {name: value for name, value in record.items() if value}
        line = f"{json.dumps(path, ensure_ascii=False)}: {_as_json(kept)}"
        self._write(line if self._is_first else f",\n{line}")
        self._is_first = False

    def _write(self, text: str) -> None:
        self._file.write(text.encode())


def _as_json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False)
