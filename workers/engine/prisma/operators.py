"""Operator classes of indexes: `ops: JsonbPathOps`, `ops: raw("gin_trgm_ops")`."""

from __future__ import annotations

from workers.engine.prisma.ast import Call, Constant, Expression, Text
from workers.engine.schema.model import SqlType
from workers.engine.sql.builtin.opclasses import default_for


def operator_class(value: Expression | None, method: str, type_: SqlType) -> str | None:
    """The operator class's name, or None where it is the one that the index has anyway."""
    name = _name(value)
    if name is None:
        return None
    base = type_.name if type_.schema is None else "enum"
    return None if name == default_for(method, base, is_array=type_.is_array) else name


def _name(value: Expression | None) -> str | None:
    if isinstance(value, Call) and value.name == "raw":
        inner = value.argument("value", 0)
        return inner.value if isinstance(inner, Text) else None
    return _snake(value.name) if isinstance(value, Constant) else None


def _snake(name: str) -> str:
    """`JsonbPathOps` as `jsonb_path_ops`, `TimestampTzBloomOps` as `timestamptz_bloom_ops`."""
    spelled = name.replace("TimestampTz", "Timestamptz").replace("TimeTz", "Timetz")
    spelled = spelled.replace("MinMax", "Minmax").replace("VarBit", "Varbit")
    return "".join(f"_{c.lower()}" if c.isupper() else c for c in spelled).lstrip("_")
