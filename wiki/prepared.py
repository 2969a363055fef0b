"""Queries that pages and saves ask all the time, made into SQL once a process.

Django spends ten to fifty times as long on turning a queryset into SQL as the
database does on answering it. The queryset stays what says it all; only its SQL
is kept, and run with other values.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import count
from typing import Any

from django.db import DEFAULT_DB_ALIAS, connections
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models import QuerySet

# The smallest number of places that a list of values gets.
_LEAST = 4

Value = int | str | Sequence[int] | Sequence[str]
Row = tuple[Any, ...]
Build = Callable[..., QuerySet]


@dataclass(frozen=True)
class _Statement:
    sql: str
    parameters: tuple[Any, ...]
    # For each place in the parameters that a value goes to, which of all values.
    places: tuple[tuple[int, int], ...]
    # For each column that has any: what makes its value one of Python's.
    converters: tuple[tuple[int, list[Callable[..., Any]], Any], ...]


class Prepared:
    """A `values_list` that `build` makes of a few ids or names, or lists of them.

    `build` is called once for each different `variant` and size of the lists, with
    something that stands for each value, so it may only pass them on to filters.
    Lists are filled up with their last value, so that there are few sizes; none
    may be empty.
    """

    def __init__(self, build: Build) -> None:
        self._build = build
        self._statements: dict[tuple[object, ...], _Statement] = {}

    def rows(self, *values: Value, variant: Sequence[str] | None = None) -> list[Row]:
        """The rows for these values. One query; none when the variant is empty."""
        if variant is not None and not variant:
            # Who may see nothing.
            return []
        values = tuple(v if isinstance(v, (int, str)) else _filled(v) for v in values)
        sizes = (len(v) if isinstance(v, list) else 0 for v in values)
        key = (*(variant or ()), *sizes)
        # Looked up once: behind the name is a lookup of its own each time.
        database = connections[DEFAULT_DB_ALIAS]
        statement = self._statements.get(key)
        if statement is None:
            statement = self._statements[key] = self._prepare(values, variant)
        parameters = list(statement.parameters)
        all_values = _flat(values)
        for place, number in statement.places:
            parameters[place] = all_values[number]
        with database.cursor() as cursor:
            cursor.execute(statement.sql, parameters)
            rows = cursor.fetchall()
        if not statement.converters:
            return rows
        return [_converted(row, statement, database) for row in rows]

    def _prepare(
        self, values: Sequence[Value], variant: Sequence[str] | None
    ) -> _Statement:
        numbers = count()
        stand_ins = [
            [_stand_in(next(numbers), one) for one in value]
            if isinstance(value, list)
            else _stand_in(next(numbers), value)
            for value in values
        ]
        number_of = {one: number for number, one in enumerate(_flat(stand_ins))}
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
                (place, number_of[parameter])
                for place, parameter in enumerate(parameters)
                if parameter in number_of
            ),
            tuple((place, convs, of) for place, (convs, of) in converters.items()),
        )


def _filled(values: Sequence[int] | Sequence[str]) -> list[int] | list[str]:
    size = _LEAST
    while size < len(values):
        size *= 2
    return [*values, *[values[-1]] * (size - len(values))]


def _flat(values: Sequence[Value]) -> list[int | str]:
    return [
        one
        for value in values
        for one in (value if isinstance(value, list) else (value,))
    ]


def _stand_in(number: int, value: int | str) -> int | str:
    """Stands for a value while the SQL is made; no id and no name is one of these."""
    if isinstance(value, str):
        return f"\ue000{number}\ue001"
    return 7_310_000_000_000_000 + number


def _converted(row: Row, statement: _Statement, database: BaseDatabaseWrapper) -> Row:
    values = list(row)
    for place, converters, column in statement.converters:
        for convert in converters:
            values[place] = convert(values[place], column, database)
    return tuple(values)
