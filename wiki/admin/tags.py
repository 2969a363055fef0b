"""Tags in the admin, with their other names: keys are made here, never typed."""

from collections.abc import Callable
from functools import partial
from typing import Any

import taggit.admin  # noqa: F401  registers what is taken away below
from django.contrib import admin
from django.core.exceptions import ValidationError
from django.db.models import Count, Q, QuerySet
from django.forms import BaseInlineFormSet, ModelForm
from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from taggit.models import Tag as PlainTag

from wiki.admin.curating import CuratorAdmin
from wiki.editing import Act, Author
from wiki.editing.content import tag_problem
from wiki.editing.rows import bump_epoch
from wiki.editing.tag_acts import carry_out
from wiki.editing.tag_plans import TagPlan, plan_name, plan_rename, plan_unname
from wiki.models import Tag, TagAlias
from wiki.slugs import clean_tag, sort_key, tag_key

# The library's own tags are not in use.
admin.site.unregister(PlainTag)

# What the form of a tag changes by itself; its names are acts.
_OWN_FIELDS = ("match", "terms", "is_curated")


def _cleaned_name(name: str) -> str:
    name = clean_tag(name)
    problem = tag_problem(name)
    if problem:
        raise ValidationError(problem.sentence)
    return name


class TagForm(ModelForm):
    class Meta:
        model = Tag
        fields = ("name", "match", "terms", "implies", "is_curated")

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        # Whether they changed is asked of the record, as for every other field.
        self.fields["terms"].show_hidden_initial = False

    def clean_name(self) -> str:
        name = _cleaned_name(self.cleaned_data["name"])
        key = tag_key(name)
        if Tag.objects.filter(key=key).exclude(pk=self.instance.pk).exists():
            raise ValidationError(_("There is already a tag “%s”.") % name)
        alias = TagAlias.objects.filter(key=key).select_related("tag").first()
        if alias and alias.tag != self.instance:
            sentence = _("“%(name)s” is another name of the tag “%(tag)s”.")
            raise ValidationError(sentence % {"name": name, "tag": alias.tag.name})
        if self.instance.pk and name != self.initial.get("name"):
            plan = plan_rename(tag_key(self.initial["name"]), name)
            if plan.problems:
                raise ValidationError(list(plan.problems))
        return name

    def clean_terms(self) -> list[str]:
        terms = self.cleaned_data["terms"]
        if terms is None:
            return []
        is_list = isinstance(terms, list)
        if not is_list or not all(isinstance(t, str) and t.strip() for t in terms):
            raise ValidationError(
                _('Write the terms as a JSON list, such as ["commit", "=Go"].')
            )
        return terms

    def clean_implies(self) -> QuerySet:
        implied = self.cleaned_data["implies"]
        if self.instance.pk and self.instance in implied:
            raise ValidationError(_("A tag cannot imply itself."))
        return implied


class TagAliasForm(ModelForm):
    class Meta:
        model = TagAlias
        fields = ("name", "match")

    def clean_name(self) -> str:
        name = _cleaned_name(self.cleaned_data["name"])
        self.instance.key = tag_key(name)
        return name


class TagAliasFormSet(BaseInlineFormSet):
    """The other names of one tag: each leads to one tag only."""

    def clean(self) -> None:
        super().clean()
        kept = [form for form in self.forms if self._is_kept(form)]
        keys = {form.instance.key for form in kept}
        tags = dict(Tag.objects.filter(key__in=keys).values_list("key", "name"))
        # The name that the tag gets with this very form.
        tags[tag_key(self.instance.name)] = self.instance.name
        elsewhere = TagAlias.objects.filter(key__in=keys).exclude(tag=self.instance.pk)
        others = dict(elsewhere.values_list("key", "tag__name"))
        seen: set[str] = set()
        for form in kept:
            problem = _alias_problem(form.instance.key, seen, tags, others)
            if problem and form.has_changed():
                form.add_error("name", problem)
            seen.add(form.instance.key)

    def _is_kept(self, form: ModelForm) -> bool:
        cleaned = getattr(form, "cleaned_data", {})
        return bool(cleaned.get("name")) and not self._should_delete_form(form)


def _alias_problem(
    key: str, seen: set[str], tags: dict[str, str], others: dict[str, str]
) -> str:
    if key in seen:
        return _("This name stands here twice.")
    if key in tags:
        return (
            _(
                "“%s” is a tag of its own. A name can lead to another tag only when it "
                "is no tag itself."
            )
            % (tags[key])
        )
    if key in others:
        return _("This is another name of the tag “%s”.") % others[key]
    return ""


def _carry_out(request: HttpRequest, make_plan: Callable[[], TagPlan]) -> None:
    """Does what a form asks of the names of a tag, as an act that can be undone."""
    carry_out(make_plan, act=Act(author=Author(user=request.user)))


class TagAliasInline(admin.StackedInline):
    model = TagAlias
    form = TagAliasForm
    formset = TagAliasFormSet
    extra = 1

    def has_add_permission(self, request: HttpRequest, obj: Tag | None = None) -> bool:
        return True

    def has_change_permission(
        self, request: HttpRequest, obj: Tag | None = None
    ) -> bool:
        return True

    has_view_permission = has_delete_permission = has_change_permission


@admin.register(Tag)
class TagAdmin(CuratorAdmin):
    form = TagForm
    inlines = (TagAliasInline,)
    list_display = ("name", "other_names", "entry_count", "match", "is_curated")
    list_filter = ("match", "is_curated")
    search_fields = ("name", "aliases__name")
    filter_horizontal = ("implies",)
    ordering = ("sort_key",)
    list_per_page = 100
    show_full_result_count = False
    # A tag goes one at a time, and only when no entry has it.
    actions = None

    def get_queryset(self, request: HttpRequest) -> QuerySet:
        live = Q(items__content_object__deleted_at=None)
        return Tag.objects.annotate(
            entry_count=Count("items", filter=live, distinct=True)
        ).prefetch_related("aliases")

    @admin.display(description=gettext_lazy("other names"))
    def other_names(self, tag: Tag) -> str:
        return ", ".join(alias.name for alias in tag.aliases.all())

    @admin.display(description=gettext_lazy("entries"), ordering="entry_count")
    def entry_count(self, tag: Tag) -> int:
        return tag.entry_count

    def has_delete_permission(
        self, request: HttpRequest, obj: Tag | None = None
    ) -> bool:
        is_allowed = super().has_delete_permission(request, obj)
        return is_allowed and (obj is None or not obj.items.exists())

    def save_model(
        self, request: HttpRequest, obj: Tag, form: TagForm, change: bool
    ) -> None:
        if not change:
            obj.key = obj.slug = tag_key(obj.name)
            obj.sort_key = sort_key(obj.name)
            super().save_model(request, obj, form, change)
            return
        former = Tag.objects.get(pk=obj.pk)
        if former.name != obj.name:
            _carry_out(request, partial(plan_rename, former.key, obj.name))
        # What the form does not hold is as the act left it.
        changed = [name for name in form.changed_data if name in _OWN_FIELDS]
        obj.save(update_fields=changed or ["match"])
        obj.refresh_from_db(fields=["key", "slug", "sort_key"])

    def save_formset(
        self,
        request: HttpRequest,
        form: TagForm,
        formset: TagAliasFormSet,
        change: bool,
    ) -> None:
        """Names come and go as acts that can be undone; how each is looked for not."""
        tag = form.instance
        for row in formset.initial_forms:
            former = row.initial["name"]
            is_gone = formset._should_delete_form(row)
            if not (is_gone or row.has_changed()):
                continue
            new = row.cleaned_data["name"]
            if is_gone or tag_key(new) != tag_key(former):
                _carry_out(request, partial(plan_unname, tag.key, former))
                if is_gone:
                    continue
                _carry_out(request, partial(plan_name, tag.key, new))
            self._set_match(tag, new, row.cleaned_data["match"])
        for row in formset.extra_forms:
            if row.has_changed() and not formset._should_delete_form(row):
                name = row.cleaned_data["name"]
                _carry_out(request, partial(plan_name, tag.key, name))
                self._set_match(tag, name, row.cleaned_data["match"])
        # What the message of the log names.
        formset.new_objects = formset.changed_objects = formset.deleted_objects = []

    def _set_match(self, tag: Tag, name: str, match: str) -> None:
        alias = TagAlias.objects.filter(tag=tag, key=tag_key(name))
        alias.update(name=name, match=match)

    def save_related(
        self,
        request: HttpRequest,
        form: TagForm,
        formsets: list[TagAliasFormSet],
        change: bool,
    ) -> None:
        super().save_related(request, form, formsets, change)
        is_changed = form.has_changed() or any(each.has_changed() for each in formsets)
        if is_changed and "is_curated" not in form.changed_data:
            Tag.objects.filter(pk=form.instance.pk).update(is_curated=True)
        elif "is_curated" in form.changed_data:
            # An act before it may have said otherwise.
            kept = form.cleaned_data["is_curated"]
            Tag.objects.filter(pk=form.instance.pk).update(is_curated=kept)
        bump_epoch()

    def delete_model(self, request: HttpRequest, obj: Tag) -> None:
        super().delete_model(request, obj)
        bump_epoch()
