"""How a column's values are stored: STORAGE, COMPRESSION and the options of its statistics.

ATExecSetStorage and GetAttributeCompression of src/backend/commands/tablecmds.c.
"""

from __future__ import annotations

from workers.engine.schema.model import Column, QualifiedName, SqlType
from workers.engine.schema.types import format_type
from workers.engine.sql import resolve
from workers.engine.sql.ddl.storage_parameters import check_column, given
from workers.engine.sql.postgres import Node
from workers.engine.sql.refusal import RefusedError
from workers.engine.sql.run import Run

_MODES = ("plain", "external", "extended", "main", "default")
_METHODS = ("pglz", "lz4", "default")
_FIXED = frozenset(
    (
        "smallint", "integer", "bigint", "real", "double precision", "boolean", "date", "uuid",
        "time without time zone", "time with time zone", "timestamp without time zone",
        "timestamp with time zone", "interval", "money", "oid", "name", "macaddr", "macaddr8",
        "point", "lseg", "box", "line", "circle", "xid", "cid", "tid", "pg_lsn",
    )
)  # fmt: skip
"""Types whose values have one length, and are never stored elsewhere or packed."""


def check(run: Run, column: Column, fields: Node) -> None:
    """Refuse what ALTER COLUMN sets of a column's storage."""
    if fields["subtype"] == "AT_SetOptions":
        check_column(run, given(fields))
    elif fields["subtype"] == "AT_SetStorage":
        check_storage(run, column.type, resolve.value_text(fields["def"]))
    elif fields["subtype"] == "AT_SetCompression":
        check_compression(run, column.type, resolve.value_text(fields["def"]))


def check_storage(run: Run, kind: SqlType, mode: str) -> None:
    """Refuse a mode that there is not, or that the type cannot have."""
    if mode.lower() not in _MODES:
        raise RefusedError("22023", f'invalid storage type "{mode}"')
    if mode.lower() not in ("plain", "default") and _is_fixed(run, kind):
        shown = f"column data type {format_type(kind)} can only have storage PLAIN"
        raise RefusedError("0A000", shown)


def check_compression(run: Run, kind: SqlType, method: str) -> None:
    """Refuse a method that there is not, or a type whose values cannot be compressed."""
    if method.lower() != "default" and _is_fixed(run, kind):
        shown = f"column data type {format_type(kind)} does not support compression"
        raise RefusedError("0A000", shown)
    if method not in _METHODS:
        raise RefusedError("22023", f'invalid compression method "{method}"')


def _is_fixed(run: Run, kind: SqlType) -> bool:
    if kind.is_array:
        return False
    if kind.schema is None:
        return kind.name in _FIXED
    return QualifiedName(kind.schema, kind.name) in run.state.schema.enums
