"""Sequences that are made by themselves."""

from __future__ import annotations

from msgspec.structs import replace

from workers.engine.schema.model import QualifiedName, Sequence
from workers.engine.sql import resolve
from workers.engine.sql.ddl.function_options import refuse_repeated
from workers.engine.sql.ddl.sequence_options import check_options
from workers.engine.sql.ddl.tables import new_name
from workers.engine.sql.ddl.touch import touched
from workers.engine.sql.postgres import Node
from workers.engine.sql.refusal import RefusedError
from workers.engine.sql.resolve import strings
from workers.engine.sql.run import Run

_TYPES = {"int2": "smallint", "int4": "integer", "int8": "bigint"}


def create_sequence(run: Run, node: Node) -> None:
    """CREATE SEQUENCE."""
    state = run.state
    name = new_name(run, node["sequence"])
    is_taken = state.relation_kind(name) is not None
    if is_taken and node.get("if_not_exists"):
        return
    check_options(node.get("options", ()))
    if is_taken:
        raise RefusedError("42P07", f'relation "{name.name}" already exists')
    state.put(_changed(run, Sequence(name, history=(run.origin,)), node))


def alter_sequence(run: Run, node: Node) -> None:
    """ALTER SEQUENCE."""
    name = resolve.find_relation(run.state, node["sequence"])
    if name is None:
        if node.get("missing_ok"):
            return
        resolve.need_relation(run.state, node["sequence"])
        return
    sequence = run.state.schema.sequences.get(name)
    if sequence is None:
        raise RefusedError("42809", f'"{name.name}" is not a sequence')
    made = _changed(run, sequence, node)
    run.state.put(replace(made, history=touched(sequence.history, run.origin)))


def _changed(run: Run, sequence: Sequence, node: Node) -> Sequence:
    refuse_repeated(node.get("options", ()))
    for one in node.get("options", ()):
        element = one["DefElem"]
        if element["defname"] == "as":
            written = resolve.value_text(element["arg"]).split(".")[-1]
            sequence = replace(sequence, type=_TYPES.get(written, written))
        elif element["defname"] == "owned_by":
            path = strings(element["arg"]["List"]["items"])
            owner = _owner(run, path, sequence.name.schema)
            sequence = replace(sequence, owned_by=owner)
    return sequence


def _owner(run: Run, path: tuple[str, ...], place: str) -> tuple[QualifiedName, str] | None:
    if path == ("none",):
        return None
    state = run.state
    schema, name = resolve.split_path(path[:-1])
    table = resolve.lookup(state, schema, name)
    if table is None or table not in state.schema.tables:
        raise RefusedError("42P01", f'relation "{resolve.dotted(path[:-1])}" does not exist')
    if table.schema != place:
        raise RefusedError("55000", "sequence must be in same schema as table it is linked to")
    if state.schema.tables[table].column(path[-1]) is None:
        raise RefusedError(
            "42703", f'column "{path[-1]}" of relation "{table.name}" does not exist'
        )
    return table, path[-1]
