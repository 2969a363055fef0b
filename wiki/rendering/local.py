"""Addresses that stay within a dump: paths of other notes, pictures and files.

Whether a path leads anywhere is the lookup's affair; here is only how an address,
written in any of the usual ways, becomes the path that the lookup is asked for.
"""

import re
import unicodedata
from dataclasses import dataclass
from urllib.parse import unquote

from wiki.paths import is_note_target, stored_file_name, without_note_suffix

from .addresses import is_external, scheme_of
from .shortcodes import SHORTCODE_SIGNS, read_shortcode

# No file system has longer paths worth looking for; what is longer is no path.
MAX_PATH_CHARS = 600

# What begins so is an address of this wiki already, and stays as it is. Only of
# stored files is asked, as not every page may show each of them.
_OWN = (
    "/wiki/",
    "/tags/",
    "/files/",
    "/entries/",
    "/search/",
    "/recent/",
    "/imports/",
    "/new/",
    "/static/",
    "/media/",
)
_PICTURE_SUFFIXES = (
    ".png",
    ".jpg",
    ".jpeg",
    ".gif",
    ".svg",
    ".webp",
    ".avif",
    ".bmp",
    ".ico",
)
# `C:\Users\…` has the look of a scheme, and is a path of somebody's machine.
_DRIVE = re.compile(r"\s*[A-Za-z]:(?:\\|%5C|/(?!/))", re.IGNORECASE)
_ESCAPES = re.compile(r"(?:%[0-9A-Fa-f]{2})+")
# As written, and percent-encoded by the parser.
_SHORTCODE_SIGNS = (*SHORTCODE_SIGNS, "%7B%7B", "%7B%25")
_CONTROLS = re.compile(r"[\x00-\x1f\x7f]")


@dataclass(frozen=True, slots=True)
class LocalAddress:
    """A path to ask for, and the part of the page it points at, both decoded.

    `is_note` is whether it can only mean a note: by its suffix, or because it was
    written in a way that only notes are.
    """

    path: str
    fragment: str = ""
    is_note: bool = False

    @property
    def name(self) -> str:
        """The last part of the path."""
        return self.path.rstrip("/").rpartition("/")[2]

    @property
    def stem(self) -> str:
        """The last part of the path without the suffix of a note."""
        return without_note_suffix(self.name)


def read_local(address: str) -> LocalAddress | None:
    """The local address written so, None when it leads elsewhere or nowhere.

    Takes addresses as a page prints them, percent-encoded or not. The path is
    decoded once, NFC, with `/` between its parts.
    """
    if not _is_local(address):
        return None
    text = address.strip()
    if text.startswith(_SHORTCODE_SIGNS):
        shortcode = read_shortcode(_decoded(text))
        if not shortcode:
            return None
        return _asked(shortcode.path, shortcode.fragment, is_note=shortcode.is_note)
    whole, _, fragment = text.partition("#")
    return _asked(_decoded(whole.partition("?")[0]), _decoded(fragment), is_note=False)


def _asked(path: str, fragment: str, *, is_note: bool) -> LocalAddress | None:
    path = unicodedata.normalize("NFC", path.strip().replace("\\", "/"))
    if not path.strip("/") or len(path) > MAX_PATH_CHARS or _CONTROLS.search(path):
        return None
    # A decoded `https%3A%2F%2F…` is nobody's path either.
    if "://" in path or (f"{path}/".startswith(_OWN) and not stored_file_name(path)):
        return None
    # A `%00` in there is nothing that a database would keep.
    fragment = _CONTROLS.sub("", fragment)
    return LocalAddress(path, fragment, is_note or _is_note(path))


def _is_note(path: str) -> bool:
    # A block reference means a note too, but not one that a title would find.
    return is_note_target(path) and not path.startswith("((")


def is_picture(path: str) -> bool:
    """Whether browsers show a file of this name in a page."""
    return path.lower().endswith(_PICTURE_SUFFIXES)


def _is_local(address: str) -> bool:
    if _DRIVE.match(address):
        return True
    return not scheme_of(address) and not is_external(address)


def _decoded(text: str) -> str:
    if "%" not in text:
        return text
    try:
        return unquote(text, errors="strict")
    except UnicodeDecodeError:
        return _ESCAPES.sub(_decoded_run, text)


def _decoded_run(match: re.Match[str]) -> str:
    try:
        return unquote(match[0], errors="strict")
    except UnicodeDecodeError:
        return match[0]
