"""Triggers."""

from __future__ import annotations

from workers.engine.schema.model import QualifiedName, Table, Trigger
from workers.engine.sql import resolve
from workers.engine.sql.ddl.aggregation import ALONE, refuse_in
from workers.engine.sql.ddl.touch import need_column, touched
from workers.engine.sql.newer import check_age
from workers.engine.sql.postgres import Node
from workers.engine.sql.references import references
from workers.engine.sql.refusal import RefusedError
from workers.engine.sql.resolve import strings
from workers.engine.sql.run import Run

_SYSTEM = ("ctid", "xmin", "xmax", "cmin", "cmax", "tableoid", "*")


def create_trigger(run: Run, node: Node) -> None:
    """CREATE [OR REPLACE] [CONSTRAINT] TRIGGER."""
    state = run.state
    table = resolve.need_relation(state, node["relation"])
    name = node["trigname"]
    old = state.schema.triggers.get((table, name))
    columns = strings(node.get("columns", []))
    found = state.schema.tables.get(table)
    if node.get("whenClause") and found is not None:
        _check_condition(run, node["whenClause"], found)
    function = _function(run, strings(node["funcname"]))
    if found is not None:
        for column in columns:
            need_column(found, column)
    if old is not None and not node.get("replace"):
        raise RefusedError("42710", f'trigger "{name}" for relation "{table.name}" already exists')
    history = touched(old.history, run.origin) if old is not None else (run.origin,)
    state.schema.triggers[table, name] = Trigger(name, table, function, history=history)
    watched = set(columns)
    if node.get("whenClause") and found is not None:
        names = references(node["whenClause"]).names
        watched |= {column.name for column in found.columns if column.name in names}
    state.hidden.trigger_columns[table, name] = tuple(sorted(watched))
    state.log.creates.add(f"{table}.{name}")


def _check_condition(run: Run, condition: Node, table: Table) -> None:
    """WHEN reads OLD and NEW; one that reads anything else is left alone."""
    found = references(condition)
    for kind, fields in found.standard:
        check_age(kind, fields, run.state.reads_as)
    refuse_in(condition, ALONE, "trigger WHEN conditions")
    if found.has_query:
        return
    for path, location in found.columns:
        is_field = len(path) == 2 and path[0] in ("old", "new") and path[1] not in _SYSTEM
        if is_field and table.column(path[1]) is None:
            raise RefusedError("42703", f"column {path[0]}.{path[1]} does not exist", location)


def _function(run: Run, path: tuple[str, ...]) -> str:
    state = run.state
    schema, name = resolve.split_path(path)
    if schema is not None and not state.has_schema(schema):
        raise RefusedError("3F000", f'schema "{schema}" does not exist')
    if schema is None and name.startswith(("tsvector_update", "suppress_redundant", "RI_FKey")):
        return f"pg_catalog.{name}"
    for place in (schema,) if schema is not None else tuple(resolve.searched(state)):
        for signature in state.hidden.overloads.get(QualifiedName(place, name), ()):
            function = state.schema.functions[signature]
            if function.arguments:
                continue
            state.log.needs.add(signature)
            if function.returns != "trigger":
                raise RefusedError("42P17", f"function {name} must return type trigger")
            return str(function.name)
        if ("function", f"{place}.{name}()") in state.hidden.other:
            return f"{place}.{name}"
    state.log.needs.add(f"{schema or resolve.first_schema(state)}.{name}()")
    raise RefusedError("42883", f"function {resolve.dotted(path)}() does not exist")
