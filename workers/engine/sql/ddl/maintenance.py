"""ANALYZE, VACUUM, REINDEX and CLUSTER: they change no catalogue, but need what they name."""

from __future__ import annotations

from workers.engine.sql import resolve
from workers.engine.sql.postgres import Node
from workers.engine.sql.refusal import RefusedError
from workers.engine.sql.run import Run


def vacuum(run: Run, node: Node) -> None:
    """VACUUM and ANALYZE."""
    if node.get("is_vacuumcmd") and run.in_block:
        raise RefusedError("25001", "VACUUM cannot run inside a transaction block")
    for one in node.get("rels", ()):
        _need(run, one["VacuumRelation"].get("relation", {}))


def reindex(run: Run, node: Node) -> None:
    """REINDEX of an index, a table, a schema or all."""
    options = {one["DefElem"]["defname"] for one in node.get("params", ())}
    is_wide = node.get("kind") in ("REINDEX_OBJECT_DATABASE", "REINDEX_OBJECT_SYSTEM")
    if run.in_block and ("concurrently" in options or is_wide):
        word = "REINDEX CONCURRENTLY" if "concurrently" in options else "REINDEX DATABASE"
        raise RefusedError("25001", f"{word} cannot run inside a transaction block")
    if node.get("relation"):
        _need(run, node["relation"])


def cluster(run: Run, node: Node) -> None:
    """CLUSTER."""
    if node.get("relation"):
        _need(run, node["relation"])


def _need(run: Run, relation: Node) -> None:
    if relation and not resolve.is_system(relation):
        resolve.need_relation(run.state, relation)
