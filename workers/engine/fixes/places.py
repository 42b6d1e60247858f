"""Where replayed objects stand once the renames have run: every later step uses the new names."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from msgspec import Struct
from msgspec.structs import replace

from workers.engine.compare import changes as c
from workers.engine.fixes.steps import Work
from workers.engine.schema.model import Column, QualifiedName


class Places(Struct, frozen=True):
    """The new names of replayed tables, columns and types; what is not renamed keeps its own."""

    work: Work
    tables: Mapping[QualifiedName, QualifiedName]
    columns: Mapping[tuple[QualifiedName, str], str]
    enums: Mapping[QualifiedName, QualifiedName]
    retyped: frozenset[tuple[QualifiedName, str]]
    """Replayed columns whose type changes, by their old names."""

    def table(self, name: QualifiedName) -> QualifiedName:
        """A replayed table's name after the renames."""
        return self.tables.get(name, name)

    def column(self, table: QualifiedName, name: str) -> str:
        """A replayed column's name after the renames."""
        return self.columns.get((table, name), name)

    def users(self, enum: QualifiedName) -> Iterator[tuple[QualifiedName, Column, Column | None]]:
        """The columns that have an enum's type and keep it: table and column under their new
        names, and the declared column where there is one."""
        old_names = {
            name for name in self.work.replayed.enums if self.enums.get(name, name) == enum
        }
        for table in self.work.replayed.tables.values():
            if table.partition_bound is not None:
                continue
            for one in table.columns:
                own = QualifiedName(one.type.schema or "", one.type.name)
                if own not in old_names or (table.name, one.name) in self.retyped:
                    continue
                where = self.table(table.name)
                yield where, self._named(table.name, one), self._declared(where, table.name, one)

    def newcomers(self, enum: QualifiedName) -> Iterator[tuple[QualifiedName, Column, Column]]:
        """The columns that the plan itself gives an enum's type, before the enum is made anew: in
        new tables, new, or changed to it; as `users` tells them."""
        for change in self.work.changes:
            match change:
                case c.TableMissing():
                    found = [(change.declared.name, one) for one in change.declared.columns]
                case c.ColumnMissing():
                    found = [(change.table.name, change.declared)]
                case c.ColumnTypeChanged() if not _keeps_enum(change, self.work):
                    found = [(change.table.name, change.declared)]
                case _:
                    continue
            for table, one in found:
                if QualifiedName(one.type.schema or "", one.type.name) == enum:
                    yield table, one, one

    def _named(self, table: QualifiedName, one: Column) -> Column:
        return replace(one, name=self.column(table, one.name))

    def _declared(self, where: QualifiedName, table: QualifiedName, one: Column) -> Column | None:
        found = self.work.declared.tables.get(where)
        return found.column(self.column(table, one.name)) if found is not None else None


def places_of(work: Work) -> Places:
    """The names after the renames that the comparison holds."""
    tables, columns, enums = {}, {}, {}
    retyped = set()
    for change in work.changes:
        match change:
            case c.TableRenamed():
                tables[change.replayed.name] = change.declared.name
            case c.ColumnRenamed():
                key = (change.replayed_table.name, change.replayed.name)
                columns[key] = change.declared.name
            case c.EnumRenamed():
                enums[change.replayed.name] = change.declared.name
            case c.ColumnTypeChanged() if not _keeps_enum(change, work):
                retyped.add((change.replayed_table.name, change.replayed.name))
    return Places(work, tables, columns, enums, frozenset(retyped))


def _keeps_enum(change: c.ColumnTypeChanged, work: Work) -> bool:
    """Whether only the number of values changes, and the enum is the same."""
    old, new = change.replayed.type, change.declared.type
    return (old.schema, old.name) == (new.schema, new.name) and old.schema is not None
