"""Whether the default of a new column is one value for all rows, or one for each.

PostgreSQL evaluates a default without a volatile function once and keeps the value beside the
table; with a volatile one it writes every row anew ("Adding a Column" in its documentation).
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from workers.engine.schema.model import QualifiedName
from workers.engine.sql.effects import DefaultKind
from workers.engine.sql.postgres import Node
from workers.engine.sql.resolve import strings
from workers.engine.sql.state import State

_VOLATILE = frozenset(
    {
        "array_sample",
        "array_shuffle",
        "clock_timestamp",
        "currval",
        "gen_random_bytes",
        "gen_random_uuid",
        "gen_salt",
        "lastval",
        "nextval",
        "pgp_pub_encrypt",
        "pgp_sym_encrypt",
        "random",
        "random_normal",
        "setval",
        "timeofday",
        "uuid_generate_v1",
        "uuid_generate_v1mc",
        "uuid_generate_v4",
        "uuidv4",
        "uuidv7",
    }
)
"""The volatile functions of pg_catalog (18), uuid-ossp and pgcrypto that return a value."""


def default_kind(expression: Node | None, state: State) -> DefaultKind:
    """What it costs to fill the rows that are there with a default."""
    if not expression:
        return "none"
    if _is_null(expression):
        return "none"
    names = list(_functions(expression))
    if any(_is_volatile(name, state) for name in names):
        return "volatile"
    return "stable" if names or "SQLValueFunction" in expression else "constant"


def _is_null(expression: Node) -> bool:
    inner = expression.get("TypeCast", {}).get("arg", expression)
    return bool(inner.get("A_Const", {}).get("isnull"))


def _is_volatile(path: tuple[str, ...], state: State) -> bool:
    """By its name; a function of the user's is volatile unless it says otherwise."""
    if path[-1].lower() in _VOLATILE:
        return True
    schemas = path[-2:-1] or state.search_path
    for schema in schemas:
        for signature in state.hidden.overloads.get(QualifiedName(schema, path[-1]), ()):
            is_given = signature in state.hidden.ground
            if not is_given and signature not in state.hidden.extension_members:
                return True
    return False


def _functions(node: Any) -> Iterator[tuple[str, ...]]:
    if isinstance(node, list | tuple):
        for child in node:
            yield from _functions(child)
    elif isinstance(node, dict):
        call = node.get("FuncCall")
        if call is not None:
            yield strings(call.get("funcname", []))
        for child in node.values():
            yield from _functions(child)
