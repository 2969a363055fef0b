"""Names of exported files: from titles, safe everywhere, the same every time."""

import hashlib
import re
import unicodedata
from collections import Counter
from collections.abc import Callable, Iterable
from pathlib import PurePosixPath

SUFFIX = ".md"
FILES_FOLDER = "files"
# What every common file system takes, with room for a suffix.
MAX_NAME_BYTES = 200

_UNSAFE = re.compile(r'[<>:"/\\|?*\x00-\x1f\x7f]')
# Fine for a disk, but in Obsidian no link leads to a file that has one.
_LINK_SIGNS = str.maketrans("#^[]", "＃＾［］")
# Windows opens a device under these names, whatever stands behind the dot; git
# takes the last for the short name of its own folder.
_DEVICES = re.compile(r"(con|prn|aux|nul|com\d|lpt\d|git~\d)(\..*)?", re.IGNORECASE)
_HASH_CHARS = 12
_HASHED = re.compile(rf"-[0-9a-f]{{{_HASH_CHARS}}}(\.[^.]*)?\Z")

Titled = tuple[str, str]


class EntryNames:
    """The file name of each entry of an export, from its title and address.

    Of titles that make the same name, also where case does not count, each gets
    its address behind it. A name hangs on nothing else, so two exports differ
    only where the wiki does.
    """

    def __init__(self, titled: Callable[[], Iterable[Titled]]) -> None:
        """`titled` gives the title and address of all entries, any number of times.

        Only names that are not the title itself are kept in memory: of those
        that are, the wiki has each only once.
        """
        self._doubled: set[str] = set()
        while more := self._find_doubled(titled):
            self._doubled |= more

    def name_of(self, title: str, slug: str) -> str:
        """The name of the entry's file, with its suffix."""
        return self._base(title, slug) + SUFFIX

    def _base(self, title: str, slug: str) -> str:
        name = safe_name(title)
        if name.casefold() not in self._doubled:
            return name
        return safe_name(f"{name} ({slug})")

    def _find_doubled(self, titled: Callable[[], Iterable[Titled]]) -> set[str]:
        """What makes a name twice and is not known yet."""
        takers: Counter[str] = Counter()
        for title, slug in titled():
            name = self._base(title, slug)
            if name != title:
                takers[name.casefold()] += 1
        if not takers:
            return set()
        for title, slug in titled():
            name = self._base(title, slug)
            if name == title and name.casefold() in takers:
                takers[name.casefold()] += 1
        return {name for name, count in takers.items() if count > 1} - self._doubled


class FileNames:
    """The name of each attachment of an export: its own, where that is free."""

    def __init__(self, named: Iterable[str]) -> None:
        """`named` are the names of all attachments, each once for a content."""
        takers = Counter(_base_name(name).casefold() for name in named)
        self._doubled = {name for name, count in takers.items() if count > 1}

    def path_of(self, name: str, sha256: str, extension: str) -> str:
        """Where the file lies in the export."""
        base = _base_name(name)
        # What looks as if it had a hash could be another file's name with its hash.
        if base.casefold() in self._doubled or _HASHED.search(base):
            stem, suffix = _parted(base)
            base = f"{stem}-{sha256[:_HASH_CHARS]}{suffix}"
        if not _parted(base)[1]:
            base += extension
        return f"{FILES_FOLDER}/{base}"


def safe_name(title: str) -> str:
    """The title as a file name without suffix, for every file system.

    `"나/다: C#"` gives `나-다- C＃`. Never empty; long ones end in a hash.
    """
    text = unicodedata.normalize("NFC", title).translate(_LINK_SIGNS)
    name = _UNSAFE.sub("-", text).strip(" .") or "-"
    if _DEVICES.fullmatch(name):
        name = f"{name}-"
    data = name.encode()
    if len(data) > MAX_NAME_BYTES:
        cut = data[: MAX_NAME_BYTES - 9].decode(errors="ignore").rstrip(" .")
        name = f"{cut}-{hashlib.sha256(data).hexdigest()[:8]}"
    return name


def _base_name(name: str) -> str:
    stem, suffix = _parted(PurePosixPath(name.replace("\\", "/")).name)
    return safe_name(stem) + suffix


def _parted(name: str) -> tuple[str, str]:
    """The name before its suffix, and a suffix that looks like one, with its dot."""
    stem, dot, suffix = name.rpartition(".")
    if stem and dot and suffix.isascii() and suffix.isalnum() and len(suffix) <= 10:
        return stem, f".{suffix}"
    return name, ""
