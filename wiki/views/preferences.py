"""The two choices that need no account: the theme and the language.

Their forms stand on every page. A token in them would give every visitor a
cookie and make no two copies of a page equal, so they carry none; what a browser
says of where a request comes from takes its place. All that could be forged is a
preference.
"""

from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import resolve_url
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from wiki.context import THEME_COOKIE, THEMES
from wiki.models import Preference

ONE_YEAR_SECONDS = 365 * 24 * 60 * 60


@csrf_exempt
@require_POST
def set_theme(request: HttpRequest) -> HttpResponse:
    """Keeps the theme in a cookie and goes back to the page; auto drops the cookie."""
    _refuse_other_sites(request)
    answer = HttpResponseRedirect(_way_back(request))
    theme = request.POST.get("theme", "")
    if theme == "auto":
        answer.delete_cookie(THEME_COOKIE, samesite="Lax")
    elif theme in THEMES:
        _set_cookie(answer, THEME_COOKIE, theme)
    return answer


@csrf_exempt
@require_POST
def set_language(request: HttpRequest) -> HttpResponse:
    """Keeps the language in Django's language cookie and goes back to the page.

    A member's choice is kept with the account as well, for their next browser.
    """
    _refuse_other_sites(request)
    answer = HttpResponseRedirect(_way_back(request))
    language = request.POST.get("language", "")
    if language in dict(settings.LANGUAGES):
        _set_cookie(answer, settings.LANGUAGE_COOKIE_NAME, language)
        if request.user.is_authenticated:
            Preference.objects.update_or_create(
                user=request.user, defaults={"language": language}
            )
    return answer


def bring_language(request: HttpRequest, answer: HttpResponse) -> None:
    """Gives a browser that has chosen no language the one its member chose."""
    if settings.LANGUAGE_COOKIE_NAME in request.COOKIES:
        return
    preference = Preference.objects.filter(user=request.user).first()
    if preference and preference.language in dict(settings.LANGUAGES):
        _set_cookie(answer, settings.LANGUAGE_COOKIE_NAME, preference.language)


def _set_cookie(answer: HttpResponse, name: str, value: str) -> None:
    answer.set_cookie(
        name,
        value,
        max_age=ONE_YEAR_SECONDS,
        secure=settings.SESSION_COOKIE_SECURE,
        httponly=True,
        samesite="Lax",
    )


def _refuse_other_sites(request: HttpRequest) -> None:
    """Raises `PermissionDenied` when another site sent the form.

    Browsers send `Sec-Fetch-Site` or, older ones, `Origin` with every POST; a
    request with neither comes from a program and can change only its own answer.
    """
    site = request.headers.get("Sec-Fetch-Site")
    origin = request.headers.get("Origin")
    if site is not None:
        is_ours = site in ("same-origin", "none")
    elif origin is not None:
        is_ours = (
            origin == f"{request.scheme}://{request.get_host()}"
            or origin in settings.CSRF_TRUSTED_ORIGINS
        )
    else:
        is_ours = True
    if not is_ours:
        raise PermissionDenied(_("This form was sent from another site."))


def _way_back(request: HttpRequest) -> str:
    """The page the form stood on, when it is one of ours; else the home page."""
    candidates = [request.POST.get("next", ""), request.headers.get("Referer", "")]
    for address in candidates:
        if url_has_allowed_host_and_scheme(
            address,
            allowed_hosts={request.get_host()},
            require_https=request.is_secure(),
        ):
            return address
    return resolve_url("home")
