"""A dump's git repository, opened without trust: nothing of it is ever run.

Git reads configuration, and configuration can name programs. So git is never
told of the dump's repository: it works in an empty one of our own that borrows
the dump's objects, with the commit to begin at found here, and it is asked for
plain data only.
"""

import os
import re
import resource
import select
import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from typing import IO

from wiki.importing.notes import DumpError

GIT_FOLDER = ".git"
# What a whole history may take, a commit, and a file.
_SECONDS = 900
_SECONDS_WITHOUT_A_WORD = 120
_SECONDS_FOR_A_BLOB = 60
_MAX_REFERENCE_BYTES = 4096
_MAX_PACKED_BYTES = 64 * 1024 * 1024
# References that name another one, as HEAD names a branch.
_MAX_STEPS = 5
_HASH = re.compile(r"(?:[0-9a-f]{40}|[0-9a-f]{64})\Z")
_HASH_CHARS_OF_SHA256 = 64
_REFERENCE = re.compile(r"refs/(?!.*(?:^|/)\.)[^\x00-\x20\x7f~^:?*\\\[]+\Z")
# Folders that hold themselves many times over would take all there is.
_MAX_GIT_BYTES = 384 * 1024 * 1024
_CHUNK_BYTES = 64 * 1024
# A message of a commit can be as long as a book; its beginning is what is read.
_MAX_TOKEN_BYTES = 256 * 1024
_MAX_REASON_CHARS = 200

# Objects above a size are passed through, not loaded; packs are seen through
# small windows.
_CONFIG = """\
[core]
\trepositoryformatversion = {version}
\tbare = true
\tbigFileThreshold = 2m
\tpackedGitWindowSize = 1m
\tpackedGitLimit = 32m
\tdeltaBaseCacheLimit = 32m
\tcommitGraph = false
\tmultiPackIndex = false
\thooksPath = /dev/null
\tattributesFile = /dev/null
\tfsmonitor = false
[protocol]
\tallow = never
"""
_CONFIG_OF_SHA256 = "[extensions]\n\tobjectFormat = sha256\n"


@dataclass(frozen=True, slots=True)
class Repository:
    """A repository to read from. `folder` is ours, not the dump's.

    `is_partial`: files of older commits were left where it was cloned from.
    `is_shallow`: commits before a certain one were.
    """

    folder: str
    head: str
    is_partial: bool = False
    is_shallow: bool = False


def is_bare(location: str) -> bool:
    """Whether the folder is a repository without files of its own."""
    return os.path.isfile(os.path.join(location, "HEAD")) and all(
        os.path.isdir(os.path.join(location, name)) for name in ("objects", "refs")
    )


@contextmanager
def open_repository(root: str, *, bare: bool = False) -> Iterator[Repository]:
    """The repository in this folder, readable while in the context.

    Raises DumpError when there is no git, no commit, or when it points out of
    the folder: what was not named is not read.
    """
    if shutil.which("git") is None:
        raise DumpError("history-no-git")
    place = _Place(root, bare=bare)
    head = place.head()
    place.check_objects()
    with tempfile.TemporaryDirectory(prefix="notewiki-git-") as folder:
        _borrow(folder, place.objects, head)
        shallow = place.shallow()
        if shallow:
            _write(os.path.join(folder, "shallow"), shallow)
        try:
            yield Repository(folder, head, place.is_partial, bool(shallow))
        finally:
            close_blobs(folder)


class _Place:
    """Where a dump keeps its repository, read as plain files."""

    def __init__(self, root: str, *, bare: bool) -> None:
        self._root = os.path.realpath(root)
        self._own = self._root if bare else self._git_folder()
        # A second working tree has a HEAD of its own and shares the rest.
        common = _first_line(os.path.join(self._own, "commondir"))
        self._common = self._inside(os.path.join(self._own, common or "."))
        self.objects = os.path.join(self._common, "objects")

    def _git_folder(self) -> str:
        path = os.path.join(self._root, GIT_FOLDER)
        if os.path.isfile(path) and not os.path.islink(path):
            target = _first_line(path).removeprefix("gitdir:").strip()
            path = os.path.join(self._root, target)
        return self._inside(path)

    def _inside(self, path: str) -> str:
        real = os.path.realpath(path)
        if os.path.commonpath((real, self._root)) != self._root:
            raise DumpError("history-elsewhere")
        if not os.path.isdir(real):
            raise DumpError("history-empty")
        return real

    def head(self) -> str:
        """The hash of the commit that is checked out. Raises DumpError."""
        name = _first_line(os.path.join(self._own, "HEAD"))
        for _ in range(_MAX_STEPS):
            if _HASH.match(name):
                return name
            reference = name.removeprefix("ref:").strip()
            if not _REFERENCE.match(reference):
                break
            name = self._value_of(reference)
        raise DumpError("history-empty")

    def _value_of(self, reference: str) -> str:
        for folder in (self._own, self._common):
            path = os.path.join(folder, *reference.split("/"))
            if os.path.isfile(path):
                self._inside(os.path.dirname(path))
                return _first_line(path)
        packed = _read(os.path.join(self._common, "packed-refs"), _MAX_PACKED_BYTES)
        for line in packed.splitlines():
            value, _, name = line.partition(" ")
            if name == reference:
                return value
        return ""

    def check_objects(self) -> None:
        """Raises DumpError when objects are anywhere but in this folder."""
        self._inside(self.objects)
        for name in (".", "pack", "info"):
            folder = os.path.join(self.objects, name)
            with suppress(OSError), os.scandir(folder) as found:
                if any(entry.is_symlink() for entry in found):
                    raise DumpError("history-elsewhere")
        if "\n" in self.objects:
            raise DumpError("history-unreadable", reason="\\n")
        self._check_alternates(self.objects, _MAX_STEPS)

    def _check_alternates(self, objects: str, steps: int) -> None:
        listed = _read(os.path.join(objects, "info", "alternates"), _MAX_PACKED_BYTES)
        for line in listed.splitlines():
            if not line or line.startswith("#"):
                continue
            if steps == 0 or line.startswith('"'):
                raise DumpError("history-elsewhere")
            other = self._inside(os.path.join(objects, line))
            self._check_alternates(other, steps - 1)

    def shallow(self) -> str:
        """The commits whose parents were not cloned, a line each."""
        text = _read(os.path.join(self._common, "shallow"), _MAX_PACKED_BYTES)
        return "".join(f"{line}\n" for line in text.split() if _HASH.match(line))

    @property
    def is_partial(self) -> bool:
        try:
            names = os.listdir(os.path.join(self.objects, "pack"))
        except OSError:
            return False
        return any(name.endswith(".promisor") for name in names)


def _first_line(path: str) -> str:
    return _read(path, _MAX_REFERENCE_BYTES).partition("\n")[0].strip()


def _read(path: str, max_bytes: int) -> str:
    """The text of a small plain file; "" when there is none."""
    if os.path.islink(path) or not os.path.isfile(path):
        return ""
    try:
        with open(path, encoding="utf-8", errors="surrogateescape") as file:
            return file.read(max_bytes)
    except OSError:
        return ""


def _write(path: str, text: str) -> None:
    with open(path, "w", encoding="utf-8", errors="surrogateescape") as file:
        file.write(text)


def _borrow(folder: str, objects: str, head: str) -> None:
    """Makes an empty repository that finds its objects in another's folder."""
    for name in ("objects/info", "objects/pack", "refs"):
        os.makedirs(os.path.join(folder, name))
    is_sha256 = len(head) == _HASH_CHARS_OF_SHA256
    config = _CONFIG.format(version=int(is_sha256))
    if is_sha256:
        config += _CONFIG_OF_SHA256
    _write(os.path.join(folder, "config"), config)
    _write(os.path.join(folder, "HEAD"), "ref: refs/heads/none\n")
    _write(os.path.join(folder, "objects/info/alternates"), f"{objects}\n")


# ── Asking git ───────────────────────────────────────────────────────────────


def output_of(
    folder: str, *arguments: str, stdin: IO[bytes] | None = None
) -> Iterator[bytes]:
    """What a plumbing command prints, in chunks.

    Raises DumpError when it fails or takes too long; what came until then is
    right.
    """
    deadline = time.monotonic() + _SECONDS
    with tempfile.TemporaryFile() as errors:
        process = _start(folder, arguments, stdin or subprocess.DEVNULL, errors)
        try:
            while chunk := _next_chunk(process.stdout, _soon(deadline)):
                yield chunk
            process.wait(timeout=_SECONDS_FOR_A_BLOB)
            if process.returncode:
                raise DumpError("history-unreadable", reason=_reason(errors))
        except (TimeoutError, subprocess.TimeoutExpired):
            raise DumpError("history-slow") from None
        finally:
            _end(process)


def tokens(chunks: Iterator[bytes], end: bytes = b"\0") -> Iterator[bytes]:
    """What stands before each `end`, and behind the last; of huge ones the start."""
    rest = b""
    for chunk in chunks:
        first, *others = chunk.split(end)
        if len(rest) < _MAX_TOKEN_BYTES:
            rest += first
        if others:
            yield rest
            *whole, rest = others
            yield from whole
    if rest:
        yield rest


class Blobs:
    """Contents of files, one git process for as many as are asked for."""

    def __init__(self, folder: str) -> None:
        self._process = _start(
            folder, ("cat-file", "--batch"), subprocess.PIPE, subprocess.DEVNULL
        )
        self._buffer = bytearray()

    def read(self, blob: str) -> bytes | None:
        """The bytes of a file, or None when they are not there or no file's."""
        if self._process.poll() is not None:
            return None
        try:
            self._process.stdin.write(f"{blob}\n".encode())
            self._process.stdin.flush()
            deadline = time.monotonic() + _SECONDS_FOR_A_BLOB
            _, _, rest = self._line(deadline).partition(b" ")
            kind, _, size = rest.partition(b" ")
            if not size:
                return None
            data = self._exactly(int(size) + 1, deadline)[:-1]
        except (OSError, ValueError):
            # Whatever comes next would be of another file.
            self.close()
            return None
        return data if kind == b"blob" else None

    def close(self) -> None:
        _end(self._process)

    def _line(self, deadline: float) -> bytes:
        while b"\n" not in self._buffer:
            self._more(deadline)
        line, _, rest = bytes(self._buffer).partition(b"\n")
        self._buffer = bytearray(rest)
        return line

    def _exactly(self, size: int, deadline: float) -> bytes:
        while len(self._buffer) < size:
            self._more(deadline)
        data = bytes(self._buffer[:size])
        del self._buffer[:size]
        return data

    def _more(self, deadline: float) -> None:
        chunk = _next_chunk(self._process.stdout, deadline)
        if not chunk:
            raise OSError("git ended")
        self._buffer += chunk


# A process that was forked has no part in those of its parent.
_blobs: dict[tuple[int, str], Blobs] = {}


def blob_of(folder: str, blob: str) -> bytes | None:
    """The bytes of a file in the repository at `folder`, or None."""
    key = (os.getpid(), folder)
    if key not in _blobs:
        _blobs[key] = Blobs(folder)
    return _blobs[key].read(blob)


def close_blobs(folder: str) -> None:
    """Ends what `blob_of` began in this process; others' end with them."""
    blobs = _blobs.pop((os.getpid(), folder), None)
    if blobs:
        blobs.close()


def _start(
    folder: str,
    arguments: tuple[str, ...],
    stdin: IO[bytes] | int,
    errors: IO[bytes] | int,
) -> subprocess.Popen:
    git = shutil.which("git")
    if git is None:
        raise DumpError("history-no-git")
    # What commands there are and how they read is all decided in this module.
    process = subprocess.Popen(  # noqa: S603
        [git, "--no-pager", *arguments],
        cwd=folder,
        env=_environment(folder, git),
        stdin=stdin,
        stdout=subprocess.PIPE,
        stderr=errors,
        # Ctrl-C is for us, who end it in order.
        start_new_session=True,
    )
    if hasattr(resource, "prlimit"):
        limits = (_MAX_GIT_BYTES, _MAX_GIT_BYTES)
        with suppress(OSError):
            resource.prlimit(process.pid, resource.RLIMIT_DATA, limits)
    return process


def _environment(folder: str, git: str) -> Mapping[str, str]:
    """Nothing of ours: no configuration, no network, no questions."""
    return {
        "PATH": os.pathsep.join((os.path.dirname(git), os.defpath)),
        "LC_ALL": "C",
        "HOME": folder,
        "XDG_CONFIG_HOME": folder,
        "GIT_DIR": folder,
        "GIT_CONFIG_NOSYSTEM": "1",
        "GIT_CONFIG_SYSTEM": os.devnull,
        "GIT_CONFIG_GLOBAL": os.devnull,
        "GIT_ATTR_NOSYSTEM": "1",
        "GIT_ALLOW_PROTOCOL": "",
        "GIT_NO_LAZY_FETCH": "1",
        "GIT_NO_REPLACE_OBJECTS": "1",
        "GIT_OPTIONAL_LOCKS": "0",
        "GIT_TERMINAL_PROMPT": "0",
    }


def _soon(deadline: float) -> float:
    return min(deadline, time.monotonic() + _SECONDS_WITHOUT_A_WORD)


def _next_chunk(stream: IO[bytes], deadline: float) -> bytes:
    """What is there to read; empty at the end. Raises TimeoutError."""
    waiting = select.poll()
    waiting.register(stream, select.POLLIN)
    if not waiting.poll(max(0, deadline - time.monotonic()) * 1000):
        raise TimeoutError
    return os.read(stream.fileno(), _CHUNK_BYTES)


def _end(process: subprocess.Popen) -> None:
    if process.poll() is None:
        process.kill()
    process.wait()
    for stream in (process.stdin, process.stdout):
        if stream:
            with suppress(OSError):
                stream.close()


def _reason(errors: IO[bytes]) -> str:
    errors.seek(0)
    text = errors.read(_CHUNK_BYTES).decode("utf-8", "replace")
    return text.strip().rpartition("\n")[2][:_MAX_REASON_CHARS]
