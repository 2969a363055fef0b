"""Addresses that are no entry's own: moved, shared by several, or not written yet."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models.functions import Substr
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils.text import Truncator

from wiki import permissions
from wiki.models import Entry, Tag
from wiki.names import entries_at_former_address
from wiki.permissions import Person
from wiki.rendering import plain_text
from wiki.search.near import near_titles
from wiki.slugs import MAX_TITLE_CHARS, clean_title, slugify
from wiki.views.caching import PRIVATE
from wiki.views.lists import listed
from wiki.views.surroundings import links_to_missing

# Of the text of a candidate so much is read, and so much of it shown.
BEGINNING_CHARS = 800
FIRST_CHARS = 160


@dataclass(frozen=True)
class Candidate:
    """An entry that a name may mean: its tags, where it came from, its first words."""

    entry: Entry
    tags: tuple[Tag, ...]
    place: str
    words: str


def answer_for_address(
    request: HttpRequest, slug: str, *, page: str = ""
) -> HttpResponse:
    """Where an address that is no entry's leads this reader.

    A redirect to the entry it means; the list when it means several; a 404 page
    that offers to write it when it means none. `page` is the rest of the address,
    as in `edit/`. What the reader may not see is treated as if it were not there.
    """
    found = entries_meant(slug, request.user)
    if len(found) == 1:
        return _moved(found[0].get_absolute_url() + page)
    title = _title_in(slug)
    if found:
        context = {"title": title, "candidates": candidates(found, request.user)}
        return _private(render(request, "wiki/ambiguous.html", context))
    return _missing(request, title, slugify(slug))


def entries_meant(slug: str, reader: Person) -> list[Entry]:
    """The entries that an address may mean where no entry is, as far as seen."""
    canonical = slugify(slug)
    visible = Entry.objects.visible_to(reader).without_text()
    if canonical != slug:
        found = list(visible.filter(slug=canonical))
        if found:
            return found
    ids = entries_at_former_address(canonical)
    return list(visible.filter(pk__in=ids).in_title_order()) if ids else []


def candidates(entries: Sequence[Entry], reader: Person) -> list[Candidate]:
    """The entries of one name with what tells them apart. Two queries."""
    beginnings = dict(
        Entry.objects.filter(pk__in=[entry.pk for entry in entries])
        .annotate(beginning=Substr("body", 1, BEGINNING_CHARS))
        .values_list("pk", "beginning")
    )
    shows_places = permissions.can_see_imports(reader)
    return [
        Candidate(
            one.entry,
            one.tags,
            _place_of(one.entry) if shows_places else "",
            one.entry.summary or _first_words(beginnings[one.entry.pk]),
        )
        for one in listed(entries)
    ]


def _place_of(entry: Entry) -> str:
    """The dump it came from and its folder there."""
    folder = entry.source_path.rpartition("/")[0]
    return " / ".join(filter(None, (entry.source, folder)))


def _first_words(text: str) -> str:
    words = " ".join(plain_text(text).split())
    return Truncator(words).chars(FIRST_CHARS)


def _missing(request: HttpRequest, title: str, slug: str) -> HttpResponse:
    backlinks = links_to_missing(title, slug, request.user)
    answer = render(
        request,
        "wiki/missing.html",
        {
            "title": title,
            "backlinks": backlinks,
            "near": near_titles(title, request.user),
        },
        status=404,
    )
    return _private(answer)


def _title_in(slug: str) -> str:
    """The title someone may have meant by an address."""
    title = clean_title(slug)
    if title == slugify(slug):
        title = re.sub(r"(?<=[^\W\d])-(?=[^\W\d])", " ", title)
    return title[:MAX_TITLE_CHARS]


def _moved(address: str) -> HttpResponse:
    # Not for good: a title that is given up can become another entry's.
    answer = HttpResponseRedirect(address)
    answer["Cache-Control"] = "no-cache"
    return answer


def _private(answer: HttpResponse) -> HttpResponse:
    answer["Cache-Control"] = PRIVATE
    return answer
