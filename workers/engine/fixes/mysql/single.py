"""What a single finding offers for MySQL: the statements that end its difference."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from workers.engine.compare import changes as c
from workers.engine.errors import EngineError
from workers.engine.findings import Fix
from workers.engine.fixes.mysql import clauses as sql
from workers.engine.fixes.mysql.dependence import relying
from workers.engine.fixes.single.offer import unread_fix
from workers.engine.fixes.tokens import Pieces, statement_of, words
from workers.engine.schema.model import Table


def for_mysql(change: c.Change) -> Fix | None:
    """The statements for a change, or None where it is none of MySQL's."""
    try:
        return _offer(change)
    except EngineError:
        return Fix("Change it in a new migration", safe=False)


def _offer(change: c.Change) -> Fix | None:
    match change:
        case c.TableMissing():
            return _fix("Create the table", _create(change.declared), safe=True)
        case c.TableExtra():
            statements = [sql.drop_table(change.replayed.name.name)]
            return _fix("Drop the table", statements, safe=False)
        case c.TableRenamed():
            old, new = change.replayed.name.name, change.declared.name.name
            return _fix("Rename the table", [sql.rename_table(old, new)], safe=False)
        case c.PrimaryKeyChanged():
            return _fix("Change the primary key", [_rekeyed(change)], safe=False)
        case c.IndexMissing() | c.IndexExtra() | c.IndexChanged():
            return _index(change)
        case c.ForeignKeyMissing() | c.ForeignKeyExtra() | c.ForeignKeyChanged():
            return _key(change)
        case _:
            return _column(change)


def _fix(title: str, statements: Iterable[Pieces], *, safe: bool) -> Fix:
    """A remedy by a new migration; raises EngineError where a statement does not read back."""
    lines = [statement_of(one, "mysql") for one in statements]
    return unread_fix(f"{title} in a new migration", lines, safe=safe)


def _create(table: Table) -> Iterator[Pieces]:
    yield sql.create_table(table)
    for key in table.foreign_keys:
        yield sql.add_key(table.name.name, key)


def _rekeyed(change: c.PrimaryKeyChanged) -> Pieces:
    actions = [words("DROP PRIMARY KEY")] if change.replayed is not None else []
    if change.declared is not None:
        actions.append((*words("ADD"), *sql.primary_key(change.declared)))
    return sql.alter(change.table.name.name, *actions)


def _column(change: c.Change) -> Fix | None:
    match change:
        case c.ColumnMissing():
            statements = [sql.alter(change.table.name.name, sql.add_column(change.declared))]
            is_safe = not change.declared.not_null or change.declared.default is not None
            return _fix("Add the column", statements, safe=is_safe)
        case c.ColumnExtra():
            statements = [sql.alter(change.table.name.name, sql.drop_column(change.replayed.name))]
            return _fix("Drop the column", statements, safe=False)
        case c.ColumnRenamed():
            old, new = change.replayed.name, change.declared.name
            statements = [sql.rename_column(change.table.name.name, old, new)]
            return _fix("Rename the column", statements, safe=False)
        case c.ColumnTypeChanged():
            title = "Change the type"
        case c.ColumnNullabilityChanged():
            title = "Require the column"
            if not change.declared.not_null:
                title = "Let the column be empty"
        case c.ColumnDefaultChanged():
            title = "Set the default"
        case _:
            return None
    statements = [sql.alter(change.table.name.name, sql.modify(change.declared))]
    return _fix(title, statements, safe=isinstance(change, c.ColumnDefaultChanged))


def _index(change: c.IndexMissing | c.IndexExtra | c.IndexChanged) -> Fix:
    table = change.table.name.name
    if isinstance(change, c.IndexMissing):
        statements = [sql.create_index(table, change.declared)]
        return _fix("Create the index", statements, safe=not change.declared.is_unique)
    drop = sql.drop_index(table, change.replayed)
    if isinstance(change, c.IndexExtra):
        return _fix("Drop the index", _freed(change, [drop]), safe=False)
    if change.only_name:
        statements = [sql.rename_index(table, change.replayed.name, change.declared.name)]
        return _fix("Rename the index", statements, safe=True)
    statements = _freed(change, [drop, sql.create_index(table, change.declared)])
    return _fix("Make the index anew", statements, safe=False)


def _freed(change: c.IndexExtra | c.IndexChanged, statements: list[Pieces]) -> list[Pieces]:
    """The statements between taking off and putting back the foreign keys that rely on the
    index."""
    table = change.replayed_table
    keys = relying(table, [change.replayed])
    name = table.name.name
    off = [sql.drop_key(name, key.name) for key in keys]
    return [*off, *statements, *(sql.add_key(name, key) for key in keys)]


def _key(change: c.ForeignKeyMissing | c.ForeignKeyExtra | c.ForeignKeyChanged) -> Fix:
    table = change.table.name.name
    if isinstance(change, c.ForeignKeyMissing):
        statements = [sql.add_key(table, change.declared)]
        return _fix("Add the foreign key", statements, safe=False)
    drop = sql.drop_key(table, change.replayed.name)
    if isinstance(change, c.ForeignKeyExtra):
        return _fix("Drop the foreign key", [drop], safe=False)
    statements = [drop, sql.add_key(table, change.declared)]
    return _fix("Change the foreign key", statements, safe=False)
