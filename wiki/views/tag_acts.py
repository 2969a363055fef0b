"""Curating a tag: each act asks, shows what it would do, and is done by a POST.

The address holds what was asked (`?to=`), so a suggestion can link to a preview.
The form that acts says how many notes the person saw; when they are another number
by now it asks again.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import partial

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from wiki import permissions
from wiki.editing import Act
from wiki.editing.tag_acts import TagActRefused, carry_out, comment_of
from wiki.editing.tag_plans import (
    TagPlan,
    plan_delete,
    plan_merge,
    plan_name,
    plan_rename,
    plan_split,
    plan_unname,
)
from wiki.forms import MAX_INTEGER
from wiki.models import Entry, EntryTag, Tag, TagAlias
from wiki.models.entries import EntryQuerySet
from wiki.models.revisions import MAX_COMMENT_CHARS
from wiki.slugs import MAX_TAG_CHARS, tag_key, tag_path
from wiki.views.gate import View, author_of, only_for
from wiki.views.lists import page_of, rest_of_address

# Longer than any tag, so that what is too long is said and not cut in silence.
MAX_TYPED_CHARS = 4 * MAX_TAG_CHARS
MAX_KEY_CHARS = 200
EXAMPLES = 20
ENTRIES_PER_PAGE = 100

MakePlan = Callable[[], TagPlan]


class ConfirmForm(forms.Form):
    """What every act needs besides its names: why, and how many notes were shown."""

    seen = forms.IntegerField(
        required=False, max_value=MAX_INTEGER, widget=forms.HiddenInput
    )
    comment = forms.CharField(
        label=gettext_lazy("Comment"),
        required=False,
        max_length=MAX_COMMENT_CHARS,
        widget=forms.TextInput(attrs={"class": "inp", "autocomplete": "off"}),
    )

    def __init__(self, data: object = None, **options: object) -> None:
        super().__init__(data, auto_id="w-%s", **options)


@dataclass(frozen=True)
class Asked:
    """One page of an act: what it is about, and the plan when there is one."""

    name: str
    key: str
    to: str = ""
    plan: TagPlan | None = None
    form: ConfirmForm | None = None
    notice: str = ""
    status: int = 200
    # Names and values that the form which acts carries along.
    hidden: Sequence[tuple[str, str]] = field(default_factory=tuple)


def curating_page(view: View) -> View:
    methods = require_http_methods(["GET", "HEAD", "POST"])
    return methods(never_cache(only_for(permissions.can_curate)(view)))


@curating_page
def rename(request: HttpRequest, key: str) -> HttpResponse:
    """Another name for a tag and for what is under it."""
    return _one_name(request, key, plan_rename, "tag-rename")


@curating_page
def merge(request: HttpRequest, key: str) -> HttpResponse:
    """A tag that becomes part of another one."""
    return _one_name(request, key, plan_merge, "tag-merge")


@curating_page
def names(request: HttpRequest, key: str) -> HttpResponse:
    """The other names of a tag: one more (`?to=`), or one less (`?gone=`)."""
    if _typed(request, "gone"):
        return _one_name(request, key, plan_unname, "tag-names", "gone")
    return _one_name(request, key, plan_name, "tag-names")


@curating_page
def delete(request: HttpRequest, key: str) -> HttpResponse:
    """No note with the tag any more."""
    name, canonical, moved = _subject(request, key, "tag-delete")
    if moved:
        return moved
    asked = Asked(name, canonical)
    return _answer(request, _acted(request, asked, partial(plan_delete, canonical)))


@curating_page
def split(request: HttpRequest, key: str) -> HttpResponse:
    """Some notes of a tag, chosen by hand or all that match, with another tag."""
    name, canonical, moved = _subject(request, key, "tag-split")
    if moved:
        return moved
    to, keeps = _typed(request, "to"), bool(_data(request).get("keeps"))
    matching = _matching(request, canonical)
    if request.method == "POST":
        chosen = _chosen(request, matching)
        hidden = [("to", to)]
        asked = Asked(name, canonical, to, hidden=hidden)
        make_plan = partial(plan_split, canonical, to, chosen, keeps=keeps)
        answer = _acted(request, asked, make_plan, counts=False)
        if isinstance(answer, HttpResponse):
            return answer
        asked = answer
    else:
        asked = Asked(name, canonical, to, form=ConfirmForm())
    page = page_of(request, matching, ENTRIES_PER_PAGE)
    context = {
        "asked": asked,
        "page": page,
        "with": _typed(request, "with"),
        "words": _typed(request, "q"),
        "keeps": keeps,
        "query": rest_of_address(request),
        "back": tag_path(canonical),
    }
    return render(request, "wiki/tag_split.html", context, status=asked.status)


def _one_name(
    request: HttpRequest,
    key: str,
    plan_of: Callable[[str, str], TagPlan],
    address: str,
    parameter: str = "to",
) -> HttpResponse:
    """An act that takes one name: the form that asks for it, then the preview."""
    name, canonical, moved = _subject(request, key, address)
    if moved:
        return moved
    to = _typed(request, parameter)
    asked = Asked(name, canonical, to, hidden=[(parameter, to)])
    if parameter in _data(request):
        make_plan = partial(plan_of, canonical, to)
        return _answer(request, _acted(request, asked, make_plan), address)
    return _answer(request, asked, address)


def _acted(
    request: HttpRequest, asked: Asked, make_plan: MakePlan, *, counts: bool = True
) -> HttpResponse | Asked:
    """The way to what was done, or the page that asks, with the plan."""
    plan = make_plan()
    about = {**vars(asked), "plan": plan}
    seen = len(plan.entry_ids)
    fresh = {"seen": seen, "comment": ""}
    if request.method != "POST":
        return Asked(**about | {"form": ConfirmForm(initial=fresh)})
    form = ConfirmForm(request.POST)
    if not form.is_valid():
        return Asked(**about | {"form": form, "status": 400})
    if plan.problems:
        return Asked(**about | {"form": form, "status": 400})
    if counts and form.cleaned_data["seen"] != seen:
        filled_in = {"seen": seen, "comment": form.cleaned_data["comment"]}
        notice = _("Notes changed meanwhile. Look at it again and confirm.")
        again = {"form": ConfirmForm(initial=filled_in), "status": 409}
        return Asked(**about | again | {"notice": notice})
    act = Act(author=author_of(request), comment=form.cleaned_data["comment"])
    try:
        done = carry_out(make_plan, act=act)
    except TagActRefused as refused:
        notice = " ".join(refused.problems)
        return Asked(**about | {"form": form, "status": 409, "notice": notice})
    said = ngettext("%(count)s note changed.", "%(count)s notes changed.", done.changed)
    sentence = f"{comment_of(done.plan)}. {said % {'count': done.changed}}"
    messages.success(request, sentence)
    return redirect("batch", done.batch.pk)


def _answer(
    request: HttpRequest, asked: HttpResponse | Asked, address: str = "tag-delete"
) -> HttpResponse:
    if isinstance(asked, HttpResponse):
        return asked
    plan = asked.plan
    context = {
        "asked": asked,
        "act": address.removeprefix("tag-"),
        "here": reverse(address, args=[asked.key]),
        "back": tag_path(asked.key),
        "other_names": TagAlias.objects.filter(tag__key=asked.key),
        "examples": _examples(plan) if plan and not plan.problems else (),
        "unlisted": max(0, len(plan.entry_ids) - EXAMPLES) if plan else 0,
    }
    return render(request, "wiki/tag_act.html", context, status=asked.status)


def _examples(plan: TagPlan) -> list[Entry]:
    """The first of the notes that it changes. One query."""
    entries = Entry.objects.without_text().in_bulk(plan.entry_ids[:EXAMPLES])
    return sorted(entries.values(), key=lambda entry: bytes(entry.sort_key))


def _subject(
    request: HttpRequest, key: str, address: str
) -> tuple[str, str, HttpResponse | None]:
    """The name and the key of what the address names, or the way to its address.

    Raises Http404 for what is neither a tag nor a level above one.
    """
    canonical = tag_key(key)
    if not canonical or len(canonical) > MAX_KEY_CHARS:
        raise Http404
    tag = Tag.objects.filter(key=canonical).first()
    alias = None
    if tag is None:
        alias = TagAlias.objects.filter(key=canonical).select_related("tag").first()
    address_key = alias.tag.key if alias else canonical
    if key != address_key:
        query = request.META.get("QUERY_STRING", "")
        path = reverse(address, args=[address_key])
        return "", "", redirect(path + (f"?{query}" if query else ""))
    if tag is None and not _is_level(request, canonical, address):
        raise Http404
    return (tag.name if tag else canonical), canonical, None


def _is_level(request: HttpRequest, key: str, address: str) -> bool:
    if address not in ("tag-rename", "tag-merge"):
        return False
    return Tag.objects.filter(key__startswith=f"{key}/").exists()


def _data(request: HttpRequest) -> dict:
    return request.POST if request.method == "POST" else request.GET


def _typed(request: HttpRequest, name: str) -> str:
    return _data(request).get(name, "")[:MAX_TYPED_CHARS].replace("\x00", "").strip()


def _matching(request: HttpRequest, key: str) -> EntryQuerySet:
    """The notes of the tag that have the words in their title and the other tag."""
    uses = EntryTag.objects.filter(tag__key=key)
    entries = Entry.objects.live().filter(pk__in=uses.values("content_object"))
    other = tag_key(_typed(request, "with"))
    if other:
        named = EntryTag.objects.filter(tag__key=other).values("content_object")
        entries = entries.filter(pk__in=named)
    for word in _typed(request, "q").casefold().split():
        entries = entries.filter(title_key__contains=word)
    return entries.without_text().in_title_order()


def _chosen(request: HttpRequest, matching: EntryQuerySet) -> list[int]:
    if request.POST.get("all"):
        return list(matching.values_list("pk", flat=True))
    sent = request.POST.getlist("entry")
    return [int(pk) for pk in sent if pk.isascii() and pk.isdecimal() and len(pk) < 19]
