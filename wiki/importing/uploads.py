"""Files that were uploaded to be imported, from then until the import is done.

They lie under names the server made, in a folder of its own for each upload.
What they were called is only told: it is never the name of a file here.
"""

import os
import secrets
import shutil
import time
from collections.abc import Collection, Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import asdict, dataclass
from pathlib import Path

from django.conf import settings

from wiki.importing.decoding import MAX_FILE_BYTES
from wiki.importing.formats import source_name
from wiki.importing.formats.files import readable_name
from wiki.importing.notes import DumpError, Place
from wiki.importing.titles import without_download_number

ARCHIVE_SUFFIX = ".zip"
SUFFIXES = (".md", ".markdown", ".txt", ARCHIVE_SUFFIX)
MAX_NAME_CHARS = 200
# A folder without a job this young may belong to an upload under way.
_YOUNG_SECONDS = 60 * 60
_FOLDER = "imports"


@dataclass(frozen=True)
class Upload:
    """One file: what it was called, how it is called here, its bytes counted."""

    name: str
    stored: str
    size: int
    # Whether it was typed into a form, and its name is only that of a source.
    is_text: bool = False

    @property
    def source(self) -> str:
        """The source it belongs to when nobody names another."""
        return source_name(without_download_number(self.name)) or "dump"

    def as_json(self) -> dict[str, object]:
        return asdict(self)


def suffix_of(name: str) -> str:
    """The suffix of a file that can be uploaded, "" for any other."""
    lowered = name.strip().lower()
    return next((suffix for suffix in SUFFIXES if lowered.endswith(suffix)), "")


def new_folder() -> str:
    """The name of a new and empty folder that nobody else can guess or enter."""
    name = secrets.token_hex(16)
    (_root() / name).mkdir(mode=0o700, parents=True)
    return name


def store(
    folder: str, name: str, chunks: Iterable[bytes], *, is_text: bool = False
) -> Upload:
    """Writes an upload down beside those that are in the folder."""
    place = _root() / folder
    suffix = ".txt" if is_text else suffix_of(name)
    stored = f"{len(os.listdir(place)) + 1}{suffix}"
    size = 0
    with (place / stored).open("xb") as file:
        for chunk in chunks:
            size += file.write(chunk)
    return Upload(readable_name(name) or "dump", stored, size, is_text)


def places_of(
    folder: str, stored: Iterable[Mapping[str, object]], source: str = ""
) -> Iterator[Place]:
    """The dumps that were uploaded. Raises DumpError when their files are gone."""
    for fields in stored:
        upload = Upload(**fields)
        path = _root() / folder / upload.stored
        if not path.is_file():
            raise DumpError("upload-gone", name=upload.name)
        yield _place(upload, path, source or upload.source)


def remove(folder: str) -> None:
    """Removes an upload; nothing when it is gone already."""
    shutil.rmtree(_root() / folder, ignore_errors=True)


def remove_others(kept: Collection[str]) -> None:
    """Removes every upload but these, and those that may still be under way."""
    kept = set(kept)
    with suppress(FileNotFoundError), os.scandir(_root()) as found:
        for entry in found:
            if entry.name in kept or not entry.is_dir(follow_symlinks=False):
                continue
            if entry.stat().st_mtime < time.time() - _YOUNG_SECONDS:
                remove(entry.name)


def _place(upload: Upload, path: Path, source: str) -> Place:
    if upload.stored.endswith(ARCHIVE_SUFFIX):
        return Place(str(path), source, label=upload.name)
    with path.open("rb") as file:
        # One byte more than fits tells that it is too much.
        data = file.read(MAX_FILE_BYTES + 1)
    # Its bytes are here, so that the name need not be one of a file.
    name = "" if upload.is_text else upload.name
    return Place(name, source, label=upload.name, data=data)


def _root() -> Path:
    return Path(settings.DATA_DIR) / _FOLDER
