"""Types, defaults and indexes as Prisma's schema engine reads them from MySQL.

The engine knows a type by its native name and its arguments; `tinyint(1)` is `tinyint` to it, and
a type that it does not know is never different from another. Enums are types of a column, told
apart by their values in order. Defaults are compared by kind and then by value. Follows the
engine's `flavour/mysql/schema_differ.rs` and `sql-schema-describer/src/mysql.rs` (Prisma 7).
"""

from __future__ import annotations

from collections.abc import Collection
from decimal import Decimal, InvalidOperation
from typing import TYPE_CHECKING

from workers.engine.numerals import is_handy
from workers.engine.schema.model import Column, Index, QualifiedName, SqlType

if TYPE_CHECKING:
    from workers.engine.compare.defaults import Default
    from workers.engine.compare.pair import TablePair
    from workers.engine.compare.types import Family, Native
    from workers.engine.compare.values import Value

_FAMILIES: dict[str, Family] = {
    **dict.fromkeys(("tinyint", "smallint", "mediumint", "int", "bigint", "year"), "int"),
    **dict.fromkeys(("decimal", "float", "double"), "float"),
    **dict.fromkeys(("char", "varchar", "tinytext", "text", "mediumtext", "longtext"), "string"),
    **dict.fromkeys(("date", "time", "datetime", "timestamp"), "datetime"),
    **dict.fromkeys(("bit", "binary", "varbinary"), "binary"),
    **dict.fromkeys(("tinyblob", "blob", "mediumblob", "longblob"), "binary"),
    "json": "json",
}
_WITHOUT_ARGUMENTS = ("int", "float")
_SPATIAL_LENGTH = 32
"""What MySQL shows as the prefix length of every spatial index."""


def native_of(column: Column) -> Native:
    """A column's type as the engine sees it."""
    from workers.engine.compare.types import Native

    kind = column.type
    bare = kind.name.removesuffix(" unsigned")
    if kind.name == "enum" and not column.is_unsupported:
        return Native("enum", "enum", enum=QualifiedName("", ",".join(kind.arguments)))
    family = "unsupported" if column.is_unsupported else _FAMILIES.get(bare, "unsupported")
    if family == "unsupported":
        return Native("unsupported", kind.name, is_like_any=True)
    if is_boolean(kind):
        return Native("boolean", kind.name, kind.arguments if bare == "bit" else ())
    if family == "int" or bare in ("float", "double"):
        return Native(family, kind.name)
    return Native(family, kind.name, kind.arguments)


def is_boolean(kind: SqlType) -> bool:
    """Whether the engine takes the type for a truth value."""
    return kind.arguments == ("1",) and kind.name in ("tinyint", "bit")


def read_default(column: Column, family: Family) -> Default | None:
    """The default of a column of either side, sorted into the engine's kinds."""
    from workers.engine.compare.defaults import Default

    kind, text = column.default_kind, column.default
    if kind == "any":
        return Default("any", text or "")
    if kind == "sequence":
        return Default("sequence", "")
    if text is None:
        return None
    if kind == "dbgenerated":
        return Default("dbgenerated", _plain(text))
    if kind == "now" or _is_now(text):
        return Default("now", text)
    if family == "datetime" and kind == "value":
        return Default("datetime", text)
    value = _value(text, family)
    return Default("dbgenerated", _plain(text)) if value is None else Default("value", text, value)


def _is_now(text: str) -> bool:
    return text.upper().partition("(")[0] == "CURRENT_TIMESTAMP"


def _plain(text: str) -> str:
    """An expression without what MySQL adds when it prints one: case, blanks, outer brackets,
    quotation marks of names, character sets of strings."""
    low = text.lower().replace("`", "").replace("_utf8mb4", "").replace("\\'", "'")
    bare = "".join(low.split())
    while bare.startswith("(") and bare.endswith(")"):
        bare = bare[1:-1]
    return bare


def _value(text: str, family: Family) -> Value | None:
    bare = text[1:-1] if len(text) > 1 and text[0] == text[-1] == "'" else text
    if family in ("string", "enum"):
        return ("text", bare.replace("''", "'")) if bare is not text else None
    if family == "boolean":
        known = {"1": True, "0": False, "true": True, "false": False, "b'1'": True, "b'0'": False}
        return ("bool", known[bare.lower()]) if bare.lower() in known else None
    if family not in ("int", "float"):
        return None
    try:
        number = Decimal(bare)
    except InvalidOperation:
        return None
    if not is_handy(number):
        return None
    if family == "int":
        return ("int", int(number)) if number == number.to_integral_value() else None
    return ("float", number)


def lengths_of(index: Index) -> tuple[str | None, ...]:
    """The prefix length of each key, which tells indexes apart; a spatial one shows 32."""
    if index.method == "spatial":
        return tuple(str(_SPATIAL_LENGTH) for _ in index.keys)
    return tuple(None if key.length is None else str(key.length) for key in index.keys)


def is_of_kept_key(columns: Collection[str], index: Index, pair: TablePair) -> bool:
    """Whether a plain index has just the columns of a foreign key that both sides have: then it is
    taken for the one that MySQL made with the key, and stays or goes with it."""
    if index.is_unique or index.method == "fulltext":
        return False
    names = pair.columns.new_names
    wanted = {key.columns for key in pair.declared.foreign_keys}
    there = {tuple(names.get(c, c) for c in key.columns) for key in pair.replayed.foreign_keys}
    return tuple(columns) in wanted & there
