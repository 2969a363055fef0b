"""Entries of the list as files to take away."""

import io
import tempfile
import zipfile
from typing import IO

from wiki.exporting.markdown import as_markdown, file_names
from wiki.exporting.records import exported, write_json
from wiki.models.entries import EntryQuerySet


def as_json(entries: EntryQuerySet) -> IO[bytes]:
    """A file with the list of records, at its start."""
    file = tempfile.TemporaryFile()  # noqa: SIM115  the response closes it
    text = io.TextIOWrapper(file, encoding="utf-8", newline="\n")
    write_json(exported(entries), text)
    text.flush()
    text.detach()
    file.seek(0)
    return file


def as_archive(entries: EntryQuerySet) -> IO[bytes]:
    """A zip file with a Markdown file for each entry, at its start."""
    file = tempfile.TemporaryFile()  # noqa: SIM115  the response closes it
    names = file_names(entries.values_list("pk", "title", "slug"))
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for entry in exported(entries):
            archive.writestr(names[entry.pk], as_markdown(entry))
    file.seek(0)
    return file
