"""Enums: CREATE TYPE ... AS ENUM, and ALTER TYPE on their values."""

from __future__ import annotations

from msgspec.structs import replace

from workers.engine.schema.model import EnumType, EnumValue, QualifiedName
from workers.engine.schema.names import MAX_BYTES
from workers.engine.sql import resolve
from workers.engine.sql.ddl.touch import by_name, touched
from workers.engine.sql.postgres import Node
from workers.engine.sql.refusal import RefusedError
from workers.engine.sql.resolve import strings
from workers.engine.sql.run import Run


def new_type_name(run: Run, path: tuple[str, ...]) -> QualifiedName:
    """The full name of a type to be made, or the refusal of one that is taken."""
    schema, name = resolve.split_path(path)
    made = QualifiedName(resolve.creation_schema(run.state, schema), name)
    if run.state.is_type(made):
        raise RefusedError("42710", f'type "{name}" already exists')
    return made


def create_enum(run: Run, node: Node) -> None:
    """CREATE TYPE ... AS ENUM."""
    name = new_type_name(run, strings(node["typeName"]))
    values = strings(node.get("vals", []))
    seen: set[str] = set()
    for value in values:
        _refuse_long(value)
        if value in seen:
            raise RefusedError(
                "23505",
                'duplicate key value violates unique constraint "pg_enum_typid_label_index"',
            )
        seen.add(value)
    made = tuple(EnumValue(value, (run.origin,)) for value in values)
    run.state.put(EnumType(name, made, history=(run.origin,)))
    run.state.hidden.fresh_types[name] = True


def _refuse_long(label: str) -> None:
    """EnumValuesCreate: a label is a name, of up to 63 bytes, and is not clipped to them."""
    if len(label.encode()) > MAX_BYTES:
        raise RefusedError("42602", f'invalid enum label "{label}"')


def find_enum(run: Run, path: tuple[str, ...]) -> EnumType:
    """The enum of a name, or the refusal."""
    state = run.state
    schema, name = resolve.split_path(path)
    kind = resolve.find_type(state, path)
    if kind is None or kind.schema is None:
        state.log.needs.add(f"{schema or resolve.first_schema(state)}.{name}")
        if schema is not None and not state.has_schema(schema):
            raise RefusedError("3F000", f'schema "{schema}" does not exist')
        raise RefusedError("42704", f'type "{resolve.dotted(path)}" does not exist')
    found = QualifiedName(kind.schema, kind.name)
    state.log.needs.add(str(found))
    enum = state.schema.enums.get(found)
    if enum is None:
        raise RefusedError("42809", f"{resolve.describe(state, found)} is not an enum")
    return enum


def alter_enum(run: Run, node: Node) -> None:
    """ALTER TYPE ... ADD VALUE and RENAME VALUE."""
    enum = find_enum(run, strings(node["typeName"]))
    value = node["newVal"]
    if node.get("oldVal"):
        _refuse_long(value)
        _rename_value(run, enum, node["oldVal"], value)
        return
    _refuse_long(value)
    if by_name(enum.values, value) is not None:
        if node.get("skipIfNewValExists"):
            return
        raise RefusedError("42710", f'enum label "{value}" already exists')
    values = list(enum.values)
    at = len(values)
    neighbour = node.get("newValNeighbor")
    if neighbour:
        beside = by_name(values, neighbour)
        if beside is None:
            raise RefusedError("22023", f'"{neighbour}" is not an existing enum label')
        at = values.index(beside) + (1 if node.get("newValIsAfter") else 0)
    values.insert(at, EnumValue(value, (run.origin,)))
    history = touched(enum.history, run.origin)
    run.state.put(replace(enum, values=tuple(values), history=history))
    run.state.log.creates.add(f"{enum.name}.{value}")
    if enum.name not in run.state.hidden.fresh_types:
        run.state.hidden.fresh_values[enum.name, value] = True


def _rename_value(run: Run, enum: EnumType, old: str, new: str) -> None:
    value = by_name(enum.values, old)
    if value is None:
        raise RefusedError("22023", f'"{old}" is not an existing enum label')
    if by_name(enum.values, new) is not None:
        raise RefusedError("42710", f'enum label "{new}" already exists')
    made = replace(value, name=new, history=touched(value.history, run.origin))
    values = tuple(made if one is value else one for one in enum.values)
    history = touched(enum.history, run.origin)
    run.state.put(replace(enum, values=values, history=history))
    from workers.engine.sql.ddl.retarget import rename_enum_value

    rename_enum_value(run, enum.name, old, new)


def refuse_other_type(run: Run, name: QualifiedName, path: tuple[str, ...], word: str) -> None:
    """ALTER DOMAIN and DROP DOMAIN take domains alone."""
    if word == "OBJECT_DOMAIN" and name not in run.state.schema.domains:
        raise RefusedError("42809", f'"{resolve.dotted(path)}" is not a domain')
