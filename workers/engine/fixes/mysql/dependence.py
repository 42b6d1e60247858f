"""Foreign keys that must be off while what they rely on changes.

InnoDB drops no index that a foreign key needs, and gives no column of a key another type, nor
makes it required, while the key stands.
https://dev.mysql.com/doc/refman/8.4/en/create-table-foreign-keys.html
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from workers.engine.compare import changes as c
from workers.engine.compare.changes import Comparison
from workers.engine.schema.model import ForeignKey, Index, QualifiedName, Table
from workers.engine.sql.mysql.keys import serves

Columns = set[tuple[QualifiedName, str]]


def relying(table: Table, gone: Sequence[Index]) -> list[ForeignKey]:
    """The foreign keys of a table that only the indexes which go serve."""
    kept = [index for index in table.indexes if not any(index is one for one in gone)]
    return [
        key
        for key in table.foreign_keys
        if serves(gone, key.columns) and not serves(kept, key.columns)
    ]


def in_the_way(comparison: Comparison) -> Iterator[tuple[Table, Table, ForeignKey]]:
    """The foreign keys, with their table on both sides, that stand in the way of the other changes
    and are not changed themselves."""
    columns = _redefined(comparison)
    own = {
        (change.replayed_table.name, change.replayed.name)
        for change in comparison.changes
        if isinstance(change, c.ForeignKeyExtra | c.ForeignKeyChanged)
    }
    for declared, there in comparison.tables:
        needed = {key.name for key in relying(there, _gone(comparison, there))}
        for key in there.foreign_keys:
            ends = {(there.name, name) for name in key.columns}
            ends |= {(key.ref_table, name) for name in key.ref_columns}
            if (there.name, key.name) not in own and (key.name in needed or ends & columns):
                yield declared, there, key


def _gone(comparison: Comparison, there: Table) -> list[Index]:
    return [
        change.replayed
        for change in comparison.changes
        if isinstance(change, c.IndexExtra | c.IndexChanged)
        and change.replayed_table.name == there.name
        and not getattr(change, "only_name", False)
    ]


def _redefined(comparison: Comparison) -> Columns:
    """The replayed columns that get another type, become required, or leave a primary key."""
    found: Columns = set()
    for change in comparison.changes:
        match change:
            case c.ColumnTypeChanged():
                found.add((change.replayed_table.name, change.replayed.name))
            case c.ColumnNullabilityChanged() if change.declared.not_null:
                found.add((change.replayed_table.name, change.replayed.name))
            case c.PrimaryKeyChanged() if change.replayed is not None:
                found |= {(change.replayed_table.name, name) for name in change.replayed.columns}
    return found
