"""Queues of the extension pgmq: each is a table that a function call makes.

https://github.com/pgmq/pgmq: `pgmq.create('jobs')` makes `pgmq.q_jobs` and `pgmq.a_jobs`, which
later statements may put under row-level security.
"""

from __future__ import annotations

from workers.engine.schema.model import Column, QualifiedName, SqlType, Table
from workers.engine.sql.postgres import Node
from workers.engine.sql.references import references
from workers.engine.sql.run import Run

_EXTENSION = "pgmq"
_MAKERS = frozenset({"create", "create_non_partitioned", "create_partitioned", "create_unlogged"})
_COLUMNS = (
    Column("msg_id", SqlType("bigint"), not_null=True),
    Column("read_ct", SqlType("integer"), not_null=True, default="0"),
    Column("enqueued_at", SqlType("timestamp with time zone"), not_null=True, default="now()"),
    Column("vt", SqlType("timestamp with time zone"), not_null=True),
    Column("message", SqlType("jsonb")),
    Column("headers", SqlType("jsonb")),
)


def make_queues(run: Run, node: Node) -> None:
    """Make the tables of the queues that a SELECT creates."""
    if _EXTENSION not in run.state.schema.extensions:
        return
    for path, call in references(node.get("targetList", ())).functions:
        if path[:-1] == (_EXTENSION,) and path[-1] in _MAKERS:
            name = queue_name(call)
            if name:
                _make(run, name)


def queue_name(call: Node) -> str:
    """The queue that a call names as a text, in small letters; empty where it is computed."""
    for argument in call.get("args", ())[:1]:
        inner = argument.get("NamedArgExpr", {}).get("arg", argument)
        value = inner.get("TypeCast", {}).get("arg", inner).get("A_Const", {}).get("sval")
        if isinstance(value, dict):
            return str(value.get("sval", "")).lower()
    return ""


def _make(run: Run, name: str) -> None:
    state = run.state
    for prefix in ("q", "a"):
        table = QualifiedName(_EXTENSION, f"{prefix}_{name}")
        if table not in state.schema.tables:
            state.put_table(Table(table, _COLUMNS, history=(run.origin,)))
            state.hidden.extension_members[str(table)] = _EXTENSION
