"""Acts on many entries of the list. Those that write ask first, with all named."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

from django import forms
from django.contrib import admin, messages
from django.contrib.admin.models import CHANGE, LogEntry
from django.contrib.admin.widgets import AdminTextInputWidget
from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.http import FileResponse, HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from wiki import permissions
from wiki.admin import bulk
from wiki.admin.entry_export import as_archive, as_json
from wiki.editing import Author
from wiki.editing.content import tag_problem
from wiki.editing.tagging import find_tags
from wiki.models import Entry
from wiki.models.entries import EntryQuerySet
from wiki.models.revisions import MAX_COMMENT_CHARS
from wiki.slugs import clean_tag, tag_key

# More at once would take longer than a browser waits.
MAX_ENTRIES = 500
NAMED_IN_MESSAGE = 10


class SureForm(forms.Form):
    """Why, and the version each entry had when the page asked: "12:3,15:1"."""

    comment = forms.CharField(
        label=gettext_lazy("Comment"),
        required=False,
        max_length=MAX_COMMENT_CHARS,
        widget=AdminTextInputWidget(),
    )
    versions = forms.CharField(widget=forms.HiddenInput)

    def clean_versions(self) -> dict[int, int]:
        pairs = self.cleaned_data["versions"].split(",")
        try:
            return {int(pk): int(version) for pk, version in map(_halves, pairs)}
        except ValueError as error:
            raise ValidationError(_("The form is not whole. Choose again.")) from error

    def decided(self) -> dict[str, Any]:
        """What was filled in besides the versions, for the act."""
        return {"comment": self.cleaned_data["comment"]}


class TagForm(SureForm):
    name = forms.CharField(label=gettext_lazy("Tag"), widget=AdminTextInputWidget())
    field_order = ["name", "comment"]

    def clean_name(self) -> str:
        name = clean_tag(self.cleaned_data["name"])
        problem = tag_problem(name)
        if problem:
            raise ValidationError(problem.sentence)
        return name

    def decided(self) -> dict[str, Any]:
        return super().decided() | {"name": self.cleaned_data["name"]}


class KnownTagForm(TagForm):
    def clean_name(self) -> str:
        name = super().clean_name()
        if not find_tags([tag_key(name)]):
            raise ValidationError(_("There is no tag “%s”.") % name)
        return name


@dataclass(frozen=True)
class Asking:
    """An action as its page asks for it, and what is done once it is answered."""

    name: str
    question: str
    button: str
    form: type[SureForm]
    may: Callable[[Entry], bool]
    act: Callable[..., bulk.Done]
    # Whether the act itself compares versions: tags merge with any change.
    needs_versions: bool = False


class EntryActions:
    """The actions of the list of entries, for its `ModelAdmin`."""

    actions = (
        "add_tag",
        "remove_tag",
        "delete_entries",
        "restore_entries",
        "export_json",
        "export_markdown",
    )

    @admin.action(description=gettext_lazy("Add a tag …"))
    def add_tag(self, request: HttpRequest, queryset: QuerySet) -> HttpResponse | None:
        asking = Asking(
            name="add_tag",
            question=_("Which tag shall these entries have?"),
            button=_("Add the tag"),
            form=TagForm,
            may=partial(permissions.can_edit, request.user),
            act=bulk.add_tag,
        )
        return self._ask_or_act(request, queryset, asking)

    @admin.action(description=gettext_lazy("Remove a tag …"))
    def remove_tag(
        self, request: HttpRequest, queryset: QuerySet
    ) -> HttpResponse | None:
        asking = Asking(
            name="remove_tag",
            question=_("Which tag shall these entries lose?"),
            button=_("Remove the tag"),
            form=KnownTagForm,
            may=partial(permissions.can_edit, request.user),
            act=bulk.remove_tag,
        )
        return self._ask_or_act(request, queryset, asking)

    @admin.action(description=gettext_lazy("Delete …"))
    def delete_entries(
        self, request: HttpRequest, queryset: QuerySet
    ) -> HttpResponse | None:
        asking = Asking(
            name="delete_entries",
            question=_("Delete these entries?"),
            button=_("Delete"),
            form=SureForm,
            may=partial(permissions.can_edit, request.user),
            act=bulk.delete,
            needs_versions=True,
        )
        return self._ask_or_act(request, queryset, asking)

    @admin.action(description=gettext_lazy("Bring back …"))
    def restore_entries(
        self, request: HttpRequest, queryset: QuerySet
    ) -> HttpResponse | None:
        asking = Asking(
            name="restore_entries",
            question=_("Bring these entries back?"),
            button=_("Bring back"),
            form=SureForm,
            may=partial(permissions.can_restore, request.user),
            act=bulk.restore,
            needs_versions=True,
        )
        return self._ask_or_act(request, queryset, asking)

    @admin.action(description=gettext_lazy("Export as JSON"))
    def export_json(self, request: HttpRequest, queryset: QuerySet) -> HttpResponse:
        return FileResponse(
            as_json(_readable(request, queryset)),
            as_attachment=True,
            filename="entries.json",
            content_type="application/json",
        )

    @admin.action(description=gettext_lazy("Export as Markdown (zip)"))
    def export_markdown(self, request: HttpRequest, queryset: QuerySet) -> HttpResponse:
        return FileResponse(
            as_archive(_readable(request, queryset)),
            as_attachment=True,
            filename="entries.zip",
            content_type="application/zip",
        )

    def _ask_or_act(
        self, request: HttpRequest, queryset: QuerySet, asking: Asking
    ) -> HttpResponse | None:
        """The page that asks; once it is answered, None: back to the list."""
        entries = list(queryset.order_by("sort_key", "pk")[: MAX_ENTRIES + 1])
        allowed = [entry for entry in entries if asking.may(entry)]
        if len(entries) > MAX_ENTRIES:
            sentence = _("At most %s entries at once: choose fewer. Nothing was done.")
            self.message_user(request, sentence % MAX_ENTRIES, messages.WARNING)
            return None
        if not allowed:
            sentence = _("None of these entries allows that. Nothing was done.")
            self.message_user(request, sentence, messages.WARNING)
            return None
        form = asking.form(
            request.POST if "versions" in request.POST else None,
            initial={"versions": ",".join(f"{e.pk}:{e.version}" for e in allowed)},
        )
        if not form.is_valid():
            others = [entry for entry in entries if entry not in allowed]
            return self._asking_page(request, asking, form, allowed, others)
        self._act(request, asking, form, allowed)
        return None

    def _asking_page(
        self,
        request: HttpRequest,
        asking: Asking,
        form: SureForm,
        entries: Sequence[Entry],
        others: Sequence[Entry],
    ) -> HttpResponse:
        context = {
            **self.admin_site.each_context(request),
            "title": asking.question,
            "opts": self.opts,
            "asking": asking,
            "form": form,
            "entries": entries,
            "others": others,
            "media": self.media,
        }
        request.current_app = self.admin_site.name
        return TemplateResponse(
            request,
            "admin/wiki/entry/ask.html",
            context,
            status=400 if form.is_bound else 200,
        )

    def _act(
        self,
        request: HttpRequest,
        asking: Asking,
        form: SureForm,
        allowed: Sequence[Entry],
    ) -> None:
        versions = form.cleaned_data["versions"]
        entries = [entry for entry in allowed if entry.pk in versions]
        decided = form.decided() | {"author": Author(user=request.user)}
        if asking.needs_versions:
            decided["versions"] = versions
        done = asking.act(entries, **decided)
        LogEntry.objects.log_actions(
            request.user.pk, done.changed, CHANGE, done.batch.comment
        )
        level = messages.SUCCESS if done.changed else messages.INFO
        self.message_user(request, _changed_message(done), level)
        missing = len(versions) - len(entries)
        if done.skipped or missing:
            message = _skipped_message(done, missing)
            self.message_user(request, message, messages.WARNING)


def _halves(pair: str) -> tuple[str, str]:
    pk, _, version = pair.partition(":")
    return pk, version


def _readable(request: HttpRequest, queryset: QuerySet) -> EntryQuerySet:
    # Without what the list was annotated and ordered with.
    chosen = queryset.order_by().values("pk")
    return Entry.objects.visible_to(request.user).filter(pk__in=chosen)


def _changed_message(done: bulk.Done) -> str:
    count = len(done.changed)
    if not count:
        return _("Nothing had to be changed.")
    sentence = ngettext(
        "%(count)s entry was changed: %(comment)s.",
        "%(count)s entries were changed: %(comment)s.",
        count,
    ) % {"count": count, "comment": done.batch.comment}
    address = reverse("admin:wiki_revision_changelist")
    return format_html(
        '{} <a href="{}?batch__id__exact={}">{}</a>',
        sentence,
        address,
        done.batch.pk,
        _("The revisions"),
    )


def _skipped_message(done: bulk.Done, missing: int) -> str:
    count = len(done.skipped) + missing
    sentence = ngettext(
        "%s entry was left as it is.", "%s entries were left as they are.", count
    )
    named = [f"{e.title}: {why}" for e, why in done.skipped[:NAMED_IN_MESSAGE]]
    if missing:
        named.append(_("Some were changed meanwhile and are no longer in this list."))
    return " ".join([sentence % count, *named])
