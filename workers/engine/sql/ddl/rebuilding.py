"""What stands on a column whose type was changed is made again: indexes, checks, foreign keys.

Follows ATPostAlterTypeCleanup of src/backend/commands/tablecmds.c: their definitions are read anew
with the new type, and refuse it where they cannot be.
"""

from __future__ import annotations

from collections.abc import Iterable

from msgspec.structs import replace

from workers.engine.schema.model import CheckConstraint, Column, Index, QualifiedName, Table
from workers.engine.sql import printing
from workers.engine.sql.ddl.dependents import uses_column
from workers.engine.sql.ddl.foreign_keys import need_same_types
from workers.engine.sql.ddl.touch import update
from workers.engine.sql.postgres import SqlSyntaxError, parse_expression
from workers.engine.sql.refusal import RefusedError
from workers.engine.sql.run import Run

_TAILS = (" NOT VALID", " NOT ENFORCED", " NO INHERIT")


def rebuild(run: Run, name: QualifiedName, before: Iterable[Column]) -> None:
    """Make indexes and checks again that read columns which were of other types before."""
    table = run.state.schema.tables[name]
    old = tuple(before)
    changed = {
        one.name for one in old if (now := table.column(one.name)) is None or now.type != one.type
    }
    was = replace(table, columns=old)
    indexes = tuple(_index(run, was, table, index, changed) for index in table.indexes)
    checks = tuple(_check(run, was, table, check, changed) for check in table.checks)
    if (indexes, checks) != (table.indexes, table.checks):
        update(run, name, indexes=indexes, checks=checks)
    _need_foreign_keys(run, name, changed)


def _need_foreign_keys(run: Run, name: QualifiedName, changed: set[str]) -> None:
    tables = run.state.schema.tables
    for table in tables.values():
        for key in table.foreign_keys:
            is_own = table.name == name and not changed.isdisjoint(key.columns)
            is_target = key.ref_table == name and not changed.isdisjoint(key.ref_columns)
            target = tables.get(key.ref_table)
            if (is_own or is_target) and target is not None:
                need_same_types(run.state, table, target, key.columns, key.ref_columns, key.name)


def _index(run: Run, was: Table, table: Table, index: Index, changed: set[str]) -> Index:
    if not any(uses_column(index, column) for column in changed):
        return index
    keys = tuple(
        replace(key, expression=_again(run, was, table, key.expression))
        if key.expression is not None
        else key
        for key in index.keys
    )
    where = index.where and _again(run, was, table, index.where, is_condition=True)
    return replace(index, keys=keys, where=where)


def _check(
    run: Run, was: Table, table: Table, check: CheckConstraint, changed: set[str]
) -> CheckConstraint:
    if changed.isdisjoint(check.columns):
        return check
    body, tail = check.definition, ""
    for word in _TAILS:
        if body.endswith(word):
            body, tail = body.removesuffix(word), word + tail
    inside = body.removeprefix("CHECK (").removesuffix(")")
    made = _again(run, was, table, inside, is_condition=True)
    return replace(check, definition=f"CHECK ({made}){tail}")


def _again(
    run: Run, was: Table, table: Table, expression: str, *, is_condition: bool = False
) -> str:
    """The expression as it prints now; as it was, where even its old print is another here."""
    try:
        node = parse_expression(expression)
        old = printing.scope_of(run.state, was.name.name, was.columns)
        is_known = printing.printed(run, node, old) == expression
    except (SqlSyntaxError, RefusedError):
        return expression
    scope = printing.scope_of(run.state, table.name.name, table.columns)
    if is_condition:
        printing.need_boolean(run, node, scope, "CHECK")
    made = printing.printed(run, node, scope)
    return made if is_known else expression
