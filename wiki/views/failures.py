"""What a reader gets when the server cannot answer: 503, 507 or 500, never less.

These pages ask nothing of the database and nothing of the reader's session, and
give back what was typed: with the token of its form, sending it again is safe.
"""

import errno
import logging
import secrets
import sys
from contextlib import suppress

from django.core.exceptions import DisallowedHost
from django.db import DatabaseError, InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse
from django.template import loader

RETRY_SECONDS = 5

# Of SQLite: another writes for too long, or the file cannot be used.
_SQLITE_AWAY = (
    *("SQLITE_BUSY", "SQLITE_LOCKED", "SQLITE_IOERR"),
    *("SQLITE_READONLY", "SQLITE_CANTOPEN", "SQLITE_PROTOCOL"),
)
# Of PostgreSQL: connection, read-only, rolled back, resources, intervention, system.
_SQLSTATES_AWAY = ("08", "25006", "40", "53", "55P03", "57", "58")
_FULL = ("SQLITE_FULL", "53100")
_ERRNOS_FULL = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)

logger = logging.getLogger(__name__)


def server_error(request: HttpRequest) -> HttpResponse:
    """The answer to a request that ended with an error nobody expected."""
    error = sys.exc_info()[1]
    if is_full(error):
        logger.error("No room to answer %s: %s", request.path, _told(error))
        return _quiet(_page(request, "503.html", 507, is_full=True))
    if is_away(error):
        # One line: in an outage there are many.
        logger.error("No database to answer %s: %s", request.path, _told(error))
        answer = _quiet(_page(request, "503.html", 503))
        answer.headers["Retry-After"] = str(RETRY_SECONDS)
        return answer
    reference = secrets.token_hex(4)
    logger.error("Error %s at %s", reference, request.path)
    return _page(request, "500.html", 500, reference=reference)


def is_away(error: BaseException | None) -> bool:
    """Whether the database cannot be used now, and may be in a moment."""
    if isinstance(error, InterfaceError):
        return True
    if not isinstance(error, DatabaseError):
        return False
    name = getattr(error.__cause__, "sqlite_errorname", None)
    if name is not None:
        return name.startswith(_SQLITE_AWAY)
    state = getattr(error.__cause__, "sqlstate", None)
    if state is None:
        # The server did not answer at all.
        return isinstance(error, OperationalError)
    return state.startswith(_SQLSTATES_AWAY)


def is_full(error: BaseException | None) -> bool:
    """Whether there is no room left on the disk."""
    if isinstance(error, OSError):
        return error.errno in _ERRNOS_FULL
    cause = getattr(error, "__cause__", None)
    names = (getattr(cause, "sqlite_errorname", None), getattr(cause, "sqlstate", None))
    return isinstance(error, DatabaseError) and any(name in _FULL for name in names)


def _page(
    request: HttpRequest, template: str, status: int, **context: object
) -> HttpResponse:
    context["sent"] = _sent_form(request)
    context["address"] = request.get_full_path()
    # Without the request: what every page is given asks for the reader.
    answer = HttpResponse(loader.get_template(template).render(context), status=status)
    answer.headers["Cache-Control"] = "no-store"
    return answer


def _sent_form(request: HttpRequest) -> dict[str, object] | None:
    """The text and the other fields of an editor's form, if that was sent."""
    if request.method != "POST" or _is_foreign(request):
        return None
    # It may be what could not be read.
    with suppress(Exception):
        if "body" in request.POST:
            fields = [
                (name, value)
                for name, values in request.POST.lists()
                if name != "body" and "password" not in name
                for value in values
            ]
            return {"body": request.POST["body"], "fields": fields}
    return None


def _is_foreign(request: HttpRequest) -> bool:
    # Another site made the form: what it holds is not the writer's.
    origin = request.META.get("HTTP_ORIGIN")
    if origin is None:
        return False
    try:
        return origin != f"{request.scheme}://{request.get_host()}"
    except DisallowedHost:
        return True


def _quiet(answer: HttpResponse) -> HttpResponse:
    # It is logged; the whole trace would say no more.
    answer._has_been_logged = True
    return answer


def _told(error: BaseException | None) -> str:
    return (str(error) or type(error).__name__).splitlines()[0]
