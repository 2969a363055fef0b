import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

import psutil
import pytest
from django.core.management import CommandError, call_command

ROOT = Path(__file__).resolve().parents[2]
START_SECONDS = 60


@pytest.fixture
def used_port():
    with socket.create_server(("127.0.0.1", 0)) as listener:
        yield listener.getsockname()[1]


@pytest.mark.parametrize("port", ["http", "-1", "65536", "８０００"])
def test_a_port_that_is_none_is_refused(settings, port):
    settings.PORT = port

    with pytest.raises(CommandError, match=port):
        call_command("runwiki")


def test_a_port_in_use_is_named_with_another(settings, used_port):
    settings.PORT = str(used_port)

    with pytest.raises(CommandError, match=f"Port {used_port} .*PORT={used_port + 1}"):
        call_command("runwiki")


def start(folder):
    return subprocess.Popen(
        [sys.executable, "manage.py", "runwiki"],
        cwd=ROOT,
        env={
            **{k: v for k, v in os.environ.items() if k != "DATABASE_URL"},
            "DATA_DIR": str(folder),
            "PORT": "0",
            "LANGUAGE_CODE": "en",
        },
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def until_stopped(process, number):
    """What it printed after a stop: exit code, rest of output, errors."""
    process.send_signal(number)
    output, errors = process.communicate(timeout=START_SECONDS)
    return process.returncode, output, errors


def worker_of(process):
    """The process beside the server that does imports, once it is there."""
    deadline = time.monotonic() + START_SECONDS
    while True:
        for child in psutil.Process(process.pid).children():
            if "runimports" in child.cmdline():
                return child
        assert time.monotonic() < deadline
        time.sleep(0.02)


def test_a_worker_for_imports_comes_and_goes_with_the_server(tmp_path):
    server = start(tmp_path)
    [server.stdout.readline() for _ in range(3)]
    worker = worker_of(server)
    until_stopped(server, signal.SIGTERM)
    ended = not worker.is_running()

    server = start(tmp_path)
    [server.stdout.readline() for _ in range(3)]
    worker = worker_of(server)
    server.kill()
    server.communicate(timeout=START_SECONDS)

    assert ended
    # Nobody tells it; it looks for itself.
    worker.wait(timeout=START_SECONDS)


def test_three_lines_then_pages_then_a_clean_end(tmp_path):
    first = start(tmp_path)
    where, whom, how = (first.stdout.readline() for _ in range(3))
    address = where.split()[-1]
    with urllib.request.urlopen(address) as answer:
        page = answer.read().decode()
    ended = until_stopped(first, signal.SIGINT)
    second = start(tmp_path)
    again = [second.stdout.readline() for _ in range(3)]
    ended_again = until_stopped(second, signal.SIGTERM)

    assert address.startswith("http://127.0.0.1:")
    assert "admin, password" in whom
    assert "Ctrl-C" in how
    assert "/wiki/" in page
    assert ended == (0, "", "")
    assert "password" not in again[1].partition("New password")[0]
    assert ended_again == (0, "", "")
