"""The statements of a new migration that bring the replayed schema to the declared one."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from msgspec.structs import replace

from workers.engine.compare import changes as c
from workers.engine.findings import Fix
from workers.engine.fixes import statements as sql
from workers.engine.fixes.quoting import quoted, quoted_name
from workers.engine.schema.model import Column, EnumType, QualifiedName, Schema, Table
from workers.engine.schema.names import MAX_BYTES, clip
from workers.engine.sql.postgres import SqlSyntaxError, parse


def fix(title: str, lines: Iterable[str], *, safe: bool) -> Fix:
    """A remedy by a new migration of these statements and comments, each read back.

    Defaults and predicates are the schema's own texts: where one of them would make of a statement
    several, or none, there is no SQL to show.
    """
    written = tuple(lines)
    if not all(map(_is_one_statement, written)):
        return Fix(title, safe=False)
    return unread_fix(title, written, safe=safe)


def unread_fix(title: str, lines: Iterable[str], *, safe: bool) -> Fix:
    """The same in another database's SQL, which PostgreSQL's grammar cannot read back."""
    return Fix(title, safe, sql="\n".join(lines))


def _is_one_statement(text: str) -> bool:
    """Whether a text is one statement, or comments alone."""
    try:
        found = parse(text.encode())
    except (SqlSyntaxError, UnicodeEncodeError):
        return False
    return len(found) == 1 or (not found and text.lstrip().startswith("--"))


def make_table(table: Table) -> Fix:
    """Create the table with its indexes and foreign keys."""
    lines = [sql.create_table(table)]
    lines += [
        sql.create_index(table.name, index)
        for index in table.indexes
        if table.primary_key is None or index.name != table.primary_key.name
    ]
    lines += [sql.add_foreign_key(table.name, key) for key in table.foreign_keys]
    return fix("Create the table in a new migration", lines, safe=True)


def make_column(table: QualifiedName, column: Column, backfill: str | None = None) -> Fix:
    """Add the column; a required one without default in three steps."""
    title = "Add the column in a new migration"
    is_filled = column.default is not None or column.identity or column.generated
    if not column.not_null or is_filled:
        return fix(title, [sql.add_column(table, column)], safe=True)
    name, where = quoted(column.name), quoted_name(table)
    if backfill:
        fill = [f"UPDATE {where} SET {name} = {backfill} WHERE {name} IS NULL;"]
    else:
        fill = [
            "-- Give every existing row a value here, for instance:",
            f"-- UPDATE {where} SET {name} = ... WHERE {name} IS NULL;",
        ]
    lines = [
        sql.add_column(table, column, nullable=True),
        *fill,
        sql.set_not_null(table, column.name),
    ]
    return fix(title, lines, safe=False)


def drop_table(table: Table) -> Fix:
    """Drop the table."""
    return fix("Drop the table in a new migration", [sql.drop_table(table.name)], safe=False)


def drop_column(change: c.ColumnExtra) -> Fix:
    """Drop the column."""
    line = sql.drop_column(change.table.name, change.replayed.name)
    return fix("Drop the column in a new migration", [line], safe=False)


def rename_table(change: c.TableRenamed) -> Fix:
    """Rename the table."""
    lines = sql.rename_table(change.replayed.name, change.declared.name)
    return fix("Rename the table in a new migration", lines, safe=False)


def rename_column(change: c.ColumnRenamed) -> Fix:
    """Rename the column."""
    line = sql.rename_column(change.table.name, change.replayed.name, change.declared.name)
    return fix("Rename the column in a new migration", [line], safe=False)


def retype(change: c.ColumnTypeChanged, replayed: Schema) -> Fix:
    """Change the type; a foreign key that hangs on the column is taken off and put back."""
    table, column = change.table, change.declared
    name = table.name
    keys = [key for key in table.foreign_keys if column.name in key.columns]
    there = {key.name for key in change.replayed_table.foreign_keys}
    lines = [sql.drop_constraint(name, key.name) for key in keys if key.name in there]
    inbound = list(_inbound(name, column.name, replayed))
    lines += [sql.drop_constraint(other, key) for other, key in inbound]
    has_default = change.replayed.default is not None
    if has_default:
        lines.append(sql.drop_default(name, column.name))
    lines.append(sql.set_type(name, column))
    if column.default is not None and has_default:
        lines.append(sql.set_default(name, column.name, column.default))
    lines += [sql.add_foreign_key(name, key) for key in keys if key.name in there]
    lines += [
        f"-- Change the column of {quoted_name(other)} as well, then add {quoted(key)} again."
        for other, key in inbound
    ]
    return fix("Change the type in a new migration", lines, safe=False)


def _inbound(
    name: QualifiedName, column: str, schema: Schema
) -> Iterator[tuple[QualifiedName, str]]:
    for table in schema.tables.values():
        if table.name == name:
            continue
        for key in table.foreign_keys:
            if key.ref_table == name and column in key.ref_columns:
                yield table.name, key.name


def require(change: c.ColumnNullabilityChanged) -> Fix:
    """Make the column required, or optional."""
    table, column = change.table.name, change.declared
    if not column.not_null:
        return fix(
            "Let the column be empty, in a new migration",
            [sql.drop_not_null(table, column.name)],
            safe=True,
        )
    name = quoted(column.name)
    where = quoted_name(table)
    fill = column.default if column.default_kind in ("value", "now") else None
    line = (
        f"UPDATE {where} SET {name} = {fill} WHERE {name} IS NULL;"
        if fill
        else f"-- Fill the empty rows first: UPDATE {where} SET {name} = ... WHERE {name} IS NULL;"
    )
    return fix(
        "Require the column in a new migration",
        [line, sql.set_not_null(table, column.name)],
        safe=False,
    )


def redefault(change: c.ColumnDefaultChanged) -> Fix:
    """Set or drop the default."""
    table, column = change.table.name, change.declared
    title = "Set the default in a new migration"
    if change.replayed.generated is not None:
        line = (
            f"ALTER TABLE {quoted_name(table)} ALTER COLUMN {quoted(column.name)} DROP EXPRESSION;"
        )
        return fix("Make it a plain column in a new migration", [line], safe=False)
    if change.replayed.identity is not None and column.default_kind != "sequence":
        line = f"ALTER TABLE {quoted_name(table)} ALTER COLUMN {quoted(column.name)} DROP IDENTITY;"
        return fix("Drop the identity in a new migration", [line], safe=False)
    if column.default_kind == "sequence":
        return fix(title, sql.add_sequence(table, column), safe=False)
    if column.default is None:
        line = sql.drop_default(table, column.name)
        return fix("Drop the default in a new migration", [line], safe=True)
    return fix(title, [sql.set_default(table, column.name, column.default)], safe=True)


def rekey(change: c.PrimaryKeyChanged) -> Fix:
    """Drop, make or rename the primary key."""
    table = change.table.name
    old, new = change.replayed, change.declared
    if change.only_name and old is not None and new is not None:
        line = sql.rename_constraint(table, old.name, new.name)
        return fix("Rename the primary key in a new migration", [line], safe=True)
    lines = [sql.drop_constraint(table, old.name)] if old is not None else []
    lines += [sql.add_primary_key(table, new)] if new is not None else []
    return fix("Change the primary key in a new migration", lines, safe=False)


def reindex(
    change: c.IndexMissing | c.IndexExtra | c.IndexChanged,
) -> Fix:
    """Make, drop, remake or rename an index."""
    table = change.table.name
    schema = change.replayed_table.name.schema
    if isinstance(change, c.IndexMissing):
        name = change.declared.name
        lines = [sql.create_index(table, change.declared)]
        if any(index.name == name for index in change.replayed_table.indexes):
            lines.insert(0, sql.rename_index(schema, name, clip(name, MAX_BYTES - 4) + "_old"))
        return fix("Create the index in a new migration", lines, safe=not change.declared.is_unique)
    if isinstance(change, c.IndexExtra):
        line = sql.drop_index(schema, change.replayed, table)
        return fix("Drop the index in a new migration", [line], safe=False)
    if change.only_name:
        line = sql.rename_index(schema, change.replayed.name, change.declared.name)
        return fix("Rename the index in a new migration", [line], safe=True)
    lines = [
        sql.drop_index(schema, change.replayed, table),
        sql.create_index(table, change.declared),
    ]
    return fix("Make the index anew in a new migration", lines, safe=False)


def reference(
    change: c.ForeignKeyMissing | c.ForeignKeyExtra | c.ForeignKeyChanged,
) -> Fix:
    """Add, drop, remake or rename a foreign key."""
    table = change.table.name
    if isinstance(change, c.ForeignKeyMissing):
        line = sql.add_foreign_key(table, change.declared)
        return fix("Add the foreign key in a new migration", [line], safe=False)
    if isinstance(change, c.ForeignKeyExtra):
        line = sql.drop_constraint(table, change.replayed.name)
        return fix("Drop the foreign key in a new migration", [line], safe=False)
    if change.only_name:
        line = sql.rename_constraint(table, change.replayed.name, change.declared.name)
        return fix("Rename the foreign key in a new migration", [line], safe=True)
    lines = [
        sql.drop_constraint(table, change.replayed.name),
        sql.add_foreign_key(table, change.declared),
    ]
    return fix("Change the foreign key in a new migration", lines, safe=False)


def rebuild_enum(change: c.EnumValuesChanged, declared: Schema) -> Fix:
    """Add the values; where some must go, make the type anew, as PostgreSQL cannot drop one."""
    name = change.replayed.name
    if not change.extra:
        lines = [sql.add_enum_value(name, value.name) for value in change.missing]
        return fix("Add the enum values in a new migration", lines, safe=True)
    new = QualifiedName(name.schema, f"{name.name}_new")
    old = f"{name.name}_old"
    lines = [sql.create_enum(replace(change.declared, name=new))]
    for table, column in _users(change.declared, declared):
        array = "[]" if column.type.is_array else ""
        where, what, kind = quoted_name(table), quoted(column.name), f"{quoted_name(new)}{array}"
        if column.default is not None:
            lines.append(sql.drop_default(table, column.name))
        lines.append(
            f"ALTER TABLE {where} ALTER COLUMN {what} TYPE {kind} "
            f"USING ({what}::text{array}::{kind});"
        )
    lines.append(sql.rename_type(name, old))
    lines.append(sql.rename_type(new, change.declared.name.name))
    for table, column in _users(change.declared, declared):
        if column.default is not None:
            lines.append(sql.set_default(table, column.name, column.default))
    lines.append(sql.drop_type(QualifiedName(name.schema, old)))
    return fix("Make the enum anew in a new migration", lines, safe=False)


def _users(enum: EnumType, schema: Schema) -> Iterator[tuple[QualifiedName, Column]]:
    for table in schema.tables.values():
        for column in table.columns:
            if (column.type.schema, column.type.name) == tuple(enum.name):
                yield table.name, column


def make_enum(enum: EnumType) -> Fix:
    """Create the enum."""
    return fix("Create the enum in a new migration", [sql.create_enum(enum)], safe=True)


def drop_enum(enum: EnumType) -> Fix:
    """Drop the enum."""
    return fix("Drop the enum in a new migration", [sql.drop_type(enum.name)], safe=False)


def rename_enum(change: c.EnumRenamed) -> Fix:
    """Rename the enum."""
    line = sql.rename_type(change.replayed.name, change.declared.name.name)
    return fix("Rename the enum in a new migration", [line], safe=False)


def install(change: c.ExtensionMissing) -> Fix:
    """Install the extension."""
    line = sql.create_extension(change.declared)
    return fix("Install the extension in a new migration", [line], safe=True)


def make_schema(name: str) -> Fix:
    """Create the schema."""
    return fix("Create the schema in a new migration", [sql.create_schema(name)], safe=True)
