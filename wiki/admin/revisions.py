"""Revisions in the admin: a look at them. They never change."""

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _

from wiki.admin.curating import ReadOnlyAdmin
from wiki.models import Revision


@admin.register(Revision)
class RevisionAdmin(ReadOnlyAdmin):
    list_display = (
        "title",
        "number",
        "kind",
        "author_name",
        "comment",
        "size_change",
        "created_at",
    )
    list_filter = ("kind", "is_minor")
    search_fields = ("title", "comment")
    ordering = ("-id",)
    fields = (
        "entry",
        "number",
        "title",
        "kind",
        "is_minor",
        "author_name",
        "comment",
        "batch",
        "tag_list",
        "summary",
        "source_url",
        "alias_names",
        "properties",
        "size",
        "size_change",
        "created_at",
        "authored_at",
        "source",
    )

    def get_queryset(self, request: HttpRequest) -> QuerySet:
        revisions = Revision.objects.select_related("author", "entry", "batch")
        return revisions.defer("entry__body", "entry__html", "entry__headings")

    @admin.display(description=_("author"))
    def author_name(self, revision: Revision) -> str:
        return revision.author_name

    @admin.display(description=_("tags"))
    def tag_list(self, revision: Revision) -> str:
        return ", ".join(revision.tag_names())

    @admin.display(description=_("text"))
    def source(self, revision: Revision) -> str:
        return format_html('<pre class="wiki-source">{}</pre>', revision.body)

    def get_view_on_site_url(self, obj: Revision | None = None) -> str | None:
        if obj is None or obj.entry.is_deleted:
            return None
        return obj.get_absolute_url()
