"""SQLite's migrations: tables are made anew, their rows copied, as Prisma does it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from workers.engine.compare import changes as c
from workers.engine.compare.changes import Comparison
from workers.engine.errors import EngineError
from workers.engine.fixes.clauses import reference, table_body
from workers.engine.fixes.tokens import (
    CLOSE,
    CLOSE_BY,
    COMMA,
    OPEN,
    Line,
    Piece,
    Pieces,
    expression,
    listed,
    named,
    names,
    words,
)
from workers.engine.schema.model import Column, Index, Table


def redefinition(comparison: Comparison) -> list[Line]:
    """The statements that bring a SQLite database to what is declared, in order."""
    lines = [*_renames(comparison), *_dropped_indexes(comparison)]
    for change in comparison.changes:
        if isinstance(change, c.TableMissing):
            lines.append(Line("CreateTable", _table(change.declared, change.declared.name.name)))
            lines += _indexes(change.declared, change.declared.indexes)
    anew = {id(pair[0]): pair for pair in tables_anew(comparison)}
    for change in comparison.changes:
        if isinstance(change, c.ColumnMissing) and id(change.table) not in anew:
            pieces = (*words("ALTER TABLE"), named(change.table.name.name), *words("ADD COLUMN"))
            lines.append(Line("AlterTable", (*pieces, *_column(change.declared, ()))))
    lines += _redefined(list(anew.values()), comparison)
    for change in comparison.changes:
        if isinstance(change, c.IndexMissing | c.IndexChanged) and id(change.table) not in anew:
            lines += _indexes(change.table, (change.declared,))
    lines += _dropped_tables(comparison)
    return lines


def _read(text: str) -> Pieces:
    return expression(text, "sqlite")


def _column(column: Column, key: tuple[str, ...]) -> Pieces:
    found: list[Piece] = [named(column.name)]
    found += _read(column.type.name.upper())
    if column.type.arguments:
        found += listed([_read(one) for one in column.type.arguments], CLOSE_BY)
    if column.not_null:
        found += words("NOT NULL")
    if key == (column.name,):
        found += words("PRIMARY KEY")
        if column.default_kind == "sequence":
            found += words("AUTOINCREMENT")
    default = _default(column)
    return (*found, *words("DEFAULT"), *default) if default else tuple(found)


def _default(column: Column) -> Pieces:
    if column.default is None or column.default_kind == "sequence":
        return ()
    if column.default_kind == "value" and column.default[:1] in ("{", "["):
        return (("string", column.default),)
    found = _read(column.default)
    is_plain = len(found) == 1 or column.default_kind in ("value", "now")
    return found if is_plain or found[0] == OPEN else (OPEN, *found, CLOSE)


def _table(table: Table, name: str) -> Pieces:
    key = table.primary_key.columns if table.primary_key else ()
    own = key if len(key) == 1 else ()
    columns = [_column(column, own) for column in table.columns]
    rest: list[Pieces] = [(*words("PRIMARY KEY"), *names(key))] if len(key) > 1 else []
    rest += [reference(one) for one in table.foreign_keys]
    rest += [
        (*words("UNIQUE"), *names(index.columns))
        for index in table.indexes
        if index.is_constraint and index.columns and index.columns != key
    ]
    return (*words("CREATE TABLE"), named(name), *table_body(columns, rest))


def _indexes(table: Table, indexes: Iterable[Index]) -> Iterator[Line]:
    key = table.primary_key.name if table.primary_key else None
    for index in indexes:
        if index.name == key or index.columns is None or index.is_constraint:
            continue
        unique = "UNIQUE " if index.is_unique else ""
        columns = [
            (named(one.column or ""), *(words("DESC") if one.descending else ()))
            for one in index.keys
        ]
        pieces = (*words(f"CREATE {unique}INDEX"), named(index.name), *words("ON"))
        yield Line("CreateIndex", (*pieces, named(table.name.name), *listed(columns, CLOSE_BY)))


def _renames(comparison: Comparison) -> Iterator[Line]:
    for change in comparison.changes:
        if isinstance(change, c.TableRenamed):
            old, new = change.replayed.name.name, change.declared.name.name
            yield Line(
                "AlterTable",
                (*words("ALTER TABLE"), named(old), *words("RENAME TO"), named(new)),
            )
    for change in comparison.changes:
        if isinstance(change, c.ColumnRenamed):
            yield Line(
                "AlterTable",
                (
                    *words("ALTER TABLE"),
                    named(change.table.name.name),
                    *words("RENAME COLUMN"),
                    named(change.replayed.name),
                    *words("TO"),
                    named(change.declared.name),
                ),
            )


def _dropped_indexes(comparison: Comparison) -> Iterator[Line]:
    for change in comparison.changes:
        if isinstance(change, c.IndexExtra | c.IndexChanged) and not change.replayed.is_constraint:
            yield Line("DropIndex", (*words("DROP INDEX"), named(change.replayed.name)))


def _dropped_tables(comparison: Comparison) -> list[Line]:
    extra = [one.replayed for one in comparison.changes if isinstance(one, c.TableExtra)]
    found = [Line("DropTable", (*words("DROP TABLE"), named(one.name.name))) for one in extra]
    if not found:
        return []
    return [
        Line("DropTable", _pragma("foreign_keys", "off")),
        *found,
        Line("", _pragma("foreign_keys", "on")),
    ]


def tables_anew(comparison: Comparison) -> list[tuple[Table, Table]]:
    """The tables, declared and replayed, that have to be made anew."""
    return [pair for pair in comparison.tables if _is_anew(pair[0], comparison)]


def _is_anew(table: Table, comparison: Comparison) -> bool:
    return any(
        getattr(change, "table", None) is table and _needs_anew(change)
        for change in comparison.changes
    )


def is_lone(change: c.Change) -> bool:
    """Whether SQLite carries a change out without a table made anew."""
    is_whole = isinstance(change, c.TableMissing | c.TableExtra | c.TableRenamed)
    return is_whole or not _needs_anew(change)


def _needs_anew(change: c.Change) -> bool:
    """Whether SQLite has no statement for a change of a table that stands."""
    match change:
        case c.ColumnMissing():
            return change.declared.not_null or change.declared.default is not None
        case c.IndexExtra():
            return change.replayed.is_constraint
        case c.IndexChanged():
            return change.replayed.is_constraint or change.declared.is_constraint
        case c.IndexMissing():
            return change.declared.is_constraint
        case c.ColumnRenamed():
            return False
        case _:
            return True


def _redefined(pairs: list[tuple[Table, Table]], comparison: Comparison) -> Iterator[Line]:
    if not pairs:
        return
    yield Line("RedefineTables", _pragma("defer_foreign_keys", "ON"))
    yield Line("RedefineTables", _pragma("foreign_keys", "OFF"))
    for declared, replayed in pairs:
        _refuse_losses(declared, replayed, comparison)
        new = f"new_{declared.name.name}"
        yield Line("RedefineTables", _table(declared, new))
        yield Line(
            "RedefineTables",
            _copied(declared, replayed, new, comparison),
            tuple(_waiting(declared, replayed, comparison)),
        )
        yield Line("RedefineTables", (*words("DROP TABLE"), named(declared.name.name)))
        rename = (*words("ALTER TABLE"), named(new), *words("RENAME TO"))
        yield Line("RedefineTables", (*rename, named(declared.name.name)))
        for line in _indexes(declared, declared.indexes):
            yield Line("RedefineTables", line.pieces)
    yield Line("RedefineTables", _pragma("foreign_keys", "ON"))
    yield Line("RedefineTables", _pragma("defer_foreign_keys", "OFF"))


def _refuse_losses(declared: Table, replayed: Table, comparison: Comparison) -> None:
    """What Prisma does not see of a table is not in the one that is made in its place."""
    if replayed.checks:
        raise EngineError(f"{replayed.name.name} has checks, which would be lost")
    known = {there.name for _, there in _old_columns(declared, replayed, comparison)}
    known |= {
        change.replayed.name
        for change in comparison.changes
        if isinstance(change, c.ColumnExtra) and change.table is declared
    }
    for column in replayed.columns:
        if column.name not in known:
            raise EngineError(f"{replayed.name.name}.{column.name} would be lost")


def _pragma(name: str, value: str) -> Pieces:
    return (*words(f"PRAGMA {name}"), ("sign", "="), *words(value))


def _old_columns(
    declared: Table, replayed: Table, comparison: Comparison
) -> list[tuple[Column, Column]]:
    """The columns that both have, under the names after the renames."""
    old = {
        change.declared.name: change.replayed.name
        for change in comparison.changes
        if isinstance(change, c.ColumnRenamed) and change.table is declared
    }
    found = []
    for column in declared.columns:
        there = replayed.column(old.get(column.name, column.name))
        if there is not None:
            found.append((column, there))
    return found


def _copied(declared: Table, replayed: Table, new: str, comparison: Comparison) -> Pieces:
    pairs = _old_columns(declared, replayed, comparison)
    values: list[Piece] = []
    for at, (column, there) in enumerate(pairs):
        values += [COMMA] if at else []
        default = _default(column)
        if column.not_null and not there.not_null and default:
            values += [*words("coalesce"), OPEN, named(column.name), COMMA, *default, CLOSE]
            values += [*words("AS"), named(column.name)]
        else:
            values.append(named(column.name))
    head = (*words("INSERT INTO"), named(new), *names(column.name for column, _ in pairs))
    return (*head, *words("SELECT"), *values, *words("FROM"), named(declared.name.name))


def _waiting(declared: Table, replayed: Table, comparison: Comparison) -> Iterator[str]:
    """What only people can know: the copying stops at a row that has no value."""
    known = {column.name: there for column, there in _old_columns(declared, replayed, comparison)}
    for column in declared.columns:
        there = known.get(column.name)
        is_filled = bool(_default(column)) or column.default_kind == "sequence"
        if column.not_null and not is_filled and (there is None or not there.not_null):
            name = column.name
            yield f"TODO: give every row a value in {name}: the copying stops where one has none."
