"""How far a long command is: a moving line on a terminal, a few lines elsewhere."""

import os
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Protocol, TextIO

from django.core.management.base import BaseCommand, CommandError
from django.db import DatabaseError
from django.utils.translation import gettext as _

_BAR_CHARS = 24
# Eyes see no more, and printing costs time too.
_SECONDS_BETWEEN = 0.1
_TENTHS = 10
_GREEN, _PLAIN, _CLEAR_LINE = "\x1b[32m", "\x1b[0m", "\r\x1b[K"


class Step(Protocol):
    """What is shown: `done` of `total`, in a stage "read" or "write"."""

    stage: str
    done: int
    total: int


class Silent:
    """Shows nothing."""

    def show(self, step: Step) -> None:
        pass

    def clear(self) -> None:
        pass


class Lines(Silent):
    """A line for every tenth, for logs and pipes."""

    def __init__(self, out: TextIO) -> None:
        self._out = out
        self._told: tuple[str, int] = ("", 0)

    def show(self, step: Step) -> None:
        tenth = step.done * _TENTHS // step.total if step.total else _TENTHS
        if (step.stage, tenth) == self._told or not tenth:
            return
        self._told = (step.stage, tenth)
        self._out.write(f"{_stage(step.stage)} {step.done}/{step.total}\n")
        self._out.flush()


class Bar(Silent):
    """A bar with count, rate and time left, drawn over itself."""

    def __init__(self, out: TextIO, *, has_colour: bool) -> None:
        self._out = out
        self._has_colour = has_colour
        self._stage = ""
        self._started = self._shown_at = 0.0

    def show(self, step: Step) -> None:
        now = time.monotonic()
        if step.stage != self._stage:
            self._stage, self._started, self._shown_at = step.stage, now, 0.0
        if now - self._shown_at < _SECONDS_BETWEEN and step.done < step.total:
            return
        self._shown_at = now
        self._out.write(_CLEAR_LINE + self._line(step, now - self._started))
        self._out.flush()

    def clear(self) -> None:
        self._out.write(_CLEAR_LINE)
        self._out.flush()

    def _line(self, step: Step, seconds: float) -> str:
        share = step.done / step.total if step.total else 1.0
        filled = round(share * _BAR_CHARS)
        bar = "█" * filled + "░" * (_BAR_CHARS - filled)
        if self._has_colour:
            bar = f"{_GREEN}{bar}{_PLAIN}"
        line = f"{_stage(step.stage)} {bar} {step.done}/{step.total}"
        if seconds < 1 or not step.done:
            return line
        rate = step.done / seconds
        left = (step.total - step.done) / rate
        return f"{line}  {rate:.0f}/s  {_clock(left)}"


def watch_progress(out: TextIO, *, verbosity: int) -> Silent:
    """What shows progress on `out`: a bar on a terminal, else lines, or nothing."""
    if verbosity == 0:
        return Silent()
    if not out.isatty():
        return Lines(out)
    # https://no-color.org: set to anything but nothing.
    return Bar(out, has_colour=not os.environ.get("NO_COLOR"))


@contextmanager
def watching(
    command: BaseCommand, *, verbosity: int
) -> Iterator[Callable[[Step], None]]:
    """Shows progress on the command's standard error; gives what is told of it.

    A database that cannot be used ends the command with a sentence, Ctrl-C before
    anything was begun with 130.
    """
    watch = watch_progress(command.stderr._out, verbosity=verbosity)
    try:
        yield watch.show
    except KeyboardInterrupt:
        sys.exit(130)
    except DatabaseError as error:
        raise CommandError(
            _("The database cannot be used (%(reason)s). Run “manage.py migrate”.")
            % {"reason": error}
        ) from error
    finally:
        watch.clear()


def _stage(stage: str) -> str:
    return _("Reading") if stage == "read" else _("Writing")


def _clock(seconds: float) -> str:
    minutes, rest = divmod(round(seconds), 60)
    return f"{minutes}:{rest:02}"
