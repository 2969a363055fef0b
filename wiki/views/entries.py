"""Reading an entry: its page and its source."""

from typing import Any

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from wiki import permissions
from wiki.access import get_entry_for
from wiki.models import Entry
from wiki.models.entries import EntryQuerySet
from wiki.templatetags.wiki_text import when
from wiki.views import surroundings
from wiki.views.caching import answer_page, answer_source, with_epoch
from wiki.views.drawing import drawing_of, language_of, reading_minutes
from wiki.views.missing import answer_for_address

# With fewer headings a list of contents says less than a look at the page.
HEADINGS_FOR_CONTENTS = 3
BACKLINKS_WITH_EXCERPT = 3
# Other titles up to this length stand beside the h1; longer ones among the facts.
CHARS_BESIDE_TITLE = 40

_READ = (
    "title",
    "slug",
    "body",
    "html",
    "headings",
    "render_key",
    "summary",
    "source_url",
    "source_path",
    "alias_names",
    "version",
    "links_version",
    "visibility",
    "protection",
    "created_at",
    "updated_at",
    "deleted_at",
    "head__number",
    "head__tags",
    "head__size",
    "head__author_label",
    "head__created_at",
    "head__authored_at",
    "head__author__username",
    "head__author__first_name",
    "head__author__last_name",
)


@require_safe
def view(request: HttpRequest, slug: str) -> HttpResponse:
    """The page of an entry."""
    try:
        entry = get_entry_for(request.user, slug, entries=_entries_to_read())
    except Http404:
        return answer_for_address(request, slug)
    return answer_page(request, _state_of(entry), lambda: _page(request, entry))


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


def _entries_to_read() -> EntryQuerySet:
    return with_epoch(Entry.objects.with_head().only(*_READ))


def _state_of(entry: Entry) -> tuple[object, ...]:
    """What the page of this entry shows, short of the page itself."""
    return (
        entry.pk,
        entry.version,
        entry.links_version,
        entry.epoch,
        entry.visibility,
        entry.protection,
        entry.head.author_name,
        # The words grow old: "2 minutes ago".
        when(entry.head.written_at),
    )


def _page(request: HttpRequest, entry: Entry) -> HttpResponse:
    reader = request.user
    html, headings = drawing_of(entry)
    backlinks = surroundings.backlinks_of(entry, reader)
    near = surroundings.near_notes(entry, reader) if entry.head.tags else []
    context = {
        "entry": entry,
        "html": html,
        "is_empty": not html.strip(),
        "headings": headings if len(headings) >= HEADINGS_FOR_CONTENTS else [],
        "tags": surroundings.tag_links(entry.head.tag_names()),
        "language": language_of(f"{entry.title}\n{entry.body}"),
        "minutes": reading_minutes(entry.body),
        "backlinks": backlinks,
        "backlinks_first": backlinks.links[:BACKLINKS_WITH_EXCERPT],
        "backlinks_rest": backlinks.links[BACKLINKS_WITH_EXCERPT:],
        "near": near,
        "authorship": surroundings.authorship_of(entry),
        "address": settings.BASE_URL + entry.get_absolute_url(),
        "can_edit": permissions.can_edit(reader, entry),
        **_other_titles(entry),
    }
    return render(request, "wiki/entry.html", context)


def _other_titles(entry: Entry) -> dict[str, Any]:
    names = " · ".join(entry.alias_names)
    is_short = len(names) <= CHARS_BESIDE_TITLE
    return {
        "titles_beside": names if is_short else "",
        "titles_below": [] if is_short else entry.alias_names,
    }
