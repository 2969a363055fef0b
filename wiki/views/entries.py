"""Reading an entry: its page and its source."""

from collections.abc import Sequence
from datetime import datetime
from itertools import chain
from typing import Any

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_safe

from wiki import permissions
from wiki.access import get_entry_for
from wiki.models import Entry
from wiki.rendering import Heading
from wiki.templatetags.wiki_text import when
from wiki.views import surroundings
from wiki.views.caching import answer_page, answer_source
from wiki.views.drawing import drawing_of, language_of, reading_minutes
from wiki.views.missing import answer_for_address
from wiki.views.presence import Present, present_at, state_of
from wiki.views.reading import ReadEntry, read_entry

# With fewer headings a list of contents says less than a look at the page.
HEADINGS_FOR_CONTENTS = 3
BACKLINKS_WITH_EXCERPT = 3
# Other titles up to this length stand beside the h1; longer ones among the facts.
CHARS_BESIDE_TITLE = 40
MINUTE, HOUR = 60, 3600


@require_safe
def view(request: HttpRequest, slug: str) -> HttpResponse:
    """The page of an entry."""
    try:
        entry = read_entry(request.user, slug)
    except Http404:
        return answer_for_address(request, slug)
    # Of visitors nobody is told: their page is one for all, and kept.
    presences = present_at(entry.pk, request.user)
    return answer_page(
        request,
        (*_state_of(entry), *state_of(presences)),
        lambda: _page(request, entry, presences),
    )


@require_safe
def raw(request: HttpRequest, slug: str) -> HttpResponse:
    """The source of an entry, exactly as it is stored."""
    entries = Entry.objects.only("slug", "body", "version", "visibility", "deleted_at")
    try:
        entry = get_entry_for(request.user, slug, entries=entries)
    except Http404:
        return answer_for_address(request, slug, page="raw/")
    return answer_source(
        request,
        ("source", entry.pk, entry.version),
        lambda: HttpResponse(entry.body, content_type="text/markdown; charset=utf-8"),
    )


def _state_of(entry: ReadEntry) -> tuple[object, ...]:
    """What the page of this entry shows, short of the page itself."""
    return (
        entry.pk,
        entry.version,
        entry.links_version,
        entry.epoch,
        entry.visibility,
        entry.protection,
        entry.head.author_label,
        _age_in_words(entry.head.written_at),
    )


def _age_in_words(moment: datetime) -> tuple[str, int]:
    """What changes when the words for a time do, as in "2 minutes ago".

    After a day they are a date, with its year when that is not this one.
    """
    seconds = int((timezone.now() - moment).total_seconds())
    if 0 <= seconds < HOUR:
        return "minutes", seconds // MINUTE
    if HOUR <= seconds < 24 * HOUR:
        return "hours", seconds // HOUR
    return "year", timezone.localdate().year


def _page(
    request: HttpRequest, entry: ReadEntry, presences: Sequence[Present]
) -> HttpResponse:
    reader = request.user
    html, headings = drawing_of(entry)
    backlinks = surroundings.backlinks_of(entry, reader)
    tags = surroundings.tag_links(entry.head.tag_names())
    near = surroundings.near_notes(entry, reader) if tags else []
    context = {
        "entry": entry,
        "path": entry.get_absolute_url(),
        "address": settings.BASE_URL + entry.get_absolute_url(),
        "html": html,
        "is_empty": not html.strip(),
        "contents": _contents(headings),
        "tags": tags,
        "language": language_of(html, chars=entry.head.size),
        "backlinks": backlinks,
        "backlinks_first": backlinks.links[:BACKLINKS_WITH_EXCERPT],
        "backlinks_rest": backlinks.links[BACKLINKS_WITH_EXCERPT:],
        "near": near,
        "authorship": surroundings.authorship_of(entry),
        "can_edit": permissions.can_edit(reader, entry),
        "presences": presences,
        **_words(entry, html),
        **_other_titles(entry),
    }
    return render(request, "wiki/entry.html", context)


def _words(entry: ReadEntry, html: str) -> dict[str, str]:
    """The line under the title, in the reader's language."""
    minutes = reading_minutes(html, chars=entry.head.size)
    read = ngettext(
        "%(minutes)s minute to read", "%(minutes)s minutes to read", minutes
    )
    return {
        "edited_words": format_html(
            _("edited %(time)s") % {"time": "{}"}, when(entry.head.written_at)
        ),
        "revision_words": _("revision %(number)s") % {"number": entry.version},
        "reading_words": read % {"minutes": minutes},
    }


def _contents(headings: Sequence[Heading]) -> SafeString | str:
    """The list of contents, which stands on the page twice: as a loop of a
    template it is a good part of all the work there is.
    """
    if len(headings) < HEADINGS_FOR_CONTENTS:
        return ""
    # Many notes begin with `##`: the highest level there is stands at the edge.
    above = min(heading.level for heading in headings) - 2
    # One call for all of them: each costs more than what it escapes.
    items = "".join(
        f'<li class="l{int(heading.level - above)}"><a href="#{{}}">{{}}</a></li>'
        for heading in headings
    )
    return format_html(
        f'<nav class="toc" aria-label="{{}}"><ol>{items}</ol></nav>',
        _("Sections of this note"),
        *chain.from_iterable((heading.id, heading.text) for heading in headings),
    )


def _other_titles(entry: ReadEntry) -> dict[str, Any]:
    titles = entry.alias_names()
    names = " · ".join(titles)
    is_short = len(names) <= CHARS_BESIDE_TITLE
    return {
        "titles_beside": names if is_short else "",
        "titles_below": [] if is_short else titles,
    }
