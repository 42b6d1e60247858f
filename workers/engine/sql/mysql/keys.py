"""Foreign keys as InnoDB makes them: what it demands, and the index that it brings along.

https://dev.mysql.com/doc/refman/8.4/en/create-table-foreign-keys.html
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from msgspec.structs import replace

from workers.engine.schema.model import (
    Column,
    ForeignKey,
    Index,
    IndexKey,
    QualifiedName,
    Schema,
    Table,
)
from workers.engine.sql.mysql import refusals
from workers.engine.sql.mysql.draft import Draft, collation_of
from workers.engine.sql.mysql.types import TEXTS

Tables = Mapping[QualifiedName, Table]
_FLEXIBLE = ("char", "varchar", "binary", "varbinary")


def add_keys(draft: Draft, tables: Tables, *, is_checked: bool) -> None:
    """Make the foreign keys that a statement adds, with the indexes that they need."""
    for wanted in draft.added_keys:
        key = replace(
            wanted,
            name=wanted.name or draft.key_name(),
            columns=tuple(_key_column(draft, name) for name in wanted.columns),
        )
        if any(other.name.lower() == key.name.lower() for other in _all_keys(draft, tables)):
            raise refusals.key_exists(key.name)
        if len(key.name) > 64:
            raise refusals.name_too_long(key.name)
        for column in (draft.need(name) for name in key.columns):
            is_required = column.not_null or column.name in _primary(draft)
            if is_required and "SET NULL" in (key.on_delete, key.on_update):
                raise refusals.set_null_on_required(column.name, key.name)
        key = _bound(key, draft, tables, is_checked=is_checked)
        draft.foreign_keys.append(key)
        if _brings_index(draft, key):
            _bring_index(draft, key, wanted.name)
    draft.added_keys.clear()


def _brings_index(draft: Draft, key: ForeignKey) -> bool:
    """Whether none serves the key, or only one that an earlier key of another name has brought,
    in whose place its own comes."""
    served = draft.serving(key.columns)
    if served is None:
        return True
    is_brought = served.name.lower() in draft.generated and served.columns == key.columns
    return is_brought and served.name.lower() != key.name.lower()


def _key_column(draft: Draft, name: str) -> str:
    column = draft.find(name)
    if column is None:
        raise refusals.no_key_column(name)
    return column.name


def _primary(draft: Draft) -> tuple[str, ...]:
    return (draft.primary.columns or ()) if draft.primary is not None else ()


def _all_keys(draft: Draft, tables: Tables) -> Iterable[ForeignKey]:
    yield from draft.foreign_keys
    for table in tables.values():
        if table.name != draft.name:
            yield from table.foreign_keys


def _bring_index(draft: Draft, key: ForeignKey, name: str) -> None:
    """The index that InnoDB makes: it goes by the key's name, or by its first column's."""
    keys = tuple(IndexKey(column) for column in key.columns)
    label = name if name and draft.index(name) is None else ""
    draft.add_index(Index(label, keys, history=key.history))
    draft.generated.add(draft.indexes[-1].name.lower())


def _bound(key: ForeignKey, draft: Draft, tables: Tables, *, is_checked: bool) -> ForeignKey:
    """The key with the other table's own spelling of its names; refuses what does not fit."""
    if key.ref_table.name.lower() == draft.name.name.lower():
        parent = draft.table(())
        key = replace(key, ref_table=draft.name)
    else:
        found = tables.get(key.ref_table)
        if found is None:
            if is_checked:
                raise refusals.no_parent_table(key.ref_table.name)
            return key
        parent = found
    columns = []
    for name, mine in zip(key.ref_columns, key.columns, strict=False):
        low = name.lower()
        column = next((c for c in parent.columns if c.name.lower() == low), None)
        if column is None:
            raise refusals.no_parent_column(name, key.name, parent.name.name)
        if not is_compatible(draft.need(mine), draft.collation, column, collation_of(parent)):
            raise refusals.incompatible(mine, column.name, key.name)
        columns.append(column.name)
    key = replace(key, ref_columns=tuple(columns))
    if is_checked and not serves(parent.indexes, key.ref_columns):
        raise refusals.no_parent_index(key.name, parent.name.name)
    return key


def with_brought_indexes(schema: Schema) -> Schema:
    """A declared schema with the indexes that InnoDB makes for its foreign keys."""
    tables = {}
    for name, table in schema.tables.items():
        indexes = list(table.indexes)
        for key in table.foreign_keys:
            if not serves(indexes, key.columns):
                keys = tuple(IndexKey(column) for column in key.columns)
                indexes.append(Index(key.name, keys, history=key.history))
        tables[name] = replace(table, indexes=tuple(indexes))
    return replace(schema, tables=tables)


def serves(indexes: Iterable[Index], columns: tuple[str, ...]) -> bool:
    """Whether an index begins with these columns, whole."""
    return any(
        index.method == "btree"
        and tuple(k.column for k in index.keys[: len(columns)] if k.length is None) == columns
        for index in indexes
    )


def is_compatible(one: Column, table: str | None, other: Column, parent: str | None) -> bool:
    """Whether InnoDB lets one column refer to the other: the same type, sign and size; texts may
    differ in length, but not in their character set and collation."""
    first, second = one.type, other.type
    if first.name in TEXTS and second.name in TEXTS:
        mine, theirs = one.collation or table, other.collation or parent
        return mine is None or theirs is None or mine == theirs
    if first.name in _FLEXIBLE and second.name in _FLEXIBLE:
        return True
    if first.name.startswith("tinyint") or first.name != second.name:
        return first.name == second.name
    return first.arguments == second.arguments
