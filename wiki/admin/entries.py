"""Entries in the admin: the list, and a form that saves as the editor does."""

from dataclasses import replace
from typing import Any

from django.contrib import admin, messages
from django.contrib.admin import helpers
from django.contrib.admin.utils import unquote
from django.core.exceptions import PermissionDenied
from django.db.models import Count, IntegerField, OuterRef, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.formats import number_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from wiki import permissions
from wiki.admin.curating import CuratorAdmin
from wiki.admin.entry_actions import EntryActions
from wiki.admin.entry_filters import StateFilter, TagFilter
from wiki.admin.entry_form import FIELDSETS, AdminEntryForm, initial_of
from wiki.editing import (
    Act,
    Author,
    Content,
    EditConflict,
    EntryGone,
    InvalidContent,
    Saved,
    StaleEntry,
    create_entry,
    edit_entry,
    set_access,
)
from wiki.editing.joining import Joining, joining_of
from wiki.forms import new_token
from wiki.joining_forms import may_see_base, own_text, places_of, read_joining
from wiki.models import Entry, Link
from wiki.search.query import MAX_QUERY_CHARS
from wiki.slugs import clean_title

LISTED_REVISIONS = 20


@admin.register(Entry)
class EntryAdmin(EntryActions, CuratorAdmin):
    list_display = (
        "title_shown",
        "tags_shown",
        "version",
        "editor",
        "updated_at",
        "links_in",
        "links_out",
        "characters",
    )
    list_filter = (StateFilter, "visibility", "protection", TagFilter)
    search_fields = ("title", "body")
    ordering = ("-updated_at", "-id")
    list_per_page = 100
    show_facets = admin.ShowFacets.ALWAYS
    # One count less; how many there are stands in the filters.
    show_full_result_count = False
    fieldsets = FIELDSETS
    change_form_template = "admin/wiki/entry/change_form.html"

    # ── The list ──────────────────────────────────────────────────────────────
    def get_queryset(self, request: HttpRequest) -> QuerySet:
        entries = Entry.objects.with_head().without_text()
        return entries.defer(
            "body",
            "html",
            "headings",
            "properties",
            "head__body",
            "head__properties",
        ).annotate(
            links_in=_count_of(Link.objects.filter(target=OuterRef("pk")), "target"),
            links_out=_count_of(Link.objects.filter(source=OuterRef("pk")), "source"),
        )

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet, search_term: str
    ) -> tuple[QuerySet, bool]:
        asked = clean_title(search_term)[:MAX_QUERY_CHARS]
        return super().get_search_results(request, queryset, asked)

    @admin.display(description=gettext_lazy("title"), ordering="sort_key")
    def title_shown(self, entry: Entry) -> str:
        if entry.is_deleted:
            return _("%s (deleted)") % entry.title
        return entry.title

    @admin.display(description=gettext_lazy("tags"))
    def tags_shown(self, entry: Entry) -> str:
        return ", ".join(entry.head.tag_names())

    @admin.display(description=gettext_lazy("last editor"), ordering="head__author")
    def editor(self, entry: Entry) -> str:
        return entry.head.author_name

    @admin.display(description=gettext_lazy("links in"), ordering="links_in")
    def links_in(self, entry: Entry) -> int:
        return entry.links_in

    @admin.display(description=gettext_lazy("links out"), ordering="links_out")
    def links_out(self, entry: Entry) -> int:
        return entry.links_out

    @admin.display(description=gettext_lazy("characters"), ordering="head__size")
    def characters(self, entry: Entry) -> str:
        return number_format(entry.head.size, force_grouping=True)

    # ── Rights ────────────────────────────────────────────────────────────────
    def has_change_permission(
        self, request: HttpRequest, obj: Entry | None = None
    ) -> bool:
        if obj is None:
            return super().has_change_permission(request)
        return permissions.can_edit(request.user, obj)

    def has_delete_permission(
        self, request: HttpRequest, obj: Entry | None = None
    ) -> bool:
        """Never: an entry is only put out of sight, by the action of that name."""
        return False

    def get_view_on_site_url(self, obj: Entry | None = None) -> str | None:
        if obj is None or obj.is_deleted:
            return None
        return obj.get_absolute_url()

    # ── The form ──────────────────────────────────────────────────────────────
    def add_view(
        self,
        request: HttpRequest,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        if not self.has_add_permission(request):
            raise PermissionDenied
        if request.method != "POST":
            form = AdminEntryForm(is_new=True, initial={"form_token": new_token()})
            return self._form_page(request, form, None)
        form = AdminEntryForm(request.POST, is_new=True)
        if form.is_valid():
            rights = {name: form.cleaned_data[name] for name in _RIGHTS}
            try:
                saved = create_entry(form.content(), act=_act(request, form), **rights)
            except InvalidContent as error:
                form.add_problems(error)
            else:
                self.log_addition(request, saved.entry, _log_text(saved))
                return self._answer(request, saved.entry, _("The entry was added."))
        return self._form_page(request, form, None, status=400)

    def change_view(
        self,
        request: HttpRequest,
        object_id: str,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        entry = _find(unquote(object_id))
        if entry is None:
            return self._get_obj_does_not_exist_redirect(request, self.opts, object_id)
        if not self.has_view_permission(request, entry):
            raise PermissionDenied
        if request.method != "POST":
            initial = initial_of(Content.of(entry), entry)
            return self._form_page(request, AdminEntryForm(initial=initial), entry)
        if not entry.is_deleted and not self.has_change_permission(request, entry):
            raise PermissionDenied
        form = AdminEntryForm(request.POST)
        if not form.is_valid():
            return self._form_page(request, form, entry, status=400)
        sent = read_joining(request, entry, form)
        if sent and (sent.is_touched or not sent.is_stray) and _asks_to_save(request):
            values = sent.joining.values()
            form = AdminEntryForm(request.POST.dict() | values)
            if sent.joining.left or sent.is_stray or not form.is_valid():
                context = _clash_context(request, entry, sent.joining, sent.base_number)
                context |= {"newest": sent.latest, "left": sent.joining.left}
                merge = {"body": sent.joining.merged.body.text}
                form = AdminEntryForm(request.POST.dict() | merge)
                return self._form_page(request, form, entry, status=409, **context)
        return self._save(request, form, entry)

    def _save(
        self, request: HttpRequest, form: AdminEntryForm, entry: Entry
    ) -> HttpResponse:
        base_version = form.cleaned_data["base_version"]
        base = entry.revisions.filter(number=base_version).first() or entry.head
        content = form.content(Content.of(base))
        act = _act(request, form)
        try:
            saved = edit_entry(entry, content, base_version=base_version, act=act)
        except InvalidContent as error:
            form.add_problems(error)
            return self._form_page(request, form, entry, status=400)
        except EditConflict as conflict:
            form = _joined(request, conflict)
            joining = joining_of(conflict)
            context = _clash_context(request, entry, joining, base_version)
            context |= {"newest": conflict.entry.head}
            return self._form_page(request, form, entry, status=409, **context)
        except EntryGone:
            form = AdminEntryForm(initial=form.data)
            return self._form_page(request, form, _find(entry.pk), status=409)
        if saved.status != "same":
            self.log_change(request, saved.entry, _log_text(saved))
        rights_are_changed = self._set_rights(request, form, saved.entry)
        sentence = _sentence(saved, rights_are_changed=rights_are_changed)
        return self._answer(request, saved.entry, sentence)

    def _set_rights(
        self, request: HttpRequest, form: AdminEntryForm, entry: Entry
    ) -> bool:
        rights = form.rights_for(entry)
        if all(getattr(entry, name) == value for name, value in rights.items()):
            return False
        try:
            set_access(entry, base_version=entry.version, **rights)
        except (StaleEntry, EntryGone):
            sentence = _(
                "Who reads and changes the entry was not changed: someone saved it "
                "at the same moment. Choose again."
            )
            self.message_user(request, sentence, messages.WARNING)
            return False
        self.log_change(request, entry, "{visibility}, {protection}".format(**rights))
        return True

    def _form_page(
        self,
        request: HttpRequest,
        form: AdminEntryForm,
        entry: Entry | None,
        *,
        status: int = 200,
        **context: Any,
    ) -> HttpResponse:
        if entry and not self.has_change_permission(request, entry):
            form.disable()
        fields = helpers.AdminForm(form, self.fieldsets, {}, (), model_admin=self)
        context = {
            **self.admin_site.each_context(request),
            "title": self._page_title(request, entry),
            "subtitle": entry.title if entry else None,
            "adminform": fields,
            "object_id": entry.pk if entry else None,
            "original": entry,
            "is_popup": False,
            "to_field": None,
            "media": self.media + fields.media,
            "inline_admin_formsets": [],
            "errors": helpers.AdminErrorList(form, []),
            "preserved_filters": self.get_preserved_filters(request),
            "revisions": _newest_revisions(entry) if entry else (),
            **context,
        }
        answer = self.render_change_form(
            request, context, add=entry is None, change=entry is not None, obj=entry
        )
        answer.status_code = status
        return answer

    def _page_title(self, request: HttpRequest, entry: Entry | None) -> str:
        if entry is None:
            return _("Add entry")
        if self.has_change_permission(request, entry):
            return _("Change entry")
        return _("View entry")

    def _answer(
        self, request: HttpRequest, entry: Entry, sentence: str
    ) -> HttpResponse:
        self.message_user(request, sentence, messages.SUCCESS)
        if "_continue" in request.POST:
            address = reverse("admin:wiki_entry_change", args=[entry.pk])
            return HttpResponseRedirect(address)
        if "_addanother" in request.POST:
            return HttpResponseRedirect(reverse("admin:wiki_entry_add"))
        return self.response_post_save_change(request, entry)


_RIGHTS = ("visibility", "protection")


def _find(object_id: str | int) -> Entry | None:
    try:
        pk = int(object_id)
    except ValueError:
        return None
    entries = Entry.objects.with_head().defer("html", "headings", "head__body")
    return entries.filter(pk=pk).first()


def _count_of(links: QuerySet, field: str) -> Coalesce:
    counted = links.order_by().values(field).annotate(count=Count("pk")).values("count")
    return Coalesce(Subquery(counted, output_field=IntegerField()), 0)


def _newest_revisions(entry: Entry) -> QuerySet:
    newest = entry.revisions.without_text().select_related("author").newest_first()
    return newest[:LISTED_REVISIONS]


def _act(request: HttpRequest, form: AdminEntryForm) -> Act:
    return Act(
        author=Author(user=request.user),
        comment=form.cleaned_data["comment"],
        is_minor=form.cleaned_data["minor"],
        form_token=form.cleaned_data["form_token"],
    )


def _joined(request: HttpRequest, conflict: EditConflict) -> AdminEntryForm:
    """The form as it was sent, with the text that holds everyone's changes."""
    merged = replace(conflict.merged, body=conflict.merge.text)
    joined = initial_of(merged, conflict.entry)
    for name in _RIGHTS:
        joined.pop(name)
    return AdminEntryForm(request.POST.dict() | joined)


def _asks_to_save(request: HttpRequest) -> bool:
    """Whether a button was pressed: a program that sends the form has made its text."""
    return any(name in request.POST for name in ("_save", "_continue", "_addanother"))


def _clash_context(
    request: HttpRequest, entry: Entry, joining: Joining, base_number: int
) -> dict[str, Any]:
    is_base_shown = may_see_base(request.user, entry, base_number)
    places = places_of(joining, is_base_shown=is_base_shown)
    return {
        "conflict": joining,
        "places": places,
        "text_count": sum(not place.question.is_field for place in places),
        "base_number": base_number,
        "own_text": own_text(joining),
    }


def _log_text(saved: Saved) -> str:
    comment = saved.revision.comment
    number = f"r{saved.revision.number}"
    return f"{number}: {comment}" if comment else number


def _sentence(saved: Saved, *, rights_are_changed: bool) -> str:
    if saved.status == "same":
        if rights_are_changed:
            return _("Who reads and changes the entry was changed.")
        return _("Nothing differs from the newest revision, so none was made.")
    if saved.status == "merged":
        return _("Saved as r%s, joined with what others changed meanwhile.") % (
            saved.revision.number
        )
    return _("Saved as r%s.") % saved.revision.number
