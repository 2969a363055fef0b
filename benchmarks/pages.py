"""CPU time of pages under the production server, against a constant page's."""

import http.client
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from urllib.parse import quote

WORKERS = 2
WARM_UP = 200
REQUESTS = 2000
START_SECONDS = 30


@contextmanager
def serving(environment: dict[str, str]) -> Iterator[tuple[int, list[int]]]:
    """(port, worker process ids) of a gunicorn with two WSGI workers."""
    port = _free_port()
    command = [
        sys.executable,
        "-m",
        "gunicorn",
        "config.wsgi:application",
        f"--bind=127.0.0.1:{port}",
        f"--workers={WORKERS}",
        "--worker-class=gthread",
        "--threads=2",
        "--keep-alive=75",
        "--log-level=error",
    ]
    process = subprocess.Popen(
        command, env={**environment, "DJANGO_SETTINGS_MODULE": "benchmarks.settings"}
    )
    try:
        _wait_until_ready(port)
        yield port, _children(process.pid)
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(timeout=20)


def cpu_milliseconds(port: int, workers: list[int], path: str) -> float:
    """CPU milliseconds a request, of all workers together, over 2,000 requests."""
    _ask(port, path, WARM_UP)
    before = sum(map(_cpu_seconds, workers))
    _ask(port, path, REQUESTS)
    return (sum(map(_cpu_seconds, workers)) - before) * 1000 / REQUESTS


def _ask(port: int, path: str, count: int) -> None:
    # Two connections, so that both workers are asked.
    connections = [http.client.HTTPConnection("127.0.0.1", port) for _ in range(8)]
    for number in range(count):
        connection = connections[number % len(connections)]
        connection.request("GET", quote(path), headers={"Accept-Language": "ko"})
        answer = connection.getresponse()
        answer.read()
        if answer.status != http.HTTPStatus.OK:
            raise SystemExit(f"{path} answered {answer.status}")
    for connection in connections:
        connection.close()


def _cpu_seconds(pid: int) -> float:
    with open(f"/proc/{pid}/stat") as file:
        fields = file.read().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def _children(pid: int) -> list[int]:
    with open(f"/proc/{pid}/task/{pid}/children") as file:
        return [int(child) for child in file.read().split()]


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def _wait_until_ready(port: int) -> None:
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline:
        try:
            connection = http.client.HTTPConnection("127.0.0.1", port, timeout=2)
            connection.request("GET", "/healthz")
            if connection.getresponse().status == http.HTTPStatus.OK:
                return
        except OSError:
            time.sleep(0.2)
    raise SystemExit(f"The server did not answer within {START_SECONDS} seconds.")
