"""ALTER ... SET SCHEMA and ALTER ... OWNER TO."""

from __future__ import annotations

from workers.engine.schema.model import QualifiedName
from workers.engine.sql import resolve
from workers.engine.sql.ddl import event_triggers, moves, named, statistics_objects
from workers.engine.sql.ddl.alter_rest import need_role
from workers.engine.sql.ddl.enums import find_enum, refuse_other_type
from workers.engine.sql.ddl.functions import find_function, word_of
from workers.engine.sql.ddl.kinds_of_relation import refuse_other_kind
from workers.engine.sql.ddl.schemas import alter_extension_schema
from workers.engine.sql.postgres import Node
from workers.engine.sql.refusal import RefusedError
from workers.engine.sql.resolve import strings
from workers.engine.sql.run import Run

_RELATIONS = frozenset(
    ("OBJECT_TABLE", "OBJECT_VIEW", "OBJECT_MATVIEW", "OBJECT_SEQUENCE", "OBJECT_FOREIGN_TABLE")
)
_ROUTINES = frozenset(("OBJECT_FUNCTION", "OBJECT_PROCEDURE", "OBJECT_ROUTINE", "OBJECT_AGGREGATE"))


def set_schema(run: Run, node: Node) -> None:
    """ALTER ... SET SCHEMA."""
    kind = node["objectType"]
    schema = node["newschema"]
    if kind in _RELATIONS:
        _move_relation(run, node, schema)
    elif kind in ("OBJECT_TYPE", "OBJECT_DOMAIN"):
        _move_type(run, strings(node["object"]["List"]["items"]), schema, kind)
    elif kind == "OBJECT_EXTENSION":
        alter_extension_schema(run, resolve.value_text(node["object"]), schema)
    elif kind == "OBJECT_STATISTIC_EXT":
        statistics_objects.set_schema(run, node)
    elif kind in named.WORDS:
        named.set_schema(run, node)
    elif kind in _ROUTINES:
        function = find_function(run, node["object"]["ObjectWithArgs"], word_of(kind))
        place = resolve.creation_schema(run.state, schema)
        if place != function.name.schema:
            moves.move_function(run, function, QualifiedName(place, function.name.name))


def _move_relation(run: Run, node: Node, schema: str) -> None:
    state = run.state
    name = resolve.find_relation(state, node["relation"])
    if name is None:
        if node.get("missing_ok"):
            return
        name = resolve.need_relation(state, node["relation"])
    refuse_other_kind(run, name, node["objectType"])
    sequence = state.schema.sequences.get(name)
    if sequence is not None and sequence.owned_by is not None:
        raise RefusedError("0A000", "cannot move an owned sequence into another schema")
    place = resolve.creation_schema(state, schema)
    new = QualifiedName(place, name.name)
    if new == name:
        return
    if state.relation_kind(new) is not None:
        raise RefusedError("42P07", f'relation "{name.name}" already exists in schema "{place}"')
    _refuse_parts(run, name, new)
    moves.move_relation(run, name, new)


def _refuse_parts(run: Run, name: QualifiedName, new: QualifiedName) -> None:
    """AlterTableNamespaceInternal: the row type, the indexes and the own sequences move along."""
    state = run.state
    if state.is_type(new):
        raise RefusedError("42710", f'type "{new.name}" already exists in schema "{new.schema}"')
    holder = state.schema.tables.get(name) or state.schema.views.get(name)
    parts = [index.name for index in holder.indexes] if holder is not None else []
    parts += [
        one.name.name
        for one in state.schema.sequences.values()
        if one.owned_by is not None and one.owned_by[0] == name
    ]
    for part in parts:
        if state.relation_kind(QualifiedName(new.schema, part)) is not None:
            raise RefusedError(
                "42P07", f'relation "{part}" already exists in schema "{new.schema}"'
            )


def _move_type(run: Run, path: tuple[str, ...], schema: str, word: str) -> None:
    state = run.state
    kind = resolve.find_type(state, path)
    if kind is None or kind.schema is None:
        find_enum(run, path)
        return
    old = QualifiedName(kind.schema, kind.name)
    refuse_other_type(run, old, path, word)
    new = QualifiedName(resolve.creation_schema(state, schema), kind.name)
    if new == old:
        return
    if state.is_type(new):
        raise RefusedError("42710", f'type "{new.name}" already exists in schema "{new.schema}"')
    moves.move_type(run, old, new)


def set_owner(run: Run, node: Node) -> None:
    """ALTER ... OWNER TO: the object and the role must exist."""
    kind = node["objectType"]
    if kind in _ROUTINES:
        find_function(run, node["object"]["ObjectWithArgs"], word_of(kind))
    elif kind in ("OBJECT_TYPE", "OBJECT_DOMAIN"):
        path = strings(node["object"]["List"]["items"])
        if resolve.find_type(run.state, path) is None:
            find_enum(run, path)
    elif kind == "OBJECT_SCHEMA":
        name = resolve.value_text(node["object"])
        if not run.state.has_schema(name):
            raise RefusedError("3F000", f'schema "{name}" does not exist')
    elif kind in named.WORDS:
        named.on_named(run, kind, node["object"])
    elif kind == "OBJECT_EVENT_TRIGGER":
        event_triggers.need(run, resolve.value_text(node["object"]))
    need_role(run, node.get("newowner"))
