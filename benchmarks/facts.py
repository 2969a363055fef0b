"""What a wiki made of a dump, as JSON. Runs in a process with the wiki's settings.

python -m benchmarks.facts FILE
"""

import json
import os
import sys
from collections.abc import Iterable, Iterator

import django


def main(path: str) -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    django.setup()
    with open(path, "w", encoding="utf-8") as file:
        json.dump({"entries": _entries(), "files": _files()}, file)


def _entries() -> dict[int, dict]:
    from wiki.models import Entry

    entries = Entry.objects.live().with_head().defer("html").order_by("pk")
    return {
        entry.pk: {
            "title": entry.title,
            "slug": entry.slug,
            "body": entry.body,
            "texts": [
                entry.title,
                entry.summary,
                entry.source_url,
                *entry.alias_names,
                *entry.head.tag_names(),
                *_strings(entry.properties),
            ],
            "tags": [
                *entry.head.tag_names(),
                *entry.tags.values_list("name", flat=True),
            ],
        }
        for entry in entries
    }


def _files() -> dict[str, dict]:
    """By their hashes, where files lay, and the entries that their notes became."""
    from wiki.models import ImportedFile

    rows = ImportedFile.objects.values_list("sha256", "path", "notes__entry")
    found: dict[str, dict] = {}
    for sha256, path, entry in rows:
        file = found.setdefault(sha256, {"paths": [], "entries": []})
        file["paths"] = sorted({*file["paths"], path})
        file["entries"] += [entry] * (entry is not None)
    return found


def _strings(value: object) -> Iterator[str]:
    if isinstance(value, dict):
        yield from _all([*value.keys(), *value.values()])
    elif isinstance(value, (list, tuple)):
        yield from _all(value)
    else:
        yield str(value)


def _all(values: Iterable[object]) -> Iterator[str]:
    for value in values:
        yield from _strings(value)


if __name__ == "__main__":
    main(sys.argv[1])
