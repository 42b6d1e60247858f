"""MySQL's columns in the words of a Prisma schema.

https://www.prisma.io/docs/orm/overview/databases/mysql
"""

from __future__ import annotations

import json
from collections.abc import Iterable

from workers.engine.prisma.natives import NATIVES
from workers.engine.schema.model import Column, SqlType

_SCALARS = {
    "String": ("char", "varchar", "tinytext", "text", "mediumtext", "longtext"),
    "Int": ("int", "smallint", "tinyint", "mediumint", "year"),
    "BigInt": ("bigint",),
    "Float": ("float", "double"),
    "Decimal": ("decimal",),
    "DateTime": ("date", "time", "datetime", "timestamp"),
    "Json": ("json",),
    "Bytes": ("binary", "varbinary", "tinyblob", "blob", "mediumblob", "longblob", "bit"),
}
_OF = {name: scalar for scalar, names in _SCALARS.items() for name in names}


def type_words(kind: SqlType, enums: Iterable[tuple[str, tuple[str, ...]]]) -> tuple[str, str]:
    """The field's type without its arity, and `@db.X(...)` ("" for the scalar's own).

    `enums` are the schema's, each with the arguments that its type has in the database.
    """
    natives = NATIVES["mysql"]
    for scalar in natives.scalars:
        if natives.scalar(scalar) == SqlType(kind.name, kind.arguments):
            return scalar, ""
    if kind.name == "enum":
        fitting = (name for name, values in enums if values == kind.arguments)
        return next(fitting, _unsupported(kind)), ""
    found = _OF.get(kind.name.partition(" ")[0])
    native = next(
        (name for name, (spelled, _) in natives.natives.items() if spelled == kind.name), ""
    )
    if found is None or not native:
        return _unsupported(kind), ""
    shown = f"({', '.join(kind.arguments)})" if natives.takes.get(native) and kind.arguments else ""
    return found, f"@db.{native}{shown}"


def default_words(column: Column, scalar: str) -> str:
    """The argument of `@default`, "" for none."""
    if column.identity is not None:
        return "autoincrement()"
    text = column.default
    if text is None or column.generated is not None:
        return ""
    if text.upper().startswith("CURRENT_TIMESTAMP"):
        return "now()"
    if scalar == "Boolean" and text in ("0", "1"):
        return "true" if text == "1" else "false"
    if len(text) > 1 and text[0] == text[-1] == "'":
        is_plain = scalar in ("String", "Json", "Int", "BigInt", "Float", "Decimal", "DateTime")
        return json.dumps(_text(text), ensure_ascii=False) if is_plain else _text(text)
    if text.lstrip("-").replace(".", "", 1).isdigit():
        return text
    return f"dbgenerated({json.dumps(text, ensure_ascii=False)})"


def _text(quoted: str) -> str:
    return quoted[1:-1].replace("''", "'")


def _unsupported(kind: SqlType) -> str:
    arguments = f"({','.join(kind.arguments)})" if kind.arguments else ""
    return f"Unsupported({json.dumps(kind.name + arguments, ensure_ascii=False)})"
