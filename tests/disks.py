"""File systems of their own that can be filled."""

import os
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.installations import Installation

MIB = 1024 * 1024


@contextmanager
def small_file_system(folder: Path, *, mib: int = 64) -> Iterator[Path]:
    """A file system of this size at the folder; skips the test where none can be."""
    folder.mkdir()
    mounting = ["mount", "-t", "tmpfs", "-o", f"size={mib}m", "none", folder]
    try:
        mounted = subprocess.run(mounting, capture_output=True).returncode == 0
    except FileNotFoundError:
        mounted = False
    if not mounted:
        pytest.skip("only root on Linux can mount a small file system")
    try:
        yield folder
    finally:
        subprocess.run(["umount", "-l", folder], check=True)


def fill(disk: Path, *, leave: int) -> None:
    """Leaves so many bytes on a file system; the file `filler` takes the rest."""
    free = shutil.disk_usage(disk).free
    (disk / "filler").write_bytes(b"x" * (free - leave))


def make_room(disk: Path) -> None:
    (disk / "filler").unlink()


def own_by_the_server(wiki: Installation, folder: Path) -> None:
    """Gives the folder to the account of the wiki's server, with the way to it."""
    with wiki.connect() as database:
        data = database.execute("SHOW data_directory").fetchone()[0]
    database.close()
    status = os.stat(data)
    os.chown(folder, status.st_uid, status.st_gid)
    for parent in folder.parents:
        if parent.stat().st_mode & 0o005 != 0o005 and parent.owner() == "root":
            parent.chmod(0o755)
