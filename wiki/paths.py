"""Paths as notes write them: what a link or a picture may mean within a dump.

Pure. A key is what two spellings of one path have in common: composed Unicode
without case, and for notes without the suffix. A whole path begins with `/`;
an ending of one does not.
"""

import hashlib
import posixpath
import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass

from wiki.slugs import MAX_KEY_CHARS

NOTE_SUFFIXES = (".md", ".markdown", ".mdown", ".mkd", ".txt")
# Sites made of notes write links to the pages they make.
_PAGE_SUFFIXES = (".html", ".htm")
# The page of a folder has one of these names.
_FOLDER_PAGES = frozenset(("readme", "index", "_index"))
_MAX_ENDINGS = 8
_STORED_FILE = re.compile(r"/files/([0-9a-f]{64}(?:\.[a-z0-9]{1,12})?)")
_SUFFIX = re.compile(r"[^/]\.[A-Za-z][A-Za-z0-9]{0,9}\Z")


def path_key(path: str) -> str:
    """The key of a path as it is: `Img/가.PNG` → `img/가.png`."""
    key = unicodedata.normalize("NFC", path).casefold()
    if len(key) <= MAX_KEY_CHARS:
        return key
    digest = hashlib.sha256(key.encode("utf-8", "surrogatepass")).hexdigest()[:16]
    return f"{key[: MAX_KEY_CHARS - 17]} {digest}"


def note_keys(path: str) -> tuple[str, ...]:
    """The keys under which a note at a path is found.

    `db/Redis.md` → `/db/redis`, `db/redis`, `redis`. A folder's page also has
    the path of its folder: `db/README.md` → `/db/readme`, `/db`, `db/readme`.
    """
    bare = without_note_suffix(path)
    keys = [path_key(f"/{bare}")]
    folder, _, name = bare.rpartition("/")
    if name.casefold() in _FOLDER_PAGES:
        keys.append(path_key(f"/{folder}"))
        endings = [ending for ending in _endings(bare) if "/" in ending]
    else:
        endings = list(_endings(bare))
    return tuple(dict.fromkeys([*keys, *map(path_key, endings)]))


def file_keys(path: str) -> tuple[str, ...]:
    """The keys under which a file that is no note is found; its suffix counts."""
    return tuple(dict.fromkeys([path_key(f"/{path}"), *map(path_key, _endings(path))]))


def without_note_suffix(path: str) -> str:
    """The path without `.md` and the like, and blanks before it."""
    lowered = path.lower()
    for suffix in NOTE_SUFFIXES:
        if lowered.endswith(suffix):
            return path[: -len(suffix)].rstrip() or path
    return path


def bare_name(target: str) -> str:
    """What is left of a path as a name: `../db/redis.md` and `redis.html` → `redis`."""
    name = target.rstrip("/").rpartition("/")[2]
    return next(_without_suffix(name), name)


def last_part(key: str) -> str:
    """The last part of a key: what links that end in it are found by."""
    return key.rpartition("/")[2] or key


def is_note_target(target: str) -> bool:
    """Whether a target is written as a note: `x.md`, `((id))`, not `x.py` or `x`."""
    return target.startswith("((") or target.lower().endswith(NOTE_SUFFIXES[:-1])


def stored_file_name(target: str) -> str:
    """The name of the stored file whose address a target is, "" for any other."""
    match = _STORED_FILE.fullmatch(target)
    return match[1] if match else ""


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a link's target may mean. Keys are to be tried in order.

    `places` are whole paths in the dump of the page it stands on, `endings`
    ends of paths in any dump, `name` is what is left as a title. `is_file_path`
    when it cannot be a title with a `/` in it, such as CI/CD.
    """

    is_path: bool
    is_file_path: bool
    places: tuple[str, ...]
    endings: tuple[str, ...]
    name: str


def read_target(target: str, page_path: str) -> Wanted:
    """What a target, as written on the page at `page_path` of its dump, may mean."""
    is_file_path = target.startswith((".", "/")) or bool(_SUFFIX.search(target))
    is_path = "/" in target or target.lower().endswith(NOTE_SUFFIXES + _PAGE_SUFFIXES)
    bare = target.strip("/")
    places, endings = [], []
    for spelling in dict.fromkeys((bare, *_without_suffix(bare))):
        places += _places(spelling, target, page_path)
        ending = _without_steps(spelling)
        if ending:
            endings.append(path_key(ending))
            if "/" in ending:
                endings.append(path_key(ending.rpartition("/")[2]))
    name = without_note_suffix(bare.rpartition("/")[2]) if is_path else target
    return Wanted(
        is_path,
        is_file_path,
        tuple(dict.fromkeys(places)),
        tuple(dict.fromkeys(endings)),
        name.strip(),
    )


def _without_suffix(path: str) -> Iterator[str]:
    bare = without_note_suffix(path)
    if bare != path:
        yield bare
    elif path.lower().endswith(_PAGE_SUFFIXES):
        yield path[: path.rindex(".")]


def _places(spelling: str, target: str, page_path: str) -> Iterator[str]:
    if not target.startswith("/"):
        folder = posixpath.dirname(page_path)
        joined = posixpath.normpath(posixpath.join("/", folder, spelling or "."))
        yield path_key(joined.replace("//", "/"))
    if not spelling.startswith("."):
        yield path_key(posixpath.normpath(f"/{spelling}"))


def _without_steps(path: str) -> str:
    parts = [part for part in path.split("/") if part not in ("", ".", "..")]
    return "/".join(parts)


def _endings(path: str) -> Iterator[str]:
    parts = path.split("/")[-_MAX_ENDINGS:]
    for start in range(len(parts)):
        yield "/".join(parts[start:])
