"""PostgreSQL as Django has it, but with one request at a time waiting for it.

While the server is away every request would wait for a connection until its
time is over, and those behind it would wait for a free thread. So while it is
known to be away one request tries, and the others are told at once.
"""

import threading
from typing import Any

from django.db import OperationalError
from django.db.backends.postgresql import base

# Whoever tries may have waited for a thread before.
SECONDS_TO_TRY = 1

_is_away = threading.Event()
_trying = threading.Lock()
# How often the pool had failed to connect when a connection was last given.
_failures_before = 0


class DatabaseWrapper(base.DatabaseWrapper):
    """Knows, for all threads of the process, whether the server was there last."""

    def get_new_connection(self, conn_params: dict[str, Any]) -> Any:  # noqa: ANN401
        if not _is_away.is_set():
            return self._connect(conn_params)
        if not _trying.acquire(blocking=False):
            raise OperationalError("the database server is away")
        pool, seconds = self.pool, self.pool and self.pool.timeout
        try:
            if pool:
                # Nobody else asks it meanwhile.
                pool.timeout = min(seconds, SECONDS_TO_TRY)
            return self._connect(conn_params)
        finally:
            if pool:
                pool.timeout = seconds
            _trying.release()

    def _connect(self, conn_params: dict[str, Any]) -> Any:  # noqa: ANN401
        global _failures_before
        try:
            connection = super().get_new_connection(conn_params)
        except self.Database.Error:
            # A pool that is only busy is no server that is away.
            if self.pool is None or self._failures() > _failures_before:
                _is_away.set()
            raise
        _is_away.clear()
        _failures_before = self._failures()
        return connection

    def _failures(self) -> int:
        return self.pool.get_stats().get("connections_errors", 0) if self.pool else 0
