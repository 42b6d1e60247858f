"""Which views can be written through by themselves: WITH CHECK OPTION asks for that.

Follows view_query_is_auto_updatable of src/backend/rewrite/rewriteHandler.c.
"""

from __future__ import annotations

from workers.engine.sql import resolve
from workers.engine.sql.ddl.aggregation import parts
from workers.engine.sql.ddl.kinds_of_relation import kind_of
from workers.engine.sql.postgres import Node
from workers.engine.sql.refusal import RefusedError
from workers.engine.sql.run import Run

_WHOLE = (
    "distinctClause", "groupClause", "havingClause", "withClause", "limitCount", "limitOffset"
)  # fmt: skip
"""Clauses of a query that has no row of a table for each of its own."""
_GATHERED = ("aggregate", "window", "set")


def need_updatable(run: Run, query: Node) -> None:
    """Refuse WITH CHECK OPTION on a view of which it is certain that it cannot be updated."""
    if not _is_updatable(run, query):
        message = "WITH CHECK OPTION is supported only on automatically updatable views"
        raise RefusedError("0A000", message)


def _is_updatable(run: Run, query: Node) -> bool:
    if query.get("op", "SETOP_NONE") != "SETOP_NONE" or query.get("valuesLists"):
        return False
    if any(query.get(clause) for clause in _WHOLE):
        return False
    sources = query.get("fromClause", ())
    if len(sources) != 1 or "RangeVar" not in sources[0]:
        return False
    targets = [one["ResTarget"].get("val", {}) for one in query.get("targetList", ())]
    if not any("ColumnRef" in one for one in targets):
        return False
    if any(part in _GATHERED for one in targets for part, _ in parts(one)):
        return False
    name = resolve.find_relation(run.state, sources[0]["RangeVar"])
    return name is None or kind_of(run, name) in ("table", "view")
