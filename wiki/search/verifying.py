"""Whether the index holds the words it should hold. Reads, and writes nothing.

PostgreSQL compares vectors. SQLite keeps no words by entry: there all places of all
words are read once, and summed up for each entry.
"""

from collections import defaultdict
from collections.abc import Collection, Iterator, Sequence

from django.db import connection

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
_POSTGRESQL_DIFFERS = """
SELECT EXISTS (
    SELECT FROM wiki_searchdocument
    WHERE entry_id = %s AND version = %s AND (
        text_hash <> %s
        OR title IS DISTINCT FROM %s::tsvector
        OR headings IS DISTINCT FROM %s::tsvector
        OR tags IS DISTINCT FROM %s::tsvector
        OR everything IS DISTINCT FROM %s::tsvector
        OR parts IS DISTINCT FROM %s::text[]::tsvector[]
    )
)
"""


class StoredWords:
    """The words in the index at one time, to be compared with what they should be."""

    def __init__(self, only: Collection[int] | None = None) -> None:
        """On SQLite this reads the whole index; `only` spares counting of others."""
        self._sums: dict[int, int] = {}
        # On PostgreSQL words stand in the rows of their documents.
        self.strays: frozenset[int] = frozenset()
        if connection.vendor == "sqlite":
            self._sums, self.strays = _sums_and_strays(only)

    def wrong(self, documents: Sequence[Document]) -> list[int]:
        """Ids of those that are in the index at this version with other words."""
        if connection.vendor == "sqlite":
            hashes = _hashes_of(documents)
            return [
                document.entry_id
                for document in documents
                if hashes.get(document.entry_id, document.words.text_hash)
                != document.words.text_hash
                or self._sums.get(document.entry_id, 0) != _sum_of(document.words)
            ]
        return [document.entry_id for document in documents if _differs(document)]


def _differs(document: Document) -> bool:
    words = document.words
    values = (document.entry_id, document.version, words.text_hash, *vectors(words))
    with connection.cursor() as cursor:
        cursor.execute(_POSTGRESQL_DIFFERS, values)
        return cursor.fetchone()[0]


def _hashes_of(documents: Sequence[Document]) -> dict[int, str]:
    versions = {document.entry_id: document.version for document in documents}
    rows = SearchDocument.objects.filter(entry__in=versions)
    return {
        pk: text_hash
        for pk, version, text_hash in rows.values_list("pk", "version", "text_hash")
        if versions[pk] == version
    }


def _sums_and_strays(
    only: Collection[int] | None,
) -> tuple[dict[int, int], frozenset[int]]:
    known = set(SearchDocument.objects.values_list("pk", flat=True))
    sums: dict[int, int] = defaultdict(int)
    wanted = None if only is None else set(only)
    for pk, term, column, offset in _places():
        if wanted is None or pk in wanted:
            sums[pk] += hash((term, column, offset))
    # Those that came or went while it was read are no strays.
    known |= set(SearchDocument.objects.values_list("pk", flat=True))
    strays = frozenset() if wanted else frozenset(sums.keys() - known)
    return {pk: total & _MASK for pk, total in sums.items()}, strays


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
