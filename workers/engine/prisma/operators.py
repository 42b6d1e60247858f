"""Operator classes of indexes: `ops: JsonbPathOps`, `ops: raw("gin_trgm_ops")`."""

from __future__ import annotations

from workers.engine.prisma.ast import Call, Constant, Expression, Text

_DEFAULTS = frozenset(("JsonbOps", "ArrayOps", "TextOps"))
"""Besides the Brin classes that end so, those that are the default of their type."""


def operator_class(value: Expression | None, method: str | None) -> str | None:
    """The operator class's name, or None where it is the one that the index has anyway."""
    if isinstance(value, Call) and value.name == "raw":
        inner = value.argument("value", 0)
        return inner.value if isinstance(inner, Text) else None
    if not isinstance(value, Constant):
        return None
    name = value.name
    if name in _DEFAULTS or name.endswith("MinMaxOps") or name == "InetInclusionOps":
        return None
    if name == "InetOps":
        return None if method == "spgist" else "inet_ops"
    return _snake(name)


def _snake(name: str) -> str:
    """`JsonbPathOps` as `jsonb_path_ops`, `TimestampTzBloomOps` as `timestamptz_bloom_ops`."""
    spelled = name.replace("TimestampTz", "Timestamptz").replace("TimeTz", "Timetz")
    spelled = spelled.replace("MinMax", "Minmax").replace("VarBit", "Varbit")
    return "".join(f"_{c.lower()}" if c.isupper() else c for c in spelled).lstrip("_")
