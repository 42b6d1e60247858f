"""Operator classes that PostgreSQL has without extensions, by index method."""

from __future__ import annotations

_BTREE = """
array_ops bit_ops bool_ops bpchar_ops bpchar_pattern_ops bytea_ops char_ops cidr_ops date_ops
enum_ops float4_ops float8_ops inet_ops int2_ops int4_ops int8_ops interval_ops jsonb_ops
macaddr8_ops macaddr_ops money_ops multirange_ops name_ops numeric_ops oid_ops oidvector_ops
pg_lsn_ops range_ops record_image_ops record_ops text_ops text_pattern_ops tid_ops time_ops
timestamp_ops timestamptz_ops timetz_ops tsquery_ops tsvector_ops uuid_ops varbit_ops varchar_ops
varchar_pattern_ops xid8_ops
"""
_HASH = """
aclitem_ops array_ops bool_ops bpchar_ops bpchar_pattern_ops bytea_ops char_ops cid_ops cidr_ops
date_ops enum_ops float4_ops float8_ops inet_ops int2_ops int4_ops int8_ops interval_ops jsonb_ops
macaddr8_ops macaddr_ops multirange_ops name_ops numeric_ops oid_ops oidvector_ops pg_lsn_ops
range_ops record_ops text_ops text_pattern_ops tid_ops time_ops timestamp_ops timestamptz_ops
timetz_ops uuid_ops varchar_ops varchar_pattern_ops xid8_ops xid_ops
"""
_GIST = """
box_ops circle_ops inet_ops multirange_ops point_ops poly_ops range_ops tsquery_ops tsvector_ops
"""
_SPGIST = "box_ops inet_ops kd_point_ops poly_ops quad_point_ops range_ops text_ops"
_GIN = "array_ops jsonb_ops jsonb_path_ops tsvector_ops"

_BY_METHOD = {
    "btree": frozenset(_BTREE.split()),
    "hash": frozenset(_HASH.split()),
    "gist": frozenset(_GIST.split()),
    "spgist": frozenset(_SPGIST.split()),
    "gin": frozenset(_GIN.split()),
}


# What has no default operator class of a method, among the types that columns have.
_NO_BTREE = (
    "json xml point line lseg box path polygon circle jsonpath aclitem cid xid txid_snapshot "
    "pg_snapshot refcursor gtsvector pg_node_tree"
)
_WITHOUT_BTREE = frozenset(_NO_BTREE.split())
_WITHOUT_HASH = _WITHOUT_BTREE - frozenset(("aclitem", "cid", "xid")) | frozenset(
    ("money", "bit", "bit varying", "tsvector", "tsquery")
)
_GIN_TYPES = frozenset(("jsonb", "tsvector"))
_RANGES = frozenset(
    f"{base}{kind}"
    for base in ("int4", "int8", "num", "ts", "tstz", "date")
    for kind in ("range", "multirange")
)
_GIST_TYPES = frozenset(("box", "circle", "point", "polygon", "tsquery", "tsvector")) | _RANGES
_SPGIST_TYPES = frozenset(("box", "inet", "cidr", "point", "polygon", "text", "character varying"))
_NO_BRIN = (
    "json jsonb xml boolean point line lseg path polygon circle jsonpath tsvector tsquery money "
    "txid_snapshot pg_snapshot"
)
_WITHOUT_BRIN = frozenset(_NO_BRIN.split())


def is_operator_class(method: str, name: str) -> bool:
    """Whether pg_catalog has an operator class of that name for a method."""
    if method == "brin":
        return name.endswith(("_minmax_ops", "_inclusion_ops", "_bloom_ops", "_minmax_multi_ops"))
    return name in _BY_METHOD.get(method, ())


def has_default(method: str, name: str, *, is_array: bool) -> bool:
    """Whether a built-in type has a default operator class for a method; the name is base type."""
    if is_array:
        return method in ("btree", "hash", "gin")
    if method == "btree":
        return name not in _WITHOUT_BTREE
    if method == "hash":
        return name not in _WITHOUT_HASH
    if method == "gin":
        return name in _GIN_TYPES
    if method == "gist":
        return name in _GIST_TYPES
    if method == "spgist":
        return name in _SPGIST_TYPES or name in _RANGES
    if method == "brin":
        return name not in _WITHOUT_BRIN
    return True


_DEFAULTS = {
    "bigint": "int8", "integer": "int4", "smallint": "int2", "boolean": "bool", "real": "float4",
    "double precision": "float8", "character varying": "text", "character": "bpchar",
    "timestamp without time zone": "timestamp", "timestamp with time zone": "timestamptz",
    "time without time zone": "time", "time with time zone": "timetz", "bit varying": "varbit",
    '"char"': "char", "cidr": "inet", "polygon": "poly",
}  # fmt: skip


def default_for(method: str, name: str, *, is_array: bool) -> str | None:
    """The name of the default operator class of a built-in type; GiST has none for addresses."""
    if is_array:
        return "array_ops"
    if method == "gist" and name in ("inet", "cidr"):
        return None
    if name in _RANGES:
        return "multirange_ops" if name.endswith("multirange") else "range_ops"
    base = _DEFAULTS.get(name, name)
    if method == "spgist" and name == "point":
        return "quad_point_ops"
    if method == "brin":
        suffix = "inclusion_ops" if name in ("inet", "cidr", "box") else "minmax_ops"
        return f"{base}_{suffix}"
    return f"{base}_ops"
