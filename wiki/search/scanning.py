"""Finding entries by plain substring, the same on every database.

What there is to say of entries that are not in the index: each text is read once.
"""

import unicodedata
from collections.abc import Iterable

from django.db.models import Case, Exists, IntegerField, OuterRef, Q, Value, When

from wiki.models import Alias, EntryTag
from wiki.models.entries import EntryQuerySet
from wiki.search.query import Query
from wiki.search.spellings import has_case_beyond_ascii, spellings
from wiki.slugs import tag_key, title_key

_NOTHING = Q(pk__in=[])


def with_words(entries: EntryQuerySet, query: Query) -> EntryQuerySet:
    """Those of the entries that have the words; what else is asked is not looked at."""
    return entries.filter(
        *(_anywhere(word) for word in (*query.words, *query.phrases)),
        *(_in_title(word) for word in query.titles),
        *(~_anywhere(word) for word in query.excluded),
    )


def with_any(entries: EntryQuerySet, phrases: Iterable[str]) -> EntryQuerySet:
    """Those of the entries in which at least one of these stands."""
    anything = _NOTHING
    for phrase in phrases:
        anything |= _anywhere(phrase)
    return entries.filter(anything)


def rank(query: Query) -> Case:
    """The smaller, the better a title fits."""
    words = (*query.words, *query.phrases, *query.titles)
    in_titles = [_in_title(word) for word in words]
    in_tags = [_in_title(word) | _in_tags(word) for word in words]
    return Case(
        When(title_key=title_key(query.text), then=Value(0)),
        When(_all_of(in_titles), then=Value(1)),
        When(_all_of(in_tags), then=Value(2)),
        default=Value(3),
        output_field=IntegerField(),
    )


def _all_of(conditions: list[Q]) -> Q:
    # An empty Q is no condition a CASE could take.
    return Q(*conditions) if conditions else Q(pk__isnull=False)


def _anywhere(word: str) -> Q:
    return _in_title(word) | _in_tags(word) | _in_body(word)


def _in_title(word: str) -> Q:
    key = title_key(word)
    if not key:
        return _NOTHING
    other_titles = Alias.objects.filter(entry=OuterRef("pk"), key__contains=key)
    # Keys are folded: a comparison that folds ASCII and one that folds nothing agree.
    return Q(title_key__contains=key) | Q(Exists(other_titles))


def _in_tags(word: str) -> Q:
    key = tag_key(word)
    if not key:
        return _NOTHING
    return Q(
        Exists(
            EntryTag.objects.filter(
                content_object=OuterRef("pk"), tag__key__contains=key
            )
        )
    )


def _in_body(word: str) -> Q:
    """Texts keep their code points and their case: each spelling is asked for."""
    if has_case_beyond_ascii(word):
        return Q(body__regex=spellings(word))
    decomposed = unicodedata.normalize("NFD", word)
    composed = Q(body__icontains=word)
    return composed if decomposed == word else composed | Q(body__icontains=decomposed)
