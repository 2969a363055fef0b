"""The past of an entry: its revisions, each as it was, and what changed between two."""

import time

from django.db.models import prefetch_related_objects
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from wiki import permissions
from wiki.access import get_entry_for, get_revisions_for
from wiki.models import Entry, RevisionKind
from wiki.names import Page
from wiki.views.caching import answer_page, answer_source
from wiki.views.drawing import draw, language_of, printed
from wiki.views.entries import HEADINGS_FOR_CONTENTS
from wiki.views.history_list import (
    COAUTHORS,
    MAX_AUTHORS_OFFERED,
    Wanted,
    authors_of,
    history_page,
    kind_badges,
    names_on,
)
from wiki.views.keeping import keep, links_state, marks_state
from wiki.views.lists import rest_of_address
from wiki.views.moved import follow_moves
from wiki.views.past_pages import past_page
from wiki.views.surroundings import tag_links

MOMENT_SECONDS = 60
# An address longer than this is not repeated in every row.
MAX_REPEATED_CHARS = 400


@past_page
@follow_moves
def revisions(request: HttpRequest, slug: str) -> HttpResponse:
    """The list of revisions."""
    entry = _entry(request, slug)
    can_edit = permissions.can_edit(request.user, entry)

    def build() -> HttpResponse:
        wanted = _wanted(request)
        page = history_page(
            entry,
            request.user,
            wanted=wanted,
            before=_number(request.GET.get("before")),
            after=_number(request.GET.get("after")),
        )
        authors = authors_of(entry, request.user)
        address = f"{entry.get_absolute_url()}history/"
        rest = {"before": None, "after": None}
        context = {
            "entry": entry,
            "page": page,
            "wanted": wanted,
            "query": rest_of_address(request, **rest),
            "query_of_any": rest_of_address(request, **rest, show=None),
            "people": len(authors),
            "authors": authors[:MAX_AUTHORS_OFFERED],
            "kinds": RevisionKind.choices,
            "short_address": address if len(address) <= MAX_REPEATED_CHARS else "",
            "can_hide": permissions.can_curate(request.user),
            "can_roll_back": can_edit and permissions.can_curate(request.user),
            "can_edit": can_edit,
        }
        return render(request, "wiki/history.html", context)

    # It says how long ago something was, and names accounts by their names of today.
    moment = int(time.time() // MOMENT_SECONDS)
    state = ("history", *_state(entry), can_edit, moment, *marks_state(entry))
    return answer_page(request, state, build)


@past_page
@follow_moves
def revision(request: HttpRequest, slug: str, number: int) -> HttpResponse:
    """The entry as it was then, with its links as they lead now."""
    entry = _entry(request, slug)
    shown = get_revisions_for(request.user, entry, {number})[number]
    prefetch_related_objects([shown], COAUTHORS)
    can_edit = permissions.can_edit(request.user, entry)
    drawn_of = (shown.pk, entry.visibility, entry.source_path, *links_state())

    def build() -> HttpResponse:
        drawn = keep(
            ("revision", *drawn_of),
            lambda: draw(shown.body, Page.of(entry)),
            lambda made: len(made.html),
        )
        has_contents = len(drawn.headings) >= HEADINGS_FOR_CONTENTS
        is_current = number == entry.version
        context = {
            "entry": entry,
            "revision": shown,
            "badges": list(kind_badges(shown, is_current=is_current)),
            "is_current": is_current,
            "html": printed(drawn.html),
            "headings": drawn.headings if has_contents else (),
            "is_fallback": drawn.is_fallback,
            "language": language_of(drawn.html, chars=shown.size),
            "tags": tag_links(shown.tag_names()),
            "can_edit": can_edit,
        }
        return render(request, "wiki/revision.html", context)

    state = ("revision", *_state(entry), *drawn_of, *names_on([shown]), can_edit)
    return answer_page(request, state, build)


@past_page
@follow_moves
def revision_raw(request: HttpRequest, slug: str, number: int) -> HttpResponse:
    """The text of a revision as it was saved."""
    entry = _entry(request, slug)
    shown = get_revisions_for(request.user, entry, {number})[number]

    def build() -> HttpResponse:
        return HttpResponse(
            shown.body,
            content_type="text/markdown; charset=utf-8",
            headers={"X-Content-Type-Options": "nosniff"},
        )

    return answer_source(request, ("raw", shown.pk), build)


def _state(entry: Entry) -> tuple[object, ...]:
    return entry.pk, entry.version, entry.title


def _entry(request: HttpRequest, slug: str) -> Entry:
    return get_entry_for(request.user, slug, entries=Entry.objects.without_text())


def _number(text: str | None) -> int | None:
    """The number an address asks for; None when it asks for none."""
    try:
        return max(int(text or ""), 0)
    except ValueError:
        return None


def _wanted(request: HttpRequest) -> Wanted:
    """Which revisions the address asks for; what it says of nothing known is left."""
    shows = ("major", "mine") if request.user.is_authenticated else ("major",)
    show, kind = request.GET.get("show", ""), request.GET.get("kind", "")
    by = request.GET.get("by", "")
    return Wanted(
        show=show if show in shows else "",
        kind=kind if kind in RevisionKind.values else "",
        by="" if "\x00" in by else by,
    )
