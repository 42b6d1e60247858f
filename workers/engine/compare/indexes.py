"""Indexes and uniques as Prisma's schema engine compares them on PostgreSQL.

Two indexes are the same where their columns, directions, uniqueness, method and operator classes
are; the name is only looked at afterwards, and only where the table has one such index. Expression
indexes are not seen at all. The condition of a partial index counts with the preview feature
`partialIndexes` alone; without it, such an index stands in for a declared one, and is never extra.
The columns of INCLUDE count as key columns. Measured on engine 8.1.0-2 (Prisma 7.10).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from msgspec import Struct

from workers.engine.compare import mysql
from workers.engine.compare.changes import Change, IndexChanged, IndexExtra, IndexMissing
from workers.engine.compare.expressions import same_expression
from workers.engine.compare.options import Ground
from workers.engine.compare.pair import TablePair, is_join_table
from workers.engine.schema.model import Index, IndexKey, Table

_METHODS = frozenset(("btree", "hash", "gist", "gin", "spgist", "brin"))


class Seen(Struct, frozen=True):
    """An index as the engine sees it."""

    index: Index
    keys: tuple[tuple[str, bool], ...]
    """Column and whether it descends."""
    is_unique: bool
    method: str
    classes: tuple[str | None, ...]
    where: str | None

    def is_like(self, other: Seen) -> bool:
        """Whether the two differ in nothing but the name."""
        return (
            self.keys == other.keys
            and self.is_unique == other.is_unique
            and self.method == other.method
            and self.classes == other.classes
            and _same_where(self.where, other.where)
        )

    @property
    def columns(self) -> tuple[str, ...]:
        """The columns in order."""
        return tuple(column for column, _ in self.keys)


def _same_where(one: str | None, other: str | None) -> bool:
    if one is None or other is None:
        return one is other
    return same_expression(one, other)


def seen_indexes(
    table: Table, ground: Ground, new_names: Mapping[str, str] | None = None
) -> list[Seen]:
    """The indexes of a table that the engine sees, but the primary key's; columns by their
    declared names."""
    names = new_names or {}
    hidden = {exclude.name for exclude in table.excludes}
    if table.primary_key is not None:
        hidden.add(table.primary_key.name)
    seen = []
    for index in _all_indexes(table):
        if index.name in hidden:
            continue
        if index.columns is None and not ground.is_plain:
            continue
        seen.append(_seen(index, names, ground, is_declared=new_names is None))
    return sorted(seen, key=lambda each: each.index.name)


def _all_indexes(table: Table) -> Iterator[Index]:
    names = {index.name for index in table.indexes}
    yield from table.indexes
    for unique in table.uniques:
        if unique.name not in names:
            keys = tuple(IndexKey(column=column) for column in unique.columns)
            yield Index(
                unique.name, keys, is_unique=True, is_constraint=True, history=unique.history
            )


def _seen(index: Index, names: Mapping[str, str], ground: Ground, *, is_declared: bool) -> Seen:
    method = index.method.lower()
    method = method if method in _METHODS or method == "fulltext" else "btree"
    keys, classes = [], []
    for key in index.keys:
        column = key.column if key.column is not None else f"({key.expression})"
        keys.append((names.get(column, column), key.descending))
        is_hidden = method in ("btree", "hash") and not is_declared and not ground.is_plain
        classes.append(None if is_hidden else _class_name(key.operator_class))
    if ground.provider == "mysql":
        classes = list(mysql.lengths_of(index))
    for column in index.include:
        keys.append((names.get(column, column), False))
        classes.append(None)
    where = index.where if ground.sees_partial_indexes else None
    return Seen(index, tuple(keys), index.is_unique, method, tuple(classes), where)


def _class_name(operator_class: str | None) -> str | None:
    """An operator class without its schema and its quotation marks."""
    return operator_class.rpartition(".")[2].strip('"') if operator_class else None


def compare_indexes(pair: TablePair, ground: Ground) -> Iterator[Change]:
    """The differences between the indexes of a pair of tables."""
    declared = seen_indexes(pair.declared, ground)
    replayed = seen_indexes(pair.replayed, ground, pair.columns.new_names)
    missing = [each for each in declared if not any(each.is_like(other) for other in replayed)]
    extra = [
        each
        for each in replayed
        if not (each.index.where and not ground.sees_partial_indexes)
        and not any(each.is_like(other) for other in declared)
    ]
    if ground.provider == "mysql":
        extra = [one for one in extra if not mysql.is_of_kept_key(one.columns, one.index, pair)]
    if is_join_table(pair.declared) and not ground.is_join_key_told:
        missing, extra = _without_join_keys(pair, missing, extra)
    yield from _renamed(pair, declared, replayed)
    for wanted in missing:
        other = _partner(wanted, extra)
        if other is None:
            yield IndexMissing(pair.declared, pair.replayed, wanted.index)
        else:
            extra.remove(other)
            yield IndexChanged(pair.declared, pair.replayed, wanted.index, other.index)
    for unwanted in extra:
        yield IndexExtra(pair.declared, pair.replayed, unwanted.index)


def kept_indexes(pair: TablePair, ground: Ground) -> list[Index]:
    """The declared indexes that the migrations make, under whatever name."""
    replayed = seen_indexes(pair.replayed, ground, pair.columns.new_names)
    return [wanted.index for wanted, _ in _twins(seen_indexes(pair.declared, ground), replayed)]


def _twins(declared: list[Seen], replayed: list[Seen]) -> Iterator[tuple[Seen, Seen]]:
    """The indexes of both sides that are alike, where the table has but one on those columns."""
    for index in replayed:
        alike = [
            other
            for other in replayed
            if other.columns == index.columns and other.is_unique == index.is_unique
        ]
        wanted = next((other for other in declared if other.is_like(index)), None)
        if wanted is not None and len(alike) == 1:
            yield wanted, index


def _renamed(pair: TablePair, declared: list[Seen], replayed: list[Seen]) -> Iterator[Change]:
    for wanted, there in _twins(declared, replayed):
        if wanted.index.name != there.index.name:
            yield IndexChanged(
                pair.declared, pair.replayed, wanted.index, there.index, only_name=True
            )


def _partner(wanted: Seen, extra: list[Seen]) -> Seen | None:
    """The index that was meant: of the same name, or else on the same columns."""
    named = [other for other in extra if other.index.name == wanted.index.name]
    alike = [other for other in extra if other.columns == wanted.columns]
    return next(iter(named or alike), None)


def _without_join_keys(
    pair: TablePair, missing: list[Seen], extra: list[Seen]
) -> tuple[list[Seen], list[Seen]]:
    """Prisma before 6 made a unique index where it now makes a primary key: no difference."""

    def is_key(each: Seen) -> bool:
        return each.is_unique and each.columns == ("A", "B")

    if pair.replayed.primary_key is None:
        extra = [each for each in extra if not is_key(each)]
    elif pair.declared.primary_key is None:
        missing = [each for each in missing if not is_key(each)]
    return missing, extra
