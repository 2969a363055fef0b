"""Finding entries by plain substring, the same on every database.

Every word has to stand in the title or another title, in a tag, or in the text.
It reads every text once; an index takes its place when there is one.
"""

import unicodedata
from collections.abc import Collection

from django.db.models import Case, Exists, IntegerField, OuterRef, Q, Value, When

from wiki.models import Alias, Entry, EntryTag, Tag, TagAlias
from wiki.models.entries import EntryQuerySet
from wiki.permissions import Person
from wiki.search.query import Query
from wiki.search.tokens import has_case_beyond_ascii, spellings
from wiki.slugs import tag_key, title_key

# More than anybody pages through; what is beyond is counted as "more".
MAX_FOUND = 500
SORTS = ("relevance", "changed", "title")

_NOTHING = Q(pk__in=[])


def find_entries(user: Person, query: Query, *, sort: str = "relevance") -> list[int]:
    """Ids of entries this person may read, best first, at most MAX_FOUND + 1.

    By relevance: the title itself, then all words in titles, then in titles and
    tags, then the rest; the most recently changed first. One query, and two
    more when a tag is asked for.
    """
    if query.is_empty:
        return []
    query, tags = _understood(query)
    found = _filtered(Entry.objects.visible_to(user), query, tags)
    if sort == "changed":
        found = found.recently_changed()
    elif sort == "title":
        found = found.in_title_order()
    else:
        found = found.order_by(_rank(query), "-updated_at", "-id")
    return list(found.values_list("id", flat=True)[: MAX_FOUND + 1])


def matching(entries: EntryQuerySet, query: Query) -> EntryQuerySet:
    """Those of the entries that are found by a query that is not empty, all of them.

    Two queries when a tag is asked for.
    """
    return _filtered(entries, *_understood(query))


def _understood(query: Query) -> tuple[Query, Collection[str]]:
    """The query with tags that there are not as words, and the keys of the others."""
    tags = _known_tags(query.tags)
    return query.plain(set(query.tags) - tags.keys()), tags.values()


def _filtered(
    entries: EntryQuerySet, query: Query, tags: Collection[str]
) -> EntryQuerySet:
    return entries.filter(
        *(_in_title(word) | _in_tags(word) | _in_body(word) for word in query.words),
        *(_has_tag(key) for key in tags),
    )


def _rank(query: Query) -> Case:
    in_titles = [_in_title(word) for word in query.words]
    in_tags = [_in_title(word) | _in_tags(word) for word in query.words]
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


def _in_title(word: str) -> Q:
    key = title_key(word)
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


def _has_tag(key: str) -> Q:
    """The tag itself or one of its levels."""
    uses = EntryTag.objects.filter(
        Q(tag__key=key) | Q(tag__key__startswith=f"{key}/"),
        content_object=OuterRef("pk"),
    )
    return Q(Exists(uses))


def _known_tags(keys: tuple[str, ...]) -> dict[str, str]:
    """The key of the tag that each of these names; unknown ones are left out."""
    if not keys:
        return {}
    aliases = TagAlias.objects.filter(key__in=keys).values_list("key", "tag__key")
    tags = Tag.objects.filter(key__in=keys).values_list("key", "key")
    return dict(aliases) | dict(tags)
