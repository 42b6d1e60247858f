"""What a database held before its first migration: the schema that the later ones need.

The declared tables that migrations need and none makes, without what the later ones add to them and
with what they rename or take away. It is found by trying: the whole history is run on it, and each
refusal says what was there too much or too little. What it cannot say ends the search.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from msgspec.structs import replace

from workers.engine.rules.history.makers import Makings, Missing
from workers.engine.schema.model import (
    Column,
    EnumType,
    EnumValue,
    ForeignKey,
    Index,
    IndexKey,
    QualifiedName,
    Schema,
    SqlType,
    Table,
)
from workers.engine.sql.postgres import Node
from workers.engine.sql.references import walk
from workers.engine.sql.replay import Failure
from workers.engine.sql.split import Statement

_TEXT = SqlType("text")


class Beginning:
    """The first schema as far as it is known."""

    def __init__(self, declared: Schema, makings: Makings) -> None:
        self._declared = declared
        self._makings = makings
        self.tables: dict[QualifiedName, Table] = {}
        self.enums: dict[QualifiedName, EnumType] = {}
        self.extensions: set[str] = set()
        self._first_names: dict[str, str] = {}
        """What tables were called before a later migration renamed them."""
        self.invented: set[tuple[QualifiedName, str]] = set()
        """Columns of which only the name is known: a later migration takes them away."""

    def schema(self) -> Schema:
        """What the first migration has to make; keys to tables that come later are left out."""
        tables = {
            name: replace(
                table,
                foreign_keys=tuple(k for k in table.foreign_keys if k.ref_table in self.tables),
            )
            for name, table in self.tables.items()
        }
        return Schema(tables=tables, enums=dict(self.enums))

    def learn(self, failure: Failure, statement: Statement | None) -> bool:
        """Take a refusal into account; whether it said something that can be done."""
        names = failure.message.split('"')[1::2]
        if not names:
            return False
        reader: Callable[[Failure, list[str], Node, str], bool] | None = {
            "42P01": self._relation_missing,
            "42704": self._object_missing,
            "42703": self._column_missing,
            "42701": self._column_twice,
            "42P07": self._relation_twice,
            "42710": self._object_twice,
            "42P16": self._key_twice,
        }.get(failure.sqlstate)
        if reader is None:
            return False
        kind = statement.kind if statement is not None else ""
        return reader(failure, names, statement.fields if statement is not None else {}, kind)

    def unlearn(self, failure: Failure) -> bool:
        """Take out what cannot have been there at first: columns of a type that comes later."""
        if not failure.message.startswith("type "):
            return False
        name = failure.message.split('"')[1::2][0].rpartition(".")[2]
        found = [
            (table.name.name, column.name)
            for table in self.tables.values()
            for column in table.columns
            if column.type.name == name
        ]
        taken = [self._column_twice(failure, [own, of], {}, "") for of, own in found]
        return any(taken)

    def _relation_missing(
        self, failure: Failure, names: list[str], fields: Node, kind: str
    ) -> bool:
        name = names[0].rpartition(".")[2]
        if kind == "RenameStmt" and fields.get("renameType") == "OBJECT_TABLE":
            return self._renamed_table(name, fields.get("newname", ""))
        return self._need_table(name)

    def _need_table(self, name: str) -> bool:
        table = next((one for key, one in self._declared.tables.items() if key.name == name), None)
        if table is None or table.name in self.tables or name in self._first_names:
            return False
        if self._makings.of(Missing("relation", name)):
            return False
        self.tables[table.name] = table
        for column in table.columns:
            if column.type.schema is not None:
                self._need_enum(column.type.name)
        return True

    def _renamed_table(self, old: str, new: str) -> bool:
        table = next((one for key, one in self._declared.tables.items() if key.name == new), None)
        if table is None or self._makings.of(Missing("relation", old)):
            return False
        first = QualifiedName(table.name.schema, old)
        self.tables[first] = replace(table, name=first)
        self._first_names[new] = old
        return True

    def _need_enum(self, name: str) -> bool:
        enum = next((one for key, one in self._declared.enums.items() if key.name == name), None)
        if enum is None or enum.name in self.enums or self._makings.of(Missing("type", name)):
            return False
        self.enums[enum.name] = enum
        return True

    def _object_missing(self, failure: Failure, names: list[str], fields: Node, kind: str) -> bool:
        name = names[0].rpartition(".")[2]
        what = failure.message.partition(" ")[0]
        if what == "type":
            extension = Missing("type", name).extension
            if extension is not None and extension not in self.extensions:
                self.extensions.add(extension)
                return True
            return self._need_enum(name)
        if what == "constraint" and len(names) > 1:
            return self._constraint_missing(name, names[1], fields)
        if what == "index":
            return self._old_index(name)
        return False

    def _constraint_missing(self, name: str, of: str, fields: Node) -> bool:
        """A key under the name that a later migration renames, or a key that it drops."""
        table = self._table(of)
        if table is None:
            return False
        new = fields.get("newname", "")
        keys = tuple(
            replace(key, name=name) if key.name == new else key for key in table.foreign_keys
        )
        primary = table.primary_key
        if primary is not None and primary.name == new:
            self.tables[table.name] = replace(table, primary_key=replace(primary, name=name))
            return True
        if keys != table.foreign_keys:
            self.tables[table.name] = replace(table, foreign_keys=keys)
            return True
        return self._old_key(table, name)

    def _old_key(self, table: Table, name: str) -> bool:
        """A foreign key that is dropped: Prisma's name tells its columns, not where it led; on a
        table of the first schema the same columns lead somewhere now."""
        columns = _columns_in(name, table, "_fkey")
        now = next((key for key in table.foreign_keys if key.columns == columns), None)
        if now is None or not columns:
            return False
        keys = (*table.foreign_keys, replace(now, name=name))
        self.tables[table.name] = replace(table, foreign_keys=keys)
        return True

    def _old_index(self, name: str) -> bool:
        """An index that is dropped or renamed: Prisma's name tells its table and columns."""
        for table in self.tables.values():
            for ending, is_unique in (("_key", True), ("_idx", False)):
                columns = _columns_in(name, table, ending)
                if columns and all(one.name != name for one in table.indexes):
                    from_name = _index(name, columns, is_unique=is_unique)
                    self.tables[table.name] = replace(table, indexes=(*table.indexes, from_name))
                    return True
        return False

    def _column_missing(self, failure: Failure, names: list[str], fields: Node, kind: str) -> bool:
        name = names[0].rpartition(".")[2]
        table = self._table(names[1]) if len(names) > 1 else self._only_table(fields)
        if table is None or table.column(name) is not None:
            return False
        if self._makings.of(Missing("column", name)):
            return False
        if kind == "RenameStmt" and fields.get("renameType") == "OBJECT_COLUMN":
            return self._renamed_column(table, name, fields.get("newname", ""))
        self.invented.add((table.name, name))
        self.tables[table.name] = replace(table, columns=(*table.columns, Column(name, _TEXT)))
        return True

    def _renamed_column(self, table: Table, old: str, new: str) -> bool:
        if table.column(new) is None:
            return False

        def first(names: tuple[str, ...]) -> tuple[str, ...]:
            return tuple(old if name == new else name for name in names)

        columns = tuple(replace(one, name=old) if one.name == new else one for one in table.columns)
        key = table.primary_key
        indexes = tuple(
            replace(
                one,
                keys=tuple(replace(k, column=old) if k.column == new else k for k in one.keys),
            )
            for one in table.indexes
        )
        keys = tuple(replace(one, columns=first(one.columns)) for one in table.foreign_keys)
        self.tables[table.name] = replace(
            table,
            columns=columns,
            primary_key=replace(key, columns=first(key.columns)) if key is not None else None,
            indexes=indexes,
            foreign_keys=keys,
        )
        for other in list(self.tables.values()):
            inbound = tuple(_led(one, table.name, first) for one in other.foreign_keys)
            self.tables[other.name] = replace(other, foreign_keys=inbound)
        return True

    def _column_twice(self, failure: Failure, names: list[str], fields: Node, kind: str) -> bool:
        table = self._table(names[1]) if len(names) > 1 else None
        if table is None or table.column(names[0]) is None:
            return False
        name = names[0]
        kept = tuple(one for one in table.columns if one.name != name)
        self.tables[table.name] = replace(
            table,
            columns=kept,
            indexes=tuple(one for one in table.indexes if name not in (one.columns or (name,))),
            foreign_keys=tuple(one for one in table.foreign_keys if name not in one.columns),
            primary_key=None
            if table.primary_key is not None and name in table.primary_key.columns
            else table.primary_key,
        )
        for other in list(self.tables.values()):
            inbound = tuple(
                one
                for one in other.foreign_keys
                if not (one.ref_table == table.name and name in one.ref_columns)
            )
            self.tables[other.name] = replace(other, foreign_keys=inbound)
        return True

    def _relation_twice(self, failure: Failure, names: list[str], fields: Node, kind: str) -> bool:
        name = names[0]
        for table in self.tables.values():
            kept = tuple(one for one in table.indexes if one.name != name)
            if len(kept) < len(table.indexes):
                self.tables[table.name] = replace(table, indexes=kept)
                return True
        whole = self._table(name)
        if whole is not None:
            del self.tables[whole.name]
        return whole is not None

    def _object_twice(self, failure: Failure, names: list[str], fields: Node, kind: str) -> bool:
        name = names[0]
        what = failure.message.partition(" ")[0]
        if what == "constraint" and len(names) > 1:
            table = self._table(names[1])
            if table is None:
                return False
            kept = tuple(one for one in table.foreign_keys if one.name != name)
            indexes = tuple(one for one in table.indexes if one.name != name)
            is_known = len(kept) < len(table.foreign_keys) or len(indexes) < len(table.indexes)
            self.tables[table.name] = replace(table, foreign_keys=kept, indexes=indexes)
            return is_known
        if what == "type":
            found = next((key for key in self.enums if key.name == name), None)
            if found is not None:
                del self.enums[found]
            return found is not None
        if what == "enum":
            return self._value_twice(name, fields)
        return False

    def _value_twice(self, value: str, fields: Node) -> bool:
        path = [part["String"]["sval"] for part in fields.get("typeName", ())]
        found = next((one for key, one in self.enums.items() if key.name == path[-1:][0]), None)
        if found is None:
            return False
        old = fields.get("oldVal")
        values: tuple[EnumValue, ...] = tuple(
            replace(one, name=old) if old and one.name == value else one
            for one in found.values
            if old or one.name != value
        )
        self.enums[found.name] = replace(found, values=values)
        return values != found.values

    def _key_twice(self, failure: Failure, names: list[str], fields: Node, kind: str) -> bool:
        table = self._table(names[0])
        if table is None or table.primary_key is None:
            return False
        self.tables[table.name] = replace(table, primary_key=None)
        return True

    def _table(self, name: str) -> Table | None:
        bare = name.rpartition(".")[2]
        bare = self._first_names.get(bare, bare)
        return next((one for key, one in self.tables.items() if key.name == bare), None)

    def _only_table(self, fields: Node) -> Table | None:
        """The one table of the first schema that a statement names."""
        own = fields.get("relation", {}).get("relname")
        if own:
            return self._table(own)
        named = {
            inner.get("relname", "") for kind, inner in walk({"_": fields}) if kind == "RangeVar"
        }
        found = [table for table in self.tables.values() if table.name.name in named]
        return found[0] if len(found) == 1 else None


def _led(
    key: ForeignKey, table: QualifiedName, first: Callable[[tuple[str, ...]], tuple[str, ...]]
) -> ForeignKey:
    return replace(key, ref_columns=first(key.ref_columns)) if key.ref_table == table else key


def _columns_in(name: str, table: Table, ending: str) -> tuple[str, ...]:
    """The columns that Prisma's name of a key or an index tells: `Post_authorId_idx`."""
    start = f"{table.name.name}_"
    if not name.startswith(start) or not name.endswith(ending):
        return ()
    return tuple(_words_of(name[len(start) : -len(ending)], [one.name for one in table.columns]))


def _words_of(text: str, known: Sequence[str]) -> Iterator[str]:
    """The known names that a text is made of, `_` between them; nothing where it is not."""
    found: list[str] = []
    while text:
        fitting = [one for one in known if text == one or text.startswith(f"{one}_")]
        if not fitting:
            return
        longest = max(fitting, key=len)
        found.append(longest)
        text = text[len(longest) + 1 :]
    yield from found


def _index(name: str, columns: tuple[str, ...], *, is_unique: bool) -> Index:
    return Index(name, tuple(IndexKey(column) for column in columns), is_unique=is_unique)
