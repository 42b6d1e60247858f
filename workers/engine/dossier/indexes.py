"""Index coverage: what the schema declares, what the migrations make, and what nothing serves."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal

from msgspec import Struct

from workers.engine.compare import changes as c
from workers.engine.report import PairReport
from workers.engine.rules.context import Context
from workers.engine.rules.index.subjects import TableIndexes
from workers.engine.schema.model import Index, QualifiedName, Table
from workers.engine.source import Origin

IndexState = Literal["same", "missing", "extra", "different", "unserved", "duplicate"]


class IndexRow(Struct, frozen=True):
    """One index, or a foreign key that none serves; `columns` as people read them."""

    table: QualifiedName
    name: str
    columns: str
    kind: str
    state: IndexState
    note: str = ""
    origin: Origin | None = None


def index_rows(pair: PairReport) -> tuple[IndexRow, ...]:
    """All indexes but those of primary keys, table by table; the ones in trouble first."""
    context = pair.context
    if context is None:
        return ()
    rows = [*_compared(context), *_missing_tables(context), *_unserved(context)]
    return tuple(sorted(rows, key=lambda row: (row.state == "same", str(row.table), row.columns)))


def _compared(context: Context) -> Iterator[IndexRow]:
    pairs = context.comparison.tables
    for declared, replayed in pairs:
        yield from _of_table(context, declared, replayed)
    compared = {replayed.name for _, replayed in pairs}
    state: IndexState = "extra" if pairs else "same"
    for table in context.replayed.tables.values():
        if table.name not in compared:
            yield from (_row(table, index, state) for index in _own(table))


def _of_table(context: Context, declared: Table, replayed: Table) -> Iterator[IndexRow]:
    states: dict[str, tuple[IndexState, str]] = {}
    for change in context.comparison.of_table(declared.name):
        if isinstance(change, c.IndexMissing):
            states[change.declared.name] = ("missing", "declared, and no migration makes it")
        elif isinstance(change, c.IndexExtra):
            yield _row(declared, change.replayed, "extra", "made, and not declared")
        elif isinstance(change, c.IndexChanged):
            other = f"the migrations make {described(change.replayed)} `{change.replayed.name}`"
            states[change.declared.name] = ("different", other)
    for index in _own(declared):
        state, note = states.get(index.name, ("same", ""))
        yield _row(declared, index, state, note)


def _missing_tables(context: Context) -> Iterator[IndexRow]:
    for change in context.comparison.changes:
        if isinstance(change, c.TableMissing):
            for index in _own(change.declared):
                yield _row(change.declared, index, "missing", "missing with its table")


def _unserved(context: Context) -> Iterator[IndexRow]:
    for table in context.replayed.tables.values():
        if table.kind != "table":
            continue
        indexes = TableIndexes(table)
        for key in indexes.unserved_keys():
            note = "no index serves this foreign key"
            origin = key.history[-1] if key.history else None
            columns = _listed(key.columns)
            yield IndexRow(table.name, key.name, columns, "foreign key", "unserved", note, origin)
        for spare, kept in indexes.duplicates():
            yield _row(table, spare, "duplicate", f"the same as `{kept.name}`")


def _own(table: Table) -> Iterator[Index]:
    key = table.primary_key.name if table.primary_key else None
    return (index for index in table.indexes if index.name != key)


def _row(table: Table, index: Index, state: IndexState, note: str = "") -> IndexRow:
    origin = index.history[-1] if index.history else None
    kind = "unique" if index.is_unique else "index"
    if index.method != "btree":
        kind += f" ({index.method})"
    columns = _keys(index) + (f" where `{index.where}`" if index.where else "")
    return IndexRow(table.name, index.name, columns, kind, state, note, origin)


def described(index: Index) -> str:
    """An index in words: `unique on (a, b)`."""
    return f"{'unique' if index.is_unique else 'index'} on {_keys(index)}"


def _keys(index: Index) -> str:
    return _listed(tuple(key.column or key.expression or "?" for key in index.keys))


def _listed(columns: tuple[str, ...]) -> str:
    return f"`({', '.join(columns)})`"
