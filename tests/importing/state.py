"""What a wiki holds, read past Django: to compare the ends of two stories.

Ids, times and the records of runs are left out. What points to another row
says which row that is, by what names it.
"""

import hashlib
import sqlite3
from collections.abc import Iterator
from typing import Any

from django.apps import apps
from django.db import models

from tests.installations import Installation
from wiki.models import Batch, Import, ImportItem, SiteState

_Row = dict[str, Any]

# Each run leaves its own; and what counts runs, not what came of them.
_OF_RUNS = (Batch, Import, ImportItem, SiteState)
_COUNTERS = {"links_version"}
# Written by the source, not by our clock.
_TIMES_OF_THE_SOURCE = {"authored_at"}


def state_of(wiki: Installation) -> dict[str, list[str]]:
    """The rows of each table as texts, in order: equal if the wikis are."""
    with wiki.connect() as connection:
        tables = {model: _rows(connection, model) for model in _models()}
        if not wiki.server:
            assert _values(connection, "PRAGMA integrity_check") == ["ok"]
    connection.close()
    names = _Names(tables)
    told = {
        model._meta.label: sorted(
            repr({name: names.told(model, name, row) for name in _told_columns(model)})
            for row in rows.values()
        )
        for model, rows in tables.items()
    }
    return told | {"files": sorted(_kept_files(wiki))}


def _kept_files(wiki: Installation) -> Iterator[str]:
    """The files of the media store, each of which has the bytes it is named for."""
    for file in (wiki.folder / "media").rglob("*"):
        # Those that begin with a dot were never finished, and nobody sees them.
        if file.is_file() and not file.name.startswith("."):
            assert file.stem == hashlib.sha256(file.read_bytes()).hexdigest()
            yield file.name


def differences(one: dict[str, list[str]], other: dict[str, list[str]]) -> list[str]:
    """What stands in only one of two states; nothing where they are equal."""
    found = []
    for label in sorted(one.keys() | other.keys()):
        left, right = one.get(label, []), other.get(label, [])
        if left != right:
            found.append(f"{label}: {len(left)} rows and {len(right)}")
            found += [f"  - {row[:400]}" for row in left if row not in right][:3]
            found += [f"  + {row[:400]}" for row in right if row not in left][:3]
    return found


def statuses(wiki: Installation) -> list[str]:
    """How the runs of the importer ended, in their order."""
    table = Import._meta.db_table
    with wiki.connect() as connection:
        found = _values(connection, f"SELECT status FROM {table} ORDER BY id")
    connection.close()
    return found


def count_of(wiki: Installation, table: str) -> int:
    """How many rows a table has; 0 while another process holds the database."""
    try:
        with wiki.connect() as connection:
            [count] = _values(connection, f"SELECT count(*) FROM {table}")
    except sqlite3.OperationalError:
        return 0
    connection.close()
    return count


def _models() -> list[type[models.Model]]:
    own = apps.get_app_config("wiki").get_models(include_auto_created=True)
    return [model for model in own if model not in _OF_RUNS]


def _rows(connection: Any, model: type[models.Model]) -> dict[Any, _Row]:
    columns = [field.column for field in model._meta.concrete_fields]
    cursor = connection.cursor()
    listed = ", ".join(f'"{column}"' for column in columns)
    cursor.execute(f'SELECT {listed} FROM "{model._meta.db_table}"')
    found = [dict(zip(columns, row, strict=True)) for row in cursor.fetchall()]
    return {row[model._meta.pk.column]: row for row in found}


def _values(connection: Any, statement: str) -> list[Any]:
    cursor = connection.cursor()
    cursor.execute(statement)
    return [row[0] for row in cursor.fetchall()]


def _told_columns(model: type[models.Model]) -> list[models.Field]:
    return [field for field in model._meta.concrete_fields if _is_told(field)]


def _is_told(field: models.Field) -> bool:
    if field.primary_key or field.name in _COUNTERS:
        return False
    if isinstance(field, models.DateTimeField):
        return field.name in _TIMES_OF_THE_SOURCE
    return field.related_model not in _OF_RUNS


class _Names:
    """Says of rows what they are, whatever ids they have."""

    def __init__(self, tables: dict[type[models.Model], dict[Any, _Row]]) -> None:
        self._tables = tables

    def told(self, model: type[models.Model], field: models.Field, row: _Row) -> Any:
        value = row[field.column]
        if isinstance(value, memoryview):
            return bytes(value)
        if not field.is_relation or value is None:
            return value
        return self._name(field.related_model, value)

    def _name(self, model: type[models.Model], pk: Any) -> Any:
        row = self._tables.get(model, {}).get(pk)
        if row is None:
            return pk
        names = [self.told(model, field, row) for field in _naming(model)]
        return (model.__name__, *names)


def _naming(model: type[models.Model]) -> list[models.Field]:
    """The fields that say which row it is: a unique one, or those of a constraint."""
    fields = {field.name: field for field in model._meta.concrete_fields}
    unique = [f for f in fields.values() if f.unique and not f.primary_key]
    plain = [field for field in unique if not field.is_relation]
    if plain:
        return plain[:1]
    for constraint in model._meta.constraints:
        is_whole = getattr(constraint, "condition", None) is None
        if is_whole and getattr(constraint, "fields", ()):
            return [fields[name] for name in constraint.fields]
    return []
