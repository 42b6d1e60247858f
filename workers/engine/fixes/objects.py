"""Schemas, extensions, types and sequences as trees, and objects under another name."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from workers.engine.fixes.definitions import set_default
from workers.engine.fixes.steps import House
from workers.engine.fixes.tree import Statement
from workers.engine.schema.model import Column, QualifiedName
from workers.engine.schema.names import make_object_name, quote


def create_schema(house: House, name: str) -> Statement:
    """CREATE SCHEMA IF NOT EXISTS."""
    return house.make('CREATE SCHEMA IF NOT EXISTS "$name"', name=name)


def create_extension(house: House, name: str, schema: str | None) -> Statement:
    """CREATE EXTENSION IF NOT EXISTS."""
    pattern = 'CREATE EXTENSION IF NOT EXISTS "$name"'
    if schema and schema != house.names.default_schema:
        pattern += ' WITH SCHEMA "$schema"'
    return house.make(pattern, name=name, schema=schema)


def create_type(house: House, name: QualifiedName, values: Iterable[str]) -> Statement:
    """CREATE TYPE ... AS ENUM."""
    pattern = "CREATE TYPE \"$name\" AS ENUM ('$values')"
    return house.make(pattern, name=name, values=tuple(values))


def drop_type(house: House, name: QualifiedName) -> Statement:
    """DROP TYPE."""
    return house.make('DROP TYPE "$name"', name=name)


def add_value(
    house: House, name: QualifiedName, value: str, before: str | None = None
) -> Statement:
    """ALTER TYPE ... ADD VALUE."""
    pattern = "ALTER TYPE \"$name\" ADD VALUE '$value'"
    if before is not None:
        pattern += " BEFORE '$before'"
    return house.make(pattern, name=name, value=value, before=before)


def rename_type(house: House, old: QualifiedName, new: str) -> Statement:
    """ALTER TYPE ... RENAME TO."""
    return house.make('ALTER TYPE "$old" RENAME TO "$new"', old=old, new=new)


def moved(
    house: House, kind: str, old: QualifiedName, new: QualifiedName
) -> Iterator[tuple[Statement, Statement]]:
    """The statements that move a TABLE or a TYPE to its new schema and name, each with its way
    back."""
    between = QualifiedName(new.schema, old.name)
    if old.schema != new.schema:
        pattern = f'ALTER {kind} "$old" SET SCHEMA "$to"'
        back = house.make(pattern, old=between, to=old.schema)
        yield house.make(pattern, old=old, to=new.schema), back
    if old.name != new.name:
        pattern = f'ALTER {kind} "$old" RENAME TO "$to"'
        back = house.make(pattern, old=new, to=old.name)
        yield house.make(pattern, old=between, to=new.name), back


def add_sequence(house: House, table: QualifiedName, column: Column) -> tuple[Statement, ...]:
    """What SERIAL would have made: a sequence that the column owns and takes its numbers from."""
    name = _sequence_of(table, column)
    text = ".".join(quote(part) for part in house.names.shown(name))
    maximum = (
        'SELECT setval(\'$text\', COALESCE((SELECT max("$column") FROM "$table"), 0) + 1, false)'
    )
    default = 'ALTER TABLE "$table" ALTER COLUMN "$column" SET DEFAULT nextval(\'$text\')'
    owner = (*house.names.shown(table), column.name)
    return (
        house.make('CREATE SEQUENCE "$name" AS "$type"', name=name, type=column.type),
        house.make(maximum, text=text, column=column.name, table=table),
        house.make(default, text=text, column=column.name, table=table),
        house.make('ALTER SEQUENCE "$name" OWNED BY "$owner"', name=name, owner=owner),
    )


def drop_sequence(house: House, table: QualifiedName, column: Column) -> tuple[Statement, ...]:
    """The way back from `add_sequence`."""
    drop = house.make('DROP SEQUENCE "$name"', name=_sequence_of(table, column))
    return set_default(house, table, column.name, None), drop


def _sequence_of(table: QualifiedName, column: Column) -> QualifiedName:
    return QualifiedName(table.schema, make_object_name(table.name, column.name, "seq"))
