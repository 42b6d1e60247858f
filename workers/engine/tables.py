"""Field tables: the columns of a table that differs, as both sides have them."""

from __future__ import annotations

from collections.abc import Iterator

from workers.engine.compare.changes import (
    ColumnDefaultChanged,
    ColumnExtra,
    ColumnMissing,
    ColumnNullabilityChanged,
    ColumnRenamed,
    ColumnTypeChanged,
)
from workers.engine.report import FieldRow, FieldState, FieldTable
from workers.engine.rules.context import Context
from workers.engine.rules.drift.cause import NOT_FOUND, find_cause
from workers.engine.schema.model import Column, Table
from workers.engine.schema.types import format_type

_DIFFERENT = (ColumnTypeChanged, ColumnNullabilityChanged, ColumnDefaultChanged)


def field_tables(context: Context) -> tuple[FieldTable, ...]:
    """A table for each pair of tables whose columns differ."""
    found = []
    for declared, replayed in context.comparison.tables:
        rows = tuple(_rows(context, declared, replayed))
        if any(row.state != "same" for row in rows):
            model = context.model_of(declared.name)
            name = model.name if model else ""
            found.append(FieldTable(str(declared.name), name, rows, _cause(context, declared)))
    return tuple(found)


def _cause(context: Context, declared: Table) -> str:
    cause = find_cause(context, declared.name)
    if cause is None:
        return NOT_FOUND
    source = context.sources.get(cause.origin.path)
    line = f":{source.line_and_column(cause.origin.span.start)[0]}" if source else ""
    return f"Likely cause: {cause.sentence} (`{cause.origin.path}{line}`)."


def spell(column: Column) -> str:
    """A column's type as people read it: `timestamp(3) NOT NULL`."""
    return format_type(column.type) + (" NOT NULL" if column.not_null else "")


def _rows(context: Context, declared: Table, replayed: Table) -> Iterator[FieldRow]:
    renamed: dict[str, str] = {}
    state: dict[str, FieldState] = {}
    notes: dict[str, str] = {}
    extra = []
    for change in context.comparison.of_table(declared.name):
        if isinstance(change, ColumnRenamed):
            renamed[change.declared.name] = change.replayed.name
        elif isinstance(change, ColumnMissing):
            state[change.declared.name] = "missing"
        elif isinstance(change, ColumnExtra):
            extra.append(change.replayed)
        elif isinstance(change, _DIFFERENT):
            state[change.declared.name] = "different"
            if isinstance(change, ColumnDefaultChanged):
                notes[change.declared.name] = _defaults(change)
    for column in declared.columns:
        before = renamed.get(column.name)
        other = replayed.column(before or column.name)
        yield FieldRow(
            column.name,
            spell(column),
            spell(other) if other else None,
            "renamed" if before else state.get(column.name, "same"),
            f"called `{before}` in the migrations" if before else notes.get(column.name, ""),
        )
    for column in extra:
        yield FieldRow(column.name, None, spell(column), "extra")


def _defaults(change: ColumnDefaultChanged) -> str:
    def shown(column: Column) -> str:
        text = column.generated or column.default or column.identity
        return f"`{text}`" if text else "none"

    return f"default: {shown(change.declared)}, migrations: {shown(change.replayed)}"
