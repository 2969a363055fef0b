"""What the pages of the past have in common: history, comparisons, blame, old versions.

There are as many of them as pairs of revisions, and each costs more than the page
itself. A visitor gets so many in a minute and no more; search engines are asked to
stay away. Pages of entries, lists and searches have no such limit.
"""

import time
from collections.abc import Callable
from functools import wraps
from ipaddress import ip_address, ip_network

from django.conf import settings
from django.core.cache import caches
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.crypto import salted_hmac
from django.views.decorators.http import require_safe

View = Callable[..., HttpResponse]

# Counted in memory and not in the database: whoever reads writes nothing, and a
# flood of such requests must not wait for, nor hold up, those who save.
COUNTS = "counts"
MINUTE, HOUR = 60, 3600
# Who reads on at the limit of a minute is a machine.
MINUTES_PER_HOUR = 10
# One household has as many addresses of version 6 as it likes.
NETWORK_BITS = 64
NOT_FOR_ROBOTS = "noindex, nofollow"


def past_page(view: View) -> View:
    """The view for reading only, with a limit for visitors, and not for robots.

    Past the limit a visitor is answered 429 with Retry-After, before the view and
    without a query. An answer that says nothing of caches is kept by none.

        @past_page
        @follow_moves
        def blame(request, slug): …
    """

    @require_safe
    @wraps(view)
    def wrapped(request: HttpRequest, *args: object, **kwargs: object) -> HttpResponse:
        seconds = _seconds_to_wait(request)
        answer = (
            _too_many(request, seconds) if seconds else view(request, *args, **kwargs)
        )
        answer.headers.setdefault("Cache-Control", "private, no-cache")
        answer.headers["X-Robots-Tag"] = NOT_FOR_ROBOTS
        return answer

    return wrapped


def _seconds_to_wait(request: HttpRequest) -> int:
    """Until the next request is served; 0 when this one is, and is counted."""
    limit = settings.WIKI_PAST_PAGES_PER_MINUTE
    if not limit or request.user.is_authenticated:
        return 0
    network = _network(request.META.get("REMOTE_ADDR", ""))
    # The address itself is kept nowhere.
    who = salted_hmac("wiki.past-pages", network).hexdigest()
    # A request refused in its minute does not use up the hour.
    return _hit(who, MINUTE, limit) or _hit(who, HOUR, limit * MINUTES_PER_HOUR)


def _network(address: str) -> str:
    """What one client has for itself: an address, or a network of version 6."""
    try:
        found = ip_address(address)
    except ValueError:
        return address
    if found.version == 4 or found.ipv4_mapped:
        return str(found)
    return str(ip_network((found, NETWORK_BITS), strict=False))


def _hit(who: str, seconds: int, limit: int) -> int:
    """Count one more in this window; the seconds until the next when it is full."""
    now = time.time()
    window = int(now // seconds)
    name = f"past:{who}:{seconds}:{window}"
    counts = caches[COUNTS]
    counts.add(name, 0, timeout=seconds)
    try:
        count = counts.incr(name)
    except ValueError:
        # Put out by newer ones between the two lines.
        return 0
    return 0 if count <= limit else max(1, int((window + 1) * seconds - now))


def _too_many(request: HttpRequest, seconds: int) -> HttpResponse:
    context = {"minutes": -(-seconds // 60)}
    answer = render(request, "wiki/too_many.html", context, status=429)
    answer.headers["Retry-After"] = str(seconds)
    return answer
