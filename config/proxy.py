"""Behind a reverse proxy: who really calls, as the proxy saw it."""

from collections.abc import Callable
from ipaddress import ip_address

from django.http import HttpRequest, HttpResponse


def client_address(
    get_response: Callable[[HttpRequest], HttpResponse],
) -> Callable[[HttpRequest], HttpResponse]:
    """Middleware that puts the caller's address in the place of the proxy's.

    Only the last address counts: the proxy added it. Those before it are what
    the caller wrote and can say anything. Without a proxy in front this must not
    run, or anyone could choose an address.
    """

    def middleware(request: HttpRequest) -> HttpResponse:
        forwarded = request.META.get("HTTP_X_FORWARDED_FOR", "")
        nearest = forwarded.rpartition(",")[2].strip()
        if _is_address(nearest):
            request.META["REMOTE_ADDR"] = nearest
        return get_response(request)

    return middleware


def _is_address(text: str) -> bool:
    try:
        ip_address(text)
    except ValueError:
        return False
    return True
