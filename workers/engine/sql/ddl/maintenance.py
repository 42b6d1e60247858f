"""ANALYZE, VACUUM, REINDEX and CLUSTER: they change no catalogue, but need what they name."""

from __future__ import annotations

from workers.engine.sql import resolve
from workers.engine.sql.ddl.kinds_of_relation import kind_of
from workers.engine.sql.ddl.touch import by_name, need_column
from workers.engine.sql.postgres import Node
from workers.engine.sql.refusal import RefusedError
from workers.engine.sql.run import Run


def vacuum(run: Run, node: Node) -> None:
    """VACUUM and ANALYZE."""
    if node.get("is_vacuumcmd") and run.in_block:
        raise RefusedError("25001", "VACUUM cannot run inside a transaction block")
    for one in node.get("rels", ()):
        relation = one["VacuumRelation"]
        _need(run, relation.get("relation", {}))
        _need_columns(run, relation)


def reindex(run: Run, node: Node) -> None:
    """REINDEX of an index, a table, a schema or all."""
    options = {one["DefElem"]["defname"] for one in node.get("params", ())}
    is_wide = node.get("kind") in _WIDE
    if run.in_block and ("concurrently" in options or is_wide):
        word = "REINDEX CONCURRENTLY" if "concurrently" in options else "REINDEX DATABASE"
        raise RefusedError("25001", f"{word} cannot run inside a transaction block")
    if node.get("relation"):
        _need(run, node["relation"])
        _refuse_other_kind(run, node)
    elif node.get("kind") == "REINDEX_OBJECT_SCHEMA" and not run.state.has_schema(node["name"]):
        raise RefusedError("3F000", f'schema "{node["name"]}" does not exist')


_WIDE = ("REINDEX_OBJECT_DATABASE", "REINDEX_OBJECT_SYSTEM", "REINDEX_OBJECT_SCHEMA")


def _refuse_other_kind(run: Run, node: Node) -> None:
    name = resolve.find_relation(run.state, node["relation"])
    kind = kind_of(run, name) if name is not None else ""
    if name is None or not kind:
        return
    if node.get("kind") == "REINDEX_OBJECT_INDEX":
        if kind != "index":
            raise RefusedError("42809", f'"{name.name}" is not an index')
    elif kind not in ("table", "matview"):
        raise RefusedError("42809", f'"{name.name}" is not a table or materialized view')


def cluster(run: Run, node: Node) -> None:
    """CLUSTER."""
    if node.get("relation"):
        _need(run, node["relation"])
        _need_index(run, node)


def _need_index(run: Run, node: Node) -> None:
    name = resolve.find_relation(run.state, node["relation"])
    table = run.state.schema.tables.get(name) if name is not None else None
    wanted = node.get("indexname")
    if table is not None and wanted and by_name(table.indexes, wanted) is None:
        shown = f'index "{wanted}" for table "{table.name.name}" does not exist'
        raise RefusedError("42704", shown)


def _need_columns(run: Run, node: Node) -> None:
    name = resolve.find_relation(run.state, node["relation"]) if node.get("relation") else None
    table = run.state.schema.tables.get(name) if name is not None else None
    for column in resolve.strings(node.get("va_cols", [])):
        if table is not None:
            need_column(table, column)


def _need(run: Run, relation: Node) -> None:
    if relation and not resolve.is_system(relation):
        resolve.need_relation(run.state, relation)
