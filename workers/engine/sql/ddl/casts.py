"""CREATE, DROP and COMMENT ON CAST.

In `hidden.other` as ("cast", "source>target"), "explicit cast" where only CAST takes it; those of
extensions stand there too. Of the server's own no cast is called missing.
"""

from __future__ import annotations

from contextlib import suppress

from workers.engine.schema.model import QualifiedName, SqlType
from workers.engine.schema.types import format_type
from workers.engine.sql import resolve
from workers.engine.sql.ddl.functions import find_function
from workers.engine.sql.ddl.named import CASTS
from workers.engine.sql.postgres import Node
from workers.engine.sql.refusal import ExtensionsOwnError, RefusedError
from workers.engine.sql.run import Run
from workers.engine.sql.state import State


def create(run: Run, node: Node) -> None:
    """CREATE CAST: columns may then change type by it."""
    source = resolve.resolve_type(run.state, node["sourcetype"])
    target = resolve.resolve_type(run.state, node["targettype"])
    if node.get("func"):
        with suppress(ExtensionsOwnError):
            find_function(run, node["func"], "function")
    if _find(run, source, target):
        raise RefusedError("42710", f"{_shown(run, source, target)} already exists")
    is_assigned = node.get("context") in ("COERCION_IMPLICIT", "COERCION_ASSIGNMENT")
    word = "cast" if is_assigned else "explicit cast"
    run.state.hidden.other[word, f"{format_type(source)}>{format_type(target)}"] = True


def drop(run: Run, node: Node) -> None:
    """DROP CAST."""
    for one in node.get("objects", ()):
        try:
            source, target = _pair(run, one)
        except RefusedError:
            if node.get("missing_ok"):
                continue
            raise
        found = _find(run, source, target)
        if not found and not node.get("missing_ok"):
            _refuse_missing(run, source, target)
        for key in found:
            del run.state.hidden.other[key]


def need(run: Run, node: Node) -> None:
    """COMMENT ON CAST: it must be there."""
    source, target = _pair(run, node)
    if not _find(run, source, target):
        _refuse_missing(run, source, target)


def _pair(run: Run, node: Node) -> tuple[SqlType, SqlType]:
    source, target = (
        resolve.resolve_type(run.state, one["TypeName"]) for one in node["List"]["items"]
    )
    return source, target


def _find(run: Run, source: SqlType, target: SqlType) -> list[tuple[str, str]]:
    pair = f"{format_type(source)}>{format_type(target)}"
    return [(word, pair) for word in CASTS if (word, pair) in run.state.hidden.other]


def _refuse_missing(run: Run, source: SqlType, target: SqlType) -> None:
    """Certain of a cast that has a type of the history's on one side."""
    if any(_is_own(run.state, one) for one in (source, target)):
        raise RefusedError("42704", f"{_shown(run, source, target)} does not exist")


def _is_own(state: State, kind: SqlType) -> bool:
    name = QualifiedName(kind.schema or "", kind.name)
    schema = state.schema
    return name in schema.enums or name in schema.domains or name in schema.composites


def _shown(run: Run, source: SqlType, target: SqlType) -> str:
    one, other = (resolve.format_visible(run.state, kind) for kind in (source, target))
    return f"cast from type {one} to type {other}"
