"""When a page need not be made or sent again: ETags, 304, and visitors' shared copies.

A page that lists other entries is as new as its ETag says within a day: the day is
part of it.
"""

import hashlib
import zlib
from collections.abc import Callable, Iterable
from functools import cache
from pathlib import Path
from typing import Any

import django
from django.conf import settings
from django.contrib.messages import get_messages
from django.contrib.staticfiles.storage import staticfiles_storage
from django.core.cache import cache as page_cache
from django.http import HttpRequest, HttpResponse
from django.middleware.csrf import get_token
from django.utils import timezone
from django.utils.cache import get_conditional_response, patch_vary_headers
from django.utils.translation import get_language

from wiki.context import theme_of

Build = Callable[[], HttpResponse]

SHARED_SECONDS = 24 * 60 * 60
# A thousand copies of this size are what a process can spare: a larger page is kept
# compressed, where that takes a millisecond of the many it took to make.
MAX_SHARED_BYTES = 100_000
MAX_PACKED_FROM_BYTES = 2_000_000
PRIVATE = "private, no-cache"
_CONDITIONS = ("HTTP_IF_NONE_MATCH", "HTTP_IF_MATCH")

_PACKAGE = Path(__file__).resolve().parent.parent
# What a page is made of besides the records.
_SOURCES = (".py", ".html", ".mo")


def answer_page(
    request: HttpRequest, state: Iterable[object], build: Build
) -> HttpResponse:
    """The page that `build` makes of `state`, or 304 for whoever has it.

    A visitor's page is made once and then served from the cache. While a message
    waits the page is built and bears no ETag, or the message would stay on it.
    """
    if settings.DEBUG or len(get_messages(request)):
        return _private(build())
    etag = etag_of(*_frame(request), *state)
    answer = _known(request, etag)
    if answer is None:
        answer = build() if _is_own(request) else _shared(etag, build)
    answer["ETag"] = etag
    is_member = request.user.is_authenticated
    answer["Cache-Control"] = PRIVATE if is_member else "no-cache"
    patch_vary_headers(answer, ["Cookie", "Accept-Language"])
    return answer


def answer_source(
    request: HttpRequest, state: Iterable[object], build: Build
) -> HttpResponse:
    """The plain text that `build` makes of `state`, the same for every reader."""
    etag = etag_of(release(), *state)
    answer = _known(request, etag) or build()
    answer["ETag"] = etag
    answer["Cache-Control"] = PRIVATE if request.user.is_authenticated else "no-cache"
    patch_vary_headers(answer, ["Cookie"])
    return answer


def etag_of(*parts: object) -> str:
    digest = hashlib.sha256(repr(parts).encode("utf-8", "surrogatepass"))
    return f'"{digest.hexdigest()[:32]}"'


@cache
def release() -> str:
    """A hash of everything of ours that pages are made of: it changes when they do.

    Read once a process; nobody has to remember to count a version up.
    """
    digest = hashlib.sha256(django.get_version().encode())
    for path in sorted(_PACKAGE.rglob("*")):
        if path.suffix in _SOURCES:
            digest.update(str(path.relative_to(_PACKAGE)).encode())
            digest.update(path.read_bytes())
    digest.update(getattr(staticfiles_storage, "manifest_hash", "").encode())
    return digest.hexdigest()


def _frame(request: HttpRequest) -> tuple[object, ...]:
    """What the frame around every page depends on."""
    return (
        release(),
        settings.WIKI_NAME,
        settings.WIKI_REMOTE_IMAGES,
        settings.WIKI_SIGNUP,
        settings.WIKI_ANONYMOUS_EDIT,
        settings.BASE_URL,
        request.get_full_path(),
        get_language(),
        theme_of(request),
        timezone.localdate(),
        *_reader(request),
    )


def _reader(request: HttpRequest) -> tuple[Any, ...]:
    user = request.user
    if not user.is_authenticated:
        return ()
    # The page holds a token that is good for one cookie only.
    get_token(request)
    return (
        user.pk,
        user.get_username(),
        user.get_full_name(),
        user.is_staff,
        user.is_superuser,
        request.META["CSRF_COOKIE"],
    )


def _known(request: HttpRequest, etag: str) -> HttpResponse | None:
    """304 (or 412) when the request names the pages it has or wants."""
    if request.META.keys().isdisjoint(_CONDITIONS):
        return None
    return get_conditional_response(request, etag=etag)


def _is_own(request: HttpRequest) -> bool:
    """Whether the page is for one reader, or one of any number of addresses."""
    return request.user.is_authenticated or bool(request.META.get("QUERY_STRING"))


def _shared(etag: str, build: Build) -> HttpResponse:
    name = f"page:{etag}"
    kept: tuple[bool, bytes] | None = page_cache.get(name)
    if kept is not None:
        is_packed, content = kept
        return HttpResponse(zlib.decompress(content) if is_packed else content)
    answer = build()
    copy = _copy_of(answer.content) if answer.status_code == 200 else None
    if copy is not None:
        page_cache.set(name, copy, SHARED_SECONDS)
    return answer


def _copy_of(content: bytes) -> tuple[bool, bytes] | None:
    """What is kept of a page, and whether it is compressed; None when too large."""
    if len(content) <= MAX_SHARED_BYTES:
        return False, content
    if len(content) > MAX_PACKED_FROM_BYTES:
        return None
    packed = zlib.compress(content, level=1)
    return (True, packed) if len(packed) <= MAX_SHARED_BYTES else None


def _private(answer: HttpResponse) -> HttpResponse:
    answer["Cache-Control"] = PRIVATE
    return answer
