"""Who may come in: the steps before a view that are the same for all of them."""

from collections.abc import Callable
from functools import wraps

from django.conf import settings
from django.contrib.auth.middleware import LoginRequiredMiddleware
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext as _

from wiki import permissions
from wiki.editing import Author
from wiki.permissions import Person

View = Callable[..., HttpResponse]


class ReadersOnlyMiddleware(LoginRequiredMiddleware):
    """Sends visitors to sign in where the wiki is for members only.

    Views that stay open are marked with Django's `login_not_required`.
    """

    def process_view(
        self, request: HttpRequest, view_func: View, *args: object
    ) -> HttpResponse | None:
        if settings.WIKI_ANONYMOUS_READ:
            return None
        return super().process_view(request, view_func, *args)


class WholeCookiesMiddleware:
    """Lets go of cookies with a NUL, which no browser got from here.

    A quoted cookie can hold one; PostgreSQL refuses to look for it.
    """

    def __init__(self, get_response: View) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        for name in [n for n, value in request.COOKIES.items() if "\x00" in value]:
            del request.COOKIES[name]
        return self.get_response(request)


def signing_in_helps(view: View) -> View:
    """A visitor who may not do this is sent to sign in; a member gets the 403 page."""

    @wraps(view)
    def wrapped(request: HttpRequest, *args: object, **kwargs: object) -> HttpResponse:
        try:
            return view(request, *args, **kwargs)
        except PermissionDenied:
            if request.user.is_authenticated:
                raise
            return redirect_to_login(request.get_full_path())

    return wrapped


def only_for(may: Callable[[Person], bool]) -> Callable[[View], View]:
    """For pages that need no entry but this right; visitors are sent to sign in."""

    def decorated(view: View) -> View:
        @signing_in_helps
        @wraps(view)
        def wrapped(
            request: HttpRequest, *args: object, **kwargs: object
        ) -> HttpResponse:
            if not may(request.user):
                raise PermissionDenied
            return view(request, *args, **kwargs)

        return wrapped

    return decorated


writers_only = only_for(permissions.can_write)


def author_of(request: HttpRequest) -> Author:
    """Who makes this request, as the write door wants it."""
    if request.user.is_authenticated:
        return Author(user=request.user)
    address = request.META.get("REMOTE_ADDR", "")
    return Author(
        label=_("Visitor"),
        address_hash=salted_hmac("wiki.visitor", address).hexdigest(),
    )


def writer_key(request: HttpRequest) -> str:
    """Who makes this request, as limits and turns count people."""
    author = author_of(request)
    return str(author.user.pk) if author.user else author.address_hash
