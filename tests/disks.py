"""File systems of their own that can be filled."""

import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.installations import Installation

MIB = 1024 * 1024


@contextmanager
def small_file_system(*, mib: int = 64) -> Iterator[Path]:
    """A folder that is a file system of this size; skips the test where none can be."""
    # Not below pytest's folders: each run closes them to other accounts again.
    folder = Path(tempfile.mkdtemp(prefix="notewiki-disk-", dir="/tmp"))
    folder.chmod(0o755)
    mounting = ["mount", "-t", "tmpfs", "-o", f"size={mib}m", "none", folder]
    try:
        if (
            shutil.which("mount") is None
            or subprocess.run(mounting, capture_output=True).returncode
        ):
            pytest.skip("only root on Linux can mount a small file system")
        try:
            yield folder
        finally:
            subprocess.run(["umount", "-l", folder], check=True)
    finally:
        folder.rmdir()


def fill(disk: Path, *, leave: int) -> None:
    """Leaves so many bytes on a file system; the file `filler` takes the rest."""
    free = shutil.disk_usage(disk).free
    (disk / "filler").write_bytes(b"x" * (free - leave))


def make_room(disk: Path) -> None:
    (disk / "filler").unlink()


def own_by_the_server(wiki: Installation, folder: Path) -> None:
    """Gives the folder to the account of the wiki's server."""
    with wiki.connect() as database:
        data = database.execute("SHOW data_directory").fetchone()[0]
    database.close()
    status = os.stat(data)
    os.chown(folder, status.st_uid, status.st_gid)
