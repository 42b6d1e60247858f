"""Operator classes of indexes: `ops: JsonbPathOps`, `ops: raw("gin_trgm_ops")`."""

from __future__ import annotations

from collections.abc import Callable

from workers.engine.prisma.ast import Call, Constant, Expression, Text
from workers.engine.schema.model import SqlType
from workers.engine.schema.names import quote
from workers.engine.sql.builtin.opclasses import default_for, has_default, is_operator_class

_OWNERS = {
    "gin_trgm_ops": "pg_trgm",
    "gist_trgm_ops": "pg_trgm",
    "gin_hstore_ops": "hstore",
    "gist_hstore_ops": "hstore",
    "gist_ltree_ops": "ltree",
    "gist__ltree_ops": "ltree",
    "gist__int_ops": "intarray",
    "gist__intbig_ops": "intarray",
    "gin__int_ops": "intarray",
    **{
        f"{kind}_{distance}_ops": "vector"
        for kind in ("vector", "halfvec", "sparsevec")
        for distance in ("l2", "ip", "cosine", "l1")
    },
    "bit_hamming_ops": "vector",
    "bit_jaccard_ops": "vector",
}
"""The extension that brings an operator class, for those in wide use."""


def operator_class(
    value: Expression | None,
    method: str,
    type_: SqlType,
    extension_schema: Callable[[str], str],
) -> str | None:
    """The operator class's name, or None where it is the one that the index has anyway.

    One that is not PostgreSQL's own stands qualified, as the catalogue prints it.
    """
    name = _name(value)
    if name is None:
        return None
    if "." in name:
        return name
    if not is_operator_class(method, name):
        if _is_default_brought(method, name, type_):
            return None
        return f"{quote(extension_schema(_OWNERS.get(name, name)))}.{quote(name)}"
    base = type_.name if type_.schema is None else "enum"
    if not has_default(method, base, is_array=type_.is_array):
        return name
    return None if name == default_for(method, base, is_array=type_.is_array) else name


def _is_default_brought(method: str, name: str, type_: SqlType) -> bool:
    """Whether an extension brings the class as its type's own, so that none needs to be named."""
    from workers.engine.sql.builtin import extensions

    base = "anyenum" if type_.schema is not None else type_.name
    kinds = (f"{base}[]",) if type_.is_array else (base,)
    for owner in ("btree_gin", "btree_gist", "citext", *dict.fromkeys(_OWNERS.values())):
        facts = extensions.find(owner)
        for brought in facts.operator_classes if facts is not None else ():
            if brought[:2] == (method, name) and brought[2] in kinds:
                return True
    return False


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
