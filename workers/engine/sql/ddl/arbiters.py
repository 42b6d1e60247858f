"""ON CONFLICT: what it names must be held unique by an index or a constraint.

Follows infer_arbiter_indexes of src/backend/optimizer/util/plancat.c.
"""

from __future__ import annotations

from workers.engine.schema.model import Index, Table
from workers.engine.sql.postgres import Node
from workers.engine.sql.refusal import RefusedError


def need_arbiter(table: Table, clause: Node) -> None:
    """Refuse a clause for which the table certainly has no unique index."""
    wanted = clause.get("infer", {})
    if wanted.get("conname"):
        _need_constraint(table, wanted["conname"])
        return
    names = [one["IndexElem"].get("name") for one in wanted.get("indexElems", ())]
    if not names or None in names:
        return
    columns = {name for name in names if name is not None}
    missing = next((name for name in names if table.column(name or "") is None), None)
    if missing is not None:
        raise RefusedError("42703", f'column "{missing}" does not exist')
    if any(_fits(index, columns, bool(wanted.get("whereClause"))) for index in table.indexes):
        return
    if table.kind == "table" or table.kind == "partitioned":
        raise RefusedError(
            "42P10",
            "there is no unique or exclusion constraint matching the ON CONFLICT specification",
        )


def _fits(index: Index, columns: set[str], has_condition: bool) -> bool:
    if not index.is_unique or (index.where is not None and not has_condition):
        return False
    return {key.column for key in index.keys} == columns


def _need_constraint(table: Table, name: str) -> None:
    found = any(index.name == name and index.is_constraint for index in table.indexes)
    if not found and all(one.name != name for one in table.excludes):
        raise RefusedError(
            "42704", f'constraint "{name}" for table "{table.name.name}" does not exist'
        )
