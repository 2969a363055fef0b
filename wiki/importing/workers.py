"""Other processes that read and render while this one writes.

They know nothing of the database: notes go in and out as plain data. With one
job, or little to do, the same functions run here.
"""

import gc
import multiprocessing
import os
import signal
import threading
import time
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from dataclasses import dataclass
from typing import Protocol, TypeVar

from wiki.importing.formats import format_called
from wiki.importing.formats.files import read_bytes
from wiki.importing.notes import (
    DumpError,
    Piece,
    ReadFile,
    ReadOptions,
    SourceFile,
    digest,
)
from wiki.importing.pasts import with_past
from wiki.importing.preparing import prepare
from wiki.importing.topics import Vocabulary
from wiki.rendering import Destination, Rendered, render

# Enough work waits that no process idles, and no more than fits in memory.
_TASKS_AHEAD = 2

Task = TypeVar("Task")
Result = TypeVar("Result")


@dataclass(frozen=True, slots=True)
class ReadTask:
    """Files of one format to read; `known` are the hashes that need no reading."""

    format: str
    pieces: tuple[Piece, ...]
    known: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class RenderTask:
    """A body and where its links lead."""

    body: str
    destinations: Mapping[str, Destination]
    remote_images: str


class Workers(Protocol):
    """Where tasks are done. Results come in the order of the tasks."""

    def read(self, tasks: Iterable[ReadTask]) -> Iterator[list[ReadFile]]: ...

    def render(self, tasks: Sequence[RenderTask]) -> Callable[[], list[Rendered]]:
        """Starts rendering; calling the result waits for it."""


class Here:
    """Does everything in this process."""

    def __init__(self, vocabulary: Vocabulary, options: ReadOptions) -> None:
        self._vocabulary = vocabulary
        self._options = options

    def read(self, tasks: Iterable[ReadTask]) -> Iterator[list[ReadFile]]:
        for task in tasks:
            yield _read(task, self._options, self._vocabulary)

    def render(self, tasks: Sequence[RenderTask]) -> Callable[[], list[Rendered]]:
        return lambda: _render(tasks)


class Pool:
    """Does it in several processes. Use as a context; leaving it ends them.

    Start it before the database is used: a forked process must not share a
    connection.
    """

    def __init__(self, vocabulary: Vocabulary, options: ReadOptions, jobs: int) -> None:
        self._jobs = jobs
        self._executor = ProcessPoolExecutor(
            jobs,
            mp_context=_context(),
            initializer=_start,
            initargs=(vocabulary, options),
        )

    def __enter__(self) -> "Pool":
        return self

    def __exit__(self, *error: object) -> None:
        self._executor.shutdown(wait=True, cancel_futures=True)

    def read(self, tasks: Iterable[ReadTask]) -> Iterator[list[ReadFile]]:
        ahead: deque[Future[list[ReadFile]]] = deque()
        for task in tasks:
            ahead.append(self._executor.submit(_read_there, task))
            if len(ahead) > self._jobs * _TASKS_AHEAD:
                yield ahead.popleft().result()
        while ahead:
            yield ahead.popleft().result()

    def render(self, tasks: Sequence[RenderTask]) -> Callable[[], list[Rendered]]:
        share = max(1, -(-len(tasks) // (self._jobs * 2)))
        futures = [
            self._executor.submit(_render, tasks[start : start + share])
            for start in range(0, len(tasks), share)
        ]
        return lambda: [page for future in futures for page in future.result()]


def _context() -> multiprocessing.context.BaseContext:
    # Forking is quick, and safe while there is nothing but this thread.
    can_fork = "fork" in multiprocessing.get_all_start_methods()
    is_alone = threading.active_count() == 1
    return multiprocessing.get_context("fork" if can_fork and is_alone else "spawn")


_NEW_OBJECTS_BETWEEN_COLLECTIONS = 100_000
# How long a process outlives the one that started it, if that was killed.
_SECONDS_BETWEEN_LOOKS = 2

_vocabulary: Vocabulary
_options: ReadOptions


def _start(vocabulary: Vocabulary, options: ReadOptions) -> None:
    global _vocabulary, _options
    _vocabulary, _options = vocabulary, options
    # Ctrl-C reaches every process; the one that started us ends us in order.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    threading.Thread(target=_end_with, args=(os.getppid(),), daemon=True).start()
    # Writing has the right of way: it is what everything waits for.
    os.nice(1)
    # What was loaded before stays for good, and a note's tokens live for a moment:
    # looking through them all again and again is a seventh of the time.
    gc.freeze()
    gc.set_threshold(_NEW_OBJECTS_BETWEEN_COLLECTIONS)


def _end_with(parent: int) -> None:
    """Ends this process when its parent is gone, which nothing else tells it."""
    while os.getppid() == parent:
        time.sleep(_SECONDS_BETWEEN_LOOKS)
    os._exit(1)


def _read_there(task: ReadTask) -> list[ReadFile]:
    return _read(task, _options, _vocabulary)


def _read(
    task: ReadTask, options: ReadOptions, vocabulary: Vocabulary
) -> list[ReadFile]:
    format_ = format_called(task.format)

    def read(piece: Piece) -> ReadFile:
        return prepare(format_.read(piece, options), vocabulary)

    return [
        _unchanged(piece, task.known.get(piece.path))
        or with_past(read(piece), piece, read)
        for piece in task.pieces
    ]


def _unchanged(piece: Piece, known_hash: str | None) -> ReadFile | None:
    """The file without its notes, if it is the one that was read before."""
    if not known_hash:
        return None
    try:
        data = read_bytes(piece)
    except DumpError:
        return None
    if digest(data) != known_hash:
        return None
    file = SourceFile(
        source=piece.source, path=piece.path, sha256=known_hash, size=len(data)
    )
    return ReadFile(piece.path, file, is_unchanged=True)


def _render(tasks: Sequence[RenderTask]) -> list[Rendered]:
    return [
        render(
            task.body,
            lambda names, found=task.destinations: found,
            remote_images=task.remote_images,
        )
        for task in tasks
    ]
