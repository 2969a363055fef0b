"""`make run`: prepares whatever is missing and serves the wiki on this machine."""

import os
import signal
import socket
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from types import FrameType
from typing import Any

import uvicorn
from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.db import connections
from django.utils.translation import gettext as _

from wiki import starting

HOST = "127.0.0.1"
HIGHEST_PORT = 65535
# How long a page being answered may take after Ctrl-C.
SHUTDOWN_SECONDS = 5
# How long an import that is under way may take to stop.
WORKER_SECONDS = 30


class Command(BaseCommand):
    help = "Prepares the wiki where needed and serves it on this machine (PORT)."
    # The checks of a deployment are `check --deploy`; here they cost a start time.
    requires_system_checks: list[str] = []

    def handle(self, **options: Any) -> None:
        # A stop by the system is a clean end, as Ctrl-C is.
        signal.signal(signal.SIGTERM, _leave)
        try:
            with _listen(_port()) as listener:
                self._prepare()
                lines = self._lines(listener)
                # The server's threads open their own.
                connections.close_all()
                with _ImportWorker() as worker:
                    _serve(listener, lambda: self._begin(lines, worker))
        except KeyboardInterrupt:
            pass

    def _prepare(self) -> None:
        settings.DATA_DIR.mkdir(parents=True, exist_ok=True)
        starting.migrate_if_needed()
        starting.collect_static_if_changed()
        starting.complete_search_index()
        try:
            starting.import_first_notes_if_empty()
        except (CommandError, SystemExit) as error:
            # A wiki without these notes is still a wiki.
            self.stderr.write(_("The first notes were not imported: %s") % error)

    def _lines(self, listener: socket.socket) -> list[str]:
        """Three lines: where, as whom, how to stop."""
        port = listener.getsockname()[1]
        person = starting.administrator()
        if person.new_password:
            whom = _("Sign in as %(name)s, password %(password)s (shown only now).")
        else:
            whom = _("Sign in as %(name)s. New password: %(command)s")
        return [
            _("%(wiki)s: %(address)s")
            % {"wiki": settings.WIKI_NAME, "address": f"http://{HOST}:{port}/"},
            whom
            % {
                "name": person.name,
                "password": person.new_password,
                "command": f"{_python()} manage.py changepassword {person.name}",
            },
            _("Ctrl-C stops it."),
        ]

    def _begin(self, lines: list[str], worker: "_ImportWorker") -> None:
        self.stdout.write("\n".join(lines))
        self.stdout.flush()
        # Only now: pages come first on a slow machine.
        worker.start()


class _ImportWorker:
    """The process that does the imports asked for on the web; ends with the block."""

    def __init__(self) -> None:
        self._process: subprocess.Popen | None = None

    def start(self) -> None:
        script = str(Path(settings.BASE_DIR, "manage.py"))
        # A Ctrl-C in the terminal is for the server, which then ends this one.
        self._process = subprocess.Popen(  # noqa: S603
            [sys.executable, script, "runimports", "--parent", str(os.getpid())],
            stdin=subprocess.DEVNULL,
            start_new_session=True,
        )

    def __enter__(self) -> "_ImportWorker":
        return self

    def __exit__(self, *error: object) -> None:
        if self._process is None:
            return
        self._process.terminate()
        try:
            self._process.wait(WORKER_SECONDS)
        except subprocess.TimeoutExpired:
            self._process.kill()


class _Server(uvicorn.Server):
    """Says that it serves once it does, and can be stopped from then on."""

    def __init__(self, config: uvicorn.Config, on_start: Callable[[], None]) -> None:
        super().__init__(config)
        self._on_start = on_start

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        self._on_start()


def _port() -> int:
    text = settings.PORT
    if text.isascii() and text.isdigit() and 0 <= int(text) <= HIGHEST_PORT:
        return int(text)
    raise CommandError(
        _("PORT is “%(text)s”; it must be a number from 1 to 65535.") % {"text": text}
    )


def _listen(port: int) -> socket.socket:
    """A listening socket, opened before anything is announced or changed."""
    try:
        return socket.create_server((HOST, port), backlog=128)
    except OSError as error:
        raise CommandError(
            _(
                "Port %(port)d cannot be used (%(reason)s). "
                "Choose another: PORT=%(other)d make run"
            )
            % {
                "port": port,
                "reason": error.strerror,
                "other": port + 1 if port < HIGHEST_PORT else port - 1,
            }
        ) from error


def _serve(listener: socket.socket, on_start: Callable[[], None]) -> None:
    config = uvicorn.Config(
        "config.asgi:application",
        lifespan="off",
        log_config=None,
        access_log=False,
        # Nothing stands in front: a caller may not name its own address.
        proxy_headers=False,
        server_header=False,
        timeout_graceful_shutdown=SHUTDOWN_SECONDS,
    )
    _Server(config, on_start).run(sockets=[listener])


def _python() -> str:
    """The interpreter as one would type it here."""
    return os.path.relpath(sys.executable)


def _leave(number: int, frame: FrameType | None) -> None:
    raise SystemExit(0)
