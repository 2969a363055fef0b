"""Whether the index holds the words it should hold. Reads, and writes nothing.

PostgreSQL compares vectors. SQLite keeps no words by entry: there all places of all
words are read once, and summed up for each entry.
"""

from collections import defaultdict
from collections.abc import Collection, Iterator, Sequence

from django.db import connection
from django.db.models import QuerySet

from wiki.models import SearchDocument
from wiki.search.index import Document, vectors
from wiki.search.plan import COLUMNS
from wiki.search.tokens import Analysed

_AT_ONCE = 10_000
_MASK = 2**64 - 1

_SQLITE_VOCABULARY = """
CREATE VIRTUAL TABLE IF NOT EXISTS temp.wiki_searchplaces
USING fts5vocab(main, wiki_searchwords, instance)
"""
_SQLITE_PLACES = "SELECT doc, term, col, offset FROM temp.wiki_searchplaces"
_POSTGRESQL_WRONG = """
SELECT document.entry_id
FROM (VALUES {rows})
    AS wanted (id, version, text_hash, names, everything, parts)
JOIN wiki_searchdocument document
    ON document.entry_id = wanted.id AND document.version = wanted.version
WHERE document.text_hash <> wanted.text_hash
    OR document.names IS DISTINCT FROM wanted.names::tsvector
    OR document.everything IS DISTINCT FROM wanted.everything::tsvector
    OR document.parts IS DISTINCT FROM wanted.parts::tsvector[]
ORDER BY document.entry_id
"""
_POSTGRESQL_ROW = "(%s::bigint, %s::int, %s::text, %s::text, %s::text, %s::text[])"


class StoredWords:
    """The words in the index at one time, to be compared with what they should be."""

    def __init__(self, only: Collection[int] | None = None) -> None:
        """On SQLite this reads the whole index; `only` spares counting of others."""
        # On PostgreSQL words stand in the rows of their documents.
        self.strays: frozenset[int] = frozenset()
        if connection.vendor == "sqlite":
            rows = _documents().values_list("pk", "version", "text_hash")
            self._rows = {pk: tuple(row) for pk, *row in rows}
            self._sums = _sums(only)
            if only is None:
                # Those that came or went while it was read are no strays.
                known = {*self._rows, *_documents().values_list("pk", flat=True)}
                self.strays = frozenset(self._sums.keys() - known)

    def wrong(self, documents: Sequence[Document]) -> list[int]:
        """Ids of those that are in the index at this version with other words.

        What is at another version by now is not looked at.
        """
        if connection.vendor == "sqlite":
            return [d.entry_id for d in documents if self._differs(d)]
        return _wrong_in_postgresql(documents)

    def _differs(self, document: Document) -> bool:
        pk, words = document.entry_id, document.words
        version, text_hash = self._rows.get(pk, (0, ""))
        if version != document.version:
            return False
        return text_hash != words.text_hash or self._sums.get(pk, 0) != _sum_of(words)


def _documents() -> QuerySet[SearchDocument]:
    return SearchDocument.objects.order_by()


def _wrong_in_postgresql(documents: Sequence[Document]) -> list[int]:
    if not documents:
        return []
    rows = ", ".join([_POSTGRESQL_ROW] * len(documents))
    values = [
        value
        for d in documents
        for value in (d.entry_id, d.version, d.words.text_hash, *vectors(d.words))
    ]
    with connection.cursor() as cursor:
        cursor.execute(_POSTGRESQL_WRONG.format(rows=rows), values)
        return [pk for (pk,) in cursor.fetchall()]


def _sums(only: Collection[int] | None) -> dict[int, int]:
    """What all places of all words of each entry come to."""
    wanted = None if only is None else set(only)
    sums: dict[int, int] = defaultdict(int)
    for pk, term, column, offset in _places():
        if wanted is None or pk in wanted:
            sums[pk] += hash((term, column, offset))
    return {pk: total & _MASK for pk, total in sums.items()}


def _places() -> Iterator[tuple[int, str, str, int]]:
    """Each place of each word: entry, word, column, number."""
    with connection.cursor() as cursor:
        cursor.execute(_SQLITE_VOCABULARY)
        cursor.execute(_SQLITE_PLACES)
        while rows := cursor.fetchmany(_AT_ONCE):
            yield from rows


def _sum_of(words: Analysed) -> int:
    total = 0
    for name, column in zip(COLUMNS, words.columns, strict=True):
        for offset, term in enumerate(column.split()):
            total += hash((term, name, offset))
    return total & _MASK
