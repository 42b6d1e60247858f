"""Columns: added, dropped, renamed, of another type, required, with another default."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from workers.engine.compare import changes as c
from workers.engine.findings import Fix
from workers.engine.fixes import definitions as sql
from workers.engine.fixes import objects
from workers.engine.fixes.conversion import conversion
from workers.engine.fixes.quoting import quoted, quoted_name
from workers.engine.fixes.single.offer import HOUSE, Piece, backfill, example, fix
from workers.engine.fixes.tree import cast, expression
from workers.engine.fixes.tree import column as reference
from workers.engine.schema.model import Column, QualifiedName, Schema, SqlType
from workers.engine.sql.postgres import Node


def make_column(table: QualifiedName, column: Column, fill: str | None = None) -> Fix:
    """Add the column; a required one without default in three steps. `fill` is an expression
    for the rows that are there."""
    is_filled = column.default is not None or column.identity or column.generated
    is_safe = bool(not column.not_null or is_filled)
    pieces = _added(table, column) if is_safe else _filled(table, column, fill)
    return fix("Add the column in a new migration", pieces, safe=is_safe)


def _added(table: QualifiedName, wanted: Column) -> Iterator[Piece]:
    yield sql.add_column(HOUSE, table, wanted, nullable=False)


def _filled(table: QualifiedName, wanted: Column, fill: str | None) -> Iterator[Piece]:
    yield sql.add_column(HOUSE, table, wanted, nullable=True)
    if fill is not None:
        yield backfill(table, wanted.name, expression(fill))
    else:
        yield "Give every existing row a value here, for instance:"
        yield example(table, wanted.name)
    yield sql.require(HOUSE, table, wanted.name, is_required=True)


def add_in_steps(table: QualifiedName, name: str, kind: SqlType) -> Fix:
    """Add a required column: first without NOT NULL, which is set once every row has its value."""
    pieces: list[Piece] = [
        sql.add_column(HOUSE, table, Column(name, kind), nullable=True),
        "TODO: give every row that is already there its value.",
        example(table, name),
        sql.require(HOUSE, table, name, is_required=True),
    ]
    return fix("Add the column in three steps", pieces, safe=False)


def drop_column(change: c.ColumnExtra) -> Fix:
    """Drop the column."""
    pieces = [sql.drop_column(HOUSE, change.table.name, change.replayed.name)]
    return fix("Drop the column in a new migration", pieces, safe=False)


def rename_column(change: c.ColumnRenamed) -> Fix:
    """Rename the column."""
    table, old, new = change.table.name, change.replayed.name, change.declared.name
    pieces = [sql.rename_column(HOUSE, table, old, new)]
    return fix("Rename the column in a new migration", pieces, safe=False)


def retype(change: c.ColumnTypeChanged, replayed: Schema) -> Fix:
    """Change the type; a foreign key that hangs on the column is taken off and put back."""
    return fix("Change the type in a new migration", _retyped(change, replayed), safe=False)


def _retyped(change: c.ColumnTypeChanged, replayed: Schema) -> Iterator[Piece]:
    wanted, name = change.declared, change.table.name
    there = {key.name for key in change.replayed_table.foreign_keys}
    keys = [k for k in change.table.foreign_keys if wanted.name in k.columns and k.name in there]
    inbound = list(_inbound(name, wanted.name, replayed))
    for key in keys:
        yield sql.drop_constraint(HOUSE, name, key.name)
    for other, inner in inbound:
        yield sql.drop_constraint(HOUSE, other, inner)
    has_default = change.replayed.default is not None
    if has_default:
        yield sql.set_default(HOUSE, name, wanted.name, None)
    yield from _converted(change)
    if has_default and wanted.default is not None:
        yield sql.set_default(HOUSE, name, wanted.name, expression(wanted.default))
    for key in keys:
        yield sql.add_foreign_key(HOUSE, name, key, is_valid=True)
    for other, inner in inbound:
        yield f"Change the column of {quoted_name(other)} as well, then add {quoted(inner)} again."


def _converted(change: c.ColumnTypeChanged) -> Iterator[Piece]:
    wanted, old = change.declared, change.replayed.type
    found = conversion(wanted.name, old, wanted.type, HOUSE.names)
    if found is None:
        yield "PostgreSQL has no cast between the two: say in USING what the values become."
        using: Node | None = cast(reference(wanted.name), wanted.type, HOUSE.names)
    else:
        using = found.using
    if found is not None and found.note:
        yield found.note
    yield sql.set_type(HOUSE, change.table.name, wanted.name, wanted.type, using)


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
    table, wanted = change.table.name, change.declared
    if not wanted.not_null:
        pieces = [sql.require(HOUSE, table, wanted.name, is_required=False)]
        return fix("Let the column be empty, in a new migration", pieces, safe=True)
    return fix("Require the column in a new migration", _required(table, wanted), safe=False)


def _required(table: QualifiedName, wanted: Column) -> Iterator[Piece]:
    if wanted.default is not None and wanted.default_kind in ("value", "now"):
        yield backfill(table, wanted.name, expression(wanted.default))
    else:
        yield f"Fill the empty rows first: {example(table, wanted.name)}"
    yield sql.require(HOUSE, table, wanted.name, is_required=True)


def redefault(change: c.ColumnDefaultChanged) -> Fix:
    """Set or drop the default."""
    table, wanted, old = change.table.name, change.declared, change.replayed
    if old.generated is not None:
        pieces: Iterable[Piece] = [sql.drop_making(HOUSE, table, wanted.name, "EXPRESSION")]
        return fix("Make it a plain column in a new migration", pieces, safe=False)
    if old.identity is not None and wanted.default_kind != "sequence":
        pieces = [sql.drop_making(HOUSE, table, wanted.name, "IDENTITY")]
        return fix("Drop the identity in a new migration", pieces, safe=False)
    title = "Set the default in a new migration"
    if wanted.default_kind == "sequence":
        return fix(title, objects.add_sequence(HOUSE, table, wanted), safe=False)
    if wanted.default is None:
        pieces = [sql.set_default(HOUSE, table, wanted.name, None)]
        return fix("Drop the default in a new migration", pieces, safe=True)
    return fix(title, _defaulted(table, wanted), safe=True)


def _defaulted(table: QualifiedName, wanted: Column) -> Iterator[Piece]:
    yield sql.set_default(HOUSE, table, wanted.name, sql.default_of(HOUSE, wanted))
