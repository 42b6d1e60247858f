"""Types and defaults as Prisma's schema engine reads them from SQL Server.

Follows the engine's `sql-schema-describer/src/mssql.rs` (Prisma 7): a type by its name and its
arguments, a default by kind and then by value. Names of defaults, and whether a key is clustered,
are not looked at here.
"""

from __future__ import annotations

from decimal import Decimal, InvalidOperation
from typing import TYPE_CHECKING

from workers.engine.numerals import is_handy
from workers.engine.schema.model import Column

if TYPE_CHECKING:
    from workers.engine.compare.defaults import Default
    from workers.engine.compare.types import Family, Native
    from workers.engine.compare.values import Value

_FAMILIES: dict[str, Family] = {
    **dict.fromkeys(("tinyint", "smallint", "int", "bigint"), "int"),
    **dict.fromkeys(("decimal", "money", "smallmoney", "float", "real"), "float"),
    **dict.fromkeys(("char", "nchar", "varchar", "nvarchar", "text", "ntext", "xml"), "string"),
    **dict.fromkeys(("date", "time", "datetime", "datetime2", "smalldatetime"), "datetime"),
    **dict.fromkeys(("binary", "varbinary", "image"), "binary"),
    "datetimeoffset": "datetime",
    "bit": "boolean",
    "uniqueidentifier": "uuid",
}
_ARGUMENTS = {
    "decimal": ("18", "0"),
    "float": ("53",),
    **dict.fromkeys(("char", "nchar", "varchar", "nvarchar", "binary", "varbinary"), ("1",)),
}
_GIVEN_NAMES = ("PK__", "UQ__", "FK__", "CK__")


def native_of(column: Column) -> Native:
    """A column's type as the engine sees it."""
    from workers.engine.compare.types import Native

    name = column.type.name
    family = "unsupported" if column.is_unsupported else _FAMILIES.get(name, "unsupported")
    if family == "unsupported" or column.type.schema is not None:
        return Native("unsupported", name, is_like_any=True)
    return Native(family, name, column.type.arguments or _ARGUMENTS.get(name, ()))


def read_default(column: Column, family: Family) -> Default | None:
    """The default of a column of either side, sorted into the engine's kinds."""
    from workers.engine.compare.defaults import Default

    kind, text = column.default_kind, column.default
    if kind == "any":
        return Default("any", text or "")
    if kind == "sequence":
        return Default("sequence", "")
    if text is None or text.upper() == "NULL":
        return None
    if kind == "now" or text.lower() in ("getdate()", "current_timestamp"):
        return Default("now", text)
    if kind == "dbgenerated":
        return Default("dbgenerated", _plain(text))
    if family == "datetime" and kind == "value":
        return Default("datetime", text)
    value = _value(text, family)
    return Default("dbgenerated", _plain(text)) if value is None else Default("value", text, value)


def _plain(text: str) -> str:
    bare = "".join(text.lower().split())
    while bare.startswith("(") and bare.endswith(")"):
        bare = bare[1:-1]
    return bare


def _value(text: str, family: Family) -> Value | None:
    bare = text[1:-1] if len(text) > 1 and text[0] == text[-1] == "'" else text
    if family == "string":
        return ("text", bare.replace("''", "'"))
    if family == "boolean":
        known = {"1": True, "0": False, "true": True, "false": False}
        return ("bool", known[bare.lower()]) if bare.lower() in known else None
    if family not in ("int", "float"):
        return None
    try:
        number = Decimal(bare)
    except InvalidOperation:
        return None
    if not is_handy(number):
        return None
    return ("int", int(number)) if family == "int" and number == int(number) else ("float", number)


def is_given(name: str) -> bool:
    """Whether a constraint was written without a name, so that SQL Server made one up."""
    return name.startswith(_GIVEN_NAMES)
