"""What every page is given: the name of the wiki, the theme, what the reader may do."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject

from wiki import permissions

THEME_COOKIE = "theme"
THEMES = ("auto", "light", "dark")


def wiki(request: HttpRequest) -> dict[str, Any]:
    """The names the frame is printed with.

    Nothing here asks the database: who reads is only looked up when a template
    asks for `can_write`, and for a visitor without a session not even then.
    """
    return {
        "wiki_name": settings.WIKI_NAME,
        "signup_is_open": settings.WIKI_SIGNUP == "open",
        "theme": theme_of(request),
        "here": request.get_full_path(),
        "can_write": SimpleLazyObject(lambda: permissions.can_write(request.user)),
        "can_see_imports": SimpleLazyObject(
            lambda: permissions.can_see_imports(request.user)
        ),
    }


def theme_of(request: HttpRequest) -> str:
    """The theme the reader chose: "auto", "light" or "dark"."""
    chosen = request.COOKIES.get(THEME_COOKIE, "")
    return chosen if chosen in THEMES else "auto"
