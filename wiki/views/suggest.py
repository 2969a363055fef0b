"""Names offered while one is typed: titles of entries, or tags."""

from collections.abc import Iterable
from typing import Any

from django.db.models import Count, Exists, F, OuterRef, Q, QuerySet
from django.http import HttpRequest, JsonResponse
from django.views.decorators.http import require_safe

from wiki import permissions
from wiki.models import Alias, Entry, Tag, TagAlias
from wiki.permissions import Person
from wiki.slugs import MAX_TITLE_CHARS, entry_path, tag_key, title_key

MAX_SUGGESTED = 10


@require_safe
def suggest(request: HttpRequest) -> JsonResponse:
    """Titles with `q` in them, or tags with `kind=tag`, as far as the asker may see.

    Names that begin so come first. Without `q`: what was changed last, or what
    most entries bear. Nothing that can be asked is an error.
    """
    asked = request.GET.get("q", "")
    if len(asked) > MAX_TITLE_CHARS:
        results = []
    elif request.GET.get("kind") == "tag":
        results = _tags(request.user, tag_key(asked))
    else:
        results = _titles(request.user, title_key(asked))
    answer = JsonResponse({"results": results})
    answer["Cache-Control"] = "private, no-store"
    return answer


def _titles(user: Person, key: str) -> list[dict[str, Any]]:
    """Entries called so, those by another title with that as `alias`. Two queries."""
    entries = Entry.objects.visible_to(user)
    if not key:
        recent = entries.recently_changed().values_list("pk", "title", "slug")
        return _entries((*row, "") for row in recent[:MAX_SUGGESTED])
    by_title = _beginning_so_first(entries, "title_key", key, "sort_key", "pk")
    others = Alias.objects.filter(permissions.viewable(user, "entry__"))
    others = others.filter(kind=Alias.Kind.TITLE)
    by_alias = _beginning_so_first(others, "key", key, "entry__sort_key", "pk")
    found = [
        *by_title.values_list("title_key", "pk", "title", "slug")[:MAX_SUGGESTED],
        *by_alias.values_list("key", "entry_id", "entry__title", "entry__slug", "name")[
            :MAX_SUGGESTED
        ],
    ]
    found.sort(key=lambda row: not row[0].startswith(key))
    return _entries((*row[1:4], *(row[4:] or ("",))) for row in found)


def _entries(rows: Iterable[tuple[int, str, str, str]]) -> list[dict[str, Any]]:
    """Each entry once, under the first name that it was found by."""
    found: dict[int, dict[str, Any]] = {}
    for pk, title, slug, alias in rows:
        entry = {"title": title, "slug": slug, "url": entry_path(slug)}
        found.setdefault(pk, entry | ({"alias": alias} if alias else {}))
    return list(found.values())[:MAX_SUGGESTED]


def _tags(user: Person, key: str) -> list[dict[str, Any]]:
    """Tags called so, also by another name, that entries of this reader bear."""
    seen = permissions.viewable(user, "items__content_object__")
    tags = Tag.objects.annotate(count=Count("items", filter=seen)).filter(count__gt=0)
    if key:
        others = TagAlias.objects.filter(tag=OuterRef("pk"), key__contains=key)
        tags = tags.filter(Q(key__contains=key) | Exists(others))
        tags = tags.annotate(begins_so=Q(key__startswith=key))
        tags = tags.order_by("-begins_so", "-count", "sort_key")
    else:
        tags = tags.order_by("-count", "sort_key")
    return list(tags.values("name", "count")[:MAX_SUGGESTED])


def _beginning_so_first(rows: QuerySet, field: str, key: str, *order: str) -> QuerySet:
    """The rows with the key in a field, in this order within each of the two kinds."""
    found = rows.filter(**{f"{field}__contains": key})
    begins_so = Q(**{f"{field}__startswith": key})
    return found.annotate(begins_so=begins_so).order_by("-begins_so", *map(F, order))
