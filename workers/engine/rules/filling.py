"""What the rows of a table hold in a column that a migration is about to put under a rule."""

from __future__ import annotations

from collections.abc import Iterator

from workers.engine.rules.context import Context
from workers.engine.rules.statements import StatementEffect
from workers.engine.schema.model import QualifiedName, Table
from workers.engine.sql.effects import ConstraintDropped, IndexDropped
from workers.engine.sql.postgres import Parsed, SqlSyntaxError, parse
from workers.engine.sql.replay import Migration


def is_filled(happening: StatementEffect, column: str) -> bool:
    """Whether the pull request fills the column before, with an UPDATE or with a default."""
    return happening.is_backfilled(column) or happening.is_added_filled(column)


def was_filled(
    happening: StatementEffect, table: QualifiedName, column: str, context: Context
) -> bool:
    """Whether an UPDATE of an older migration has filled the column."""
    for migration in reversed(context.migrations):
        if migration is happening.migration:
            continue
        text = migration.source.text
        if column not in text or table.name not in text or "update" not in text.lower():
            continue
        if any(_fills(one, table, column) for one in _statements(migration)):
            return True
    return False


def _statements(migration: Migration) -> Iterator[Parsed]:
    try:
        yield from parse(migration.source.text.encode())
    except SqlSyntaxError:
        return


def _fills(statement: Parsed, table: QualifiedName, column: str) -> bool:
    if statement.kind != "UpdateStmt":
        return False
    fields = statement.fields
    if fields.get("relation", {}).get("relname") != table.name:
        return False
    targets = fields.get("targetList", ())
    return any(one.get("ResTarget", {}).get("name") == column for one in targets)


def can_collide(happening: StatementEffect, table: Table, columns: tuple[str, ...]) -> bool:
    """Whether two rows that are there may hold the same in these columns.

    Not where a key of the table already makes some of them unique, or did until the same migration
    dropped it, nor where the pull request has just added one of them without a value: NULLs do not
    collide.
    """
    if _is_unique(table, columns) or any(
        _is_unique(other.table, columns)
        for other in happening.earlier
        if isinstance(other, ConstraintDropped | IndexDropped) and other.table.name == table.name
    ):
        return False
    is_empty = any(
        happening.is_added_here(column) and not is_filled(happening, column) for column in columns
    )
    return not is_empty


def _is_unique(table: Table, columns: tuple[str, ...]) -> bool:
    wanted = set(columns)
    keys = [key.columns for key in (table.primary_key, *table.uniques) if key is not None]
    keys += [
        index.columns
        for index in table.indexes
        if index.is_unique and index.where is None and index.columns
    ]
    return any(set(key) <= wanted for key in keys)
