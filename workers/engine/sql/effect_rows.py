"""What statements do to the rows of tables that are there."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from workers.engine.schema.model import Table
from workers.engine.source import Origin
from workers.engine.sql import effects
from workers.engine.sql.effects import Effect
from workers.engine.sql.postgres import Node
from workers.engine.sql.resolve import find_relation, strings
from workers.engine.sql.state import State


def table_of(state: State, relation: Node | None) -> Table | None:
    """The table that a statement names, None where there is none of that name."""
    name = find_relation(state, relation) if relation else None
    return state.schema.tables.get(name) if name is not None else None


def truncate_effects(fields: Node, origin: Origin, state: State) -> Iterator[Effect]:
    cascades = fields.get("behavior") == "DROP_CASCADE"
    for item in fields.get("relations", ()):
        table = table_of(state, item["RangeVar"])
        if table is not None:
            yield effects.TableTruncated(table, origin, cascades)


def update_effects(fields: Node, origin: Origin, state: State) -> Iterator[Effect]:
    table = table_of(state, fields.get("relation"))
    if table is not None:
        columns = tuple(
            item["ResTarget"].get("name", "")
            for item in fields.get("targetList", ())
            if "ResTarget" in item
        )
        reads = frozenset(_columns_read(fields.get("targetList", ())))
        yield effects.RowsWritten(table, origin, "UPDATE", columns, "whereClause" in fields, reads)


def insert_effects(fields: Node, origin: Origin, state: State) -> Iterator[Effect]:
    table = table_of(state, fields.get("relation"))
    select = fields.get("selectStmt", {}).get("SelectStmt", {})
    if table is not None and "fromClause" in select:
        reads = frozenset(_columns_read(select.get("targetList", ())))
        yield effects.RowsWritten(table, origin, "INSERT", (), "whereClause" in select, reads)


def _columns_read(node: Any) -> Iterator[str]:
    """The bare names of the columns that an expression takes its value from."""
    if isinstance(node, list | tuple):
        for child in node:
            yield from _columns_read(child)
    elif isinstance(node, dict):
        column = node.get("ColumnRef")
        if column is not None:
            names = [part for part in column.get("fields", ()) if "String" in part]
            if names:
                yield strings(names)[-1]
        for child in node.values():
            yield from _columns_read(child)


def delete_effects(fields: Node, origin: Origin, state: State) -> Iterator[Effect]:
    table = table_of(state, fields.get("relation"))
    if table is not None:
        yield effects.RowsWritten(table, origin, "DELETE", (), "whereClause" in fields)
