"""The import command as tests call it: files written, report read back."""

import io
import json
from dataclasses import dataclass
from pathlib import Path

from django.core.management import call_command
from django.db import connection

from wiki.models import Entry

# What two runs of the same dump may differ in.
RECORDS_OF_RUNS = {"wiki_import", "wiki_batch", "wiki_importitem"}


@dataclass(frozen=True)
class Ran:
    """What a run said, and how it ended."""

    code: int
    report: dict
    err: str

    @property
    def items(self):
        return self.report["items"]

    @property
    def totals(self):
        return {name: n for name, n in self.report["totals"].items() if n}

    def item(self, title):
        return next(item for item in self.items if item["title"] == title)

    def messages(self):
        return " ".join(text for item in self.items for text in item["messages"])


def run(*args, **options):
    """Runs the command with --json. Its exit code is not raised."""
    out, err = io.StringIO(), io.StringIO()
    code = 0
    try:
        call_command(
            "importnotes", *map(str, args), json=True, stdout=out, stderr=err, **options
        )
    except SystemExit as end:
        code = end.code
    return Ran(code, json.loads(out.getvalue()), err.getvalue())


def write(folder: Path, files: dict[str, str | bytes]) -> Path:
    """The files of a dump, written into `folder`."""
    for path, text in files.items():
        file = folder / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(text if isinstance(text, bytes) else text.encode())
    return folder


def entry(title):
    return Entry.objects.with_head().get(title=title, deleted_at=None)


def tags_of(title):
    return list(entry(title).head.tag_names())


# SQLite's index is read by its words; the tables behind it have rows.
_WITHOUT_ROWS = {"wiki_searchwords"}


def rows(but=frozenset()):
    """Every row of the wiki's own tables, to see that nothing was written."""
    names = [
        name
        for name in connection.introspection.table_names()
        if name.startswith("wiki_") and name not in {*but, *_WITHOUT_ROWS}
    ]
    with connection.cursor() as cursor:
        found = {}
        for name in sorted(names):
            cursor.execute(f"SELECT * FROM {name}")
            found[name] = sorted(map(repr, cursor.fetchall()))
    return found
