"""The files of a zip, unpacked where nothing else is and gone afterwards.

Members lie on the disk under numbers; what they are called in the archive is
checked, cleaned and only ever told. All limits are counted on the bytes that
really come out.
"""

import os
import re
import stat
import tempfile
import unicodedata
import zlib
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from io import BytesIO
from pathlib import PurePosixPath
from typing import BinaryIO

from wiki.importing.formats.files import (
    BUNDLE_SUFFIX,
    MAX_DEPTH,
    PACK_SUFFIX,
    TOOL_FOLDERS,
    has_note_suffix,
    holds_notes,
    readable_bytes,
)
from wiki.importing.messages import Message
from wiki.importing.notes import DumpError, Piece, Place, Skipped
from wiki.importing.reading import MAX_PATH_CHARS
from wiki.importing.zips import (
    Member,
    ZipError,
    is_zip,
    list_members,
    overlapping,
    read_member,
)

MAX_MEMBERS = 10_000
MAX_MEMBER_BYTES = 10 * 1024 * 1024
MAX_TOTAL_BYTES = 500 * 1024 * 1024
# Text of one letter packs like this; nothing that people write does.
MAX_RATIO = 200
_RATIO_FREE_BYTES = 1024 * 1024
# An archive in the archive is opened; one in that is not.
_MAX_LEVEL = 1

_UNSAFE = re.compile(r"[\x00-\x1f\x7f-\x9f\\]|\A/|\A[A-Za-z]:")
# What systems put beside the files of people.
_RUBBISH = frozenset(("__MACOSX", ".DS_Store", "Thumbs.db", "desktop.ini"))
_PART = re.compile(r"(?:\A|-)Part-\d+\Z")
_ARCHIVE_SUFFIXES = (".zip", PACK_SUFFIX)
# Folders that say what lies in them, also when there is no other.
_KEPT_TOPS = frozenset(("_posts",))
_UNICODE_PATH = 0x7075
_UNIX = frozenset((3, 19))


@dataclass(frozen=True, slots=True)
class Unpacked:
    """What was in an archive, and the folders of tools that were passed over."""

    found: tuple[Piece | Skipped, ...]
    tool_folders: frozenset[str]


def is_archive(place: Place) -> bool:
    """Whether a file is a zip, by how it begins and whatever it is called."""
    return is_zip(_start_of(place.location) if place.data is None else place.data[:4])


@contextmanager
def unpacked(place: Place) -> Iterator[Unpacked]:
    """The files of an archive, as long as the context lasts.

    Raises DumpError when the archive as a whole is broken or over the limits.
    """
    with tempfile.TemporaryDirectory(prefix="notewiki-zip-") as folder:
        unpacking = _Unpacking(folder, place.source)
        try:
            with _opened(place) as file:
                unpacking.add(file, _folder_of(place), 0)
        except ZipError as error:
            raise DumpError(error.code, **_limits(error.code)) from None
        except OSError as error:
            reason = error.strerror or str(error)
            raise DumpError("archive-unreadable", reason=reason) from None
        yield unpacking.result()


@contextmanager
def with_packs_unpacked(
    source: str, found: Iterable[Piece | Skipped]
) -> Iterator[tuple[Piece | Skipped, ...]]:
    """The files of a folder, and the notes of those that are notes packed up.

    Other archives stay what they are; those with notes in them are named.
    """
    found = tuple(found)
    if not any(isinstance(one, Piece) and _is_named_zip(one.path) for one in found):
        yield found
        return
    with tempfile.TemporaryDirectory(prefix="notewiki-zip-") as folder:
        unpacking = _Unpacking(folder, source)
        everything: list[Piece | Skipped] = []
        for one in found:
            everything.append(one)
            if isinstance(one, Piece) and _is_named_zip(one.path):
                everything += _of_archive_in_folder(unpacking, one)
        packed = unpacking.result().found
        if packed:
            everything.extend(packed)
            everything.sort(key=lambda one: _order(one.path))
        yield tuple(everything)


def _of_archive_in_folder(unpacking: "_Unpacking", piece: Piece) -> Iterator[Skipped]:
    if not _holds_notes(piece.location):
        return
    if not piece.path.lower().endswith(PACK_SUFFIX):
        yield Skipped(piece.source, piece.path, Message("archive-inside"))
        return
    try:
        skipped = unpacking.add_nested(piece.path, piece.location, _MAX_LEVEL)
    except ZipError as error:
        message = Message(error.code, _limits(error.code))
        skipped = Skipped(piece.source, piece.path, message, is_failure=True)
    if skipped:
        yield skipped


def _opened(place: Place) -> BinaryIO:
    if place.data is not None:
        return BytesIO(place.data)
    return open(place.location, "rb")


def _start_of(location: str) -> bytes:
    try:
        with open(location, "rb") as file:
            return file.read(4)
    except OSError:
        return b""


def _folder_of(place: Place) -> str:
    """Where the files of an archive lie: a packed bundle is itself a folder."""
    for name in map(PurePosixPath, (place.location, place.source)):
        if name.suffix.lower() == PACK_SUFFIX:
            return f"{name.stem}{BUNDLE_SUFFIX}"
    return ""


def _limits(code: str) -> dict[str, int]:
    """The number that the sentence of a code names."""
    limits = {
        "archive-too-many": MAX_MEMBERS,
        "archive-too-large": MAX_TOTAL_BYTES // 2**20,
        "member-too-large": MAX_MEMBER_BYTES // 2**20,
        "member-bomb": MAX_RATIO,
        "path-too-long": MAX_PATH_CHARS,
    }
    return {"limit": limits[code]} if code in limits else {}


class _Unpacking:
    """One archive with those in it, on their way into a folder; one use."""

    def __init__(self, folder: str, source: str) -> None:
        self._source = source
        self._folder = folder
        self._pieces: dict[str, Piece] = {}
        self._skipped: dict[tuple[str, str], Skipped] = {}
        self._tool_folders: set[str] = set()
        self._members = 0
        self._files = 0
        # Of plain files, and of archives that were opened in their turn.
        self._bytes = {False: 0, True: 0}

    def result(self) -> Unpacked:
        """What was found, in the order of names, as a folder would have it."""
        found = [*self._pieces.values(), *self._skipped.values()]
        found.sort(key=lambda one: _order(one.path))
        return Unpacked(tuple(found), frozenset(self._tool_folders))

    def add(self, file: BinaryIO, prefix: str, level: int) -> None:
        """Unpacks an archive. Raises ZipError when it is broken or too much."""
        members = list_members(file, limit=MAX_MEMBERS - self._members)
        self._members += len(members)
        shared = overlapping(members)
        paths = [self._path_of(member, prefix) for member in members]
        top = _common_top((path for path in paths if path), prefix)
        for number, (member, path) in enumerate(zip(members, paths, strict=True)):
            if not path:
                continue
            path = f"{prefix}/{path[len(top) :]}".lstrip("/")
            if not self._is_wanted(member, path):
                continue
            if number in shared:
                self._skip(path, "member-overlaps", is_failure=True)
            else:
                self._unpack(file, member, path, level)

    def add_nested(self, path: str, location: str, level: int) -> Skipped | None:
        """Unpacks an archive that was found in the dump, or says why not."""
        try:
            with open(location, "rb") as file:
                self.add(file, _inside(path), level)
        except ZipError as error:
            if error.code == "archive-too-large":
                raise
            message = Message(error.code, _limits(error.code))
            return Skipped(self._source, path, message, is_failure=True)
        return None

    def _path_of(self, member: Member, prefix: str) -> str:
        """Where a member lies in its archive; "" for what is refused or rubbish."""
        name = _name_of(member)
        told = f"{prefix}/{name or _escaped(member.name)}".lstrip("/")
        if len(told) > MAX_PATH_CHARS:
            self._skip(told[:MAX_PATH_CHARS], "path-too-long", is_failure=True)
            return ""
        if not name:
            is_note = has_note_suffix(member.name.decode("latin-1"))
            self._skip(told, "path-not-unicode", is_failure=is_note)
            return ""
        if _UNSAFE.search(name) or ".." in name.split("/"):
            self._skip(_escaped(told.encode()), "member-name", is_failure=True)
            return ""
        parts = [part for part in name.split("/") if part not in ("", ".")]
        if not parts or not _RUBBISH.isdisjoint(parts) or parts[-1].startswith("._"):
            return ""
        return "/".join(parts) + "/" * name.endswith("/")

    def _is_wanted(self, member: Member, path: str) -> bool:
        """Whether it is a plain file that no tool keeps for itself. Else it is said."""
        *folders, name = path.split("/")
        for number, folder in enumerate(folders[:MAX_DEPTH], 1):
            if folder in TOOL_FOLDERS:
                self._tool_folders.add("/".join(folders[:number]))
                return False
            if folder.startswith("."):
                self._skip("/".join(folders[:number]), "hidden")
                return False
        if len(folders) > MAX_DEPTH:
            self._skip("/".join(folders[:MAX_DEPTH]), "too-deep", is_failure=True)
            return False
        if not name or name in TOOL_FOLDERS:
            return False
        reason = _why_not(member, name)
        if reason and has_note_suffix(name):
            self._skip(path, reason)
        return not reason

    def _unpack(self, file: BinaryIO, member: Member, path: str, level: int) -> None:
        path = self._free_path(path)
        if not path:
            return
        self._files += 1
        location = os.path.join(self._folder, str(self._files))
        try:
            size = self._write(file, member, location, is_archive=_is_named_zip(path))
            if size > MAX_MEMBER_BYTES and not _holds_notes(location):
                raise ZipError("member-too-large")
        except ZipError as error:
            if error.code == "archive-too-large":
                raise
            os.unlink(location)
            # A picture that is left out leaves its note whole.
            is_failure = has_note_suffix(path) or error.code != "member-too-large"
            self._skip(path, error.code, is_failure=is_failure)
            return
        self._pieces[path] = Piece(
            self._source, path, location, size=size, modified_at=member.modified_at
        )
        self._look_inside(path, location, level)

    def _write(
        self, file: BinaryIO, member: Member, location: str, *, is_archive: bool
    ) -> int:
        count = 0
        with open(location, "xb") as out:
            for chunk in read_member(file, member):
                count += len(chunk)
                self._bytes[is_archive] += len(chunk)
                if self._bytes[is_archive] > MAX_TOTAL_BYTES:
                    raise ZipError("archive-too-large")
                if count > MAX_MEMBER_BYTES and not is_archive:
                    raise ZipError("member-too-large")
                if count > max(_RATIO_FREE_BYTES, MAX_RATIO * member.packed_bytes):
                    raise ZipError("member-bomb")
                out.write(chunk)
        return count

    def _look_inside(self, path: str, location: str, level: int) -> None:
        if not _is_named_zip(path) or not _holds_notes(location):
            return
        if level >= _MAX_LEVEL:
            self._skip(path, "archive-too-deep", is_failure=True)
        elif skipped := self.add_nested(path, location, level + 1):
            self._add_skipped(skipped)

    def _free_path(self, path: str) -> str:
        """The path, decomposed when another file has its composed form."""
        for form in ("NFC", "NFD"):
            choice = unicodedata.normalize(form, path)
            if choice not in self._pieces:
                return choice
        if has_note_suffix(path):
            self._skip(path, "member-twice", is_failure=True)
        return ""

    def _skip(self, path: str, code: str, *, is_failure: bool = False) -> None:
        message = Message(code, _limits(code))
        self._add_skipped(
            Skipped(
                self._source, unicodedata.normalize("NFC", path), message, is_failure
            )
        )

    def _add_skipped(self, skipped: Skipped) -> None:
        self._skipped.setdefault((skipped.path, skipped.message.code), skipped)


def _is_named_zip(path: str) -> bool:
    return path.lower().endswith(_ARCHIVE_SUFFIXES)


def _name_of(member: Member) -> str:
    """What a member is called; "" when that is in no encoding we know."""
    unicode_path = member.extra_field(_UNICODE_PATH)
    checksum = int.from_bytes(unicode_path[1:5], "little")
    # The field is of another name when the plain one was changed behind it.
    if unicode_path[:1] == b"\x01" and checksum == zlib.crc32(member.name):
        return readable_bytes(unicode_path[5:])
    return readable_bytes(member.name)


def _escaped(raw: bytes) -> str:
    text = raw.decode("utf-8", "backslashreplace")
    return re.sub(r"[\x00-\x1f\x7f-\x9f]", lambda m: f"\\x{ord(m[0]):02x}", text)


def _common_top(paths: Iterable[str], prefix: str) -> str:
    """The folder that everything lies in, with its slash; "" when there is none."""
    tops = {path.partition("/")[:2] for path in paths}
    if len(tops) != 1:
        return ""
    ((name, slash),) = tops
    is_bundle = name.lower().endswith(BUNDLE_SUFFIX)
    is_nested = prefix.endswith(BUNDLE_SUFFIX)
    is_kept = (is_bundle and not is_nested) or name in _KEPT_TOPS
    return name + slash if slash and not is_kept else ""


def _inside(path: str) -> str:
    """Where the files of an archive lie that itself lies in one.

    A big export comes in parts, `Export-Part-1.zip` …, which make one folder.
    """
    above, _, name = path.rpartition("/")
    stem = PurePosixPath(name).stem
    if name.lower().endswith(PACK_SUFFIX):
        return f"{above}/{stem}{BUNDLE_SUFFIX}".lstrip("/")
    return above if _PART.search(stem) else f"{above}/{stem}".lstrip("/")


def _holds_notes(location: str) -> bool:
    """Whether it is an archive that lists notes."""
    try:
        with open(location, "rb") as file:
            if not is_zip(file.read(4)):
                return False
            names = [m.name for m in list_members(file, limit=MAX_MEMBERS)]
    except (OSError, ZipError):
        return False
    return holds_notes(name.decode("latin-1") for name in names)


def _why_not(member: Member, name: str) -> str:
    kind = stat.S_IFMT(member.attributes >> 16) if member.made_on in _UNIX else 0
    if kind == stat.S_IFLNK:
        return "symlink"
    if kind not in (0, stat.S_IFREG):
        return "special-file"
    return "hidden-file" if name.startswith(".") else ""


def _order(path: str) -> list[tuple[str, str]]:
    return [(part.casefold(), part) for part in path.split("/")]
