"""What the list of entries can be narrowed by, with a count beside each choice."""

from collections.abc import Iterator
from typing import Any

from django.contrib import admin
from django.contrib.admin.views.main import ChangeList
from django.db.models import Count, Exists, OuterRef, Q, QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from wiki.models import Entry, EntryTag

# The tags most in use; any other one can be asked for in the address.
LISTED_TAGS = 30
# No tag has this key: a key keeps no dash at its ends.
WITHOUT_TAGS = "-"


class StateFilter(admin.SimpleListFilter):
    """Live entries unless others are asked for."""

    title = _("state")
    parameter_name = "state"

    def lookups(
        self, request: HttpRequest, model_admin: admin.ModelAdmin
    ) -> list[tuple[str | None, str]]:
        return [(None, _("live")), ("deleted", _("deleted")), ("all", _("both"))]

    def queryset(self, request: HttpRequest, queryset: QuerySet) -> QuerySet:
        if self.value() == "deleted":
            return queryset.exclude(deleted_at=None)
        return queryset if self.value() == "all" else queryset.filter(deleted_at=None)

    def get_facet_counts(
        self, pk_attname: str, filtered_qs: QuerySet
    ) -> dict[str, Count]:
        return {
            "live": Count(pk_attname, filter=Q(deleted_at=None)),
            "deleted": Count(pk_attname, filter=Q(deleted_at__isnull=False)),
            "all": Count(pk_attname),
        }

    def choices(self, changelist: ChangeList) -> Iterator[dict[str, Any]]:
        counts = self.get_facet_queryset(changelist) if changelist.add_facets else {}
        for value, word in self.lookup_choices:
            name = value or "live"
            yield {
                "selected": self.value() == value,
                "query_string": changelist.get_query_string(
                    {self.parameter_name: value}
                ),
                "display": f"{word} ({counts[name]})" if counts else word,
            }


class TagFilter(admin.SimpleListFilter):
    """One tag, or none at all: those most borne by what else is chosen."""

    title = _("tag")
    parameter_name = "tag"

    def lookups(
        self, request: HttpRequest, model_admin: admin.ModelAdmin
    ) -> list[tuple[str, str]]:
        # The tags are read with their counts, in `choices`.
        return [(WITHOUT_TAGS, _("without tags"))]

    def queryset(self, request: HttpRequest, queryset: QuerySet) -> QuerySet:
        tags = EntryTag.objects.filter(content_object=OuterRef("pk"))
        if not self.value():
            return queryset
        if self.value() == WITHOUT_TAGS:
            return queryset.filter(~Exists(tags))
        return queryset.filter(Exists(tags.filter(tag__key=self.value())))

    def choices(self, changelist: ChangeList) -> Iterator[dict[str, Any]]:
        counted = {WITHOUT_TAGS: (_("without tags"), 0)}
        for key, name, count in self._counts(changelist):
            counted[key or WITHOUT_TAGS] = (name or _("without tags"), count)
        if self.value():
            counted.setdefault(self.value(), (self.value(), 0))
        yield {
            "selected": not self.value(),
            "query_string": changelist.get_query_string(remove=[self.parameter_name]),
            "display": _("all"),
        }
        for key, (name, count) in counted.items():
            yield {
                "selected": self.value() == key,
                "query_string": changelist.get_query_string({self.parameter_name: key}),
                "display": f"{name} ({count})",
            }

    def _counts(self, changelist: ChangeList) -> QuerySet:
        """(key, name, count) of entries without a tag, and of each tag. One query."""
        entries = changelist.get_queryset(
            self.request, exclude_parameters=self.expected_parameters()
        )
        return (
            Entry.objects.filter(pk__in=entries.order_by().values("pk"))
            .values_list("tags__key", "tags__name")
            .annotate(count=Count("pk"), has_tag=Q(tags__key__isnull=False))
            .order_by("has_tag", "-count", "tags__key")
            .values_list("tags__key", "tags__name", "count")[: LISTED_TAGS + 1]
        )
