"""What a query reads: the tables, views, columns and functions that it will depend on."""

from __future__ import annotations

from typing import Any

from workers.engine.schema.model import Column, QualifiedName, Table
from workers.engine.sql import resolve
from workers.engine.sql.references import References, references, walk
from workers.engine.sql.run import Run
from workers.engine.sql.state import State


def dependencies(run: Run, node: Any, table: Table | None = None) -> frozenset[str]:
    """Names of all that a query or expression reads; columns as `schema.table.column`.

    A column's name counts for every relation in reach that has a column of that name, save where
    it is qualified: too many rather than too few would block drops that PostgreSQL allows, so an
    unqualified name that several relations have counts for the first alone.
    """
    found = references(node)
    reach: dict[str, tuple[str, tuple[Column, ...]]] = {}
    if table is not None:
        reach[table.name.name] = (str(table.name), table.columns)
    names: set[str] = set()
    ctes = _ctes(node)
    for fields in found.relations:
        if not fields.get("schemaname") and fields.get("relname") in ctes:
            continue
        name = resolve.find_relation(run.state, fields)
        if name is None:
            continue
        names.add(str(name))
        alias = fields.get("alias", {}).get("aliasname") or name.name
        reach[alias] = (str(name), relation_columns(run.state, name))
    names |= _columns(found, reach)
    names |= _functions(run.state, found)
    for fields in found.types:
        kind = resolve.find_type(run.state, resolve.strings(fields["names"]))
        if kind is not None and kind.schema is not None:
            names.add(f"{kind.schema}.{kind.name}")
    return frozenset(names)


def _ctes(node: Any) -> set[str]:
    return {fields.get("ctename", "") for kind, fields in walk(node) if kind == "CommonTableExpr"}


def _columns(found: References, reach: dict[str, tuple[str, tuple[Column, ...]]]) -> set[str]:
    names: set[str] = set()
    for path, _ in found.columns:
        places = reach.values()
        if len(path) > 1:
            place = reach.get(path[-2])
            if place is None:
                continue
            places = {path[-2]: place}.values()
        for relation, columns in places:
            if path[-1] == "*":
                names.update(f"{relation}.{column.name}" for column in columns)
            elif any(column.name == path[-1] for column in columns):
                names.add(f"{relation}.{path[-1]}")
                break
    return names


def _functions(state: State, found: References) -> set[str]:
    names: set[str] = set()
    for path, _ in found.functions:
        schema, name = resolve.split_path(path)
        for place in (schema,) if schema is not None else tuple(resolve.searched(state)):
            names.update(state.hidden.overloads.get(QualifiedName(place, name), ()))
    return names


def relation_columns(state: State, name: QualifiedName) -> tuple[Column, ...]:
    """The columns of a table or view."""
    table = state.schema.tables.get(name)
    if table is not None:
        return table.columns
    view = state.schema.views.get(name)
    return view.columns if view is not None else ()
