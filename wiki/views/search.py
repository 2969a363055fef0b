"""The search page."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from wiki.models import Entry
from wiki.permissions import Person
from wiki.search.finding import SORTS, find_entries
from wiki.search.query import parse_query
from wiki.search.snippets import Piece, mark, snippet
from wiki.slugs import MAX_TITLE_CHARS, new_entry_path, title_key
from wiki.views.lists import ListedEntry, listed, never_shared, page_of, rest_of_address

RESULTS_PER_PAGE = 20


@dataclass(frozen=True)
class Result:
    """An entry that was found, with the words that were asked for marked."""

    found: ListedEntry
    title: tuple[Piece, ...]
    snippet: tuple[Piece, ...]


@require_safe
@never_shared
def results(request: HttpRequest) -> HttpResponse:
    """Entries in which all words stand. No input is an error but a NUL, a 400."""
    asked = request.GET.get("q", "")
    if "\x00" in asked:
        context = {"has_nul": True, "asked": asked.replace("\x00", "")}
        return render(request, "wiki/search.html", context, status=400)
    query = parse_query(asked)
    sort = request.GET.get("sort", "")
    sort = sort if sort in SORTS else SORTS[0]
    found = find_entries(request.user, query, sort=sort)
    page = page_of(request, found.ids, RESULTS_PER_PAGE)
    context = {
        "asked": query.text,
        "search": query,
        "sort": sort,
        "page": page,
        "has_more": found.has_more,
        "results": _results(request.user, found.marks, page.object_list),
        "is_title_free": _is_title_free(request.user, query.text),
        "new_url": new_entry_path(query.text),
        "query": rest_of_address(request, q=query.text),
    }
    return render(request, "wiki/search.html", context)


def _results(user: Person, words: Sequence[str], ids: Sequence[int]) -> list[Result]:
    """The entries in this order, without those that are gone. Two queries."""
    entries = (
        Entry.objects.visible_to(user)
        .with_head()
        .defer("html", "headings", "properties", "head__body", "head__properties")
        .in_bulk(ids)
    )
    return [
        Result(
            found,
            mark(found.entry.title, words),
            snippet(found.entry.body or found.entry.summary, words),
        )
        for found in listed(entries[pk] for pk in ids if pk in entries)
    ]


def _is_title_free(user: Person, title: str) -> bool:
    """Whether the words could be the title of a new entry, as far as one may know."""
    key = title_key(title)
    if not key or len(title) > MAX_TITLE_CHARS:
        return False
    return not Entry.objects.visible_to(user).filter(title_key=key).exists()
