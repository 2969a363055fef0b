"""Imports in the admin: what each run did, note by note.

The records do not change by hand; conflicts are decided, and runs undone.
"""

import json
from collections.abc import Callable, Sequence
from functools import partial

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from wiki import permissions
from wiki.admin.curating import ReadOnlyAdmin
from wiki.editing import Act, Author, EditError, InvalidContent
from wiki.importing.deciding import AlreadyDecided, accept, reject
from wiki.models import Import, ImportItem, ItemStatus, RevisionKind

# More at once would take longer than a browser waits.
MAX_ITEMS = 500
NAMED_IN_MESSAGE = 10


@admin.register(Import)
class ImportAdmin(ReadOnlyAdmin):
    list_display = ("id", "source_list", "status", "tally", "started_at", "seconds")
    list_filter = ("status",)
    ordering = ("-id",)
    actions = ("undo_import",)
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

    @admin.action(description=_("Undo …"))
    def undo_import(
        self, request: HttpRequest, queryset: QuerySet
    ) -> HttpResponse | None:
        """The page that lists what would happen, and asks."""
        numbers = list(queryset.order_by("pk").values_list("pk", flat=True)[:2])
        if len(numbers) == 1:
            return redirect("import-undo", numbers[0])
        sentence = gettext("Choose one import: each is undone by itself.")
        self.message_user(request, sentence, messages.WARNING)
        return None

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
    list_filter = ("status", "needs_eyes", "decision")
    actions = ("accept_dump", "keep_wiki")
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
        "decision_text",
        "details_text",
        "proposal_text",
    )

    def get_queryset(self, request: HttpRequest) -> QuerySet:
        items = ImportItem.objects.select_related("run", "entry", "decided_by")
        return items.defer("entry__body", "entry__html", "entry__headings")

    @admin.display(description=_("place"), ordering="path")
    def place(self, item: ImportItem) -> str:
        where = f"{item.source}: {item.path}"
        return f"{where}:{item.line}" if item.line else where

    @admin.action(description=_("Take the dump's text …"))
    def accept_dump(
        self, request: HttpRequest, queryset: QuerySet
    ) -> HttpResponse | None:
        author = Author(user=request.user)

        def take(item: ImportItem) -> None:
            comment = gettext("Import %(number)s: the dump's text")
            act = Act(
                author=author,
                kind=RevisionKind.IMPORT,
                comment=comment % {"number": item.run_id},
            )
            accept(item, base_version=item.entry.version, act=act)

        return self._ask_or_decide(request, queryset, "accept_dump", take)

    @admin.action(description=_("Keep the wiki's text …"))
    def keep_wiki(
        self, request: HttpRequest, queryset: QuerySet
    ) -> HttpResponse | None:
        keep = partial(reject, author=Author(user=request.user))
        return self._ask_or_decide(request, queryset, "keep_wiki", keep)

    def _ask_or_decide(
        self,
        request: HttpRequest,
        queryset: QuerySet,
        name: str,
        decide: Callable[[ImportItem], object],
    ) -> HttpResponse | None:
        """The page that asks; once it is answered, None: back to the list."""
        chosen = list(queryset.order_by("run", "position")[: MAX_ITEMS + 1])
        waiting = [item for item in chosen if _may_decide(request, item)]
        if len(chosen) > MAX_ITEMS:
            sentence = gettext("At most %s at once: choose fewer. Nothing was done.")
            self.message_user(request, sentence % MAX_ITEMS, messages.WARNING)
            return None
        if not waiting:
            sentence = gettext("None of these waits for your decision.")
            self.message_user(request, sentence, messages.WARNING)
            return None
        if "sure" not in request.POST:
            return self._asking_page(request, name, waiting, len(chosen))
        self._tell(request, waiting, [_attempt(item, decide) for item in waiting])
        return None

    def _asking_page(
        self, request: HttpRequest, name: str, items: Sequence[ImportItem], chosen: int
    ) -> HttpResponse:
        texts = {
            "accept_dump": (
                gettext("Take the dump's text for these entries?"),
                gettext("Take the dump's text"),
            ),
            "keep_wiki": (
                gettext("Keep the wiki's text of these entries?"),
                gettext("Keep the wiki's text"),
            ),
        }
        title, button = texts[name]
        context = {
            **self.admin_site.each_context(request),
            "title": title,
            "button": button,
            "name": name,
            "opts": self.opts,
            "items": items,
            "others": chosen - len(items),
            "media": self.media,
        }
        request.current_app = self.admin_site.name
        return TemplateResponse(request, "admin/wiki/importitem/ask.html", context)

    def _tell(
        self,
        request: HttpRequest,
        items: Sequence[ImportItem],
        reasons: Sequence[str],
    ) -> None:
        left = [
            f"{item.title}: {why}"
            for item, why in zip(items, reasons, strict=True)
            if why
        ]
        count = len(items) - len(left)
        sentence = ngettext("%s was decided.", "%s were decided.", count) % count
        level = messages.SUCCESS if count else messages.INFO
        self.message_user(request, sentence, level)
        if left:
            sentence = ngettext("%s still waits.", "%s still wait.", len(left))
            named = " ".join([sentence % len(left), *left[:NAMED_IN_MESSAGE]])
            self.message_user(request, named, messages.WARNING)

    @admin.display(description=_("decision"))
    def decision_text(self, item: ImportItem) -> str:
        if item.waits and item.entry_id:
            address = reverse("import-item", args=[item.run_id, item.position])
            return format_html('<a href="{}">{}</a>', address, gettext("Decide"))
        parts = [item.get_decision_display(), item.decider]
        return " · ".join(part for part in parts if part)

    @admin.display(description=_("details"))
    def details_text(self, item: ImportItem) -> str:
        return _as_text(item.details)

    @admin.display(description=_("what the dump has"))
    def proposal_text(self, item: ImportItem) -> str:
        return _as_text(item.proposal) if item.proposal else ""


def _may_decide(request: HttpRequest, item: ImportItem) -> bool:
    return (
        item.waits
        and item.proposal is not None
        and item.entry is not None
        and permissions.can_edit(request.user, item.entry)
    )


def _attempt(item: ImportItem, decide: Callable[[ImportItem], object]) -> str:
    """Why the item could not be decided; empty when it was."""
    try:
        decide(item)
    except AlreadyDecided:
        return gettext("It was decided meanwhile.")
    except InvalidContent as error:
        return " ".join(problem.sentence for problem in error.problems)
    except EditError:
        return gettext("It was changed meanwhile.")
    return ""


def _as_text(value: object) -> str:
    text = json.dumps(value, ensure_ascii=False, indent=2)
    return format_html('<pre class="wiki-source">{}</pre>', text)
