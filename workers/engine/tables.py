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
    TableExtra,
    TableMissing,
)
from workers.engine.report import FieldRow, FieldState, FieldTable
from workers.engine.rules.context import Context
from workers.engine.rules.drift.cause import Cause, find_cause, not_found
from workers.engine.schema.model import Column, QualifiedName, Table
from workers.engine.schema.types import format_type
from workers.engine.tablenotes import notes

_DIFFERENT = (ColumnTypeChanged, ColumnNullabilityChanged, ColumnDefaultChanged)


def field_tables(context: Context) -> tuple[FieldTable, ...]:
    """A table for each table that drifted: those of both sides, the missing, those not declared."""
    found = []
    for declared, replayed in context.comparison.tables:
        changes = context.comparison.of_table(declared.name)
        is_renamed = declared.name != replayed.name
        if changes or is_renamed:
            rows = tuple(_rows(context, declared, replayed))
            cause = _cause(context, declared)
            found.append(_table(context, declared, rows, cause, tuple(notes(changes))))
    for change in context.comparison.changes:
        if isinstance(change, TableMissing):
            by_hand = _by_hand(context, change.declared)
            rows = tuple(_missing_rows(context, change.declared, by_hand))
            cause = _missing_cause(context, change.declared.name, by_hand)
            found.append(_table(context, change.declared, rows, cause))
        elif isinstance(change, TableExtra):
            rows = tuple(
                FieldRow(column.name, None, spell(column), "extra")
                for column in change.replayed.columns
            )
            cause = f"The schema does not declare `{change.replayed.name.name}`."
            found.append(_table(context, change.replayed, rows, cause))
    return tuple(found)


def _table(
    context: Context,
    table: Table,
    rows: tuple[FieldRow, ...],
    cause: str,
    told: tuple[str, ...] = (),
) -> FieldTable:
    model = context.model_of(table.name)
    return FieldTable(str(table.name), model.name if model else "", rows, cause, told)


def _by_hand(context: Context, declared: Table) -> Table | None:
    return context.by_hand.schema.tables.get(declared.name) if context.by_hand else None


def _cause(context: Context, declared: Table) -> str:
    return _told(context, find_cause(context, declared.name)) or not_found(context)


def _told(context: Context, cause: Cause | None) -> str:
    if cause is None:
        return ""
    source = context.sources.get(cause.origin.path)
    line = f":{source.line_and_column(cause.origin.span.start)[0]}" if source else ""
    return f"Likely cause: {cause.sentence} (`{cause.origin.path}{line}`)."


def _missing_cause(context: Context, name: QualifiedName, by_hand: Table | None) -> str:
    told = _told(context, find_cause(context, name))
    end = f" {told}" if told else ""
    if by_hand is None:
        return f"No migration creates `{name.name}`.{end}"
    path = by_hand.history[0].path if by_hand.history else ""
    return (
        f"No migration creates `{name.name}`. The second column shows what `{path}`, which nothing "
        f"runs, would make.{end}"
    )


def _missing_rows(context: Context, declared: Table, by_hand: Table | None) -> Iterator[FieldRow]:
    wrong = {
        change.declared.name
        for change in context.by_hand_changes
        if isinstance(change, ColumnTypeChanged) and change.table.name == declared.name
    }
    for column in declared.columns:
        other = by_hand.column(column.name) if by_hand else None
        if other is None:
            yield FieldRow(column.name, spell(column), None, "missing")
        else:
            state: FieldState = "different" if column.name in wrong else "same"
            yield FieldRow(column.name, spell(column), spell(other), state)
    for column in by_hand.columns if by_hand else ():
        if declared.column(column.name) is None:
            yield FieldRow(column.name, None, spell(column), "extra")


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
