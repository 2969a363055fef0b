"""Recent changes: by day, then by entry, with filters."""

import time
from datetime import timedelta

from django.core.cache import cache
from django.db.models import Subquery
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from wiki import permissions
from wiki.activity import count_activity
from wiki.changes import Cursor, list_changes
from wiki.models import Revision, SiteState, Tag
from wiki.permissions import Person, visibilities_for
from wiki.views.caching import answer_page
from wiki.views.change_rows import by_day, kind_links, rows_of
from wiki.views.lists import (
    count_tags,
    most_used,
    never_shared,
    visible_uses,
    with_counts,
)
from wiki.views.recent_filters import DAYS, NO_FILTERS, Filters, kept_filters

# Of tags that most notes bear, as they were so long ago.
MAX_TAGS_OFFERED = 40
TAGS_SECONDS = 60
# Of people, whoever did most in the time that is shown.
MAX_PEOPLE_OFFERED = 40
MOMENT_SECONDS = 60


@require_safe
@never_shared
def recent(request: HttpRequest) -> HttpResponse:
    """What changed in the last days; `before` goes on where a page ended.

    An address without parameters stands for the filters that a member keeps.
    """
    kept = kept_filters(request.user)
    state = (*_state(), kept)
    return answer_page(request, state, lambda: _page(request, kept))


def _state() -> tuple[object, ...]:
    """What changes with every change there is. One query.

    The minute stands for the rest: names of accounts, the counts in the filters, and
    revisions of which a later one is committed first.
    """
    newest = Revision.objects.order_by("-pk").values("pk")[:1]
    row = SiteState.objects.filter(pk=SiteState.ROW)
    state = row.annotate(newest=Subquery(newest)).values_list("epoch", "newest")
    return ("recent", *(state.first() or ()), int(time.time() // MOMENT_SECONDS))


def _page(request: HttpRequest, kept: Filters | None) -> HttpResponse:
    filters = Filters.of(request.GET) if request.GET or kept is None else kept
    since = timezone.now() - timedelta(days=filters.days)
    cursor = Cursor.parse(request.GET.get("before", ""))
    changes = list_changes(request.user, filters.wanted(since), before=cursor)
    activity = count_activity(request.user, since)
    longer = next((number for number in DAYS if number > filters.days), None)
    context = {
        "days_of_changes": by_day(rows_of(changes.rows, request.user)),
        "activity": activity,
        "people": activity.names[:MAX_PEOPLE_OFFERED],
        "days": filters.days,
        "days_offered": DAYS,
        "longer": longer,
        "longer_query": filters.query(days=longer or filters.days),
        "wanted": filters,
        "kinds": kind_links(filters.kind, lambda kind: filters.query(kind=kind)),
        "tags": _tags_offered(request.user, filters.tag),
        # There are as many such pages as ways to narrow it.
        "is_narrowed": bool(request.GET),
        "is_first_page": cursor is None,
        "next_cursor": changes.next_cursor,
        "query": filters.query(),
        # Without any parameters it would be that of the kept filters.
        "all_url": f"?{NO_FILTERS.query()}",
        **_keeping(request.user, filters, kept),
    }
    return render(request, "wiki/recent.html", context)


def _keeping(
    person: Person, filters: Filters, kept: Filters | None
) -> dict[str, object]:
    """Whether a member may keep these filters, has kept them, or keeps others."""
    if not permissions.is_member(person):
        return {}
    return {
        "can_keep": filters not in (NO_FILTERS, kept),
        "are_kept": filters == kept,
        "kept_query": kept.query() if kept and kept != filters else "",
        "parameters": filters.parameters(),
    }


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
