"""The check that DETACH PARTITION ... CONCURRENTLY leaves: the bound that the partition had.

DetachAddConstraintIfNeeded of src/backend/commands/tablecmds.c. Told of keys of one column.
"""

from __future__ import annotations

from workers.engine.schema.model import Column, QualifiedName, Table
from workers.engine.schema.names import quote
from workers.engine.schema.types import format_type
from workers.engine.source import Origin
from workers.engine.sql.ddl.constraints import add_check
from workers.engine.sql.postgres import SqlSyntaxError, parse_expression
from workers.engine.sql.run import Run

_OPEN = ("MINVALUE", "MAXVALUE")


def leave_check(run: Run, parent: Table, bound: str, name: QualifiedName, origin: Origin) -> None:
    """Give a table that was a partition the check of its bound."""
    method, _, inside = (parent.partition_key or "").partition(" (")
    table = run.state.schema.tables[name]
    wanted = inside.removesuffix(")")
    column = next((one for one in table.columns if quote(one.name) == wanted), None)
    if column is None or any(column.name in check.columns for check in table.checks):
        return  # an expression, several columns, or a check that may say as much
    text = _condition(method, column, bound.removeprefix("FOR VALUES "))
    if text is None:
        return
    try:
        node = parse_expression(f"{quote(column.name)} IS NOT NULL AND {text}")
    except SqlSyntaxError:
        return
    add_check(run, name, {"raw_expr": node, "is_enforced": True}, origin)


def _condition(method: str, column: Column, bound: str) -> str | None:
    name = quote(column.name)
    if method == "LIST" and bound.startswith("IN ("):
        value = bound.removeprefix("IN (").removesuffix(")")
        return None if "," in value or value == "NULL" else f"{name} = {_value(column, value)}"
    lower, word, upper = bound.removeprefix("FROM (").removesuffix(")").partition(") TO (")
    if method != "RANGE" or not word or "," in lower + upper:
        return None
    parts = [
        f"{name} {sign} {_value(column, value)}"
        for sign, value in ((">=", lower), ("<", upper))
        if value not in _OPEN
    ]
    return " AND ".join(parts) or None


def _value(column: Column, text: str) -> str:
    if column.type.name == "integer" and column.type.schema is None:
        return text
    literal = text if text.startswith("'") else f"'{text}'"
    return f"{literal}::{format_type(column.type)}"
