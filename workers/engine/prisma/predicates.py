"""The condition of a partial index: `where: raw("...")` or `where: { active: true }`.

Preview feature `partialIndexes` of Prisma 7:
https://www.prisma.io/docs/orm/reference/preview-features
"""

from __future__ import annotations

from workers.engine.prisma.ast import (
    Attribute,
    Call,
    Constant,
    Expression,
    Number,
    ObjectOf,
    Text,
)
from workers.engine.prisma.symbols import Table


def condition(table: Table, attribute: Attribute) -> str | None:
    """The condition as SQL, or None where the index holds every row."""
    value = attribute.argument("where")
    if isinstance(value, Call) and value.name == "raw":
        inner = value.argument("value", 0)
        return inner.value if isinstance(inner, Text) else None
    if isinstance(value, ObjectOf):
        parts = [_compared(table, name, wanted) for name, wanted in value.pairs]
        return " AND ".join(parts) if parts else None
    return None


def _compared(table: Table, name: str, wanted: Expression) -> str:
    field = table.scalars.get(name)
    column = (field.column if field is not None else name).replace('"', '""')
    if isinstance(wanted, ObjectOf):
        excluded = wanted.pairs[0][1] if wanted.pairs else None
        if isinstance(excluded, Constant) and excluded.name == "null":
            return f'"{column}" IS NOT NULL'
        return f'"{column}" != {_constant(excluded)}'
    if isinstance(wanted, Constant) and wanted.name == "null":
        return f'"{column}" IS NULL'
    return f'"{column}" = {_constant(wanted)}'


def _constant(value: Expression | None) -> str:
    if isinstance(value, Text):
        doubled = value.value.replace("'", "''")
        return f"'{doubled}'"
    if isinstance(value, Number):
        return value.text
    return value.name if isinstance(value, Constant) else "NULL"
