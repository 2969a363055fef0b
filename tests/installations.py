"""Wikis of their own, each with a folder and a database, run as processes.

    with Installations(folder, database_url) as wikis:
        wiki = wikis.fresh()
        wiki.manage("importnotes", path)

What is killed, starved or measured has to be a process. A fresh wiki is a copy
of one that was migrated once: a tenth of a second instead of some.
"""

import os
import secrets
import shutil
import sqlite3
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit, urlunsplit

import psycopg

ROOT = Path(__file__).resolve().parent.parent
MANAGE = (sys.executable, str(ROOT / "manage.py"))
_SQLITE_FILE = "notewiki.sqlite3"


@dataclass(frozen=True)
class Installation:
    """One wiki. `server` is the address of its PostgreSQL database, "" for SQLite."""

    folder: Path
    server: str = ""

    @property
    def environment(self) -> dict[str, str]:
        own = {
            "DATA_DIR": str(self.folder),
            "DATABASE_URL": self.server or f"sqlite:///{self.folder / _SQLITE_FILE}",
            "LOG_LEVEL": "ERROR",
            "LANGUAGE_CODE": "en",
            "PYTHONPATH": str(ROOT),
        }
        return {**os.environ, **own}

    def start(
        self, *arguments: object, command: tuple[str, ...] = MANAGE, **options: Any
    ) -> subprocess.Popen:
        """The command as a process, in a process group of its own."""
        return subprocess.Popen(
            [*command, *map(str, arguments)],
            **{
                "env": self.environment,
                "stdin": subprocess.DEVNULL,
                "stdout": subprocess.PIPE,
                "stderr": subprocess.PIPE,
                "start_new_session": True,
                "text": True,
                **options,
            },
        )

    def manage(self, *arguments: object, codes: tuple[int, ...] = (0,)) -> str:
        """What a command prints. Fails when it ends with a code not in `codes`."""
        process = self.start(*arguments)
        out, err = process.communicate()
        if process.returncode not in codes:
            raise AssertionError(f"{arguments} ended with {process.returncode}: {err}")
        return out

    def connect(self) -> Any:
        """A connection to its database, past Django."""
        if self.server:
            return psycopg.connect(self.server)
        return sqlite3.connect(self.folder / _SQLITE_FILE)


class Installations:
    """Makes wikis below a folder; leaving the context removes their databases."""

    def __init__(self, folder: Path, database_url: str = "") -> None:
        """`database_url` is of any database on the server to use, "" for SQLite."""
        self._folder = folder
        self._url = database_url
        self._names: list[str] = []
        self._template: Installation | None = None

    def __enter__(self) -> "Installations":
        return self

    def __exit__(self, *error: object) -> None:
        for name in self._names:
            self._drop(name)

    def fresh(self, *, tablespace: Path | None = None) -> Installation:
        """A new wiki without an entry, its tables in a folder of their own if named.

        Such a wiki is dropped before its folder goes.
        """
        if self._template is None:
            self._template = self._new()
            self._template.manage("migrate", "-v", "0")
        return self._new(self._template, tablespace)

    def drop(self, wiki: Installation) -> None:
        """Removes the database of a wiki; its folder stays."""
        if wiki.server:
            self._names.remove(_database(wiki.server))
            self._drop(_database(wiki.server))

    def _drop(self, name: str) -> None:
        self._execute(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")
        self._execute(f"DROP TABLESPACE IF EXISTS {name}")

    def _new(
        self, template: Installation | None = None, tablespace: Path | None = None
    ) -> Installation:
        name = f"wiki_{secrets.token_hex(6)}"
        folder = self._folder / name
        if template:
            shutil.copytree(template.folder, folder)
        else:
            folder.mkdir(parents=True)
        if not self._url:
            return Installation(folder)
        copied = f" TEMPLATE {_database(template.server)}" if template else ""
        if tablespace:
            self._execute(f"CREATE TABLESPACE {name} LOCATION '{tablespace}'")
            copied += f" TABLESPACE {name}"
        self._execute(f"CREATE DATABASE {name}{copied}")
        self._names.append(name)
        return Installation(folder, _with_database(self._url, name))

    def _execute(self, statement: str) -> None:
        with psycopg.connect(self._url, autocommit=True) as connection:
            connection.execute(statement)


def _database(url: str) -> str:
    return urlsplit(url).path.lstrip("/")


def _with_database(url: str, name: str) -> str:
    return urlunsplit(urlsplit(url)._replace(path=f"/{name}"))
