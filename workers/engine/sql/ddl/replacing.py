"""What CREATE OR REPLACE may not change about a function.

ProcedureCreate of src/backend/catalog/pg_proc.c.
"""

from __future__ import annotations

from workers.engine.schema.model import Function
from workers.engine.schema.types import format_type
from workers.engine.sql.ddl.rows import table_columns
from workers.engine.sql.refusal import RefusedError
from workers.engine.sql.state import State


def refuse_other_shape(state: State, old: Function, new: Function, row: str | None) -> None:
    """Refuse another kind, result, name of a parameter, or fewer defaults.

    `row` is what the new one's OUT parameters give, as `TABLE(name type)`.
    """
    if old.kind != new.kind:
        raise RefusedError("42809", "cannot change routine kind")
    before = state.hidden.outputs.get(old.signature)
    if _result(state, old, before) != _result(state, new, row):
        raise RefusedError("42P13", "cannot change return type of existing function")
    for place, name in enumerate(old.parameters):
        if name and (place >= len(new.parameters) or new.parameters[place] != name):
            raise RefusedError("42P13", f'cannot change name of input parameter "{name}"')
    if new.optional < old.optional:
        raise RefusedError("42P13", "cannot remove parameter defaults from existing function")


def _result(state: State, function: Function, row: str | None) -> tuple[str, str | None]:
    """The type of the result, and its columns where it is a record."""
    returns = function.returns
    if returns.startswith("TABLE("):
        columns = table_columns(state, returns) or ()
        if len(columns) == 1:
            return f"SETOF {format_type(columns[0].type)}", None
        return "SETOF record", returns
    if function.kind == "procedure":
        return "void", row
    return returns, row if returns in ("record", "SETOF record") else None
