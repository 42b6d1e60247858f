"""A MySQL table while a statement changes it: all of the statement holds, or nothing."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field

from msgspec.structs import replace

from workers.engine.numerals import is_whole
from workers.engine.schema.model import (
    CheckConstraint,
    Column,
    ForeignKey,
    Index,
    IndexKey,
    KeyConstraint,
    QualifiedName,
    Table,
)
from workers.engine.source import Origin
from workers.engine.sql.mysql import refusals
from workers.engine.sql.mysql.collations import default_collation, width_of
from workers.engine.sql.mysql.types import BLOBS, TEXTS

PRIMARY = "PRIMARY"
COLLATE, CHARSET = "collate=", "charset="
_MAX_KEY = 3072
_MAX_NAME = 64


@dataclass
class Draft:
    """The parts of a table, which handlers change in place."""

    name: QualifiedName
    origin: Origin
    columns: list[Column] = field(default_factory=list)
    indexes: list[Index] = field(default_factory=list)
    foreign_keys: list[ForeignKey] = field(default_factory=list)
    checks: list[CheckConstraint] = field(default_factory=list)
    added_keys: list[ForeignKey] = field(default_factory=list)
    """Foreign keys of this statement, which are made when all else has been done."""
    dropped_indexes: list[str] = field(default_factory=list)
    renamed: dict[str, str] = field(default_factory=dict)
    """The new names of columns by the old ones."""
    retyped: dict[str, Column] = field(default_factory=dict)
    """What columns were before the statement, by the name that they have now."""
    nullable: set[str] = field(default_factory=set)
    """Columns that this statement says to be NULL."""
    generated: set[str] = field(default_factory=set)
    """Names, in small letters, of the indexes that a foreign key brought with it."""
    collation: str | None = None
    """The table's default collation; None where it is the database's."""
    comment: str | None = None
    notes: list[tuple[str, str]] = field(default_factory=list)
    """What is to be said of the statement, by code."""
    checks_made: int = 0
    keys_made: int = 0

    @classmethod
    def of(cls, table: Table, generated: Iterable[str], origin: Origin) -> Draft:
        """A table as it stands, to be changed."""
        return cls(
            table.name,
            origin,
            columns=list(table.columns),
            indexes=list(table.indexes),
            foreign_keys=list(table.foreign_keys),
            checks=list(table.checks),
            generated=set(generated),
            collation=collation_of(table),
            comment=table.comment,
            checks_made=_highest(table.checks, f"{table.name.name}_chk_"),
            keys_made=_highest(table.foreign_keys, f"{table.name.name}_ibfk_"),
        )

    def table(self, history: tuple[Origin, ...]) -> Table:
        """The finished table. The columns of the primary key are never NULL."""
        primary = self.primary
        names = primary.columns or () if primary is not None else ()
        return Table(
            self.name,
            tuple(replace(c, not_null=True) if c.name in names else c for c in self.columns),
            primary_key=KeyConstraint(PRIMARY, names, history=primary.history) if primary else None,
            indexes=tuple(self.indexes),
            foreign_keys=tuple(self.foreign_keys),
            checks=tuple(self.checks),
            comment=self.comment,
            options=(f"{COLLATE}{self.collation}",) if self.collation else (),
            history=history,
        )

    @property
    def primary(self) -> Index | None:
        """The index of the primary key."""
        return next((index for index in self.indexes if index.name == PRIMARY), None)

    def find(self, name: str) -> Column | None:
        """The column of a name, in any case of letters."""
        low = name.lower()
        return next((column for column in self.columns if column.name.lower() == low), None)

    def need(self, name: str) -> Column:
        """The column of a name; refuses where there is none."""
        column = self.find(name)
        if column is None:
            raise refusals.no_column(name, self.name.name)
        return column

    def index(self, name: str) -> Index | None:
        """The index of a name, in any case of letters."""
        low = name.lower()
        return next((index for index in self.indexes if index.name.lower() == low), None)

    def put(self, column: Column, old: Column) -> None:
        """Put a column in another's place."""
        self.columns[self.columns.index(old)] = column

    def add_index(self, index: Index) -> None:
        """Add an index whose name may still be missing; refuses what MySQL refuses."""
        keys = tuple(self._checked(key, index) for key in index.keys)
        index = replace(index, keys=keys, name=index.name or self._free_name(keys))
        if self.index(index.name) is not None:
            if index.name == PRIMARY:
                raise refusals.two_primary_keys()
            raise refusals.index_exists(index.name)
        _check_name(index.name)
        if index.method == "btree" and sum(map(self._size, keys)) > _MAX_KEY:
            raise refusals.key_too_long()
        if index.name == PRIMARY:
            self.indexes.insert(0, index)
        else:
            self.indexes.append(index)
        self._drop_served(index)

    def _drop_served(self, index: Index) -> None:
        """An index that a foreign key brought goes when another can serve the key."""
        if index.method != "btree":
            return
        for other in list(self.indexes):
            if other is index or other.name.lower() not in self.generated:
                continue
            columns = other.columns or ()
            if _plain(index)[: len(columns)] == columns:
                self.indexes.remove(other)
                self.generated.discard(other.name.lower())

    def _checked(self, key: IndexKey, index: Index) -> IndexKey:
        if key.column is None:
            return key
        column = self.find(key.column)
        if column is None:
            raise refusals.no_key_column(key.column)
        kind = column.type.name
        if kind in BLOBS and key.length is None and index.method == "btree":
            raise refusals.blob_key(column.name)
        if index.name == PRIMARY and column.name in self.nullable:
            raise refusals.null_in_primary_key()
        length = key.length
        if length is not None and column.type.arguments == (str(length),):
            length = None  # the whole column
        return replace(key, column=column.name, length=length)

    def _size(self, key: IndexKey) -> int:
        """How many bytes of an index key a column takes; 0 where that is not known."""
        column = self.find(key.column) if key.column is not None else None
        if column is None:
            return 0
        if column.type.name in ("varchar", "char") and column.type.arguments:
            letters = key.length or int(column.type.arguments[0])
            return letters * self._width(column)
        return key.length or 0

    def _width(self, column: Column) -> int:
        return width_of(column.collation or self.collation or "")

    def _free_name(self, keys: tuple[IndexKey, ...]) -> str:
        """The first column's name, with a number where that is taken."""
        first = keys[0].column or "functional_index"
        name, number = first, 1
        while self.index(name) is not None or name.upper() == PRIMARY:
            number += 1
            name = f"{first}_{number}"
        return name

    def drop_index(self, name: str) -> None:
        """Drop an index; refuses where there is none."""
        index = self.index(name)
        if index is None:
            raise refusals.nothing_to_drop(name)
        self.indexes.remove(index)
        self.generated.discard(index.name.lower())
        self.dropped_indexes.append(index.name)

    def drop_column(self, name: str) -> None:
        """Drop a column: indexes lose it, and those that had no other go."""
        column = self.find(name)
        if column is None:
            raise refusals.nothing_to_drop(name)
        for key in self.foreign_keys:
            if column.name in key.columns:
                raise refusals.column_in_key(column.name, key.name)
        self.columns.remove(column)
        kept = []
        for index in self.indexes:
            keys = tuple(key for key in index.keys if key.column != column.name)
            if keys == index.keys:
                kept.append(index)
            elif keys:
                kept.append(replace(index, keys=keys, history=(*index.history, self.origin)))
        self.indexes = kept

    def rename_column(self, old: str, new: str) -> None:
        """Put a new name in the indexes and foreign keys; the column itself has it already."""
        if old == new:
            return
        self.renamed[old] = new
        rename = _renamer(old, new)
        self.indexes = [
            replace(
                index,
                keys=tuple(
                    replace(key, column=new) if key.column == old else key for key in index.keys
                ),
            )
            for index in self.indexes
        ]
        self.foreign_keys = [replace(key, columns=rename(key.columns)) for key in self.foreign_keys]

    def serving(self, columns: tuple[str, ...]) -> Index | None:
        """An index whose first columns these are, which a foreign key can use."""
        for index in self.indexes:
            if index.method == "btree" and _plain(index)[: len(columns)] == columns:
                return index
        return None

    def check_name(self) -> str:
        """The name of a check that has none: `table_chk_1`."""
        self.checks_made += 1
        return f"{self.name.name}_chk_{self.checks_made}"

    def key_name(self) -> str:
        """The name of a foreign key that has none: `table_ibfk_1`."""
        self.keys_made += 1
        return f"{self.name.name}_ibfk_{self.keys_made}"

    def settled(self, column: Column, charset: str | None, *, is_binary: bool = False) -> Column:
        """A column with its collation, None where it is the table's own."""
        if column.type.name not in TEXTS:
            return replace(column, collation=None)
        collation = column.collation
        if collation is None and charset is not None:
            collation = f"{charset}_bin" if is_binary else default_collation(charset)
        return replace(column, collation=None if collation == self.collation else collation)


def _plain(index: Index) -> tuple[str, ...]:
    """The columns that an index holds whole, up to the first that it does not."""
    found: list[str] = []
    for key in index.keys:
        if key.column is None or key.length is not None:
            break
        found.append(key.column)
    return tuple(found)


def _check_name(name: str) -> None:
    if len(name) > _MAX_NAME:
        raise refusals.name_too_long(name)


def _renamer(old: str, new: str) -> Callable[[tuple[str, ...]], tuple[str, ...]]:
    def rename(names: tuple[str, ...]) -> tuple[str, ...]:
        return tuple(new if name == old else name for name in names)

    return rename


def _highest(named: Iterable[CheckConstraint | ForeignKey], prefix: str) -> int:
    numbers = _numbers((one.name for one in named), prefix)
    return max(numbers, default=0)


def _numbers(names: Iterable[str], prefix: str) -> Iterator[int]:
    for name in names:
        rest = name.removeprefix(prefix)
        if name.startswith(prefix) and is_whole(rest):
            yield int(rest)


def collation_of(table: Table) -> str | None:
    """The default collation that a table was given."""
    for option in table.options:
        if option.startswith(COLLATE):
            return option.removeprefix(COLLATE)
    return None
