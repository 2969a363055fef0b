"""What is wrong with the machine, told from what is wrong with one note.

A note that cannot be written is left out and named. On a full disk, or without
its database, every note would be: then the run stops instead.
"""

import errno
import logging

from django.db import OperationalError

from wiki.importing.notes import DumpError

logger = logging.getLogger(__name__)

# Of SQLite: the file cannot be written, or is no longer what it was.
_SQLITE = ("SQLITE_FULL", "SQLITE_IOERR", "SQLITE_READONLY", "SQLITE_CANTOPEN")
# Of PostgreSQL: connection, resources, intervention, system. A run without any
# state of its own means that the server did not answer.
_SQLSTATES = ("08", "53", "57", "58")
# Files of a dump that cannot be read are told before this: these are of our own.
_ERRNOS = frozenset(
    (
        *(errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EIO),
        *(errno.EROFS, errno.EACCES, errno.EPERM),
    )
)


class Outage(DumpError):
    """The run had to stop in its middle. What was written before is whole."""

    def __init__(self, error: BaseException) -> None:
        # Where on this machine is for its operators only.
        logger.error("An import had to stop: %s", error)
        super().__init__("outage", reason=_reason(error))


def is_outage(error: BaseException) -> bool:
    """Whether no other note would fare better."""
    if isinstance(error, OperationalError):
        return _is_of_the_database(error.__cause__)
    return isinstance(error, OSError) and error.errno in _ERRNOS


def _is_of_the_database(cause: BaseException | None) -> bool:
    name = getattr(cause, "sqlite_errorname", None)
    if name is not None:
        return name.startswith(_SQLITE)
    state = getattr(cause, "sqlstate", None)
    return state is None or state.startswith(_SQLSTATES)


def _reason(error: BaseException) -> str:
    if isinstance(error, OSError) and error.strerror:
        return error.strerror
    return (str(error) or type(error).__name__).splitlines()[0]
