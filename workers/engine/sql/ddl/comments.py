"""COMMENT ON."""

from __future__ import annotations

from typing import Any

from msgspec.structs import replace

from workers.engine.schema.model import QualifiedName
from workers.engine.sql import resolve
from workers.engine.sql.ddl import casts, event_triggers, named, statistics_objects
from workers.engine.sql.ddl.alter_rest import need_role
from workers.engine.sql.ddl.functions import find_function
from workers.engine.sql.ddl.touch import by_name, need_column, put_column, swap, update
from workers.engine.sql.postgres import Node
from workers.engine.sql.refusal import RefusedError
from workers.engine.sql.resolve import strings
from workers.engine.sql.run import Run
from workers.engine.sql.state import State

_KINDS = {
    "OBJECT_TABLE": "a table",
    "OBJECT_VIEW": "a view",
    "OBJECT_MATVIEW": "a materialized view",
    "OBJECT_SEQUENCE": "a sequence",
    "OBJECT_INDEX": "an index",
}
_PARTS = {"OBJECT_POLICY": "policy", "OBJECT_TRIGGER": "trigger", "OBJECT_RULE": "rule"}


def comment(run: Run, node: Node) -> None:
    """Set or take away the comment of an object."""
    kind = node["objtype"]
    text = node.get("comment") or None
    if kind in _KINDS:
        _on_relation(run, _path(node), _KINDS[kind], text)
    elif kind in _PARTS:
        _on_part(run, _path(node), _PARTS[kind])
    elif kind == "OBJECT_COLUMN":
        _on_column(run, _path(node), text)
    elif kind in ("OBJECT_TYPE", "OBJECT_DOMAIN"):
        _on_type(run, strings(node["object"]["TypeName"]["names"]), kind, text)
    elif kind == "OBJECT_TABCONSTRAINT":
        _on_constraint(run, _path(node), text)
    elif kind in ("OBJECT_FUNCTION", "OBJECT_PROCEDURE", "OBJECT_AGGREGATE", "OBJECT_ROUTINE"):
        _on_function(run, node["object"]["ObjectWithArgs"], kind[7:].lower(), text)
    else:
        _on_named(run, kind, node["object"])


def _path(node: Node) -> tuple[str, ...]:
    return strings(node["object"]["List"]["items"])


def _on_named(run: Run, kind: str, node: Node) -> None:
    """Objects of one name, which hold no comment here: they must exist."""
    state = run.state
    if kind == "OBJECT_STATISTIC_EXT":
        statistics_objects.need(run, node)
        return
    if kind in named.WORDS:
        named.on_named(run, kind, node)
        return
    if kind == "OBJECT_CAST":
        casts.need(run, node)
        return
    name = resolve.value_text(node)
    if kind == "OBJECT_SCHEMA" and not state.has_schema(name):
        raise RefusedError("3F000", f'schema "{name}" does not exist')
    if kind == "OBJECT_EVENT_TRIGGER":
        event_triggers.need(run, name)
    if kind == "OBJECT_EXTENSION" and name not in state.schema.extensions:
        raise RefusedError("42704", f'extension "{name}" does not exist')
    if kind == "OBJECT_ROLE":
        need_role(run, {"rolename": name})
    if kind == "OBJECT_PUBLICATION" and name not in state.hidden.publications:
        raise RefusedError("42704", f'publication "{name}" does not exist')


def _on_function(run: Run, node: Node, word: str, text: str | None) -> None:
    function = find_function(run, node, word)
    run.state.put_function(replace(function, comment=text))


def _on_part(run: Run, path: tuple[str, ...], word: str) -> None:
    """What belongs to a table: only its existence is asked for."""
    state = run.state
    table = _relation(run, path[:-1])
    state.log.needs.add(str(table))
    holders: dict[str, Any] = {"policy": state.schema.policies, "rule": state.hidden.rules}
    if (table, path[-1]) not in holders.get(word, state.schema.triggers):
        raise RefusedError("42704", f'{word} "{path[-1]}" for table "{table.name}" does not exist')


def _relation(run: Run, path: tuple[str, ...]) -> QualifiedName:
    schema, name = resolve.split_path(path)
    found: Node = {"relname": name}
    if schema is not None:
        found["schemaname"] = schema
    return resolve.need_relation(run.state, found)


def _on_relation(run: Run, path: tuple[str, ...], wanted: str, text: str | None) -> None:
    state = run.state
    name = _relation(run, path)
    if not _is_of_kind(state, name, wanted):
        raise RefusedError("42809", f'"{name.name}" is not {wanted}')
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


def _is_of_kind(state: State, name: QualifiedName, wanted: str) -> bool:
    kind = state.relation_kind(name)
    view = state.schema.views.get(name)
    if view is not None:
        return wanted == ("a view" if view.kind == "view" else "a materialized view")
    return kind is None or wanted.endswith(f" {kind}")


def _on_column(run: Run, path: tuple[str, ...], text: str | None) -> None:
    name = _relation(run, path[:-1])
    state = run.state
    table = state.schema.tables.get(name)
    view = state.schema.views.get(name)
    if table is not None:
        column = need_column(table, path[-1])
        put_column(run, name, replace(column, comment=text), run.origin)
    elif view is not None and view.columns:
        if all(column.name != path[-1] for column in view.columns):
            shown = f'column "{path[-1]}" of relation "{name.name}"'
            raise RefusedError("42703", f"{shown} does not exist")
    elif name in state.schema.sequences:
        if path[-1] in ("last_value", "log_cnt", "is_called"):
            raise RefusedError("42809", f'cannot set comment on relation "{name.name}"')
        shown = f'column "{path[-1]}" of relation "{name.name}"'
        raise RefusedError("42703", f"{shown} does not exist")
    elif name in state.hidden.index_tables:
        raise RefusedError("42809", f'cannot set comment on relation "{name.name}"')


def _on_type(run: Run, path: tuple[str, ...], word: str, text: str | None) -> None:
    kind = resolve.find_type(run.state, path)
    if kind is None:
        raise RefusedError("42704", f'type "{resolve.dotted(path)}" does not exist')
    name = QualifiedName(kind.schema or "", kind.name)
    enum = run.state.schema.enums.get(name)
    if word == "OBJECT_DOMAIN" and (enum is not None or kind.schema is None):
        raise RefusedError("42809", f'"{resolve.dotted(path)}" is not a domain')
    if enum is not None:
        run.state.put(replace(enum, comment=text))


def _on_constraint(run: Run, path: tuple[str, ...], text: str | None) -> None:
    name = _relation(run, path[:-1])
    table = run.state.schema.tables.get(name)
    if table is None:
        raise RefusedError(
            "42704", f'constraint "{path[-1]}" for table "{name.name}" does not exist'
        )
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
