"""Entries as a folder of Markdown files with front matter."""

import hashlib
import re
import unicodedata
from collections.abc import Container, Iterable
from itertools import count
from pathlib import Path

import yaml

from wiki.exporting.records import exported
from wiki.models import Entry
from wiki.models.entries import EntryQuerySet

SUFFIX = ".md"
# What every common file system takes, with room for a suffix.
MAX_NAME_BYTES = 200
_UNSAFE = re.compile(r'[<>:"/\\|?*\x00-\x1f\x7f]')
# Windows opens a device under these names, whatever stands behind the dot.
_DEVICES = re.compile(r"(con|prn|aux|nul|com\d|lpt\d)(\..*)?", re.IGNORECASE)


def write_folder(entries: EntryQuerySet, folder: Path) -> int:
    """Writes a file an entry into the existing `folder`; gives the count.

    Names come from the titles and do not depend on the order, so two exports
    differ only where the wiki does.
    """
    names = file_names(entries.values_list("pk", "title", "slug"))
    count = 0
    for entry in exported(entries):
        (folder / names[entry.pk]).write_bytes(as_markdown(entry).encode())
        count += 1
    return count


def as_markdown(entry: Entry) -> str:
    """The entry's text under its front matter; what is empty is left out."""
    fields = {
        "title": entry.title,
        "tags": list(entry.head.tag_names()),
        "aliases": entry.alias_names,
        "summary": entry.summary,
        "source_url": entry.source_url,
    }
    known = {name: value for name, value in fields.items() if value}
    for name, value in entry.properties:
        known[_free_name(name, known)] = value
    front_matter = yaml.safe_dump(
        known, allow_unicode=True, sort_keys=False, width=2**31
    )
    return f"---\n{front_matter}---\n\n{entry.body}"


def _free_name(name: str, taken: Container[str]) -> str:
    """The name, or with a number behind: what the note says twice stays twice."""
    if name not in taken:
        return name
    return next(n for k in count(2) if (n := f"{name} ({k})") not in taken)


def file_names(entries: Iterable[tuple[int, str, str]]) -> dict[int, str]:
    """A name for each (id, title, slug), different also where case does not count.

    Of titles that make the same name each gets its address behind it.
    """
    wanted = {pk: (_safe_name(title), slug) for pk, title, slug in entries}
    takers: dict[str, int] = {}
    for name, _ in wanted.values():
        takers[name.casefold()] = takers.get(name.casefold(), 0) + 1
    return {
        pk: (name if takers[name.casefold()] == 1 else _safe_name(f"{name} ({slug})"))
        + SUFFIX
        for pk, (name, slug) in wanted.items()
    }


def _safe_name(title: str) -> str:
    name = _UNSAFE.sub("-", unicodedata.normalize("NFC", title)).strip(" .") or "-"
    if _DEVICES.fullmatch(name):
        name = f"{name}-"
    data = name.encode()
    if len(data) > MAX_NAME_BYTES:
        cut = data[: MAX_NAME_BYTES - 9].decode(errors="ignore").rstrip(" .")
        name = f"{cut}-{hashlib.sha256(data).hexdigest()[:8]}"
    return name
