"""Entries of the list as files to take away."""

import tempfile
from collections.abc import Iterable
from typing import IO

from wiki.exporting.archive import as_zip
from wiki.exporting.folder import members_of
from wiki.exporting.records import as_json as json_pieces
from wiki.models.entries import EntryQuerySet


def as_json(entries: EntryQuerySet) -> IO[bytes]:
    """A file with the list of records, at its start."""
    return _file_of(json_pieces(entries))


def as_archive(entries: EntryQuerySet) -> IO[bytes]:
    """A zip file with a Markdown file for each entry, at its start."""
    return _file_of(as_zip(members_of(entries)))


def _file_of(pieces: Iterable[bytes]) -> IO[bytes]:
    file = tempfile.TemporaryFile()  # noqa: SIM115  the response closes it
    file.writelines(pieces)
    file.seek(0)
    return file
