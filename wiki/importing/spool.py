"""A plan kept on disk between deciding and writing, so that memory stays flat."""

import pickle
import tempfile
from collections.abc import Iterator
from typing import Generic, TypeVar

# A small import never touches the disk.
_MEMORY_BYTES = 8 * 1024 * 1024

Item = TypeVar("Item")


class Spool(Generic[Item]):
    """Things written once, in order, and read back any number of times."""

    def __init__(self) -> None:
        self._file = tempfile.SpooledTemporaryFile(_MEMORY_BYTES)  # noqa: SIM115
        self._count = 0

    def __enter__(self) -> "Spool[Item]":
        return self

    def __exit__(self, *error: object) -> None:
        self.close()

    def close(self) -> None:
        self._file.close()

    def __len__(self) -> int:
        return self._count

    def add(self, item: Item) -> None:
        pickle.dump(item, self._file, pickle.HIGHEST_PROTOCOL)
        self._count += 1

    def __iter__(self) -> Iterator[Item]:
        """All of them. Nothing may be added while they are read."""
        self._file.seek(0)
        for _ in range(self._count):
            # Only what this process wrote into its own nameless file.
            yield pickle.load(self._file)  # noqa: S301
        self._file.seek(0, 2)
