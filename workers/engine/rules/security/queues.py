"""Queues of the extension pgmq, as the migrations make and guard them."""

from __future__ import annotations

from collections.abc import Iterator

from workers.engine.rules.context import Context
from workers.engine.source import Origin
from workers.engine.sql.ddl.queues import queue_name
from workers.engine.sql.postgres import Parsed, SqlSyntaxError, parse
from workers.engine.sql.references import references

_MAKERS = frozenset({"create", "create_non_partitioned", "create_partitioned", "create_unlogged"})
_GUARDS = {"AT_EnableRowSecurity": True, "AT_DisableRowSecurity": False}


def open_queues(context: Context) -> dict[str, Origin]:
    """The queues without row-level security, and where each is made."""
    found: dict[str, Origin] = {}
    for step in context.replay.steps:
        source = context.sources.get(step.origin.path)
        span = step.origin.span
        if source is None or "pgmq" not in source.text[span.start : span.end]:
            continue
        for statement in _parsed(source.text[span.start : span.end]):
            _take(statement, step.origin, found)
    return found


def _parsed(text: str) -> list[Parsed]:
    try:
        return parse(text.encode())
    except SqlSyntaxError:
        return []


def _take(statement: Parsed, origin: Origin, found: dict[str, Origin]) -> None:
    if statement.kind == "SelectStmt":
        for verb, name in _calls(statement):
            if verb in _MAKERS:
                found.setdefault(name, origin)
            elif verb == "drop_queue":
                found.pop(name, None)
    elif statement.kind == "AlterTableStmt":
        relation = statement.fields.get("relation", {})
        queue = str(relation.get("relname", "")).removeprefix("q_")
        for one in statement.fields.get("cmds", ()):
            kind = one["AlterTableCmd"].get("subtype", "")
            if relation.get("schemaname") == "pgmq" and _GUARDS.get(kind):
                found.pop(queue, None)


def _calls(statement: Parsed) -> Iterator[tuple[str, str]]:
    """The functions of pgmq that are called with the name of a queue as a text."""
    for path, call in references(statement.fields).functions:
        if path[:-1] != ("pgmq",):
            continue
        name = queue_name(call)
        if name:
            yield path[-1], name
