"""Recent changes: by day, then by entry, with filters."""

import time
from datetime import timedelta

from django.core.cache import cache
from django.db.models import Subquery
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from wiki.changes import Cursor, Wanted, count_activity, list_changes
from wiki.models import Revision, SiteState, Tag
from wiki.permissions import Person, visibilities_for
from wiki.slugs import tag_key
from wiki.views.caching import answer_page
from wiki.views.change_rows import by_day, kind_links, kind_of, rows_of
from wiki.views.lists import (
    count_tags,
    most_used,
    never_shared,
    rest_of_address,
    visible_uses,
    with_counts,
)

DAYS = (7, 30, 90, 365)
# Of tags that most notes bear, as they were so long ago.
MAX_TAGS_OFFERED = 40
TAGS_SECONDS = 60
MOMENT_SECONDS = 60


@require_safe
@never_shared
def recent(request: HttpRequest) -> HttpResponse:
    """What changed in the last days; `before` goes on where a page ended."""
    return answer_page(request, _state(), lambda: _page(request))


def _state() -> tuple[object, ...]:
    """What changes with every change there is. One query.

    The minute stands for the rest: names of accounts, the counts in the filters, and
    revisions of which a later one is committed first.
    """
    newest = Revision.objects.order_by("-pk").values("pk")[:1]
    row = SiteState.objects.filter(pk=SiteState.ROW)
    state = row.annotate(newest=Subquery(newest)).values_list("epoch", "newest")
    return ("recent", *(state.first() or ()), int(time.time() // MOMENT_SECONDS))


def _page(request: HttpRequest) -> HttpResponse:
    days = _days(request)
    since = timezone.now() - timedelta(days=days)
    wanted = _wanted(request, since=since)
    cursor = Cursor.parse(request.GET.get("before", ""))
    changes = list_changes(request.user, wanted, before=cursor)
    longer = next((number for number in DAYS if number > days), None)
    context = {
        "days_of_changes": by_day(rows_of(changes.rows, request.user)),
        "activity": count_activity(request.user, since),
        "days": days,
        "days_offered": DAYS,
        "longer": longer,
        "longer_query": _query(request, days=str(longer)),
        "wanted": wanted,
        "kinds": kind_links(request, wanted.kind),
        "tags": _tags_offered(request.user, wanted.tag),
        "is_first_page": cursor is None,
        "next_cursor": changes.next_cursor,
        "query": _query(request),
    }
    return render(request, "wiki/recent.html", context)


def _days(request: HttpRequest) -> int:
    chosen = request.GET.get("days", "")
    return next((number for number in DAYS if str(number) == chosen), DAYS[0])


def _wanted(request: HttpRequest, **fields: object) -> Wanted:
    return Wanted(
        kind=kind_of(request),
        without_minor=request.GET.get("minor") == "no",
        tag=tag_key(request.GET.get("tag", "")),
        **fields,
    )


def _query(request: HttpRequest, **changes: str | None) -> str:
    return rest_of_address(request, before=None, **changes)


def _tags_offered(user: Person, chosen: str) -> list[Tag]:
    """The busiest tags, by name; the chosen one is always among them."""
    # Every use of a tag is counted; who sees the same entries sees the same tags.
    name = f"busiest-tags:{'-'.join(visibilities_for(user))}"
    offered = cache.get_or_set(name, lambda: _busiest_tags(user), TAGS_SECONDS)
    if chosen and all(tag.key != chosen for tag in offered):
        counts = count_tags(visible_uses(user).filter(tag__key=chosen))
        named = with_counts(Tag.objects.filter(key=chosen), counts)
        offered = [*offered, *named]
    return sorted(offered, key=lambda tag: bytes(tag.sort_key))


def _busiest_tags(user: Person) -> list[Tag]:
    return most_used(count_tags(visible_uses(user)), MAX_TAGS_OFFERED)
