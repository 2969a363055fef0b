"""The files of a repository that has none checked out: those of its newest commit."""

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import islice
from os import fsdecode

from wiki.importing.archives import MAX_MEMBER_BYTES, MAX_MEMBERS, MAX_TOTAL_BYTES
from wiki.importing.formats.files import (
    MAX_DEPTH,
    TOOL_FOLDERS,
    has_note_suffix,
    readable_name,
)
from wiki.importing.messages import Message
from wiki.importing.notes import Piece, Place, Skipped, Tree
from wiki.importing.repositories import (
    Repository,
    blob_of,
    open_repository,
    output_of,
    tokens,
)

# Of all kinds; with those that are no files a small repository can list without end.
_MAX_LISTED = 200_000
_FILE_MODE = b"100"
_LINK_MODE = b"120000"
_EXPECTED = frozenset(("hidden", "hidden-file", "symlink", "special-file"))


@contextmanager
def open_bare(place: Place) -> Iterator[Tree]:
    """The tree of a repository's newest commit, on the disk while in the context.

    Its files lie there under numbers. Raises DumpError when it cannot be read.
    """
    with (
        open_repository(place.location, bare=True) as repository,
        tempfile.TemporaryDirectory(prefix="notewiki-files-") as folder,
    ):
        checkout = _Checkout(place, repository, folder)
        found = tuple(checkout.found())
        tool_folders = frozenset(checkout.tool_folders)
        yield Tree(place, found, tool_folders, repository=repository)


@dataclass(frozen=True, slots=True)
class _Member:
    """A file as the commit lists it; without a path when that is no readable text."""

    mode: bytes
    blob: str
    size: int
    path: str


class _Checkout:
    """The files of one commit on their way to a folder; one use."""

    def __init__(self, place: Place, repository: Repository, folder: str) -> None:
        self._source = place.source
        self._repository = repository
        self._folder = folder
        self._hidden: set[str] = set()
        self.tool_folders: set[str] = set()

    def found(self) -> Iterator[Piece | Skipped]:
        """The files one by one, each written down when it is met."""
        count = size = 0
        members = islice(self._members(), _MAX_LISTED)
        for member in sorted(members, key=lambda one: one.path.casefold()):
            if self._is_passed_over(member):
                continue
            reason = _reason(member)
            if reason is not None:
                if has_note_suffix(member.path) or not member.path:
                    yield self._skipped(member.path or member.blob, reason)
                continue
            count, size = count + 1, size + member.size
            if count > MAX_MEMBERS or size > MAX_TOTAL_BYTES:
                limits = {"count": MAX_MEMBERS, "size": MAX_TOTAL_BYTES // 2**20}
                yield self._skipped(member.path, Message("repository-large", limits))
                return
            yield self._file(member, count)
        for folder in sorted(self._hidden):
            yield self._skipped(folder, Message("hidden"))

    def _members(self) -> Iterator[_Member]:
        listed = output_of(
            self._repository.folder,
            *("ls-tree", "-r", "-z", "--long", "--full-tree", self._repository.head),
        )
        for token in tokens(listed):
            head, _, raw = token.partition(b"\t")
            mode, _, blob, size = head.split()
            names = [readable_name(fsdecode(part)) for part in raw.split(b"/")]
            path = "/".join(names) if all(names) else ""
            yield _Member(
                mode, blob.decode("ascii"), int(size) if size.isdigit() else 0, path
            )

    def _is_passed_over(self, member: _Member) -> bool:
        """Whether it lies in a folder that is not entered."""
        above = ""
        for folder in member.path.split("/")[:-1]:
            above = f"{above}/{folder}".lstrip("/")
            if folder in TOOL_FOLDERS:
                self.tool_folders.add(above)
                return True
            if folder.startswith("."):
                self._hidden.add(above)
                return True
        return False

    def _file(self, member: _Member, number: int) -> Piece | Skipped:
        data = blob_of(self._repository.folder, member.blob)
        if data is None:
            return self._skipped(member.path, Message("blob-missing"))
        location = os.path.join(self._folder, str(number))
        with open(location, "xb") as file:
            file.write(data)
        return Piece(self._source, member.path, location, size=len(data))

    def _skipped(self, path: str, message: Message) -> Skipped:
        is_failure = message.code not in _EXPECTED
        return Skipped(self._source, path, message, is_failure)


def _reason(member: _Member) -> Message | None:
    """Why a file is left out."""
    if not member.path:
        return Message("path-not-unicode")
    if member.mode == _LINK_MODE:
        return Message("symlink")
    if not member.mode.startswith(_FILE_MODE):
        return Message("special-file")
    *folders, name = member.path.split("/")
    if name.startswith("."):
        return Message("hidden-file")
    if len(folders) > MAX_DEPTH:
        return Message("too-deep")
    if member.size > MAX_MEMBER_BYTES:
        return Message("blob-large", {"limit": MAX_MEMBER_BYTES // 2**20})
    return None
