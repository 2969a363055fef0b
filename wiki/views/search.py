"""The search page, and the same as JSON."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from urllib.parse import quote

from django.core.paginator import Page
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from wiki.models import Entry, EntryTag
from wiki.permissions import Person
from wiki.prepared import Prepared
from wiki.search.finding import Found, find_entries
from wiki.search.guesses import FEW, guess
from wiki.search.headings import Headings, Section
from wiki.search.query import Query, parse_query
from wiki.search.snippets import Marks, Piece
from wiki.search.wording import parts_of, without
from wiki.slugs import MAX_TITLE_CHARS, new_entry_path, title_key
from wiki.templatetags.wiki_found import marked
from wiki.views.lists import never_shared, page_of
from wiki.views.search_choices import Choices, Facet, chips_of, facets_of

RESULTS_PER_PAGE = 20
# Wider searches that are tried for a page on which nothing was found.
MAX_WIDER = 4
# Of an entry's tags: that many fit a line, and the page its limit.
MAX_TAGS = 6
# What of an entry is printed.
_SHOWN = (
    *("title", "slug", "body", "summary", "headings", "updated_at"),
    *("head__author_label", "head__author__username"),
    *("head__author__first_name", "head__author__last_name"),
)


@dataclass(frozen=True)
class Place:
    """Words of a text in which something was found, and the heading over them."""

    pieces: tuple[Piece, ...]
    section: Section | None
    url: str


@dataclass(frozen=True)
class Result:
    """An entry that was found, with the words that were asked for marked.

    Its tags are keys and names.
    """

    entry: Entry
    tags: Sequence[tuple[str, str]]
    title: tuple[Piece, ...]
    places: tuple[Place, ...]

    @property
    def first_tags(self) -> Sequence[tuple[str, str]]:
        return self.tags[:MAX_TAGS]


@dataclass(frozen=True)
class Offer:
    """Another search that finds something, and how much."""

    text: str
    url: str
    count: int
    has_more: bool


@dataclass(frozen=True)
class Search:
    """What one request asks for, and what is found for it."""

    user: Person
    query: Query
    choices: Choices

    @cached_property
    def found(self) -> Found:
        return self.find(self.choices)

    def find(self, choices: Choices, query: Query | None = None) -> Found:
        return find_entries(
            self.user,
            choices.applied_to(query or self.query),
            narrowed=choices.narrowing,
            sort=choices.sort,
        )

    def results(self, ids: Sequence[int]) -> list[Result]:
        """The entries in this order, without those that are gone. Two queries."""
        entries = (
            Entry.objects.visible_to(self.user).with_head().only(*_SHOWN).in_bulk(ids)
        )
        tags = defaultdict(list)
        for pk, key, name in _tags_of.rows(ids) if entries else ():
            tags[pk].append((key, name))
        marks = Marks(self.found.marks)
        return [
            Result(
                entries[pk],
                tags[pk],
                marks.pieces(entries[pk].title),
                _places(entries[pk], marks),
            )
            for pk in ids
            if pk in entries
        ]

    def guesses(self) -> list[Offer]:
        """Searches that may have been meant, where little is found."""
        amount = len(self.found.ids)
        if amount >= FEW or self.choices.only_titles:
            return []
        narrowed = self.choices.narrowing
        made = guess(self.user, self.query, narrowed=narrowed, more_than=amount)
        return [_offer(one.text, one.text, self.choices, one.found) for one in made]

    def wider(self) -> list[Offer]:
        """The same without one thing that it asks for, where that finds something."""
        asked = self.query.text
        tries = [
            (chip.label, asked, chip.rest, self.find(chip.rest))
            for chip in chips_of(self.choices)[:MAX_WIDER]
        ]
        parts = parts_of(self.query)
        for part in parts[: MAX_WIDER - len(tries)] if len(parts) > 1 else ():
            rest = without(self.query, part)
            label = _("Without: %(word)s") % {"word": part.text}
            found = self.find(self.choices, parse_query(rest))
            tries.append((label, rest, self.choices, found))
        return [_offer(*one) for one in tries if one[-1].ids]


@require_safe
@never_shared
def results(request: HttpRequest) -> HttpResponse:
    """What was found. No input is an error but a NUL, a 400. `format=json` for scripts.

    A few searches at most, each of a few queries, whatever there is to find.
    """
    asked = request.GET.get("q", "")
    is_json = request.GET.get("format") == "json"
    if "\x00" in asked:
        return _refused(request, asked, is_json=is_json)
    search = Search(request.user, parse_query(asked), Choices.of(request))
    page = page_of(request, search.found.ids, RESULTS_PER_PAGE)
    if is_json:
        return _as_json(search, page)
    query, choices = search.query, search.choices
    is_empty = query.is_empty and not choices.count
    context = {
        "asked": asked,
        "search": query,
        "choices": choices,
        "chips": [(c, c.rest.parameters(query.text)) for c in chips_of(choices)],
        "page": page,
        "has_more": search.found.has_more,
        "results": search.results(page.object_list),
        "facets": _facets(search) if search.found.ids else [],
        "guesses": [] if is_empty or page.number > 1 else search.guesses(),
        "wider": [] if is_empty or search.found.ids else search.wider(),
        "is_empty": is_empty,
        "new_title": _free_title(search),
        "query": choices.parameters(query.text),
    }
    context["new_url"] = new_entry_path(context["new_title"])
    return render(request, "wiki/search.html", context)


def _facets(search: Search) -> list[Facet]:
    return facets_of(search.user, search.choices, search.found, search.find)


def _refused(request: HttpRequest, asked: str, *, is_json: bool) -> HttpResponse:
    if is_json:
        told = _("A NUL character cannot be searched for.")
        return _private(JsonResponse({"error": told}, status=400))
    context = {"has_nul": True, "is_empty": True, "asked": asked.replace("\x00", "")}
    return render(request, "wiki/search.html", context, status=400)


@Prepared
def _tags_of(ids: Sequence[int]) -> QuerySet:
    uses = EntryTag.objects.filter(content_object__in=ids)
    in_order = uses.order_by("content_object", "position")
    return in_order.values_list("content_object", "tag__key", "tag__name")


def _places(entry: Entry, marks: Marks) -> tuple[Place, ...]:
    """Where it was found in the text; of one heading only the last place names it."""
    body = entry.body or entry.summary
    fragments = marks.fragments(body)
    headings = Headings(entry.body, entry.headings)
    path = entry.get_absolute_url()
    places: list[Place] = []
    for fragment in reversed(fragments):
        over = headings.above(fragment.position) if fragment.position >= 0 else None
        is_told = bool(places) and over == places[-1].section
        url = f"{path}#{quote(over.id)}" if over else path
        section = None if is_told else over
        places.append(Place(fragment.pieces, section, url))
    return tuple(reversed(places))


def _offer(text: str, asked: str, choices: Choices, found: Found) -> Offer:
    url = f"?{choices.parameters(asked)}".removesuffix("&")
    return Offer(text, url, len(found.ids), found.has_more)


def _free_title(search: Search) -> str:
    """The words as the title of a new entry; empty if it is none or is known taken."""
    query = search.query
    title = " ".join((*query.words, *query.phrases, *query.titles))
    key = title_key(title)
    if not key or len(title) > MAX_TITLE_CHARS:
        return ""
    taken = Entry.objects.visible_to(search.user).filter(title_key=key)
    return "" if taken.exists() else title


# ── JSON ──────────────────────────────────────────────────────────────────────
def _as_json(search: Search, page: Page) -> JsonResponse:
    """The results of this page; snippets are HTML, their only tag is `<mark>`."""
    answer = {
        "count": len(search.found.ids),
        "has_more": search.found.has_more,
        "page": page.number,
        "pages": page.paginator.num_pages,
        "results": [_result(one) for one in search.results(page.object_list)],
    }
    return _private(JsonResponse(answer))


def _result(result: Result) -> dict[str, object]:
    entry = result.entry
    section = next((place.section for place in result.places if place.section), None)
    url = entry.get_absolute_url()
    return {
        "title": entry.title,
        "slug": entry.slug,
        "url": f"{url}#{quote(section.id)}" if section else url,
        "tags": [name for _key, name in result.tags],
        "section": section.title if section else "",
        "snippet": " ".join(marked(place.pieces) for place in result.places),
    }


def _private(answer: JsonResponse) -> JsonResponse:
    answer["Cache-Control"] = "private, no-store"
    return answer
