"""Looking around: the home page and the list of all entries."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Count, Exists, Min, OuterRef
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from wiki import permissions
from wiki.activity import count_activities
from wiki.changes import list_changes
from wiki.models import Entry, EntryTag, Link
from wiki.permissions import Person
from wiki.slugs import entry_path, new_entry_path, slugify
from wiki.views.change_rows import rows_of
from wiki.views.draft_offers import rows_for
from wiki.views.lists import (
    count_tags,
    entries_for_list,
    listed,
    most_used,
    never_shared,
    page_of,
    rest_of_address,
    visible_uses,
)

HOME_CHANGES = 7
# Read to fill those rows when many edits fold into one.
HOME_EDITS = 40
HOME_TAGS = 12
HOME_DRAFTS = 2
HOME_WANTED = 6
ACTIVITY_DAYS = 7


@dataclass(frozen=True)
class WantedEntry:
    """A name that entries link to and no entry has."""

    name: str
    url: str
    count: int


@require_safe
@never_shared
def home(request: HttpRequest) -> HttpResponse:
    """Search, what changed, tags, wanted entries; the first steps when empty."""
    user = request.user
    total = Entry.objects.visible_to(user).count()
    if not total:
        return render(request, "wiki/home.html", {"is_fresh": True})
    changes = list_changes(user, limit=HOME_EDITS, with_examples=False).rows[
        :HOME_CHANGES
    ]
    tag_counts = count_tags(visible_uses(user))
    week, today = count_activities(user, _starts())
    context = {
        "total": total,
        "changes": rows_of(changes, user, with_links=False),
        "tags": most_used(tag_counts, HOME_TAGS),
        "tag_total": len(tag_counts),
        "wanted": _wanted_entries(user),
        "today": today,
        "week": week,
        "drafts": rows_for(user, limit=HOME_DRAFTS),
    }
    return render(request, "wiki/home.html", context)


@require_safe
@never_shared
def entry_list(request: HttpRequest) -> HttpResponse:
    """Every entry by title or by change; `?untagged=1` those without a tag."""
    entries = entries_for_list(request.user)
    is_untagged = request.GET.get("untagged") == "1"
    if is_untagged:
        uses = EntryTag.objects.filter(content_object=OuterRef("pk"))
        entries = entries.filter(~Exists(uses))
    sort = "changed" if request.GET.get("sort") == "changed" else "title"
    ordered = entries.recently_changed if sort == "changed" else entries.in_title_order
    page = page_of(request, ordered())
    context = {
        "page": page,
        "entries": listed(page),
        "sort": sort,
        "is_untagged": is_untagged,
        "query": rest_of_address(request),
    }
    return render(request, "wiki/entries.html", context)


def _starts() -> list[datetime]:
    """Since when the numbers of the week and of the day are counted."""
    now = timezone.localtime()
    midnight = now.replace(hour=0, minute=0, second=0, microsecond=0)
    return [now - timedelta(days=ACTIVITY_DAYS), midnight]


def _wanted_entries(user: Person) -> list[WantedEntry]:
    """The names most entries link to in vain. One query."""
    readable = Entry.objects.visible_to(user)
    names = (
        Link.objects.filter(target=None, destination="", source__in=readable)
        # Red on a public page, yet there for this reader.
        .exclude(key__in=readable.values("title_key"))
        .exclude(key="")
        .values("key")
        .annotate(name=Min("name"), count=Count("source", distinct=True))
        .order_by("-count", "key")[:HOME_WANTED]
    )
    writes = permissions.can_write(user)
    return [
        WantedEntry(
            row["name"],
            # Who may not write is told who links there.
            new_entry_path(row["name"]) if writes else entry_path(slugify(row["name"])),
            row["count"],
        )
        for row in names
    ]
