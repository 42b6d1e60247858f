"""What the index rules are handed: one replayed table with its indexes."""

from __future__ import annotations

from collections.abc import Iterator

from msgspec import Struct

from workers.engine.prisma.relations import RelationReader
from workers.engine.rules.context import Context
from workers.engine.schema.model import ForeignKey, Index, QualifiedName, Table

_SYSTEM = frozenset({"auth", "storage", "extensions", "realtime", "vault", "cron", "pgmq"})
"""Schemas of Supabase's own, where their owner decides."""


class TableIndexes(Struct, frozen=True):
    """A table of the replayed schema; questions about what its indexes serve."""

    table: Table

    def serves(self, columns: tuple[str, ...]) -> Index | None:
        """An index whose leading columns are these, in any order: what an equality join needs.

        A partial index serves only if its predicate is that the columns are not null, which every
        row with a matching key satisfies; an invalid index and one of hash, GIN, GiST or BRIN
        order does not (hash serves a single column).
        """
        wanted = set(columns)
        for index in self.table.indexes:
            if index.is_invalid or not _method_serves(index, columns):
                continue
            leading = [key.column for key in index.keys[: len(columns)]]
            if set(leading) == wanted and _predicate_holds(index, columns):
                return index
        return None

    def unserved_keys(self) -> tuple[ForeignKey, ...]:
        """The foreign keys whose columns no index serves."""
        return tuple(key for key in self.table.foreign_keys if self.serves(key.columns) is None)

    def duplicates(self) -> Iterator[tuple[Index, Index]]:
        """Pairs (redundant, kept) of indexes that are the same but for the name."""
        seen: dict[object, Index] = {}
        for index in sorted(self.table.indexes, key=lambda index: not index.is_constraint):
            kind = (
                index.keys,
                index.method,
                index.include,
                index.where,
                index.is_unique,
                index.nulls_not_distinct,
            )
            kept = seen.setdefault(kind, index)
            if kept is not index:
                yield index, kept

    def contained(self) -> Iterator[tuple[Index, Index]]:
        """Pairs (shorter, longer) of plain b-tree indexes, where the first keys of the longer are
        all keys of the shorter. Same indexes are told as duplicates, unless one is unique."""
        plain = [index for index in self.table.indexes if _is_plain(index)]
        if len(plain) < 2:
            return
        for index in plain:
            if index.is_constraint or index.is_unique:
                continue
            for other in plain:
                is_longer = len(other.keys) > len(index.keys) or (
                    other.is_unique and len(other.keys) == len(index.keys)
                )
                if is_longer and other.keys[: len(index.keys)] == index.keys:
                    yield index, other
                    break

    def never_null(self, index: Index) -> str | None:
        """The NOT NULL column that the predicate of an index wants to be NULL."""
        if index.where is None:
            return None
        text = index.where.strip("() ").replace('"', "")
        name, is_null, rest = text.partition(" IS NULL")
        column = self.table.column(name) if is_null and not rest else None
        return name if column is not None and column.not_null else None


def _is_plain(index: Index) -> bool:
    return (
        index.method == "btree"
        and index.where is None
        and not index.include
        and not index.is_invalid
        and index.columns is not None
    )


def _method_serves(index: Index, columns: tuple[str, ...]) -> bool:
    return index.method == "btree" or (index.method == "hash" and len(columns) == 1)


def _predicate_holds(index: Index, columns: tuple[str, ...]) -> bool:
    if index.where is None:
        return True
    text = index.where.strip("() ").replace('"', "")
    return text.upper().endswith(" IS NOT NULL") and text.rpartition(" IS ")[0] in columns


class UnservedKeys(Struct, frozen=True):
    """Foreign keys that no index serves: those of one table that are new, or all that are old."""

    keys: tuple[tuple[Table, ForeignKey], ...]
    is_new: bool


class KeylessTables(Struct, frozen=True):
    """The tables of a project without a primary key, or what may stand for one."""

    tables: tuple[Table, ...]


def _is_keyless(table: Table, *, is_supabase: bool) -> bool:
    if table.primary_key is not None or table.kind != "table":
        return False
    return is_supabase or not any(_stands_for_key(index, table) for index in table.indexes)


def _stands_for_key(index: Index, table: Table) -> bool:
    if not index.is_unique or index.where is not None or not index.columns:
        return False
    columns = [table.column(name) for name in index.columns]
    return all(column is not None and column.not_null for column in columns)


class UnservedRelations(Struct, frozen=True):
    """Relations that Prisma keeps itself and that no index serves; `new` names those of this
    change by their table and columns."""

    keys: tuple[tuple[Table, ForeignKey], ...]
    new: frozenset[tuple[QualifiedName, tuple[str, ...]]]


IndexSubject = TableIndexes | UnservedKeys | KeylessTables | UnservedRelations


def _relations(context: Context) -> Iterator[tuple[Table, ForeignKey]]:
    """The relations of a schema without foreign keys, with their declared tables."""
    symbols = context.declaration.symbols
    if context.declaration.relation_mode != "prisma" or symbols is None:
        return
    reader = RelationReader(symbols)
    for table in symbols.tables.values():
        declared = context.declared.tables.get(table.name)
        if declared is not None:
            for key in reader.foreign_keys(table):
                yield declared, key


def _unserved_relations(context: Context) -> Iterator[UnservedRelations]:
    unserved = [
        (table, key)
        for table, key in _relations(context)
        if TableIndexes(table).serves(key.columns) is None
        and (table.primary_key is None or table.primary_key.columns != key.columns)
    ]
    if not unserved:
        return
    base = context.base
    known = {(table.name, key.columns) for table, key in _relations(base)} if base else None
    named = {(table.name, key.columns) for table, key in unserved}
    yield UnservedRelations(
        tuple(unserved), frozenset(named - known) if known is not None else frozenset()
    )


def index_subjects(context: Context) -> Iterator[IndexSubject]:
    """Every ordinary table of the replayed schema, the keys without an index, and those without."""
    keyless = tuple(
        table
        for table in context.replayed.tables.values()
        if table.name.schema not in _SYSTEM and _is_keyless(table, is_supabase=context.is_supabase)
    )
    if keyless:
        yield KeylessTables(keyless)
    yield from _unserved_relations(context)
    old: list[tuple[Table, ForeignKey]] = []
    for table in context.replayed.tables.values():
        if table.kind != "table":
            continue
        indexes = TableIndexes(table)
        yield indexes
        before = _keys_before(table, context)
        new: list[tuple[Table, ForeignKey]] = []
        for key in indexes.unserved_keys():
            (old if before is None or key.columns in before else new).append((table, key))
        if new:
            yield UnservedKeys(tuple(new), is_new=True)
    if old:
        yield UnservedKeys(tuple(old), is_new=False)


def _keys_before(table: Table, context: Context) -> frozenset[tuple[str, ...]] | None:
    """The columns of the foreign keys that the table has at the base; None without a base."""
    if context.base is None:
        return None
    known = context.base.replayed.tables.get(table.name) or _under_its_old_name(table, context.base)
    return frozenset(key.columns for key in known.foreign_keys) if known else frozenset()


def _under_its_old_name(table: Table, base: Context) -> Table | None:
    """The table of the base that the same statement made: a new name makes no new keys."""
    made = table.history[:1]
    tables = base.replayed.tables.values()
    return next((one for one in tables if made and one.history[:1] == made), None)
