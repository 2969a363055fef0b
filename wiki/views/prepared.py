"""Queries of the most read page, made into SQL once a process.

Django spends ten to fifty times as long on turning a queryset into SQL as the
database does on answering it. The queryset stays what says it all; only its SQL
is kept, and run with other values.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import DEFAULT_DB_ALIAS, connections
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models import QuerySet

# Stand for the values while the SQL is made; no id and no name is one of these.
_NUMBERS = tuple(range(7_310_000_000_000_001, 7_310_000_000_000_005))
_TEXTS = tuple(f"\ue000{n}\ue001" for n in range(4))

Row = tuple[Any, ...]
Build = Callable[..., QuerySet]


@dataclass(frozen=True)
class _Statement:
    sql: str
    parameters: tuple[Any, ...]
    # For each place in the parameters that a value goes to, which value.
    places: tuple[tuple[int, int], ...]
    # For each column that has any: what makes its value one of Python's.
    converters: tuple[tuple[int, list[Callable[..., Any]], Any], ...]


class Prepared:
    """A `values_list` that `build` makes of a few ids or names.

    `build` is called once for each different `variant`, with something that
    stands for each value, so it may only pass them on to filters.
    """

    def __init__(self, build: Build) -> None:
        self._build = build
        self._statements: dict[tuple[str, ...], _Statement] = {}

    def rows(
        self, *values: int | str, variant: Sequence[str] | None = None
    ) -> list[Row]:
        """The rows for these values. One query; none when the variant is empty."""
        if variant is None:
            key = ()
        elif variant:
            key = tuple(variant)
        else:
            # Who may see nothing.
            return []
        # Looked up once: behind the name is a lookup of its own each time.
        database = connections[DEFAULT_DB_ALIAS]
        statement = self._statements.get(key)
        if statement is None:
            statement = self._statements[key] = self._prepare(values, key)
        parameters = list(statement.parameters)
        for place, number in statement.places:
            parameters[place] = values[number]
        with database.cursor() as cursor:
            cursor.execute(statement.sql, parameters)
            rows = cursor.fetchall()
        if not statement.converters:
            return rows
        return [_converted(row, statement, database) for row in rows]

    def _prepare(
        self, values: Sequence[int | str], variant: Sequence[str]
    ) -> _Statement:
        stand_ins = [
            (_TEXTS if isinstance(value, str) else _NUMBERS)[number]
            for number, value in enumerate(values)
        ]
        given = [list(variant)] if variant else []
        query = self._build(*stand_ins, *given).query
        compiler = query.get_compiler(DEFAULT_DB_ALIAS)
        sql, parameters = compiler.as_sql()
        columns = [column for column, *_ in compiler.select]
        converters = compiler.get_converters(columns)
        return _Statement(
            sql,
            tuple(parameters),
            tuple(
                (place, stand_ins.index(parameter))
                for place, parameter in enumerate(parameters)
                if parameter in stand_ins
            ),
            tuple((place, convs, of) for place, (convs, of) in converters.items()),
        )


def _converted(row: Row, statement: _Statement, database: BaseDatabaseWrapper) -> Row:
    values = list(row)
    for place, converters, column in statement.converters:
        for convert in converters:
            values[place] = convert(values[place], column, database)
    return tuple(values)
