"""The wiki as people reach it: a server process with an address, that can be killed.

with Server(wiki) as server: ...        uvicorn, as `make run` has it
with Server(wiki, GUNICORN) as server:  two workers with four threads
"""

import os
import random
import resource
import signal
import socket
import subprocess
import sys
import time
from http.client import HTTPConnection

from tests.installations import Installation
from tests.measuring import descendants

UVICORN = "uvicorn"
GUNICORN = "gunicorn"
READY_SECONDS = 30
_HOST = "127.0.0.1"


class Server:
    """A server of one wiki on a port of its own; leaving the context ends it."""

    def __init__(
        self, wiki: Installation, kind: str = UVICORN, *, max_file_bytes: int = 0
    ) -> None:
        """`max_file_bytes` is how large a file it may write; 0 for any."""
        self.wiki = wiki
        self.kind = kind
        self.port = _free_port()
        # From the start of the process until it answered pages.
        self.ready_seconds = 0.0
        self._max_file_bytes = max_file_bytes
        self._process: subprocess.Popen | None = None
        self._log = wiki.folder / "server.log"

    def __enter__(self) -> "Server":
        self.start()
        return self

    def __exit__(self, *error: object) -> None:
        self.kill()

    @property
    def log(self) -> str:
        """What it wrote to standard error, over all its starts."""
        return self._log.read_text("utf-8", errors="replace")

    def start(self) -> None:
        """Starts it, and waits until it answers pages."""
        started = time.monotonic()
        environment = {
            **self.wiki.environment,
            "BASE_URL": f"http://{_HOST}:{self.port}",
        }
        with self._log.open("ab") as log:
            self._process = subprocess.Popen(
                self._command(),
                env=environment,
                cwd=environment["PYTHONPATH"],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
                preexec_fn=self._limit if self._max_file_bytes else None,
            )
        self._wait_until_ready()
        self.ready_seconds = time.monotonic() - started

    def kill(self) -> None:
        """Ends all its processes at once, as when a machine stops."""
        if self._process is not None:
            os.killpg(self._process.pid, signal.SIGKILL)
            self._process.wait()
            self._process = None

    def kill_a_worker(self, dice: random.Random) -> None:
        """Ends one of the processes that answer; the others go on."""
        workers = descendants(self._process.pid)
        os.kill(dice.choice(sorted(workers)), signal.SIGKILL)

    def get(self, path: str, seconds: float = 10) -> tuple[int, bytes]:
        """Status and content of an address, for somebody without a session."""
        connection = HTTPConnection(_HOST, self.port, timeout=seconds)
        try:
            connection.request("GET", path)
            answer = connection.getresponse()
            return answer.status, answer.read()
        finally:
            connection.close()

    def _command(self) -> list[str]:
        if self.kind == GUNICORN:
            address = f"{_HOST}:{self.port}"
            return [
                *(sys.executable, "-m", "gunicorn", "config.wsgi:application"),
                *("--workers", "2", "--threads", "4", "--bind", address),
                "--no-control-socket",
            ]
        return [
            *(sys.executable, "-m", "uvicorn", "config.asgi:application"),
            *("--host", _HOST, "--port", str(self.port), "--lifespan", "off"),
            *("--no-access-log", "--no-proxy-headers", "--no-server-header"),
            *("--log-level", "error"),
        ]

    def _limit(self) -> None:
        limit = (self._max_file_bytes, self._max_file_bytes)
        resource.setrlimit(resource.RLIMIT_FSIZE, limit)

    def _wait_until_ready(self) -> None:
        deadline = time.monotonic() + READY_SECONDS
        while True:
            assert self._process.poll() is None, self.log
            assert time.monotonic() < deadline, self.log
            try:
                status, _ = self.get("/readyz")
            except OSError:
                status = 0
            if status == 200:
                return
            time.sleep(0.02)


def _free_port() -> int:
    with socket.create_server((_HOST, 0)) as listener:
        return listener.getsockname()[1]
