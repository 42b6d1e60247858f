"""The tables of a SQL Server database; names are the same in any case of letters."""

from __future__ import annotations

from collections.abc import Callable

from msgspec.structs import replace

from workers.engine.schema.model import (
    Column,
    ForeignKey,
    Index,
    KeyConstraint,
    QualifiedName,
    Schema,
    Table,
)
from workers.engine.source import Origin
from workers.engine.sql.reader import RefusedStatement, UnreadStatement
from workers.engine.sql.sqlserver.columns import Parts


class Tables:
    """The tables of all schemas, the names of their defaults, and those that are not known."""

    def __init__(self, schema: Schema) -> None:
        self.schema = schema
        self.defaults: dict[tuple[QualifiedName, str], str] = {}
        """The column of each default constraint, by table and name in small letters."""
        self.unknown: set[str] = set()

    def find(self, name: QualifiedName) -> Table | None:
        """The table of a name."""
        low = (name.schema.lower(), name.name.lower())
        for key, table in self.schema.tables.items():
            if (key.schema.lower(), key.name.lower()) == low:
                return table
        return None

    def need(self, name: QualifiedName) -> Table:
        """The table of a name; refuses where there is none."""
        table = self.find(name)
        if table is None and name.name.lower() in self.unknown:
            raise UnreadStatement(f"What `{name}` looks like is not known.", str(name))
        if table is None:
            raise RefusedStatement(
                "4902", f'Cannot find the object "{name}" because it does not exist.'
            )
        return table

    def keep(self, table: Table, parts: Parts, history: tuple[Origin, ...]) -> None:
        """Keep a table with what is added to it."""
        columns = (*table.columns, *parts.columns)
        names = [column.name.lower() for column in columns]
        if len(set(names)) < len(names):
            raise RefusedStatement(
                "2705", f"Column names in each table must be unique (`{table.name}`)."
            )
        key, indexes = table.primary_key, [*table.indexes, *parts.indexes]
        if parts.primary is not None:
            if key is not None:
                raise RefusedStatement(
                    "1779", f"Table '{table.name.name}' already has a primary key defined on it."
                )
            found = parts.primary
            key = KeyConstraint(found.name, found.columns or (), history=found.history)
            indexes.insert(0, found)
        spelled = {column.name.lower(): column.name for column in columns}
        for column, value in parts.set_defaults.items():
            spelling = spelled_as(column, spelled)
            columns = tuple(
                replace(one, default=value) if one.name == spelling else one for one in columns
            )
        required = {spelled_as(name, spelled) for name in key.columns} if key is not None else set()
        made = replace(
            table,
            columns=tuple(
                replace(one, not_null=True) if one.name in required else one for one in columns
            ),
            primary_key=key,
            indexes=tuple(_respelled(index, spelled) for index in indexes),
            foreign_keys=(
                *table.foreign_keys,
                *(self._bound(one, spelled, table.name) for one in parts.foreign_keys),
            ),
            checks=(*table.checks, *parts.checks),
            history=(*table.history, *history),
        )
        self.schema.tables[table.name] = made
        for label, column in parts.defaults.items():
            self.defaults[(table.name, label)] = spelled_as(column, spelled)

    def _bound(self, key: ForeignKey, spelled: dict[str, str], own: QualifiedName) -> ForeignKey:
        target = self.find(key.ref_table)
        columns = tuple(spelled_as(name, spelled) for name in key.columns)
        if target is None:
            if key.ref_table.name.lower() == own.name.lower():
                return replace(key, columns=columns, ref_table=own)
            if key.ref_table.name.lower() in self.unknown:
                return replace(key, columns=columns)
            raise RefusedStatement(
                "1767",
                f"Foreign key '{key.name}' references invalid table '{key.ref_table}'.",
            )
        names = {column.name.lower(): column.name for column in target.columns}
        references = key.ref_columns or (target.primary_key.columns if target.primary_key else ())
        for name in references:
            spelled_as(name, names)
        references = tuple(spelled_as(name, names) for name in references)
        return replace(key, columns=columns, ref_table=target.name, ref_columns=references)

    def drop(self, table: Table) -> None:
        """Let a table go; refuses where another refers to it."""
        for other in self.schema.tables.values():
            for key in other.foreign_keys:
                if key.ref_table == table.name and other.name != table.name:
                    raise RefusedStatement(
                        "3726",
                        f"Could not drop object '{table.name}' because it is referenced by a "
                        "FOREIGN KEY constraint.",
                    )
        del self.schema.tables[table.name]

    def change_keys(self, change: Callable[[ForeignKey], ForeignKey]) -> None:
        """Change the foreign keys of all tables."""
        for name, table in self.schema.tables.items():
            keys = tuple(change(key) for key in table.foreign_keys)
            if keys != table.foreign_keys:
                self.schema.tables[name] = replace(table, foreign_keys=keys)


def column_of(table: Table, name: str) -> Column:
    """The column of a name; refuses where there is none."""
    low = name.lower()
    found = next((column for column in table.columns if column.name.lower() == low), None)
    if found is None:
        raise RefusedStatement(
            "4924",
            f"Column '{name}' does not exist in table '{table.name}'.",
        )
    return found


def spelled_as(name: str, spelled: dict[str, str]) -> str:
    """A column's name as its table has it; refuses where it has none."""
    found = spelled.get(name.lower())
    if found is None:
        raise RefusedStatement(
            "1911", f"Column name '{name}' does not exist in the target table or view."
        )
    return found


def _respelled(index: Index, spelled: dict[str, str]) -> Index:
    keys = tuple(replace(key, column=spelled_as(key.column or "", spelled)) for key in index.keys)
    return replace(index, keys=keys)
