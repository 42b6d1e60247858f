"""Primary and foreign keys as Prisma's schema engine compares them."""

from __future__ import annotations

from collections.abc import Iterator

from msgspec import Struct

from workers.engine.compare.changes import (
    Change,
    ForeignKeyChanged,
    ForeignKeyExtra,
    ForeignKeyMissing,
    PrimaryKeyChanged,
)
from workers.engine.compare.options import Ground
from workers.engine.compare.pair import Renames, Sides, TablePair, is_join_table, is_partition
from workers.engine.compare.sqlserver import is_given
from workers.engine.schema.model import ForeignKey, Table


def compare_primary_keys(pair: TablePair, ground: Ground) -> Iterator[Change]:
    """The difference between two primary keys, if there is one: columns first, then the name."""
    declared, replayed = pair.declared.primary_key, pair.replayed.primary_key
    if declared is None and replayed is None:
        return
    if declared is None or replayed is None:
        if not (_is_join_key(pair) and not ground.is_join_key_told):
            yield PrimaryKeyChanged(pair.declared, pair.replayed, declared, replayed)
        return
    names = pair.columns.new_names
    columns = tuple(names.get(column, column) for column in replayed.columns)
    if declared.columns != columns:
        yield PrimaryKeyChanged(pair.declared, pair.replayed, declared, replayed)
    elif (
        declared.name != replayed.name
        and ground.provider != "sqlite"
        and not (ground.provider == "sqlserver" and is_given(replayed.name))
    ):
        yield PrimaryKeyChanged(pair.declared, pair.replayed, declared, replayed, only_name=True)


def _is_join_key(pair: TablePair) -> bool:
    """Whether the table that lacks the key has the unique index that Prisma 5 made in its place."""
    if not is_join_table(pair.declared):
        return False
    table = pair.replayed if pair.replayed.primary_key is None else pair.declared
    return any(index.is_unique and index.columns == ("A", "B") for index in table.indexes) or any(
        unique.columns == ("A", "B") for unique in table.uniques
    )


class _Shape(Struct, frozen=True):
    """A foreign key without its name, in declared names."""

    columns: tuple[str, ...]
    table: str
    references: tuple[str, ...]
    on_delete: str
    on_update: str


def compare_foreign_keys(pair: TablePair, renames: Renames, sides: Sides) -> Iterator[Change]:
    """The differences between the foreign keys of a pair of tables.

    The engine compares columns, the name of the referenced table, its columns and the actions.
    """
    declared = [(key, _shape(key, pair.declared, None)) for key in pair.declared.foreign_keys]
    replayed = [
        (key, _shape(key, pair.replayed, renames))
        for key in sorted(pair.replayed.foreign_keys, key=lambda key: key.name)
        if sides.ground.is_plain
        or (sides.ground.has(key.ref_table.schema) and not _is_hidden(key, sides))
    ]
    wanted = {shape for _, shape in declared}
    there = {shape for _, shape in replayed}
    missing = [(key, shape) for key, shape in declared if shape not in there]
    extra = [(key, shape) for key, shape in replayed if shape not in wanted]
    if sides.ground.provider != "sqlite":
        yield from _renamed(pair, declared, replayed)
    for key, shape in missing:
        other = next((found for found in extra if found[1].columns == shape.columns), None)
        if other is None:
            yield ForeignKeyMissing(pair.declared, pair.replayed, key)
        else:
            extra.remove(other)
            yield ForeignKeyChanged(pair.declared, pair.replayed, key, other[0])
    for key, _ in extra:
        yield ForeignKeyExtra(pair.declared, pair.replayed, key)


def _is_hidden(key: ForeignKey, sides: Sides) -> bool:
    """Whether the key refers to a partition, which the engine does not see."""
    table = sides.replayed.tables.get(key.ref_table)
    return table is not None and is_partition(table)


def _shape(key: ForeignKey, table: Table, renames: Renames | None) -> _Shape:
    if renames is None:
        names, target, references = key.columns, key.ref_table.name, key.ref_columns
    else:
        names = tuple(renames.column(table.name, column) for column in key.columns)
        target = renames.table(key.ref_table).name
        references = tuple(renames.column(key.ref_table, column) for column in key.ref_columns)
    return _Shape(names, target, references, key.on_delete, key.on_update)


def _renamed(
    pair: TablePair,
    declared: list[tuple[ForeignKey, _Shape]],
    replayed: list[tuple[ForeignKey, _Shape]],
) -> Iterator[Change]:
    if is_join_table(pair.declared) and is_join_table(pair.replayed):
        return
    taken: set[str] = set()
    for key, shape in replayed:
        partner = next(
            (other for other, same in declared if same == shape and other.name not in taken), None
        )
        if partner is None:
            continue
        taken.add(partner.name)
        if partner.name != key.name:
            yield ForeignKeyChanged(pair.declared, pair.replayed, partner, key, only_name=True)
