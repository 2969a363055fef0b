"""Reading the search index: which entries have the words, as filters and as ids.

What a plan finds is the same on every database; only how it is asked differs.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

from django.db import connection, transaction
from django.db.models import BooleanField, F, Func, Q, QuerySet
from django.db.models.expressions import RawSQL

from wiki.search.index import LOST, WEIGHTS
from wiki.search.plan import (
    COLUMNS,
    Phrase,
    Plan,
    Term,
    match_any,
    match_string,
    ts_phrase,
    tsquery,
)

_BY_INDEX = (
    "SET LOCAL enable_seqscan TO {}; SET LOCAL jit TO {};"
    " SET LOCAL max_parallel_workers_per_gather TO {}"
)
_NOT_TOO_LONG = "document.parts IS NULL"
_TOO_LONG = "document.parts IS NOT NULL"
# Rows of entries that are looked up one by one sooner than an index of all is read.
_FEW = 300


@dataclass(frozen=True)
class _Sql:
    """A piece of SQL with its parameters."""

    sql: str
    parameters: tuple[object, ...] = ()

    def raw(self) -> RawSQL:
        # Nothing in the SQL itself comes from anybody.
        return RawSQL(self.sql, self.parameters)  # noqa: S611


@contextmanager
def reading() -> Iterator[None]:
    """What is asked of the index within goes by the index."""
    if connection.vendor == "sqlite":
        yield
        return
    is_within = connection.in_atomic_block
    with transaction.atomic(), connection.cursor() as cursor:
        # PostgreSQL takes a walk through all vectors for cheap: it does not count that
        # each has to be fetched from beside its row.
        cursor.execute(_BY_INDEX.format("off", "off", "0"))
        yield
        if is_within:
            cursor.execute(_BY_INDEX.format(*["DEFAULT"] * 3))


def having(plan: Plan, columns: int = len(COLUMNS), *, loosely: bool = True) -> Q:
    """A filter: entries with all terms in so many columns, the first ones.

    The plan needs terms; what it excludes is not looked at.
    """
    if connection.vendor == "sqlite":
        return _among(_fts(match_string(plan, columns, loosely=loosely)))
    return _among(_documents(plan, columns, loosely=loosely))


def named(key: str) -> Q:
    """A filter: entries with this key as that of a title, also of a former one."""
    return _among(_named(key))


def excluding(plan: Plan) -> Q:
    """A filter: entries without anything that the plan excludes."""
    return ~having_any(plan.excluded) if plan.excluded else Q()


def having_any(phrases: Sequence[Phrase]) -> Q:
    """A filter: entries with at least one of these phrases, which are some."""
    if connection.vendor == "sqlite":
        return _among(_fts(match_any(phrases)))
    ways = tuple((phrase,) for phrase in phrases)
    return _among(_documents(Plan(terms=(Term(ways),)), len(COLUMNS)))


def all_if_few(plan: Plan, *, loosely: bool) -> list[int] | None:
    """Ids of all that `having` lets through, in no order, if they are few.

    None where they are many, and where the database sees by itself whether they are.
    One query in SQLite.
    """
    if connection.vendor != "sqlite":
        return None
    found = _fts(match_string(plan, loosely=loosely))
    with connection.cursor() as cursor:
        cursor.execute(f"{found.sql} LIMIT %s", [*found.parameters, _FEW + 1])
        ids = [pk for (pk,) in cursor.fetchall()]
    return ids if len(ids) <= _FEW else None


def first_ids(
    entries: QuerySet, plan: Plan, limit: int, *, loosely: bool = True
) -> list[int]:
    """Ids of the first of the ordered entries that have all terms. One query."""
    if connection.vendor == "sqlite" or not _has_order(plan, loosely=loosely):
        found = entries.filter(having(plan, loosely=loosely))
        return list(found.values_list("pk", flat=True)[:limit])
    return _first_of_postgresql(entries, plan, limit, loosely=loosely)


def _among(ids: _Sql) -> Q:
    if connection.vendor != "sqlite":
        return Q(pk__in=ids.raw())
    # With the sign SQLite does not look up each id's row, at the end of which, behind
    # the texts, stands who may read it, but walks through an index that has that.
    found = Func(
        *(F("pk"), ids.raw()),
        template="+%(expressions)s",
        arg_joiner=" IN ",
        output_field=BooleanField(),
    )
    return Q(found)


def _fts(match: str) -> _Sql:
    sql = "SELECT rowid FROM wiki_searchwords WHERE wiki_searchwords MATCH %s"
    return _Sql(sql, (match,))


def _named(key: str) -> _Sql:
    sql = (
        "SELECT id FROM wiki_entry WHERE deleted_at IS NULL AND title_key = %s"
        " UNION ALL SELECT entry_id FROM wiki_alias WHERE key = %s"
    )
    return _Sql(sql, (key, key))


# ── PostgreSQL ───────────────────────────────────────────────────────────────


def _documents(plan: Plan, columns: int, *, loosely: bool = True) -> _Sql:
    """Ids of entries with the terms; the index alone answers where no order counts."""
    conditions = [_roughly(plan, columns, loosely=loosely)]
    if columns < len(COLUMNS) or _has_order(plan, loosely=loosely):
        conditions.append(_exactly(plan, columns, loosely=loosely))
    else:
        # Only of texts that are too long the index may not know all tokens.
        if plan.terms:
            in_parts = _in_parts(plan.terms, loosely=loosely)
            conditions.append(_either(_Sql(_NOT_TOO_LONG), in_parts))
        conditions += _titles(plan, loosely=loosely)
    found = _joined(" AND ", conditions)
    select = "SELECT document.entry_id FROM wiki_searchdocument document WHERE "
    return _Sql(select + found.sql, found.parameters)


def _first_of_postgresql(
    entries: QuerySet, plan: Plan, limit: int, *, loosely: bool
) -> list[int]:
    """As `first_ids`, but the order of tokens is looked at only as far as needed.

    It stands in vectors outside of the index: of a common word in thousands of texts
    only those are read that may be among the first.
    """
    roughly = _roughly(plan, len(COLUMNS), loosely=loosely)
    exactly = _exactly(plan, len(COLUMNS), loosely=loosely)
    document = "SELECT {} FROM wiki_searchdocument document WHERE {}"
    maybe = _Sql(document.format("document.entry_id", roughly.sql), roughly.parameters)
    candidates = entries.filter(pk__in=maybe.raw()).values("id")
    sql, parameters = candidates.query.sql_with_params()
    is_so = document.format("1", f"document.entry_id = maybe.id AND {exactly.sql}")
    first = "SELECT id FROM ({} OFFSET 0) maybe WHERE EXISTS ({}) LIMIT %s"
    with connection.cursor() as cursor:
        cursor.execute(
            first.format(sql, is_so), [*parameters, *exactly.parameters, limit]
        )
        return [pk for (pk,) in cursor.fetchall()]


def _roughly(plan: Plan, columns: int, *, loosely: bool) -> _Sql:
    """A condition that an index answers: all tokens are there, in any order."""
    conditions = []
    if plan.terms:
        wanted = tsquery(plan.terms, loosely=loosely, in_order=False)
        if columns == len(COLUMNS):
            conditions.append(_matches("everything", f"({wanted}) | '{LOST}'"))
        else:
            conditions.append(_matches("names", wanted))
    if plan.titles:
        wanted = tsquery(plan.titles, loosely=loosely, in_order=False)
        conditions.append(_matches("names", wanted))
    return _joined(" AND ", conditions)


def _exactly(plan: Plan, columns: int, *, loosely: bool) -> _Sql:
    """A condition that is the plan itself."""
    conditions = _titles(plan, loosely=loosely)
    if plan.terms and columns < len(COLUMNS):
        weights = "".join(WEIGHTS[:columns]) if columns < len(WEIGHTS) else ""
        wanted = tsquery(plan.terms, loosely=loosely, weights=weights)
        conditions.append(_matches("names", wanted))
    elif plan.terms:
        in_one = _matches("everything", tsquery(plan.terms, loosely=loosely))
        in_parts = _in_parts(plan.terms, loosely=loosely)
        conditions.append(
            _either(
                _joined(" AND ", [_Sql(_NOT_TOO_LONG), in_one]),
                _joined(" AND ", [_Sql(_TOO_LONG), in_parts]),
            )
        )
    return _joined(" AND ", conditions)


def _titles(plan: Plan, *, loosely: bool) -> list[_Sql]:
    wanted = tsquery(plan.titles, loosely=loosely, weights=WEIGHTS[0])
    return [_matches("names", wanted)] if plan.titles else []


def _in_parts(terms: Sequence[Term], *, loosely: bool) -> _Sql:
    """A condition on a long text: each phrase of a way stands in one of its parts."""
    wanted = []
    for term in terms:
        ways = term.all_ways(loosely=loosely)
        found = (_joined(" AND ", [_in_a_part(one) for one in way]) for way in ways)
        wanted.append(_either(*found))
    return _joined(" AND ", wanted)


def _in_a_part(phrase: Phrase) -> _Sql:
    return _Sql(
        "EXISTS (SELECT 1 FROM unnest(document.parts) part WHERE part @@ %s::tsquery)",
        (ts_phrase(phrase),),
    )


def _matches(vector: str, wanted: str) -> _Sql:
    return _Sql(f"document.{vector} @@ %s::tsquery", (wanted,))


def _either(*pieces: _Sql) -> _Sql:
    return _joined(" OR ", pieces)


def _joined(sign: str, pieces: Sequence[_Sql]) -> _Sql:
    return _Sql(
        f"({sign.join(piece.sql for piece in pieces)})",
        tuple(parameter for piece in pieces for parameter in piece.parameters),
    )


def _has_order(plan: Plan, *, loosely: bool) -> bool:
    """Whether any phrase has more than one token."""
    return any(
        len(phrase.tokens) > 1
        for term in (*plan.terms, *plan.titles)
        for way in term.all_ways(loosely=loosely)
        for phrase in way
    )
