"""A git repository made of a stream, with nothing of anybody's configuration."""

import os
import shutil
import subprocess
from collections.abc import Iterable
from pathlib import Path
from tempfile import TemporaryFile
from typing import IO

from django.utils.translation import gettext as _

_BRANCH = "main"
_MAX_ERROR_BYTES = 2000


class GitFailed(Exception):
    """git is not there, or did not take the stream; the text is its last words."""


def write_repository(stream: Iterable[bytes], folder: Path) -> None:
    """Makes a repository of the stream in an empty folder, its files checked out.

    Raises GitFailed, and what the stream raises.
    """
    # No template: its hooks would be somebody's programs.
    _run(folder, "init", "--quiet", "--template=", f"--initial-branch={_BRANCH}")
    _run(folder, "fast-import", "--quiet", "--done", stream=stream)
    _run(folder, "reset", "--quiet", "--hard")


def _run(folder: Path, *arguments: str, stream: Iterable[bytes] = ()) -> None:
    git = _git()
    with TemporaryFile() as errors:
        try:
            process = subprocess.Popen(  # noqa: S603  nothing of it is anybody's
                [git, *arguments],
                cwd=folder,
                env=_environment(git),
                stdin=subprocess.PIPE,
                stdout=subprocess.DEVNULL,
                stderr=errors,
            )
        except OSError as error:
            raise GitFailed(error.strerror or str(error)) from error
        with process:
            try:
                _feed(process.stdin, stream)
            except BaseException:
                process.kill()
                raise
        if process.returncode:
            raise GitFailed(_last_words(errors) or f"git {arguments[0]} failed")


def _feed(stdin: IO[bytes], stream: Iterable[bytes]) -> None:
    try:
        for piece in stream:
            stdin.write(piece)
        stdin.close()
    except BrokenPipeError:
        # git gave up, and has said why.
        pass


def _git() -> str:
    found = shutil.which("git")
    if not found:
        raise GitFailed(_("git is not installed."))
    return found


def _environment(git: str) -> dict[str, str]:
    return {
        "PATH": os.pathsep.join((os.path.dirname(git), os.defpath)),
        "LC_ALL": "C.UTF-8",
        "HOME": os.devnull,
        "GIT_CONFIG_NOSYSTEM": "1",
        "GIT_CONFIG_GLOBAL": os.devnull,
        "GIT_TERMINAL_PROMPT": "0",
    }


def _last_words(errors: IO[bytes]) -> str:
    size = errors.seek(0, os.SEEK_END)
    errors.seek(max(0, size - _MAX_ERROR_BYTES))
    return " ".join(errors.read().decode(errors="replace").split())
