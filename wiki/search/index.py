"""The search index: its words, and the rows that say what is in it.

The one module that knows how each database keeps words. Whoever writes holds the
entries; `wiki.editing.indexing` does, in the transaction of the save. Only current
texts of live entries are in it. While `SearchState` names another analyser, nothing
is read from it or written to it.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import count

from django.db import connection
from django.db.models import Exists, OuterRef, QuerySet

from wiki.models import Entry, SearchDocument, SearchState
from wiki.models.entries import EntryQuerySet
from wiki.search.tokens import ANALYSER, GAP, Analysed

# What one vector of PostgreSQL holds: positions up to here, so many of one token, and
# so many bytes. What is longer has several, which overlap as far as phrases go.
MAX_POSITIONS = 16_000
MAX_OF_A_TOKEN = 250
MAX_VECTOR_BYTES = 600_000
OVERLAP = 64
# Of the columns that name what an entry is about.
WEIGHTS = ("A", "B", "C")
# Stands for all tokens of a text of which not even a set fits into one vector.
LOST = "\ue002"


@dataclass(frozen=True, slots=True)
class Document:
    """What the index is to hold of an entry as of a version."""

    entry_id: int
    version: int
    words: Analysed


@dataclass(frozen=True, slots=True)
class State:
    """Whether the index can be used, and whether every live entry is in it."""

    is_current: bool
    is_whole: bool


def state() -> State:
    """One query."""
    row = SearchState.objects.filter(pk=SearchState.ROW).first()
    is_current = row is not None and row.analyser == ANALYSER
    return State(is_current, is_current and row.is_whole)


# ── Writing ──────────────────────────────────────────────────────────────────


_OPEN = """
SELECT state.analyser, document.entry_id, document.version
FROM wiki_searchstate state
LEFT JOIN wiki_searchdocument document ON document.entry_id IN ({places})
WHERE state.id = %s
"""


def opened(entry_ids: Collection[int]) -> dict[int, int] | None:
    """The versions at which these entries are in the index; None if it is not in use.

    Until the transaction ends nobody empties the index. One query.
    """
    sql = _OPEN.format(places=", ".join(["%s"] * len(entry_ids)) or "NULL")
    if connection.vendor == "postgresql":
        # Saves do not wait for each other, only for whoever empties the index.
        sql += "FOR KEY SHARE OF state"
    with connection.cursor() as cursor:
        cursor.execute(sql, [*entry_ids, SearchState.ROW])
        rows = cursor.fetchall()
    if not rows or rows[0][0] != ANALYSER:
        return None
    return {pk: version for _, pk, version in rows if pk is not None}


def needs_former_words() -> bool:
    """Whether what leaves the index has to be told by its words."""
    return connection.vendor == "sqlite"


def write(
    documents: Sequence[Document],
    *,
    removed: Collection[int] = (),
    former: Mapping[int, Analysed] | None = None,
) -> None:
    """Puts documents into the index, in the place of those of the same entries.

    `removed` leave it. `former` has the words that the index holds so far of these
    and of those, where `needs_former_words`. In a transaction that holds the entries
    and the state. At most four statements.
    """
    if connection.vendor == "sqlite":
        _write_sqlite(documents, former or {})
    else:
        _write_postgresql(documents)
    if removed:
        SearchDocument.objects.filter(entry__in=removed).delete()


def reset() -> None:
    """An empty index of this analyser, to be filled. In a transaction."""
    states = SearchState.objects.filter(pk=SearchState.ROW)
    if connection.vendor == "sqlite":
        # The words go with it.
        states.delete()
    else:
        # The row stays: saves that wait for it write into the new index.
        list(states.select_for_update())
    SearchDocument.objects.all().delete()
    SearchState.objects.update_or_create(
        pk=SearchState.ROW, defaults={"analyser": ANALYSER, "is_whole": False}
    )


def mark_whole() -> bool:
    """Says that every live entry is in the index, if that is so."""
    if waiting().exists():
        return False
    rows = SearchState.objects.filter(pk=SearchState.ROW, analyser=ANALYSER)
    return bool(rows.update(is_whole=True))


def waiting() -> EntryQuerySet:
    """Live entries that are not in the index as they are now."""
    current = SearchDocument.objects.filter(
        entry=OuterRef("pk"), version=OuterRef("version")
    )
    return Entry.objects.live().filter(~Exists(current))


def left_over() -> QuerySet[SearchDocument]:
    """What is in the index though its entry is deleted."""
    return SearchDocument.objects.filter(entry__deleted_at__isnull=False)


_SQLITE_REMOVE = """
INSERT INTO wiki_searchwords (wiki_searchwords, rowid, title, headings, tags, body)
VALUES ('delete', %s, %s, %s, %s, %s)
"""
_SQLITE_ADD = """
INSERT INTO wiki_searchwords (rowid, title, headings, tags, body)
VALUES (%s, %s, %s, %s, %s)
"""


def _write_sqlite(
    documents: Sequence[Document], former: Mapping[int, Analysed]
) -> None:
    with connection.cursor() as cursor:
        if former:
            cursor.executemany(
                _SQLITE_REMOVE, [(pk, *words.columns) for pk, words in former.items()]
            )
        if documents:
            cursor.executemany(
                _SQLITE_ADD, [(d.entry_id, *d.words.columns) for d in documents]
            )
    SearchDocument.objects.bulk_create(
        (
            SearchDocument(
                entry_id=document.entry_id,
                version=document.version,
                text_hash=document.words.text_hash,
            )
            for document in documents
        ),
        update_conflicts=True,
        unique_fields=["entry"],
        update_fields=["version", "text_hash"],
    )


_POSTGRESQL_WRITE = """
INSERT INTO wiki_searchdocument
    (entry_id, version, text_hash, names, everything, parts)
VALUES (%s, %s, %s, %s::tsvector, %s::tsvector, %s::text[]::tsvector[])
ON CONFLICT (entry_id) DO UPDATE SET
    version = EXCLUDED.version, text_hash = EXCLUDED.text_hash,
    names = EXCLUDED.names, everything = EXCLUDED.everything, parts = EXCLUDED.parts
"""


def _write_postgresql(documents: Sequence[Document]) -> None:
    rows = [
        (d.entry_id, d.version, d.words.text_hash, *vectors(d.words)) for d in documents
    ]
    if rows:
        with connection.cursor() as cursor:
            cursor.executemany(_POSTGRESQL_WRITE, rows)


def vectors(words: Analysed) -> tuple[str | list[str] | None, ...]:
    """Of titles, headings and tags; of everything; the parts of what is too long."""
    # What is cut off of too much are headings, of which there can be most.
    names = _weighed(((words.title, "A"), (words.tags, "C"), (words.headings, "B")))
    tokens = f" {GAP} ".join(filter(None, words.columns)).split()
    everything, is_whole = _vector(tokens, map(str, count(1)))
    if is_whole:
        return names, everything, None
    return names, _set_of(tokens), _parts(tokens)


def _weighed(columns: Iterable[tuple[str, str]]) -> str:
    """A vector of some columns that tells them apart: of as much as it can hold.

    What is left out is found in the vectors of everything.
    """
    tokens: list[str] = []
    places: list[str] = []
    for column, weight in columns:
        tokens += [*column.split(), GAP]
        places += (f"{at}{weight}" for at in range(len(places) + 1, len(tokens) + 1))
    end = _end_of_part(tokens, 0, most=MAX_POSITIONS)
    return _vector(tokens[:end], places)[0]


def _vector(tokens: Sequence[str], numbers: Iterable[str]) -> tuple[str, bool]:
    """The tokens with their positions, and whether the vector can hold them all."""
    places: dict[str, list[str]] = {}
    for token, number in zip(tokens[:MAX_POSITIONS], numbers, strict=False):
        if token in places:
            places[token].append(number)
        else:
            places[token] = [number]
    places.pop(GAP, None)
    most = max(map(len, places.values()), default=0)
    vector = " ".join(
        f"'{token}':{','.join(at[:MAX_OF_A_TOKEN])}" for token, at in places.items()
    )
    # What is written takes more than what is kept: a position is two bytes there.
    is_whole = (
        len(tokens) <= MAX_POSITIONS
        and most <= MAX_OF_A_TOKEN
        and len(vector.encode()) <= MAX_VECTOR_BYTES
    )
    return vector, is_whole


def _set_of(tokens: Sequence[str]) -> str:
    """The tokens without positions, or what stands for them if they are too many."""
    different = set(tokens) - {GAP}
    size = sum(len(token.encode()) + 4 for token in different)
    if size > MAX_VECTOR_BYTES:
        return f"'{LOST}'"
    return " ".join(f"'{token}'" for token in different)


def _parts(tokens: Sequence[str]) -> list[str]:
    """Vectors that each hold a stretch of the tokens."""
    parts, start = [], 0
    while start < len(tokens):
        end = _end_of_part(tokens, start)
        parts.append(_vector(tokens[start:end], map(str, count(1)))[0])
        if end == len(tokens):
            break
        start = end - OVERLAP
    return parts


def _end_of_part(
    tokens: Sequence[str], start: int, *, most: int = MAX_OF_A_TOKEN
) -> int:
    """Where what one vector holds ends: no token more often than `most` before."""
    counts: dict[str, int] = {}
    size = 0
    for at in range(start, min(len(tokens), start + MAX_POSITIONS)):
        token = tokens[at]
        count = counts[token] = counts.get(token, 0) + 1
        size += len(token.encode()) + 8 if count == 1 else 2
        if (count > most and token != GAP) or size > MAX_VECTOR_BYTES:
            return at
    return min(len(tokens), start + MAX_POSITIONS)
