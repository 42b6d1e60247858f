"""Columns that both sides have: type, whether a value is required, default."""

from __future__ import annotations

from collections.abc import Iterator

from workers.engine.compare import mysql, sqlserver
from workers.engine.compare.casts import is_cast
from workers.engine.compare.changes import (
    Change,
    ColumnDefaultChanged,
    ColumnNullabilityChanged,
    ColumnTypeChanged,
)
from workers.engine.compare.defaults import Default, read_default, same_default
from workers.engine.compare.indexes import kept_indexes
from workers.engine.compare.pair import Renames, Sides, TablePair
from workers.engine.compare.types import Native, same_native
from workers.engine.schema.model import Column, Index, KeyConstraint


def compare_columns(pair: TablePair, sides: Sides, renames: Renames) -> Iterator[Change]:
    """The differences between paired columns, in the order of the declaration."""
    twins = {declared.name: (declared, replayed) for declared, replayed in pair.columns.all}
    for column in pair.declared.columns:
        if column.name in twins:
            yield from _compare(pair, *twins[column.name], sides, renames)


def _compare(
    pair: TablePair, declared: Column, replayed: Column, sides: Sides, renames: Renames
) -> Iterator[Change]:
    here, there = sides.declared_types, sides.replayed_types
    wanted, found = here.native(declared), there.native(replayed)
    is_list, was_list = here.is_list(declared), there.is_list(replayed)
    tables = (pair.declared, pair.replayed)
    if is_list != was_list or not _same_type(wanted, found, was_list, renames):
        anew = _remade(pair, replayed, sides), _remade_indexes(pair, declared, replayed, sides)
        yield ColumnTypeChanged(*tables, declared, replayed, *anew)
    if not is_list and not was_list and here.is_not_null(declared) != there.is_not_null(replayed):
        yield ColumnNullabilityChanged(*tables, declared, replayed)
    is_sqlite = sides.ground.provider == "sqlite"
    if sides.ground.provider == "mysql":
        if "json" in (wanted.family, found.family):
            return  # MySQL's JSON has no literal defaults, and the engine compares none
        default = mysql.read_default(declared, wanted.family)
        old = mysql.read_default(replayed, found.family)
    elif sides.ground.provider == "sqlserver":
        default = sqlserver.read_default(declared, wanted.family)
        old = sqlserver.read_default(replayed, found.family)
    else:
        default = read_default(declared, wanted.family, is_list, sides.ground.default_schema)
        old = read_default(
            replayed,
            found.family,
            was_list,
            sides.ground.default_schema,
            found.name if is_sqlite else "",
        )
    is_datetime = "datetime" in (wanted.family, found.family)
    if not same_default(default, old, is_datetime) or (
        not is_sqlite and _counts(declared, default) != _counts(replayed, old)
    ):
        yield ColumnDefaultChanged(*tables, declared, replayed)


def _remade(pair: TablePair, replayed: Column, sides: Sides) -> KeyConstraint | None:
    """The primary key that the engine makes anew with the column."""
    before, after = pair.replayed.primary_key, pair.declared.primary_key
    if before is None or after is None or sides.ground.provider == "sqlite":
        return None
    return before if replayed.name in before.columns else None


def _remade_indexes(
    pair: TablePair, declared: Column, replayed: Column, sides: Sides
) -> tuple[Index, ...]:
    """The indexes that the engine makes anew, since it drops the column and adds it."""
    if sides.ground.provider != "postgresql" or is_cast(replayed.type, declared.type):
        return ()
    return tuple(
        index
        for index in kept_indexes(pair, sides.ground)
        if any(key.column == declared.name for key in index.keys)
    )


def _same_type(declared: Native, replayed: Native, is_list: bool, renames: Renames) -> bool:
    if replayed.enum is not None and declared.enum is not None:
        return declared.enum == renames.enums.get(replayed.enum, replayed.enum)
    return same_native(declared, replayed, is_list)


def _counts(column: Column, default: Default | None) -> bool:
    """Whether the column numbers its rows by itself."""
    return column.identity is not None or (default is not None and default.kind == "sequence")
