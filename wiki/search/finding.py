"""Finding entries: what the search page, the switcher and exports ask.

Only what a person may read is found, counted or told apart. The order is made of
classes (the title itself, titles that begin so, words in titles, in headings, in tags,
in the text) and of when entries were changed, so every database gives the same one.
Until the index is whole, the texts that are not in it are read one by one.
"""

import unicodedata
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass

from django.db.models import Case, Exists, IntegerField, OuterRef, Q, Value, When
from django.db.models.functions import Replace, Substr

from wiki.models import Entry, SearchDocument, Tag, TagAlias
from wiki.models.entries import EntryQuerySet
from wiki.permissions import Person
from wiki.search import index, lookup, scanning
from wiki.search.narrowing import UNNARROWED, Narrowing, narrow
from wiki.search.plan import (
    Plan,
    Term,
    make_plan,
    names_in,
    phrase_of,
)
from wiki.search.query import Query
from wiki.slugs import title_key

__all__ = [
    "MAX_FOUND",
    "SORTS",
    "Found",
    "Narrowing",
    "find_entries",
    "matching",
    "phrase_in",
]

# More than anybody pages through; what is beyond is counted as "more".
MAX_FOUND = 1000
SORTS = ("relevance", "changed", "title")

# Of those found by their text so many are put in the order of how often.
_WEIGHED = 200
_WEIGHED_CHARS = 100_000
_AT_ONCE = 20
_MOST_WEIGHT = 3
# Titles, headings, tags: what says what an entry is about.
_NAMING_COLUMNS = 3
# Classes of hits there, best first.
_BEGINNING, _IN_TITLE, _IN_HEADINGS, _IN_TAGS = map(Value, range(4))


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

    By relevance as the module says; what is found only by parts of words comes after
    all else. Other orders are `changed` and `title`. A few queries, however much is
    found: two, one more each for tags and people, and up to five for the ids.
    """
    if query.is_empty and narrowed == UNNARROWED:
        return Found()
    asked = narrow(query, narrowed, user=user)
    plan = make_plan(asked.query, _synonyms(names_in(asked.query)))
    entries = Entry.objects.visible_to(user).filter(*asked.filters)
    with lookup.reading():
        ids = _Search(entries, asked.query, plan, index.state()).ids(sort)
    marks = dict.fromkeys((*plan.marks, *query.tags))
    return Found(tuple(ids[:MAX_FOUND]), len(ids) > MAX_FOUND, tuple(marks))


def matching(entries: EntryQuerySet, query: Query) -> EntryQuerySet:
    """Those of the entries that are found by a query that is not empty, all of them.

    Up to four queries.
    """
    asked = narrow(query)
    plan = make_plan(asked.query, _synonyms(names_in(asked.query)))
    narrower = entries.filter(*asked.filters)
    return _Search(narrower, asked.query, plan, index.state()).all()


def phrase_in(user: Person, names: Iterable[str]) -> list[int]:
    """Entries in which one of the names stands, in a title, a tag or the text.

    In Hangul also within a longer word (도커 in 도커를), in other letters as whole
    words. The most recently changed first, at most MAX_FOUND. Up to three queries.
    """
    names = [name for name in dict.fromkeys(names) if title_key(name)]
    phrases = [phrase_of(name, is_open=False) for name in names]
    ways = tuple((phrase,) for phrase in dict.fromkeys(phrases) if phrase.tokens)
    if not ways:
        return []
    plan = Plan(terms=(Term(ways),))
    entries = Entry.objects.visible_to(user)
    state = index.state()
    found = []
    if not state.is_whole:
        # First, as in searches.
        scanned = scanning.with_any(_not_indexed(entries, state), names)
        ids = scanned.recently_changed().values_list("pk", flat=True)
        found = list(ids[:MAX_FOUND])
    if state.is_current:
        indexed = lookup.first_ids(entries.recently_changed(), plan, MAX_FOUND)
        found = _without_doubles([*indexed, *found])
    return found[:MAX_FOUND]


@dataclass(frozen=True)
class _Search:
    """One search in the entries that it is narrowed to."""

    entries: EntryQuerySet
    query: Query
    plan: Plan
    state: index.State

    def ids(self, sort: str) -> list[int]:
        """What is found in its order, and one more than MAX_FOUND if there is more."""
        if not self.state.is_current:
            return _first(self._scanned(self.entries, sort))
        if self.state.is_whole:
            return self._indexed(sort)
        # First: what comes into the index right now is then found there, too.
        waiting = _not_indexed(self.entries, self.state)
        scanned = _first(self._scanned(waiting, sort))
        return _without_doubles([*self._indexed(sort), *scanned])

    def all(self) -> EntryQuerySet:
        """What is found, in no order."""
        if not self.state.is_current:
            return scanning.with_words(self.entries, self.query)
        found = self._allowed()
        if self.plan.has_terms:
            found = found.filter(lookup.having(self.plan))
        elif self.plan.is_hopeless:
            found = found.none()
        if self.state.is_whole:
            return found
        waiting = _not_indexed(self.entries, self.state)
        scanned = scanning.with_words(waiting, self.query)
        either = Q(pk__in=found.values("pk")) | Q(pk__in=scanned.values("pk"))
        return self.entries.filter(either)

    def _allowed(self) -> EntryQuerySet:
        return self.entries.filter(lookup.excluding(self.plan))

    def _scanned(self, entries: EntryQuerySet, sort: str) -> EntryQuerySet:
        found = scanning.with_words(entries, self.query)
        if sort == "relevance":
            order = scanning.rank(self.query)
            return found.order_by(order, "-updated_at", "-id")
        return _in_order(found, sort)

    def _indexed(self, sort: str) -> list[int]:
        in_order = _in_order(self._allowed(), sort)
        if not self.plan.has_terms:
            return self._named() if self.plan.is_hopeless else _first(in_order)
        if sort != "relevance":
            return lookup.first_ids(in_order, self.plan, MAX_FOUND + 1)
        found = self._named()
        for loosely in (False, True) if self.plan.is_loose else (False,):
            if len(found) <= MAX_FOUND:
                found += self._by_class(frozenset(found), loosely=loosely)
        return found[: MAX_FOUND + 1]

    def _named(self) -> list[int]:
        """What is, or was, called as the words are."""
        name = self._name()
        if not name:
            return []
        return _first(self._allowed().filter(lookup.named(name)).recently_changed())

    def _by_class(self, known: Collection[int], *, loosely: bool) -> list[int]:
        """Those not known yet, class by class; of those found by their text the first
        by how often.
        """
        plan, entries = self.plan, self._allowed()
        few = lookup.all_if_few(plan, loosely=loosely)
        if few is not None:
            entries = entries.filter(pk__in=few)
        if few == []:
            return []
        having = lookup.having(plan, _NAMING_COLUMNS, loosely=loosely)
        letters = Replace("title_key", Value(" "), Value(""))
        ranked = entries.filter(having).alias(title_letters=letters)
        order = (self._class(loosely=loosely), "-updated_at", "-id")
        found = _first(ranked.order_by(*order))
        if len(found) <= MAX_FOUND:
            recent = entries.recently_changed()
            by_text = lookup.first_ids(recent, plan, MAX_FOUND + 1, loosely=loosely)
            new = [pk for pk in by_text if pk not in {*found, *known}]
            found += [*_weighed(new[:_WEIGHED], plan), *new[_WEIGHED:]]
        return [pk for pk in found if pk not in known]

    def _name(self) -> str:
        """The key of what would be an entry's name; empty if words are parted."""
        words = (*self.query.words, *self.query.phrases)
        if words and self.query.titles:
            return ""
        return title_key(" ".join(words or self.query.titles))

    def _class(self, *, loosely: bool) -> Case:
        cases = []
        # People write 블루그린 and 블루 그린.
        letters = self._name().replace(" ", "")
        if letters and not loosely:
            cases.append(When(title_letters__startswith=letters, then=_BEGINNING))
        for columns, number in ((1, _IN_TITLE), (2, _IN_HEADINGS)):
            having = lookup.having(self.plan, columns, loosely=loosely)
            cases.append(When(having, then=number))
        return Case(*cases, default=_IN_TAGS, output_field=IntegerField())


def _synonyms(keys: set[str]) -> Mapping[str, Sequence[str]]:
    """All names of the tags that are called so, by what they are called. One query."""
    if not keys:
        return {}
    called = Q(key__in=keys) | Q(
        Exists(TagAlias.objects.filter(tag=OuterRef("pk"), key__in=keys))
    )
    rows = Tag.objects.filter(called).order_by("aliases__name")
    names: dict[str, list[str]] = {}
    ways: dict[str, set[str]] = {}
    for key, *called_so in rows.values_list(
        "key", "name", "aliases__name", "aliases__key"
    ):
        name, alias, alias_key = called_so
        names.setdefault(key, [name]).extend([alias] if alias else [])
        ways.setdefault(key, {key}).update({alias_key} - {None})
    found: dict[str, list[str]] = {}
    for key, all_names in names.items():
        if len(all_names) > 1:
            for way in ways[key] & keys:
                found.setdefault(way, []).extend(all_names)
    return found


def _weighed(ids: Sequence[int], plan: Plan) -> list[int]:
    """The ids by how often the words stand in their texts, in coarse steps. One query.

    Entries of one step stay in their order.
    """
    if len(ids) < 2 or not plan.terms:
        return list(ids)
    wanted = [[_plain(text) for text in term.texts] for term in plan.terms]
    beginning = Substr("body", 1, _WEIGHED_CHARS)
    rows = Entry.objects.filter(pk__in=ids).values_list("pk", beginning)
    # A few at a time: texts can be large.
    texts = rows.order_by().iterator(chunk_size=_AT_ONCE)
    weights = {pk: _weight(text, wanted) for pk, text in texts}
    return sorted(ids, key=lambda pk: -weights.get(pk, 0))


def _weight(body: str, wanted: Sequence[Sequence[str]]) -> int:
    text = _plain(body)
    return sum(
        min(_MOST_WEIGHT, max(map(text.count, texts), default=0).bit_length())
        for texts in wanted
    )


def _plain(text: str) -> str:
    # Quicker than folding; what it does not find weighs less and is found all the same.
    return unicodedata.normalize("NFC", text).casefold()


def _not_indexed(entries: EntryQuerySet, state: index.State) -> EntryQuerySet:
    """Those of the entries of which the index in use knows nothing."""
    if not state.is_current:
        return entries
    return entries.filter(~Exists(SearchDocument.objects.filter(entry=OuterRef("pk"))))


def _in_order(entries: EntryQuerySet, sort: str) -> EntryQuerySet:
    return entries.in_title_order() if sort == "title" else entries.recently_changed()


def _first(entries: EntryQuerySet) -> list[int]:
    return list(entries.values_list("pk", flat=True)[: MAX_FOUND + 1])


def _without_doubles(ids: Sequence[int]) -> list[int]:
    return list(dict.fromkeys(ids))
