"""The admin site: it has the wiki's name and no way in of its own."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.conf import settings
from django.contrib.admin import AdminSite
from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME
from django.contrib.admin.views.main import SEARCH_VAR
from django.contrib.auth import REDIRECT_FIELD_NAME
from django.contrib.auth.decorators import login_not_required
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import BadRequest, PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.decorators import method_decorator
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache

# No row has a number with more digits; databases refuse to look for one.
MAX_DIGITS = 18


class WikiAdminSite(AdminSite):
    def admin_view(
        self, view: Callable[..., HttpResponse], cacheable: bool = False
    ) -> Callable[..., HttpResponse]:
        """The view for curators only; what no page of ours asks for is a 400."""

        @wraps(view)
        def checked(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            if _is_impossible(request):
                raise BadRequest
            return view(request, *args, **kwargs)

        return super().admin_view(checked, cacheable)

    def each_context(self, request: HttpRequest) -> dict[str, Any]:
        name = {"site_header": settings.WIKI_NAME, "site_title": settings.WIKI_NAME}
        return super().each_context(request) | name

    @method_decorator(never_cache)
    @login_not_required
    def login(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """Sends to the wiki's own login, which counts failures and has its look."""
        index = reverse("admin:index", current_app=self.name)
        if self.has_permission(request):
            return redirect(index)
        if request.user.is_authenticated:
            raise PermissionDenied(_("The administration is for curators."))
        return redirect_to_login(request.GET.get(REDIRECT_FIELD_NAME) or index)

    def password_change(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        return redirect("password_change")


def _is_impossible(request: HttpRequest) -> bool:
    """Whether a row is asked for that a database would rather fail than look for."""
    asked = [
        value
        for name, values in request.GET.lists()
        if name != SEARCH_VAR  # whose form says what is wrong
        for value in (name, *values)
    ]
    chosen = request.POST.getlist(ACTION_CHECKBOX_NAME)
    return (
        any("\x00" in value for value in asked)
        or any(value.isdecimal() and len(value) > MAX_DIGITS for value in asked)
        or any(not pk.isdecimal() or len(pk) > MAX_DIGITS for pk in chosen)
    )
