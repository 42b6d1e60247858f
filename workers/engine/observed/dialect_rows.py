"""What rows refuse on MySQL and SQLite, in the words of each.

https://www.sqlite.org/lang_altertable.html#alter_table_add_column
https://dev.mysql.com/doc/refman/8.4/en/data-type-defaults.html
"""

from __future__ import annotations

from collections.abc import Collection
from typing import Literal, Protocol

from msgspec import Struct

from workers.engine.schema.model import Column, Table

Filling = Literal["null", "same", "each"]
"""What a new column holds in the rows that are there: nothing, one value, or one each."""
Refusal = tuple[str, str]
"""The database's number for it, and its message."""
_TIMES = {"date": "date", "datetime": "datetime"}
"""How MySQL calls the values of a type. A TIMESTAMP's zero depends on more than the mode."""
_NOW = "CURRENT_TIMESTAMP"


class Dialect(Protocol):
    """How one database takes statements where rows are in the way."""

    @property
    def asks_before(self) -> bool:
        """Whether it refuses an INSERT that leaves out a required column before it has any row."""

    def fills(self, column: Column) -> Filling:
        """What an added column holds in the rows that are there."""

    def refuses(self, table: Table, column: Column) -> Refusal | None:
        """Why a table with rows does not take an added column."""

    def lacks(self, table: Table, column: Column) -> Refusal:
        """What it says to a row without a value for a required column."""

    def repeats(self, table: Table, columns: Collection[str], index: str) -> Refusal:
        """What it says to rows that agree where they may not."""

    def needs(self, table: Table, column: Column) -> bool:
        """Whether a new row has to be given a value for the column."""


class Sqlite(Struct, frozen=True):
    """A file of SQLite's, from 3.26 on."""

    @property
    def asks_before(self) -> bool:
        """Each row is looked at as it comes."""
        return False

    def fills(self, column: Column) -> Filling:
        """Nothing but constants can fill the rows that are there."""
        if column.generated is not None:
            return "each"
        return "null" if _is_null(column.default) else "same"

    def refuses(self, table: Table, column: Column) -> Refusal | None:
        """A column that must be filled, and is not by a constant."""
        del table
        if column.generated is not None:
            return None
        if column.not_null and _is_null(column.default):
            return "SQLITE_ERROR", "Cannot add a NOT NULL column with default value NULL"
        if not _is_null(column.default) and not _is_constant(column.default or ""):
            return "SQLITE_ERROR", "Cannot add a column with non-constant default"
        return None

    def lacks(self, table: Table, column: Column) -> Refusal:
        """As the constraint of the table that the row goes to."""
        return "SQLITE_CONSTRAINT", f"NOT NULL constraint failed: {table.name.name}.{column.name}"

    def repeats(self, table: Table, columns: Collection[str], index: str) -> Refusal:
        """By the columns, whatever the index is called."""
        del index
        told = ", ".join(f"{table.name.name}.{one}" for one in columns)
        return "SQLITE_CONSTRAINT", f"UNIQUE constraint failed: {told}"

    def needs(self, table: Table, column: Column) -> bool:
        """All that is required, but for the number that SQLite gives a row by itself."""
        key = table.primary_key.columns if table.primary_key else ()
        is_rowid = key == (column.name,) and column.type.name == "integer"
        return column.not_null and _is_null(column.default) and not is_rowid


class MySql(Struct, frozen=True):
    """A server of MySQL or MariaDB; `modes` is its `sql_mode`."""

    modes: frozenset[str] = frozenset()

    @property
    def asks_before(self) -> bool:
        """The lists of columns are looked at first."""
        return True

    @property
    def _is_strict(self) -> bool:
        return bool(self.modes & {"STRICT_TRANS_TABLES", "STRICT_ALL_TABLES"})

    def fills(self, column: Column) -> Filling:
        """A required column without default is filled with its type's zero, or empty text."""
        if column.generated is not None or column.identity is not None:
            return "each"
        if _is_null(column.default):
            return "same" if column.not_null else "null"
        default = (column.default or "").upper()
        return "same" if _is_constant(default) or default.startswith(_NOW) else "each"

    def refuses(self, table: Table, column: Column) -> Refusal | None:
        """A date or a time, whose zero is none where NO_ZERO_DATE says so."""
        del table
        word = _TIMES.get(column.type.name)
        if word is None or not column.not_null or not _is_null(column.default):
            return None
        if "NO_ZERO_DATE" not in self.modes or not self._is_strict:
            return None
        zero = "0000-00-00" if word == "date" else "0000-00-00 00:00:00"
        return "1292", f"Incorrect {word} value: '{zero}' for column '{column.name}' at row 1"

    def lacks(self, table: Table, column: Column) -> Refusal:
        """In strict mode; else it would fill in what the type begins with."""
        del table
        return "1364", f"Field '{column.name}' doesn't have a default value"

    def repeats(self, table: Table, columns: Collection[str], index: str) -> Refusal:
        """By the index; the value is that of the rows."""
        values = {name: table.column(name) for name in columns}
        told = "-".join(_shown(one) for one in values.values() if one is not None)
        return "1062", f"Duplicate entry '{told}' for key '{table.name.name}.{index}'"

    def needs(self, table: Table, column: Column) -> bool:
        """All that is required, where the server is strict."""
        del table
        is_given = column.identity is not None or column.generated is not None
        return self._is_strict and column.not_null and _is_null(column.default) and not is_given


def _is_null(default: str | None) -> bool:
    return default is None or default.upper() == "NULL"


def _is_constant(default: str) -> bool:
    """A number, a text or a truth value, as it stands in the catalogue."""
    bare = default.lstrip("+-").strip()
    is_text = (
        len(bare) > 1 and bare[0] == bare[-1] == "'" and "'" not in bare[1:-1].replace("''", "")
    )
    return bare[:1].isdigit() or is_text or bare.upper() in ("TRUE", "FALSE")


_NUMBERS = frozenset(
    {"tinyint", "smallint", "mediumint", "int", "bigint", "decimal", "float", "double", "year"}
)


def _shown(column: Column) -> str:
    """The value that every row has in an added column, as an error message quotes it."""
    if not _is_null(column.default):
        return (column.default or "").strip("'")
    return "0" if column.type.name.split("(")[0].split(" ")[0] in _NUMBERS else ""
