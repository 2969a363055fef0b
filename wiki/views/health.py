"""For whoever watches the server: alive, and ready to answer pages."""

import logging

from django.contrib.auth.decorators import login_not_required
from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor
from django.http import HttpRequest, HttpResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

RETRY_SECONDS = 5

logger = logging.getLogger(__name__)


@login_not_required
@never_cache
@require_safe
def alive(request: HttpRequest) -> HttpResponse:
    """200 as long as the process answers; asks nothing of the database."""
    return _plain("ok")


@login_not_required
@never_cache
@require_safe
def ready(request: HttpRequest) -> HttpResponse:
    """200 when the database is reachable and migrated, 503 otherwise."""
    try:
        executor = MigrationExecutor(connection)
        pending = executor.migration_plan(executor.loader.graph.leaf_nodes())
    except DatabaseError as error:
        logger.warning("not ready: database unreachable (%s)", type(error).__name__)
        return _not_ready("the database cannot be reached")
    if pending:
        logger.warning("not ready: %d migrations to apply", len(pending))
        return _not_ready("migrations have to be applied")
    return _plain("ok")


def _not_ready(reason: str) -> HttpResponse:
    answer = _plain(reason, status=503)
    answer.headers["Retry-After"] = str(RETRY_SECONDS)
    return answer


def _plain(text: str, status: int = 200) -> HttpResponse:
    return HttpResponse(
        f"{text}\n", status=status, content_type="text/plain; charset=utf-8"
    )
