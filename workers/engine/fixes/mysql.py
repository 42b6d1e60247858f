"""What a new migration does about a difference in MySQL, as Prisma would write it.

A column is always redefined whole (`MODIFY`): MySQL has no statement for its type alone. Defaults
and the values of enums are texts of the schema's: what is written is read back, statement by
statement and column by column, and what does not read as what was meant is not shown.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from workers.engine.compare import changes as c
from workers.engine.findings import Fix
from workers.engine.fixes.single.offer import unread_fix
from workers.engine.schema.model import (
    Column,
    ForeignKey,
    Index,
    KeyConstraint,
    QualifiedName,
    Table,
)
from workers.engine.source import Origin, Span
from workers.engine.sql.mysql.columns import read_column
from workers.engine.sql.mysql.draft import Draft
from workers.engine.sql.mysql.keys import serves
from workers.engine.sql.mysql.script import statements
from workers.engine.sql.reader import Reader, RefusedStatement, UnreadStatement

_NOWHERE = Origin("", Span(0, 0))


class _Misread(Exception):
    """What was written does not read back as what was meant."""


def for_mysql(change: c.Change) -> Fix | None:
    """The statements for a change, or None where it is none of MySQL's."""
    try:
        return _offer(change)
    except _Misread:
        return Fix("Change it in a new migration", safe=False)


def fix(title: str, lines: Iterable[str], *, safe: bool) -> Fix:
    """A remedy whose lines are one statement each, as the server cuts them."""
    found = list(lines)
    for line in found:
        cut = list(statements(line))
        if len(cut) != 1 or cut[0].is_unclosed or cut[0].end < len(line.rstrip("; \n")):
            raise _Misread
    return unread_fix(title, found, safe=safe)


def _offer(change: c.Change) -> Fix | None:
    match change:
        case c.TableMissing():
            return fix("Create the table in a new migration", _create(change.declared), safe=True)
        case c.TableExtra():
            line = f"DROP TABLE {_quoted(change.replayed.name.name)};"
            return fix("Drop the table in a new migration", [line], safe=False)
        case c.TableRenamed():
            line = _alter(change.replayed, f"RENAME TO {_quoted(change.declared.name.name)}")
            return fix("Rename the table in a new migration", [line], safe=False)
        case c.PrimaryKeyChanged():
            parts = ["DROP PRIMARY KEY"] if change.replayed is not None else []
            parts += [_primary(change.declared)] if change.declared is not None else []
            line = _alter(change.table, ", ".join(parts))
            return fix("Change the primary key in a new migration", [line], safe=False)
        case c.IndexMissing() | c.IndexExtra() | c.IndexChanged():
            return _index(change)
        case c.ForeignKeyMissing() | c.ForeignKeyExtra() | c.ForeignKeyChanged():
            return _key(change)
        case _:
            return _column(change)


def _column(change: c.Change) -> Fix | None:
    match change:
        case c.ColumnMissing():
            line = _alter(change.table, f"ADD COLUMN {definition(change.declared)}")
            is_safe = not change.declared.not_null or change.declared.default is not None
            return fix("Add the column in a new migration", [line], safe=is_safe)
        case c.ColumnExtra():
            line = _alter(change.table, f"DROP COLUMN {_quoted(change.replayed.name)}")
            return fix("Drop the column in a new migration", [line], safe=False)
        case c.ColumnRenamed():
            old, new = _quoted(change.replayed.name), _quoted(change.declared.name)
            line = _alter(change.table, f"RENAME COLUMN {old} TO {new}")
            return fix("Rename the column in a new migration", [line], safe=False)
        case c.ColumnTypeChanged():
            title = "Change the type in a new migration"
        case c.ColumnNullabilityChanged():
            required = "Require the column in a new migration"
            optional = "Let the column be empty, in a new migration"
            title = required if change.declared.not_null else optional
        case c.ColumnDefaultChanged():
            title = "Set the default in a new migration"
        case _:
            return None
    line = _alter(change.table, f"MODIFY {definition(change.declared)}")
    return fix(title, [line], safe=isinstance(change, c.ColumnDefaultChanged))


def _index(change: c.IndexMissing | c.IndexExtra | c.IndexChanged) -> Fix:
    table = change.table
    if isinstance(change, c.IndexMissing):
        line = _create_index(table, change.declared)
        return fix(
            "Create the index in a new migration", [line], safe=not change.declared.is_unique
        )
    drop = f"DROP INDEX {_quoted(change.replayed.name)} ON {_quoted(table.name.name)};"
    if isinstance(change, c.IndexExtra):
        return fix("Drop the index in a new migration", _freed(change, [drop]), safe=False)
    if change.only_name:
        old, new = _quoted(change.replayed.name), _quoted(change.declared.name)
        line = _alter(table, f"RENAME INDEX {old} TO {new}")
        return fix("Rename the index in a new migration", [line], safe=True)
    lines = _freed(change, [drop, _create_index(table, change.declared)])
    return fix("Make the index anew in a new migration", lines, safe=False)


def _freed(change: c.IndexExtra | c.IndexChanged, lines: list[str]) -> list[str]:
    """The lines between taking off and putting back the foreign keys that rely on the index."""
    table = change.replayed_table
    others = [index for index in table.indexes if index is not change.replayed]
    keys = [
        key
        for key in table.foreign_keys
        if serves([change.replayed], key.columns) and not serves(others, key.columns)
    ]
    off = [_alter(table, f"DROP FOREIGN KEY {_quoted(key.name)}") for key in keys]
    return [*off, *lines, *(_alter(table, f"ADD {_reference(key)}") for key in keys)]


def _key(change: c.ForeignKeyMissing | c.ForeignKeyExtra | c.ForeignKeyChanged) -> Fix:
    table = change.table
    if isinstance(change, c.ForeignKeyMissing):
        line = _alter(table, f"ADD {_reference(change.declared)}")
        return fix("Add the foreign key in a new migration", [line], safe=False)
    drop = _alter(table, f"DROP FOREIGN KEY {_quoted(change.replayed.name)}")
    if isinstance(change, c.ForeignKeyExtra):
        return fix("Drop the foreign key in a new migration", [drop], safe=False)
    lines = [drop, _alter(table, f"ADD {_reference(change.declared)}")]
    return fix("Change the foreign key in a new migration", lines, safe=False)


def _create(table: Table) -> Iterator[str]:
    lines = [definition(column) for column in table.columns]
    for index in table.indexes:
        if not index.is_constraint:
            lines.append(f"{_kind(index)}INDEX {_quoted(index.name)}({_keys(index)})")
    if table.primary_key is not None:
        lines.append(_primary(table.primary_key).removeprefix("ADD "))
    lines += [_reference(key) for key in table.foreign_keys]
    body = ",\n".join(f"    {line}" for line in lines)
    yield (
        f"CREATE TABLE {_quoted(table.name.name)} (\n{body}\n) DEFAULT CHARACTER SET utf8mb4 "
        "COLLATE utf8mb4_unicode_ci;"
    )


def definition(column: Column) -> str:
    """A column as CREATE TABLE, ADD COLUMN and MODIFY take it."""
    name, _, sign = column.type.name.partition(" ")
    arguments = f"({', '.join(column.type.arguments)})" if column.type.arguments else ""
    written = f"{name.upper()}{arguments}" + (f" {sign.upper()}" if sign else "")
    text = f"{_quoted(column.name)} {written} {'NOT NULL' if column.not_null else 'NULL'}"
    if column.default is not None:
        is_call = column.default_kind == "dbgenerated" and not column.default.startswith(
            ("(", "'", "CURRENT_TIMESTAMP")
        )
        text += f" DEFAULT ({column.default})" if is_call else f" DEFAULT {column.default}"
    text += " AUTO_INCREMENT" if column.identity is not None else ""
    _demand(column, text)
    return text


def _demand(column: Column, text: str) -> None:
    """The text reads as this column and nothing else."""
    cut = list(statements(text))
    if len(cut) != 1 or cut[0].is_unclosed:
        raise _Misread
    reader = Reader(cut[0].tokens, text)
    try:
        read = read_column(reader, Draft(QualifiedName("", ""), _NOWHERE), _NOWHERE).column
    except (RefusedStatement, UnreadStatement) as error:
        raise _Misread from error
    told = (read.name, read.type.name, read.not_null, (read.default is None))
    meant = (column.name, column.type.name, column.not_null, (column.default is None))
    if reader.current is not None or told != meant:
        raise _Misread


def _alter(table: Table, action: str) -> str:
    return f"ALTER TABLE {_quoted(table.name.name)} {action};"


def _create_index(table: Table, index: Index) -> str:
    where = _quoted(table.name.name)
    return f"CREATE {_kind(index)}INDEX {_quoted(index.name)} ON {where}({_keys(index)});"


def _kind(index: Index) -> str:
    return "UNIQUE " if index.is_unique else "FULLTEXT " if index.method == "fulltext" else ""


def _keys(index: Index) -> str:
    keys = []
    for key in index.keys:
        length = f"({key.length})" if key.length is not None else ""
        keys.append(f"{_quoted(key.column or '')}{length}{' DESC' if key.descending else ''}")
    return ", ".join(keys)


def _primary(key: KeyConstraint) -> str:
    return f"ADD PRIMARY KEY ({_names(key.columns)})"


def _reference(key: ForeignKey) -> str:
    return (
        f"CONSTRAINT {_quoted(key.name)} FOREIGN KEY ({_names(key.columns)}) REFERENCES "
        f"{_quoted(key.ref_table.name)}({_names(key.ref_columns)}) "
        f"ON DELETE {key.on_delete} ON UPDATE {key.on_update}"
    )


def _names(names: Iterable[str]) -> str:
    return ", ".join(_quoted(name) for name in names)


def _quoted(name: str) -> str:
    return "`" + name.replace("`", "``") + "`"
