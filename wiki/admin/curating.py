"""Who may do what in the admin: asked of the one permission policy."""

from django.contrib import admin
from django.db import models
from django.http import HttpRequest

from wiki import permissions


class CuratorAdmin(admin.ModelAdmin):
    """For curators, whatever rights their account has beside that."""

    def has_module_permission(self, request: HttpRequest) -> bool:
        return permissions.can_curate(request.user)

    def has_view_permission(
        self, request: HttpRequest, obj: models.Model | None = None
    ) -> bool:
        return permissions.can_curate(request.user)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return permissions.can_curate(request.user)

    def has_change_permission(
        self, request: HttpRequest, obj: models.Model | None = None
    ) -> bool:
        return permissions.can_curate(request.user)

    def has_delete_permission(
        self, request: HttpRequest, obj: models.Model | None = None
    ) -> bool:
        return permissions.can_curate(request.user)


class ReadOnlyAdmin(CuratorAdmin):
    """For records that nobody changes."""

    actions = None
    show_full_result_count = False

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(
        self, request: HttpRequest, obj: models.Model | None = None
    ) -> bool:
        return False

    def has_delete_permission(
        self, request: HttpRequest, obj: models.Model | None = None
    ) -> bool:
        return False
