"""Imports in the admin: what each run did, note by note. Nothing here changes."""

import json

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _

from wiki.admin.curating import ReadOnlyAdmin
from wiki.models import Import, ImportItem, ItemStatus


@admin.register(Import)
class ImportAdmin(ReadOnlyAdmin):
    list_display = ("id", "source_list", "status", "tally", "started_at", "seconds")
    list_filter = ("status",)
    ordering = ("-id",)
    fields = (
        "status",
        "source_list",
        "tally",
        "items_link",
        "started_at",
        "finished_at",
        "seconds",
        "options_text",
        "messages",
    )

    def get_queryset(self, request: HttpRequest) -> QuerySet:
        return Import.objects.select_related("batch")

    @admin.display(description=_("sources"))
    def source_list(self, run: Import) -> str:
        return ", ".join(map(str, run.sources))

    @admin.display(description=_("totals"))
    def tally(self, run: Import) -> str:
        counted = [
            f"{status.label} {run.totals[status]}"
            for status in ItemStatus
            if run.totals.get(status)
        ]
        return ", ".join(counted)

    @admin.display(description=_("items"))
    def items_link(self, run: Import) -> str:
        address = reverse("admin:wiki_importitem_changelist")
        return format_html(
            '<a href="{}?run__id__exact={}">{}</a>',
            address,
            run.pk,
            _("Every note of this run"),
        )

    @admin.display(description=_("options"))
    def options_text(self, run: Import) -> str:
        return _as_text(run.options)

    def get_view_on_site_url(self, obj: Import | None = None) -> str | None:
        return obj.get_absolute_url() if obj else None


@admin.register(ImportItem)
class ImportItemAdmin(ReadOnlyAdmin):
    list_display = ("title", "status", "place", "entry", "run", "needs_eyes")
    list_filter = ("status", "needs_eyes")
    search_fields = ("title", "path")
    ordering = ("-run", "position")
    fields = (
        "run",
        "position",
        "status",
        "title",
        "place",
        "entry",
        "revision_number",
        "needs_eyes",
        "details_text",
        "proposal_text",
    )

    def get_queryset(self, request: HttpRequest) -> QuerySet:
        items = ImportItem.objects.select_related("run", "entry")
        return items.defer("entry__body", "entry__html", "entry__headings")

    @admin.display(description=_("place"), ordering="path")
    def place(self, item: ImportItem) -> str:
        where = f"{item.source}: {item.path}"
        return f"{where}:{item.line}" if item.line else where

    @admin.display(description=_("details"))
    def details_text(self, item: ImportItem) -> str:
        return _as_text(item.details)

    @admin.display(description=_("what the dump has"))
    def proposal_text(self, item: ImportItem) -> str:
        return _as_text(item.proposal) if item.proposal else ""


def _as_text(value: object) -> str:
    text = json.dumps(value, ensure_ascii=False, indent=2)
    return format_html('<pre class="wiki-source">{}</pre>', text)
