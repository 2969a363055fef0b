"""Names offered while one is typed: titles of entries, tags, or both."""

from typing import Any

from django.db.models import Count, Exists, OuterRef, Q
from django.http import HttpRequest, JsonResponse
from django.views.decorators.http import require_safe

from wiki import permissions
from wiki.models import Entry, Tag, TagAlias
from wiki.permissions import Person
from wiki.search.layouts import typed_in_hangul, typed_in_latin
from wiki.search.names import (
    NamedEntry,
    NamedTag,
    entries_called,
    fits_tag_key,
    tags_called,
)
from wiki.search.typed import Typed, read_typed
from wiki.slugs import MAX_TITLE_CHARS, entry_path, tag_key

MAX_SUGGESTED = 10
# So many tags have a place among the entries, however many of those there are.
MAX_TAGS = 3


@require_safe
def suggest(request: HttpRequest) -> JsonResponse:
    """Entries and tags called `q`, as far as the asker may see; for the switcher.

    With `kind=title` entries only, with `kind=tag` tags only. Without `q`: what was
    changed last, or what most entries bear. Nothing that can be asked is an error.
    """
    asked, kind = request.GET.get("q", ""), request.GET.get("kind")
    if len(asked) > MAX_TITLE_CHARS:
        results = []
    elif kind == "tag":
        results = _tags(request.user, tag_key(asked))
    elif kind == "title":
        results = [_title(entry) for entry in _entries(request.user, asked)]
    else:
        results = _everything(request.user, asked)
    answer = JsonResponse({"results": results})
    answer["Cache-Control"] = "private, no-store"
    return answer


def _everything(user: Person, asked: str) -> list[dict[str, Any]]:
    """Entries and tags, those that fit best first. Six queries.

    Where nothing is called so, what was meant may have been typed on the other
    keyboard (`qovh`: 배포); that is two times as many more.
    """
    found = _fitting(user, asked)
    for meant in (typed_in_hangul(asked), typed_in_latin(asked)):
        if not found and meant != asked:
            found = _fitting(user, meant)
    return [_title(e, "entry") if isinstance(e, NamedEntry) else _tag(e) for e in found]


def _fitting(user: Person, asked: str) -> list[NamedEntry | NamedTag]:
    entries = _entries(user, asked)
    typed = _read_tag(tag_key(asked))
    tags = tags_called(user, typed, MAX_TAGS) if typed else []
    found = [*entries[: MAX_SUGGESTED - len(tags)], *tags]
    return sorted(found, key=lambda one: one.rank)


def _entries(user: Person, asked: str) -> list[NamedEntry]:
    """The entries that fit; without a word, those changed last."""
    if not asked.strip():
        recent = Entry.objects.visible_to(user).recently_changed()
        rows = recent.values_list("title", "slug", "updated_at")[:MAX_SUGGESTED]
        return [NamedEntry(*row) for row in rows]
    typed = read_typed(asked)
    return entries_called(user, typed, MAX_SUGGESTED) if typed else []


def _title(entry: NamedEntry, kind: str = "") -> dict[str, Any]:
    """An entry as the scripts read it; of what kind it is where there are several."""
    found = {"title": entry.title, "slug": entry.slug, "url": entry_path(entry.slug)}
    if entry.alias:
        found["alias"] = entry.alias
    if kind:
        found |= {"kind": kind, "changed": entry.changed_at.isoformat()}
    return found


def _tag(tag: NamedTag) -> dict[str, Any]:
    found = {"title": tag.name, "slug": tag.key, "url": tag.path}
    return found | {"kind": "tag", "count": tag.count}


def _tags(user: Person, key: str) -> list[dict[str, Any]]:
    """Tags called so, also by another name, that entries of this reader bear."""
    seen = permissions.viewable(user, "items__content_object__")
    tags = Tag.objects.annotate(count=Count("items", filter=seen)).filter(count__gt=0)
    typed = _read_tag(key)
    if typed:
        others = TagAlias.objects.filter(fits_tag_key(typed), tag=OuterRef("pk"))
        tags = tags.filter(fits_tag_key(typed) | Exists(others))
        tags = tags.annotate(begins_so=Q(key__startswith=key))
        tags = tags.order_by("-begins_so", "-count", "sort_key")
    elif key:
        return []
    else:
        tags = tags.order_by("-count", "sort_key")
    return list(tags.values("name", "count")[:MAX_SUGGESTED])


def _read_tag(key: str) -> Typed | None:
    return read_typed(key.replace("-", " "))
