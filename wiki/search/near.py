"""Entries with a title much like a name that none has: what it may have meant."""

import re
from collections.abc import Iterator
from itertools import pairwise

from django.db.models import Case, F, Q, Value, When
from django.db.models.functions import Length, StrIndex
from rapidfuzz import fuzz

from wiki.models import Alias, Entry
from wiki.models.entries import EntryQuerySet
from wiki.permissions import Person
from wiki.search.layouts import letters
from wiki.search.names import entries_called
from wiki.search.typed import read_typed
from wiki.slugs import title_key

NEAR_TITLES = 5
# How many titles with something in common are compared letter by letter.
COMPARED_TITLES = 200
COMPARED_WORDS = 3
# Of one: unrelated titles in Hangul share letters, too.
LEAST_LIKENESS = 0.62
# What is contained in the other is so much like it, and more by its share.
_CONTAINED = 0.5
# Names so long may have two mistakes in them, shorter ones one.
_TWO_MISTAKES_CHARS = 6
_INITIALS_ONLY = re.compile("[ㄱ-ㅎ ]+")


def near_titles(title: str, reader: Person) -> list[Entry]:
    """Entries that this person may read with a title much like this, likest first.

    With a letter or two other than here, with the same words, as a part of it or
    around it, or with these initials. Two queries, more for initials.
    """
    key = title_key(title)
    if not key:
        return []
    if _INITIALS_ONLY.fullmatch(key):
        typed = read_typed(key)
        called = entries_called(reader, typed, NEAR_TITLES) if typed else []
        slugs = [entry.slug for entry in called]
        found = {
            entry.slug: entry for entry in _readable(reader).filter(slug__in=slugs)
        }
        return [found[slug] for slug in slugs if slug in found]
    likeness = {pk: _likeness(key, other) for pk, other in _candidates(key, reader)}
    near = [pk for pk in likeness if likeness[pk] >= LEAST_LIKENESS]
    best = sorted(near, key=lambda pk: -likeness[pk])[:NEAR_TITLES]
    entries = _readable(reader).in_bulk(best)
    return [entries[pk] for pk in best if pk in entries]


def entries_with_name(title: str, reader: Person) -> list[Entry]:
    """Entries called exactly so, by their title or another one. One query."""
    key = title_key(title)
    others = Alias.objects.filter(kind=Alias.Kind.TITLE, key=key)
    named = Q(title_key=key) | Q(pk__in=others.values("entry"))
    return list(_readable(reader).filter(named).in_title_order()[:NEAR_TITLES])


def _readable(reader: Person) -> EntryQuerySet:
    entries = Entry.objects.visible_to(reader)
    return entries.only("title", "title_key", "slug", "summary")


def _candidates(key: str, reader: Person) -> list[tuple[int, str]]:
    mistakes = 2 if len(key) >= _TWO_MISTAKES_CHARS else 1
    # With so few mistakes, one of the pieces has none.
    some_piece = Q()
    for piece in _pieces(key, mistakes + 1):
        some_piece |= Q(title_key__contains=piece)
    close = Q(chars__range=(len(key) - mistakes, len(key) + mistakes)) & some_piece
    alike = close | Q(place__gt=0)
    words = sorted(re.findall(r"\w{2,}", key), key=len, reverse=True)
    for word in words[:COMPARED_WORDS]:
        alike |= Q(title_key__contains=word)
    entries = (
        Entry.objects.visible_to(reader)
        .alias(chars=Length("title_key"), place=StrIndex(Value(key), F("title_key")))
        .filter(alike)
        .alias(is_close=Case(When(close, then=0), default=1))
        .order_by("is_close", "-updated_at", "-pk")
    )
    return list(entries.values_list("pk", "title_key")[:COMPARED_TITLES])


def _pieces(key: str, number: int) -> Iterator[str]:
    """The key in so many pieces of much the same length."""
    ends = [round(len(key) * part / number) for part in range(number + 1)]
    pieces = (key[start:end] for start, end in pairwise(ends))
    yield from filter(None, pieces)


def _likeness(key: str, other: str) -> float:
    """From 0 to 1, which is the same but for blanks and signs."""
    one, two = (re.sub(r"\W+", "", text) or text for text in (key, other))
    if one == two:
        return 1.0
    shorter, longer = sorted((one, two), key=len)
    share = len(shorter) / len(longer)
    contained = _CONTAINED + (1 - _CONTAINED) * share if shorter in longer else 0.0
    one, two = letters(key), letters(other)
    by_letters = max(fuzz.ratio(one, two), 0.95 * fuzz.token_sort_ratio(one, two))
    return min(max(contained, by_letters / 100), 0.99)
