"""Who has the editor of an entry open: told by their editors, shown to members.

An editor says every so often that it is still open, and once when it is left; who
was not heard of for a minute is gone. Visitors are told nothing: their pages are
the same for all of them, and come from a cache.
"""

import random
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db.models import Q, QuerySet
from django.http import Http404, HttpRequest, JsonResponse
from django.template.loader import render_to_string
from django.utils import dateformat, timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from wiki import permissions
from wiki.access import get_entry_for
from wiki.forms import number_in
from wiki.models import Entry, Presence
from wiki.permissions import Person
from wiki.prepared import Prepared
from wiki.slugs import MAX_SLUG_CHARS
from wiki.views.draft_offers import newer_than
from wiki.views.reading import display_name

BEAT_SECONDS = 20
GONE_SECONDS = 60
# Of more people than that only those heard of last are named.
MAX_PRESENT = 10
# One beat in so many looks for rows of editors that were never closed properly.
SWEEP_ONE_IN = 200
_KEPT_FOR = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Present:
    """Someone who is changing an entry now; `section` is a heading or empty."""

    author_id: int
    author_label: str
    section: str
    since: datetime


def _rows_at(entry_id: int) -> QuerySet:
    return (
        Presence.objects.filter(entry=entry_id)
        .order_by("-seen_at", "-pk")
        .values_list(
            "user_id",
            "user__username",
            "user__first_name",
            "user__last_name",
            "section",
            "started_at",
            "seen_at",
        )[: 2 * MAX_PRESENT]
    )


_present_at = Prepared(_rows_at)


def present_at(entry_id: int, person: Person) -> tuple[Present, ...]:
    """The others who are changing the entry, who began first first.

    One query for a member, none for visitors, who are not told.
    """
    if not permissions.is_member(person):
        return ()
    earliest = timezone.now() - timedelta(seconds=GONE_SECONDS)
    found = [
        Present(user_id, display_name("", *names), section, started_at)
        for user_id, *names, section, started_at, seen_at in _present_at.rows(entry_id)
        if seen_at >= earliest and user_id != person.pk
    ]
    return tuple(sorted(found[:MAX_PRESENT], key=lambda one: one.since))


def presence_context(person: Person, entry: Entry | None) -> dict[str, Any]:
    """What `wiki/_presence.html` needs in an editor. One query for a member."""
    if entry is None or not permissions.is_member(person):
        return {}
    return {
        "presences": present_at(entry.pk, person),
        "presence_entry": entry,
        "beat_seconds": BEAT_SECONDS,
    }


@require_POST
def presence(request: HttpRequest, slug: str) -> JsonResponse:
    """A sign of life of an editor; who else is there, and whether others saved.

    `section` is the heading it is at, `base` the revision it began with; `leaving`
    says that it is closed. The right to edit is looked at each time.
    """
    user = request.user
    if "leaving" in request.POST:
        return _leave(request, slug)
    try:
        entry = _entry_to_edit(request, slug)
    except Http404:
        sentence = _("This note is not here any more. Keep your text as a draft.")
        return _told({"problem": sentence}, 404)
    except PermissionDenied:
        sentence = _(
            "You may not change this note any more. Keep your text as a draft."
        )
        return _told({"problem": sentence}, 403)
    _beat(entry, user, request.POST.get("section", ""))
    others = present_at(entry.pk, user)
    state = {
        "others": [
            {
                "name": other.author_label,
                "section": other.section,
                "since": other.since.isoformat(),
                "time": dateformat.format(timezone.localtime(other.since), "H:i"),
            }
            for other in others
        ],
        "html": _html(request, others),
    }
    return _told(state | _newest(request, entry))


def _leave(request: HttpRequest, slug: str) -> JsonResponse:
    # Whoever may not edit any more is gone all the same. Only one's own row goes.
    if permissions.is_member(request.user) and "\x00" not in slug:
        number = number_in(request.POST.get("entry_id", ""))
        entry = Q(entry__slug=slug) if number is None else Q(entry=number)
        Presence.objects.filter(entry, user=request.user).delete()
    return _told({"others": []})


def _entry_to_edit(request: HttpRequest, slug: str) -> Entry:
    """The entry at the address, or where it went since the editor was opened.

    Raises Http404 and PermissionDenied; for visitors the latter.
    """
    user = request.user
    if not permissions.is_member(user):
        raise PermissionDenied
    entries = Entry.objects.with_head().defer("body", "html", "headings", "head__body")
    try:
        return get_entry_for(user, slug, "edit", entries=entries)
    except Http404:
        number = number_in(request.POST.get("entry_id", ""))
        moved = Entry.objects.filter(pk=number).values_list("slug", flat=True).first()
        if number is None or moved is None:
            raise
        return get_entry_for(user, moved, "edit", entries=entries)


def _beat(entry: Entry, user: Person, section: str) -> None:
    """Notes that this person is here. Two queries for whoever is new, else one."""
    now = timezone.now()
    heard = {
        "section": " ".join(section.replace("\x00", "").split())[:MAX_SLUG_CHARS],
        "seen_at": now,
    }
    earliest = now - timedelta(seconds=GONE_SECONDS)
    if not Presence.objects.filter(
        entry=entry, user=user, seen_at__gte=earliest
    ).update(**heard):
        Presence.objects.bulk_create(
            [Presence(entry=entry, user=user, started_at=now, **heard)],
            update_conflicts=True,
            unique_fields=["entry", "user"],
            update_fields=["started_at", *heard],
        )
    if random.randrange(SWEEP_ONE_IN) == 0:  # noqa: S311  no secret
        Presence.objects.filter(seen_at__lt=now - _KEPT_FOR).delete()


def _newest(request: HttpRequest, entry: Entry) -> dict[str, Any]:
    """The newest revision, and a notice when it is newer than what is edited."""
    newest = {
        "number": entry.version,
        "author": entry.head.author_name,
        "is_own": entry.head.author_id == request.user.pk,
    }
    newer = newer_than(number_in(request.POST.get("base", "")), entry)
    if newer is None:
        return {"newest": newest}
    context = {"newer": newer, "is_own": newest["is_own"]}
    return {
        "newest": newest | {"changes": newer.changes_url},
        "newer_html": render_to_string("wiki/_newer_notice.html", context),
    }


def _html(request: HttpRequest, others: Sequence[Present]) -> str:
    return render_to_string("wiki/_presence_list.html", {"presences": others})


def _told(state: dict[str, Any], status: int = 200) -> JsonResponse:
    answer = JsonResponse(state, status=status)
    answer["Cache-Control"] = "private, no-store"
    return answer


def state_of(presences: Iterable[Present]) -> tuple[object, ...]:
    """What the page of an entry shows of them, for its ETag."""
    return tuple((one.author_label, one.section, one.since) for one in presences)
