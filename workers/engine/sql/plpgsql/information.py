"""information_schema as rows of the replayed state."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from workers.engine.numerals import is_whole
from workers.engine.schema.model import SqlType
from workers.engine.schema.types import format_type
from workers.engine.sql.plpgsql.catalogue import Constraint, Row, constraints
from workers.engine.sql.state import State

_WORDS = {"p": "PRIMARY KEY", "u": "UNIQUE", "f": "FOREIGN KEY", "c": "CHECK"}
_UDT = {
    "smallint": "int2", "integer": "int4", "bigint": "int8", "real": "float4",
    "double precision": "float8", "boolean": "bool", "character varying": "varchar",
    "character": "bpchar", "timestamp without time zone": "timestamp",
    "timestamp with time zone": "timestamptz", "time without time zone": "time",
    "time with time zone": "timetz", "bit varying": "varbit",
}  # fmt: skip


def tables(state: State) -> Iterator[Row]:
    for name in state.schema.tables:
        yield {"table_catalog": "postgres", "table_schema": name.schema, "table_name": name.name,
               "table_type": "BASE TABLE"}  # fmt: skip
    for name, view in state.schema.views.items():
        if view.kind == "view":
            yield {"table_catalog": "postgres", "table_schema": name.schema,
                   "table_name": name.name, "table_type": "VIEW"}  # fmt: skip


def views(state: State) -> Iterator[Row]:
    for name, view in state.schema.views.items():
        if view.kind == "view":
            yield {"table_schema": name.schema, "table_name": name.name,
                   "view_definition": view.definition}  # fmt: skip


def columns(state: State) -> Iterator[Row]:
    for holder in (state.schema.tables, state.schema.views):
        for name, relation in holder.items():
            for number, column in enumerate(relation.columns):
                yield {
                    "table_catalog": "postgres", "table_schema": name.schema,
                    "table_name": name.name, "column_name": column.name,
                    "ordinal_position": number + 1, "column_default": column.default,
                    "is_nullable": "NO" if column.not_null else "YES",
                    "is_identity": "YES" if column.identity else "NO",
                    "identity_generation": column.identity,
                    "is_generated": "ALWAYS" if column.generated else "NEVER",
                    "generation_expression": column.generated,
                } | _type(column.type)  # fmt: skip


def _type(kind: SqlType) -> Row:
    bare = SqlType(kind.name, (), False, kind.schema)
    row: Row = {
        "data_type": "ARRAY" if kind.is_array else
        "USER-DEFINED" if kind.schema else format_type(bare).replace("bpchar", "character"),
        "udt_schema": kind.schema or "pg_catalog",
        "udt_name": ("_" if kind.is_array else "") + _UDT.get(kind.name, kind.name),
        "character_maximum_length": None, "numeric_precision": None, "numeric_scale": None,
        "datetime_precision": None,
    }  # fmt: skip
    numbers = [int(one) for one in kind.arguments if is_whole(one)]
    if kind.schema is None and not kind.is_array:
        if kind.name.startswith("character"):
            row["character_maximum_length"] = numbers[0] if numbers else None
        elif kind.name == "numeric" and numbers:
            row["numeric_precision"], row["numeric_scale"] = numbers[0], (*numbers, 0)[1]
        elif kind.name in ("smallint", "integer", "bigint"):
            row["numeric_precision"] = {"smallint": 16, "integer": 32}.get(kind.name, 64)
            row["numeric_scale"] = 0
        elif kind.name.startswith("time"):
            row["datetime_precision"] = numbers[0] if numbers else 6
    return row


def _constraint(one: Constraint) -> Row:
    schema, table = one.table.name
    return {
        "constraint_catalog": "postgres", "constraint_schema": schema, "constraint_name": one.name,
        "table_catalog": "postgres", "table_schema": schema, "table_name": table,
    }  # fmt: skip


def table_constraints(state: State) -> Iterator[Row]:
    for one in constraints(state):
        if one.letter in _WORDS:
            yield _constraint(one) | {"constraint_type": _WORDS[one.letter]}


def key_column_usage(state: State) -> Iterator[Row]:
    for one in constraints(state):
        if one.letter in "puf":
            for number, column in enumerate(one.columns):
                yield _constraint(one) | {"column_name": column, "ordinal_position": number + 1}


def constraint_column_usage(state: State) -> Iterator[Row]:
    for one in constraints(state):
        if one.letter == "f":
            schema, table = one.part.ref_table
            names: tuple[str, ...] = one.part.ref_columns
        else:
            (schema, table), names = one.table.name, one.columns
        for column in names:
            row = _constraint(one)
            yield row | {"table_schema": schema, "table_name": table, "column_name": column}


def referential_constraints(state: State) -> Iterator[Row]:
    for one in constraints(state):
        if one.letter == "f":
            yield {
                "constraint_schema": one.table.name.schema, "constraint_name": one.name,
                "delete_rule": one.part.on_delete, "update_rule": one.part.on_update,
            }  # fmt: skip


def check_constraints(state: State) -> Iterator[Row]:
    for one in constraints(state):
        if one.letter == "c":
            clause = one.part.definition.removeprefix("CHECK ")
            yield {"constraint_schema": one.table.name.schema, "constraint_name": one.name,
                   "check_clause": clause}  # fmt: skip


def triggers(state: State) -> Iterator[Row]:
    for (table, name), _ in state.schema.triggers.items():
        yield {
            "trigger_schema": table.schema, "trigger_name": name,
            "event_object_schema": table.schema, "event_object_table": table.name,
        }  # fmt: skip


def routines(state: State) -> Iterator[Row]:
    for one in state.schema.functions.values():
        yield {
            "routine_schema": one.name.schema, "routine_name": one.name.name,
            "specific_schema": one.name.schema,
            "routine_type": "PROCEDURE" if one.kind == "procedure" else "FUNCTION",
        }  # fmt: skip


def schemata(state: State) -> Iterator[Row]:
    for name in (*state.schema.schemas, "pg_catalog", "information_schema"):
        yield {"schema_name": name, "catalog_name": "postgres"}


def sequences(state: State) -> Iterator[Row]:
    for name, one in state.schema.sequences.items():
        yield {"sequence_schema": name.schema, "sequence_name": name.name, "data_type": one.type}


RELATIONS: dict[str, Callable[[State], Iterator[dict[str, Any]]]] = {
    "tables": tables,
    "views": views,
    "columns": columns,
    "table_constraints": table_constraints,
    "key_column_usage": key_column_usage,
    "constraint_column_usage": constraint_column_usage,
    "referential_constraints": referential_constraints,
    "check_constraints": check_constraints,
    "triggers": triggers,
    "routines": routines,
    "schemata": schemata,
    "sequences": sequences,
}
