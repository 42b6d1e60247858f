"""Constants as PostgreSQL prints them back when they are the default of a column.

Prisma writes a literal (`'x'`, `5`, `ARRAY['a']::TEXT[]`); PostgreSQL reads it as a constant of
the column's type, and `pg_get_expr` prints that constant with its type. The rules are those of
`get_const_expr` in PostgreSQL's src/backend/utils/adt/ruleutils.c.
"""

from __future__ import annotations

from collections.abc import Sequence

from msgspec.structs import replace

from workers.engine.prisma.jsonb import canonical_json
from workers.engine.prisma.timestamps import for_type
from workers.engine.schema.model import SqlType
from workers.engine.schema.types import format_type

_IN_INT4 = range(-(2**31), 2**31)
_IN_INT8 = range(-(2**63), 2**63)
_TIMES = (
    "date",
    "timestamp without time zone",
    "timestamp with time zone",
    "time without time zone",
    "time with time zone",
)


def text_constant(text: str, type_: SqlType) -> str:
    """`'x'::text`: a quoted literal in a column of that type."""
    return f"{_quoted(text, type_)}::{_bare(type_)}"


def number_constant(text: str) -> str:
    """A number in a column of any numeric type: `5`, `'-5'::integer`, `'3000000000'::bigint`."""
    kind = number_type(text)
    is_plain = kind == "integer" or (kind == "numeric" and "." in text)
    return text if is_plain and not text.startswith("-") else f"'{text}'::{kind}"


def number_type(text: str) -> str:
    """The type that PostgreSQL gives to a number as written."""
    if not text.removeprefix("-").isdecimal() or len(text) > 20:
        return "numeric"
    value = int(text)
    return "integer" if value in _IN_INT4 else "bigint" if value in _IN_INT8 else "numeric"


def list_constant(items: Sequence[str], type_: SqlType, *, are_numbers: bool) -> str:
    """`ARRAY['a'::text]`: a list in an array column; booleans count as numbers."""
    element = replace(type_, is_array=False)
    if not items:
        empty = f"ARRAY[]::{_bare(element)}[]"
        return f"({empty})::{format_type(type_)}" if element.arguments else empty
    make = _number_item if are_numbers else _text_item
    return f"ARRAY[{', '.join(make(item, element) for item in items)}]"


def _text_item(text: str, element: SqlType) -> str:
    written = format_type(element) if element.arguments else _bare(element)
    return f"{_quoted(text, element)}::{written}"


def _number_item(text: str, element: SqlType) -> str:
    if element.name == "boolean":
        return text
    if number_type(text) != element.name:
        return f"({number_constant(text)})::{format_type(element)}"
    if not element.arguments:
        return number_constant(text)
    written = f"'{text}'" if text.startswith("-") else text
    return f"{written}::{format_type(element)}"


def _quoted(text: str, type_: SqlType) -> str:
    value = text
    if type_.name == "jsonb":
        value = canonical_json(text)
    elif type_.name == "uuid":
        value = _uuid(text)
    elif type_.name in _TIMES:
        value = for_type(text, type_.name)
    doubled = value.replace("'", "''")
    return f"'{doubled}'"


def _bare(type_: SqlType) -> str:
    """The type without modifiers; PostgreSQL's inner name where a keyword would mean another."""
    if type_.schema is None and type_.name == "character":
        return "bpchar"
    if type_.schema is None and type_.name == "bit":
        return '"bit"'
    return format_type(SqlType(type_.name, schema=type_.schema))


def _uuid(text: str) -> str:
    digits = text.strip().strip("{}").replace("-", "").lower()
    if len(digits) != 32:
        return text
    parts = (digits[:8], digits[8:12], digits[12:16], digits[16:20], digits[20:])
    return "-".join(parts)
