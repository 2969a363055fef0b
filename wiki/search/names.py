"""Entries and tags by what someone has typed of their names so far.

A name is a title, another title, or a tag. What is typed is read as `wiki.search.typed`
says; `wiki.search.finding` looks into texts.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import connection
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models import (
    BooleanField,
    Case,
    Count,
    Exists,
    F,
    Func,
    OuterRef,
    Q,
    QuerySet,
    Value,
    When,
)
from django.db.models.expressions import Expression
from django.db.models.functions import Coalesce, Replace
from django.db.models.lookups import In
from django.db.models.sql.compiler import SQLCompiler

from wiki.models import Alias, Entry, EntryTag, Tag, TagAlias
from wiki.permissions import Person, viewable, visibilities_for
from wiki.search.typed import Pattern, Typed, Word
from wiki.slugs import entry_path, tag_path

# How well a name fits, best first; another title comes behind a title.
_EXACT, _EXACT_OTHER, _BEGINS, _BEGINS_OTHER, _WORDS, _OPEN, _OPEN_WORDS = range(7)
_SHORT_FOR, _WITHIN, _SOMEHOW = 7, 8, 9
# Tags of which the uses are counted, the best of which are given.
_COUNTED_TAGS = 30
_FEW_LETTERS = 3
_MAX_SHARING = 200


@dataclass(frozen=True)
class NamedEntry:
    """An entry found by its title, or by another title: then that is `alias`."""

    title: str
    slug: str
    changed_at: datetime
    alias: str = ""
    rank: int = 0

    @property
    def path(self) -> str:
        return entry_path(self.slug)


@dataclass(frozen=True)
class NamedTag:
    """A tag, and how many entries the reader sees with it."""

    name: str
    key: str
    count: int
    rank: int = 0

    @property
    def path(self) -> str:
        return tag_path(self.key)


def entries_called(user: Person, typed: Typed, limit: int) -> list[NamedEntry]:
    """Entries this person may read whose title or other title fits, best first.

    The title itself, what begins so, words that begin so, initials, anything else;
    within each what was changed last. Where little fits, Latin words may be short
    for longer ones (rd: redis). Three queries, or five.
    """
    if not visibilities_for(user):
        return []
    found: dict[int, tuple[int, int]] = {}
    for pk, rank in _by_title(user, typed, limit):
        found[pk] = rank, 0
    by_alias = _fitting(_aliases_for(user), typed, "key", is_other=True)
    by_alias = by_alias.order_by("rank", "-entry__updated_at", "-pk")
    for pk, entry_id, rank in by_alias.values_list("pk", "entry_id", "rank")[:limit]:
        if entry_id not in found or rank < found[entry_id][0]:
            found[entry_id] = rank, pk
    if not found or (len(typed.words) > 1 and len(found) < limit):
        found = dict.fromkeys(_abbreviated(user, typed), (_SHORT_FOR, 0)) | found
    best = sorted(found, key=lambda pk: found[pk][0])[:limit]
    names = {pk: found[pk][1] for pk in best}
    rows = _rows(names)
    return [NamedEntry(*rows[pk], rank=found[pk][0]) for pk in best if pk in rows]


def tags_called(user: Person, typed: Typed, limit: int) -> list[NamedTag]:
    """Tags of entries this person may read that are called so, best first.

    By their name or another name; within each what most entries bear. Two queries.
    """
    uses = EntryTag.objects.filter(
        viewable(user, "content_object__"), tag=OuterRef("pk")
    )
    others = TagAlias.objects.filter(fits_tag_key(typed), tag=OuterRef("pk"))
    key = Replace("key", Value("-"), Value(" "))
    fitting = Tag.objects.alias(spaced=key).filter(
        fits_tag_key(typed) | Exists(others), Exists(uses)
    )
    rank = _rank(typed, "spaced", is_other=False)
    rows = fitting.annotate(rank=rank).order_by("rank", "sort_key")
    ranks = dict(rows.values_list("pk", "rank")[:_COUNTED_TAGS])
    seen = viewable(user, "items__content_object__")
    counted = Tag.objects.filter(pk__in=ranks).annotate(count=Count("items", seen))
    found = [
        NamedTag(name, tag_key, count, ranks[pk])
        for pk, name, tag_key, count in counted.order_by("-count", "sort_key")
        .filter(count__gt=0)
        .values_list("pk", "name", "key", "count")
    ]
    return sorted(found, key=lambda tag: tag.rank)[:limit]


def entries_sharing(user: Person, words: Sequence[str]) -> dict[int, str]:
    """Keys of titles with any of the words, of the entries that changed last.

    By id; the words are parts of keys. One query, none without words.
    """
    if not words:
        return {}
    shared = Q()
    for word in words:
        shared |= Q(title_key__contains=word)
    entries = Entry.objects.visible_to(user).filter(shared).recently_changed()
    return dict(entries.values_list("pk", "title_key")[:_MAX_SHARING])


def fits_tag_key(typed: Typed) -> Q:
    """Tags, and other names of tags, with all the words in their `key`.

    Keys of tags have `-` where names have blanks.
    """
    key = Replace("key", Value("-"), Value(" "))
    return _has_words(typed, key)


def _by_title(user: Person, typed: Typed, limit: int) -> list[tuple[int, int]]:
    entries = Entry.objects.visible_to(user)
    rows = _fitting(entries, typed, "title_key")
    rows = rows.order_by("rank", "-updated_at", "-pk").values_list("pk", "rank")
    # Few letters are in very many names, and the best of those begin so: they stand
    # together in the index, where SQLite finds them without a look at the others.
    if len(typed.key) <= _FEW_LETTERS and connection.vendor == "sqlite":
        first = list(rows.filter(_begins(typed, F("title_key")))[:limit])
        if len(first) == limit:
            return first
    return list(rows[:limit])


def _abbreviated(user: Person, typed: Typed) -> list[int]:
    """Entries with a word for each that begins like it and has its letters in order.

    Of the newest with all the letters; one query, none unless all words are Latin.
    """
    if not typed.may_be_short:
        return []
    has_letters = Q()
    for letter in sorted(set(typed.whole.text)):
        has_letters &= Q(title_key__contains=letter)
    entries = Entry.objects.visible_to(user).filter(has_letters).recently_changed()
    rows = entries.values_list("pk", "title_key")[:_MAX_SHARING]
    return [pk for pk, key in rows if typed.is_short_for(key)]


def _fitting(
    rows: QuerySet, typed: Typed, key: str, *, is_other: bool = False
) -> QuerySet:
    """The rows with all the words in their key, and how well it fits as `rank`."""
    rank = _rank(typed, key, is_other=is_other)
    return rows.filter(_has_words(typed, F(key))).annotate(rank=rank)


def _aliases_for(user: Person) -> QuerySet:
    aliases = Alias.objects.filter(kind=Alias.Kind.TITLE, entry__deleted_at=None)
    # An expression, so that no database begins with every visible entry.
    visibility = Coalesce("entry__visibility", Value(""))
    return aliases.filter(In(visibility, visibilities_for(user)))


def _rows(alias_of: dict[int, int]) -> dict[int, tuple[str, str, datetime, str]]:
    """Title, address, time and the alias named for each of the entries. One query.

    They have to be entries that the reader may see.
    """
    named = Alias.objects.filter(
        entry=OuterRef("pk"), pk__in=[pk for pk in alias_of.values() if pk]
    )
    rows = Entry.objects.live().filter(pk__in=alias_of)
    rows = rows.annotate(alias=named.order_by("pk").values("name")[:1])
    values = rows.values_list("pk", "title", "slug", "updated_at", "alias")
    return {
        pk: (title, slug, changed_at, alias or "")
        for pk, title, slug, changed_at, alias in values
    }


def _has_words(typed: Typed, key: Expression | F) -> Q:
    every = Q()
    for word in typed.words:
        # One letter is in nearly every name; in front of a word it says something.
        is_letter = len(typed.key) == 1 and typed.key.isalnum()
        every &= _fits(word, key, at="word" if is_letter else "")
    return every


def _rank(typed: Typed, key: str, *, is_other: bool) -> Case:
    name = F(key)
    words = [_fits_pattern(word.literal, name, at="word") for word in typed.words]
    cases = [
        When(**{key: typed.key}, then=_EXACT + is_other),
        When(_begins(typed, name), then=_BEGINS + is_other),
        When(_all(words), then=_WORDS),
    ]
    if not all(word.is_plain for word in typed.words):
        open_words = [_fits(word, name, at="word") for word in typed.words]
        contained = [_fits_pattern(word.literal, name) for word in typed.words]
        cases += [
            When(_fits(typed.whole, name, at="start"), then=_OPEN),
            When(_all(open_words), then=_OPEN_WORDS),
            When(_all(contained), then=_WITHIN),
        ]
    return Case(*cases, default=_SOMEHOW)


def _begins(typed: Typed, key: Expression | F) -> Q:
    return _fits_pattern(Word(typed.key, ()).literal, key, at="start")


def _fits(word: Word, key: Expression | F, *, at: str = "") -> Q:
    squeezed, is_possible = key, Q()
    if word.may_be_spaced and at != "word":
        squeezed = Replace(key, Value(" "), Value(""))
        if not at and word.first_sign:
            # Spares most names being written anew.
            is_possible = _fits_pattern(word.first_sign, key)
    any_form = Q()
    for form in word.forms:
        any_form |= _fits_pattern(form, squeezed, at=at)
    return is_possible & any_form


def _fits_pattern(pattern: Pattern, key: Expression | F, *, at: str = "") -> Q:
    return Q(_Fits(key, pattern, at=at))


def _all(conditions: Sequence[Q]) -> Q:
    every = Q()
    for condition in conditions:
        every &= condition
    return every


class _Fits(Func):
    """Whether a pattern fits a text: anywhere, at its start, at that of a word."""

    output_field = BooleanField()

    def __init__(self, text: Expression | F, pattern: Pattern, *, at: str = "") -> None:
        super().__init__(text)
        self._pattern, self._at = pattern, at

    def as_sqlite(
        self, compiler: SQLCompiler, connection: BaseDatabaseWrapper, **_: Any
    ) -> tuple[str, list[Any]]:
        text, parameters = compiler.compile(self.source_expressions[0])
        glob = self._pattern.as_glob(at=self._at)
        if self._at != "word":
            return f"({text} GLOB %s)", [*parameters, glob]
        first = self._pattern.as_glob(at="start")
        sql = f"({text} GLOB %s OR {text} GLOB %s)"
        return sql, [*parameters, first, *parameters, glob]

    def as_postgresql(
        self, compiler: SQLCompiler, connection: BaseDatabaseWrapper, **_: Any
    ) -> tuple[str, list[Any]]:
        text, parameters = compiler.compile(self.source_expressions[0])
        like = self._pattern.as_like(at=self._at)
        if like is not None:
            # Much quicker than an expression.
            return f"({text} LIKE %s)", [*parameters, like]
        return f"({text} ~ %s)", [*parameters, self._pattern.as_regex(at=self._at)]
