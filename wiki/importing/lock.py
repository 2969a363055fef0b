"""One import at a time, in the whole wiki.

Two that read the same dump at once would both find its notes new. The second
waits, and then finds them the same. The lock goes with its process, however
that ends. On PostgreSQL the database keeps it, for all machines; a SQLite file
is on one machine, and a file beside it does.
"""

import fcntl
import logging
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from django.conf import settings
from django.db import connection

logger = logging.getLogger(__name__)

# Any number that nothing else in the database takes for a lock of its own.
_POSTGRES_LOCK = 0x6E6F7465_77696B69


class ImportRuns(Exception):
    """An import runs, and the caller did not want to wait for its end."""


@contextmanager
def one_import_at_a_time(*, waits: bool = True) -> Iterator[None]:
    """Waits until no other import runs, and keeps others waiting.

    With `waits` off it raises ImportRuns instead.
    """
    lock = _in_postgres if connection.vendor == "postgresql" else _in_a_file
    with lock(waits):
        yield


@contextmanager
def _in_postgres(waits: bool) -> Iterator[None]:
    # The lock is the session's. The run closes its connections before it starts
    # processes, so this is one that Django and its pool know nothing of.
    parameters = connection.get_connection_params()
    with connection.wrap_database_errors:
        session = connection.Database.connect(**parameters, autocommit=True)
    with session:
        with connection.wrap_database_errors:
            if waits:
                session.execute("SELECT pg_advisory_lock(%s)", [_POSTGRES_LOCK])
            else:
                asked = "SELECT pg_try_advisory_lock(%s)"
                (is_ours,) = session.execute(asked, [_POSTGRES_LOCK]).fetchone()
                if not is_ours:
                    raise ImportRuns
        try:
            yield
        finally:
            # Closing alone would do, but only when the server comes to notice.
            session.execute("SELECT pg_advisory_unlock(%s)", [_POSTGRES_LOCK])


@contextmanager
def _in_a_file(waits: bool) -> Iterator[None]:
    path = Path(settings.DATA_DIR) / "import.lock"
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        file = path.open("a")
    except OSError as error:
        # Better an import without it than none.
        logger.warning("No lock for imports at %s: %s", path, error)
        yield
        return
    with file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | (0 if waits else fcntl.LOCK_NB))
        except BlockingIOError as error:
            raise ImportRuns from error
        yield
