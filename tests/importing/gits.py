"""Repositories that tests make with git itself: fixed authors, fixed dates."""

import os
import subprocess
from datetime import UTC, datetime, timedelta
from pathlib import Path

from tests.importing.importer import write

FIRST = datetime(2020, 1, 1, 9, 0, tzinfo=UTC)


class Git:
    """A repository in a folder; each commit is a day after the one before."""

    def __init__(self, folder: Path, *options: str) -> None:
        self.folder = folder
        self.count = 0
        folder.mkdir(parents=True, exist_ok=True)
        self("init", "-q", "-b", "main", *options)

    def __call__(self, *arguments: str, stdin: bytes = b"", **environment: str) -> str:
        done = subprocess.run(
            ["git", *arguments],
            cwd=self.folder,
            input=stdin,
            env={
                "PATH": os.environ["PATH"],
                "HOME": str(self.folder),
                "GIT_CONFIG_NOSYSTEM": "1",
                "GIT_COMMITTER_NAME": "Committer",
                "GIT_COMMITTER_EMAIL": "committer@example.org",
                **environment,
            },
            check=True,
            capture_output=True,
        )
        return done.stdout.decode("utf-8", "replace").strip()

    def commit(
        self,
        message: str = "change",
        files: dict[str, str | bytes] | None = None,
        *,
        author: str = "홍길동",
        options: tuple[str, ...] = (),
    ) -> str:
        """Commits these files and all else that changed; gives the hash."""
        write(self.folder, files or {})
        self("add", "-A")
        moment = (FIRST + timedelta(days=self.count)).isoformat()
        self.count += 1
        self(
            *("-c", "commit.gpgSign=false", *options),
            *("commit", "-q", "--allow-empty", "-m", message),
            GIT_AUTHOR_NAME=author,
            GIT_AUTHOR_EMAIL="author@example.org",
            GIT_AUTHOR_DATE=moment,
            GIT_COMMITTER_DATE=moment,
        )
        return self("rev-parse", "HEAD")

    def merge(self, branch: str, message: str = "merge") -> None:
        moment = (FIRST + timedelta(days=self.count)).isoformat()
        self.count += 1
        self(
            *("merge", "-q", "--no-ff", "-m", message, branch),
            GIT_AUTHOR_NAME="merger",
            GIT_AUTHOR_EMAIL="merger@example.org",
            GIT_AUTHOR_DATE=moment,
            GIT_COMMITTER_DATE=moment,
        )


def day(number: int) -> datetime:
    """When the commit of this number was made; the first is 0."""
    return FIRST + timedelta(days=number)
