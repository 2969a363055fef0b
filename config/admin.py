"""The admin site: it has the wiki's name and no way in of its own."""

from typing import Any

from django.conf import settings
from django.contrib.admin import AdminSite
from django.contrib.auth import REDIRECT_FIELD_NAME
from django.contrib.auth.decorators import login_not_required
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.decorators import method_decorator
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache


class WikiAdminSite(AdminSite):
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
