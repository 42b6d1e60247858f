"""COMMENT ON."""

from __future__ import annotations

from typing import Any

from msgspec.structs import replace

from workers.engine.schema.model import QualifiedName
from workers.engine.sql import resolve
from workers.engine.sql.ddl.functions import find_function
from workers.engine.sql.ddl.touch import by_name, need_column, put_column, swap, update
from workers.engine.sql.postgres import Node
from workers.engine.sql.refusal import RefusedError
from workers.engine.sql.resolve import strings
from workers.engine.sql.run import Run


def comment(run: Run, node: Node) -> None:
    """Set or take away the comment of an object."""
    kind = node["objtype"]
    text = node.get("comment") or None
    if kind in ("OBJECT_TABLE", "OBJECT_VIEW", "OBJECT_MATVIEW", "OBJECT_SEQUENCE", "OBJECT_INDEX"):
        _on_relation(run, strings(node["object"]["List"]["items"]), text)
    elif kind == "OBJECT_COLUMN":
        _on_column(run, strings(node["object"]["List"]["items"]), text)
    elif kind == "OBJECT_TYPE":
        _on_type(run, strings(node["object"]["TypeName"]["names"]), text)
    elif kind == "OBJECT_TABCONSTRAINT":
        _on_constraint(run, strings(node["object"]["List"]["items"]), text)
    elif kind in ("OBJECT_FUNCTION", "OBJECT_PROCEDURE"):
        function = find_function(run, node["object"]["ObjectWithArgs"], kind[7:].lower())
        run.state.put_function(replace(function, comment=text))
    elif kind == "OBJECT_SCHEMA":
        name = resolve.value_text(node["object"])
        if not run.state.has_schema(name):
            raise RefusedError("3F000", f'schema "{name}" does not exist')
    elif kind == "OBJECT_EXTENSION":
        name = resolve.value_text(node["object"])
        if name not in run.state.schema.extensions:
            raise RefusedError("42704", f'extension "{name}" does not exist')


def _relation(run: Run, path: tuple[str, ...]) -> QualifiedName:
    schema, name = resolve.split_path(path)
    found: Node = {"relname": name}
    if schema is not None:
        found["schemaname"] = schema
    return resolve.need_relation(run.state, found)


def _on_relation(run: Run, path: tuple[str, ...], text: str | None) -> None:
    state = run.state
    name = _relation(run, path)
    if name in state.schema.tables:
        update(run, name, comment=text)
    elif name in state.schema.views:
        state.put_view(replace(state.schema.views[name], comment=text))
    elif name in state.schema.sequences:
        state.put(replace(state.schema.sequences[name], comment=text))
    elif name in state.hidden.index_tables:
        table = state.schema.tables.get(state.hidden.index_tables[name])
        if table is not None:
            index = by_name(table.indexes, name.name)
            made = replace(index, comment=text)
            update(run, table.name, indexes=swap(table.indexes, index, made))


def _on_column(run: Run, path: tuple[str, ...], text: str | None) -> None:
    name = _relation(run, path[:-1])
    table = run.state.schema.tables.get(name)
    if table is not None:
        column = need_column(table, path[-1])
        put_column(run, name, replace(column, comment=text), run.origin)


def _on_type(run: Run, path: tuple[str, ...], text: str | None) -> None:
    kind = resolve.find_type(run.state, path)
    if kind is None:
        raise RefusedError("42704", f'type "{resolve.dotted(path)}" does not exist')
    enum = run.state.schema.enums.get(QualifiedName(kind.schema or "", kind.name))
    if enum is not None:
        run.state.put(replace(enum, comment=text))


def _on_constraint(run: Run, path: tuple[str, ...], text: str | None) -> None:
    name = _relation(run, path[:-1])
    table = run.state.schema.tables[name]
    changes: dict[str, Any] = {}
    for part in ("uniques", "checks", "excludes", "foreign_keys"):
        items = getattr(table, part)
        found = by_name(items, path[-1])
        if found is not None:
            changes[part] = swap(items, found, replace(found, comment=text))
    if table.primary_key is not None and table.primary_key.name == path[-1]:
        changes["primary_key"] = replace(table.primary_key, comment=text)
    if not changes:
        raise RefusedError(
            "42704", f'constraint "{path[-1]}" for table "{name.name}" does not exist'
        )
    update(run, name, **changes)
