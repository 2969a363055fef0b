"""The sitemap: what search engines can find without following links.

The same for whoever asks: only what visitors may read. Addresses begin with
BASE_URL, whatever host the request names.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urlsplit

from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.contrib.sitemaps import Sitemap
from django.db.models import F, Max
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.cache import cache_control
from django.views.decorators.http import conditional_page, require_safe

from wiki.models import Entry
from wiki.models.entries import EntryQuerySet

# Entries whose ids stand together make a page, so that none moves to another.
ENTRIES_PER_PAGE = 5_000
MAX_PAGE = 2**31 // ENTRIES_PER_PAGE
_LISTS = ("home", "entries", "tags", "recent")

View = Callable[..., HttpResponse]


@dataclass(frozen=True)
class _Site:
    """Where the wiki is, as Django's sitemaps ask for it."""

    domain: str


class ListMap(Sitemap):
    """The pages that lead to all others."""

    def items(self) -> Sequence[str]:
        return _LISTS

    def location(self, name: str) -> str:
        return reverse(name)


class EntryMap(Sitemap):
    """The entries of one page. Two queries."""

    limit = ENTRIES_PER_PAGE

    def __init__(self, page: int) -> None:
        self._page = page

    def items(self) -> EntryQuerySet:
        last = self._page * ENTRIES_PER_PAGE
        entries = _public_entries().filter(pk__gt=last - ENTRIES_PER_PAGE, pk__lte=last)
        return entries.only("slug", "updated_at").order_by("pk")

    def lastmod(self, entry: Entry) -> datetime:
        return entry.updated_at


def _for_robots(view: View) -> View:
    """The view, for reading only, with 304 for whoever has the answer."""

    kept_by_none = cache_control(private=True, no_cache=True)
    return require_safe(kept_by_none(conditional_page(view)))


@_for_robots
def sitemap_index(request: HttpRequest) -> HttpResponse:
    """Where the parts are. One query."""
    parts = [{"location": _absolute(reverse("sitemap-lists"))}]
    for page, changed_at in _pages():
        address = _absolute(reverse("sitemap-entries", args=[page]))
        parts.append({"location": address, "last_mod": changed_at})
    return _xml(request, "sitemap_index.xml", {"sitemaps": parts})


@_for_robots
def sitemap_lists(request: HttpRequest) -> HttpResponse:
    """The part with the lists. No query."""
    return _url_set(request, ListMap())


@_for_robots
def sitemap_entries(request: HttpRequest, page: int) -> HttpResponse:
    """One part with entries."""
    if not 0 < page <= MAX_PAGE:
        raise Http404
    return _url_set(request, EntryMap(page))


def _public_entries() -> EntryQuerySet:
    return Entry.objects.visible_to(AnonymousUser())


def _pages() -> Sequence[tuple[int, datetime]]:
    """The pages that have entries, and when one of them was changed last."""
    page = (F("pk") - 1) / ENTRIES_PER_PAGE + 1
    found = _public_entries().order_by().annotate(page=page).values_list("page")
    return found.annotate(changed_at=Max("updated_at")).order_by("page")


def _url_set(request: HttpRequest, found: Sitemap) -> HttpResponse:
    base = urlsplit(settings.BASE_URL)
    urls = found.get_urls(site=_Site(base.netloc), protocol=base.scheme)
    return _xml(request, "sitemap.xml", {"urlset": urls})


def _xml(
    request: HttpRequest, template: str, context: dict[str, object]
) -> HttpResponse:
    kind = "application/xml; charset=utf-8"
    return render(request, template, context, content_type=kind)


def _absolute(path: str) -> str:
    return f"{settings.BASE_URL}{path}"
