"""Where Prisma changes a column's type in place, and where it drops the column instead.

The matrix of the engine's PostgreSQL flavour, by type names alone: to which types a column can be
cast, safely or with a risk. Every other change is DROP COLUMN and ADD COLUMN.
"""

from __future__ import annotations

from workers.engine.schema.model import SqlType

_TEXTS = frozenset(("text", "character varying", "character"))
_NUMBERS = frozenset(("smallint", "integer", "bigint", "numeric", "real", "double precision"))
_MOMENTS = frozenset(("timestamp without time zone", "timestamp with time zone"))
_CLOCKS = frozenset(("time without time zone", "time with time zone"))

_CASTS: dict[str, frozenset[str]] = {
    "inet": frozenset(("text", "citext", "character varying")),
    "oid": frozenset(("text", "character varying", "integer", "bigint")),
    **dict.fromkeys(_NUMBERS, _NUMBERS | _TEXTS),
    "character varying": _TEXTS,
    "character": _TEXTS,
    "text": _TEXTS | {"citext"},
    "bytea": _TEXTS,
    **{name: _MOMENTS | _CLOCKS | _TEXTS | {"date"} for name in _MOMENTS},
    "date": _MOMENTS | _TEXTS,
    "time without time zone": _CLOCKS | _TEXTS,
    "time with time zone": _CLOCKS | _TEXTS,
    "boolean": _TEXTS,
    "bit": _TEXTS | {"bit varying"},
    "bit varying": _TEXTS | {"bit"},
    "uuid": _TEXTS,
    "xml": _TEXTS,
    "json": _TEXTS | {"jsonb"},
    "jsonb": _TEXTS | {"json"},
}
_TO_ANYTHING = frozenset(("money", "citext"))


def is_cast(source: SqlType, target: SqlType) -> bool:
    """Whether Prisma would write SET DATA TYPE, and not drop the column."""
    if source.is_array != target.is_array:
        return source.is_array and target.name in _TEXTS
    if source.name == target.name and source.schema == target.schema:
        return True
    if source.name in _TO_ANYTHING:
        return target.schema is None
    if source.schema is not None or target.schema is not None:
        return source.schema is None and target.name in _CASTS.get(source.name, frozenset())
    if source.name not in _CASTS or target.name not in _CASTS:
        return True  # an unsupported type is always called a risky cast
    return target.name in _CASTS[source.name]
