"""Field tables of what the comparison has no counterpart for: tables that no migration makes."""

from __future__ import annotations

from collections.abc import Iterator

from workers.engine.compare.changes import ColumnTypeChanged, TableMissing
from workers.engine.report import FieldRow, FieldState, FieldTable, PairReport
from workers.engine.rules.context import Context
from workers.engine.schema.model import QualifiedName, Table
from workers.engine.tables import spell


def all_field_tables(pair: PairReport) -> tuple[FieldTable, ...]:
    """A field table for each table that differs in its columns, those that are missing last."""
    return (*pair.field_tables, *_missing(pair))


def _missing(pair: PairReport) -> Iterator[FieldTable]:
    context = pair.context
    if context is None:
        return
    for change in context.comparison.changes:
        if not isinstance(change, TableMissing):
            continue
        declared = change.declared
        by_hand = context.by_hand.schema.tables.get(declared.name) if context.by_hand else None
        model = context.model_of(declared.name)
        rows = tuple(_rows(context, declared, by_hand))
        yield FieldTable(
            str(declared.name), model.name if model else "", rows, _cause(declared.name, by_hand)
        )


def _cause(name: QualifiedName, by_hand: Table | None) -> str:
    if by_hand is None:
        return f"No migration creates `{name.name}`."
    path = by_hand.history[0].path if by_hand.history else ""
    return (
        f"No migration creates `{name.name}`. The second column shows what `{path}`, which nothing "
        "runs, would make."
    )


def _rows(context: Context, declared: Table, by_hand: Table | None) -> Iterator[FieldRow]:
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
