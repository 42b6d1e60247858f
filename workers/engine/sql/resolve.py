"""What names mean: the search path, relations, types, and how messages write them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from workers.engine.schema.model import QualifiedName, SqlType, Table
from workers.engine.schema.names import quote
from workers.engine.schema.types import builtin, is_builtin, with_arguments
from workers.engine.sql.builtin.geometry import geometry_arguments
from workers.engine.sql.postgres import Node
from workers.engine.sql.refusal import ExtensionsOwnError, RefusedError
from workers.engine.sql.state import TEMPORARY, State

UNDEFINED_TABLE = "42P01"
UNDEFINED_OBJECT = "42704"
UNDEFINED_SCHEMA = "3F000"


def strings(nodes: list[Node]) -> tuple[str, ...]:
    """The texts of a list of String nodes."""
    return tuple(_text(node) for node in nodes)


def _text(node: Node) -> str:
    string = node.get("String")
    if string is not None:
        return str(string.get("sval", ""))
    return "*"


def split_path(path: tuple[str, ...]) -> tuple[str | None, str]:
    """Schema, if given, and name; a database name before them is dropped."""
    return (path[-2] if len(path) > 1 else None), path[-1]


def dotted(path: tuple[str, ...]) -> str:
    """The name as messages write one that is not found: parts joined by dots, unquoted."""
    return ".".join(path)


def searched(state: State) -> Iterator[str]:
    """The schemas in which an unqualified name is looked for, in order."""
    yield TEMPORARY
    for name in state.search_path:
        if name in state.schema.schemas:
            yield name


def creation_schema(state: State, schema: str | None, location: int | None = None) -> str:
    """The schema in which a new object goes, or a refusal."""
    if schema is not None:
        if not state.has_schema(schema) and schema != TEMPORARY:
            state.log.needs.add(schema)
            raise RefusedError(UNDEFINED_SCHEMA, f'schema "{schema}" does not exist', location)
        state.log.needs.add(schema)
        return schema
    for name in state.search_path:
        if name in state.schema.schemas:
            return name
    raise RefusedError(UNDEFINED_SCHEMA, "no schema has been selected to create in", location)


def lookup(state: State, schema: str | None, name: str) -> QualifiedName | None:
    """The relation, of whatever kind, that a name means, or None."""
    if schema is not None:
        found = QualifiedName(schema, name)
        return found if state.relation_kind(found) else None
    for place in searched(state):
        found = QualifiedName(place, name)
        if state.relation_kind(found):
            return found
    return None


def range_path(relation: Node) -> tuple[str, ...]:
    """The name in a RangeVar's fields, as written."""
    schema = relation.get("schemaname")
    name = relation.get("relname", "")
    return (schema, name) if schema else (name,)


def find_relation(state: State, relation: Node) -> QualifiedName | None:
    """The relation that a RangeVar means, noted as needed; None if there is none."""
    schema, name = split_path(range_path(relation))
    found = lookup(state, schema, name)
    state.log.needs.add(str(found or QualifiedName(schema or first_schema(state), name)))
    return found


def first_schema(state: State) -> str:
    """The schema that an unqualified name most likely belongs to."""
    return next((name for name in state.search_path if name in state.schema.schemas), "public")


def is_system(relation: Node) -> bool:
    """Whether a RangeVar names a relation of the system catalogue."""
    schema = relation.get("schemaname")
    if schema is not None:
        return schema in ("pg_catalog", "information_schema", "pg_toast")
    return str(relation.get("relname", "")).startswith("pg_")


def is_other_relation(state: State, relation: Node) -> bool:
    """Whether a relation is there of which only the name is known: an extension made it."""
    other = state.hidden.other
    schema, name = split_path(range_path(relation))
    return any(
        ("relation", f"{place}.{name}") in other or ("opaque schema", place) in other
        for place in ((schema,) if schema is not None else tuple(searched(state)))
    )


def need_relation(state: State, relation: Node) -> QualifiedName:
    """The relation that a RangeVar means, or the refusal of a utility statement."""
    found = find_relation(state, relation)
    if found is not None:
        return found
    path = range_path(relation)
    location = relation.get("location", 0)
    if is_other_relation(state, relation):
        raise ExtensionsOwnError(dotted(path))
    if len(path) > 1 and not state.has_schema(path[0]):
        raise RefusedError(UNDEFINED_SCHEMA, f'schema "{path[0]}" does not exist', None)
    raise RefusedError(UNDEFINED_TABLE, f'relation "{dotted(path)}" does not exist', location)


def need_table(state: State, relation: Node) -> Table:
    """The table that a RangeVar means; another kind of relation is refused."""
    name = need_relation(state, relation)
    table = state.schema.tables.get(name)
    if table is None:
        raise RefusedError("42809", f'"{name.name}" is not a table', None)
    return table


def is_visible(state: State, name: QualifiedName) -> bool:
    """Whether the unqualified name means this relation."""
    return lookup(state, None, name.name) == name


def describe(state: State, name: QualifiedName) -> str:
    """The relation's name as messages write it: with its schema only if it must be."""
    if is_visible(state, name):
        return quote(name.name)
    return f"{quote(name.schema)}.{quote(name.name)}"


# Types


def find_type(state: State, path: tuple[str, ...]) -> SqlType | None:
    """The type of a name, without modifiers, or None."""
    schema, name = split_path(path)
    if schema == "pg_catalog":
        return builtin(name)
    if schema is None:
        found = builtin(name)
        if found is not None:
            return found
        places: tuple[str, ...] = tuple(searched(state))
    else:
        places = (schema,)
    for place in places:
        if state.is_type(QualifiedName(place, name)):
            return SqlType(name, schema=place)
        if name.startswith("_") and state.is_type(QualifiedName(place, name[1:])):
            return SqlType(name[1:], is_array=True, schema=place)
    for place in places:
        if ("opaque extension", place) in state.hidden.other:
            return SqlType(name, schema=place)
    return None


def resolve_type(state: State, node: Node) -> SqlType:
    """The type that the fields of a TypeName mean, or PostgreSQL's refusal."""
    path = strings(node["names"])
    if node.get("pct_type"):
        return _type_of_column(state, path, node)
    found = find_type(state, path)
    if found is None:
        _refuse_type(state, path, node)
        raise AssertionError
    if found.schema is not None:
        state.log.needs.add(f"{found.schema}.{found.name}")
    is_array = found.is_array or bool(node.get("arrayBounds"))
    typmods = node.get("typmods", ())
    if not typmods:
        if not is_array or found.is_array:
            return with_arguments(found, ()) if found.name == "bit" else found
        return with_arguments(SqlType(found.name, (), True, found.schema), ())
    arguments = tuple(_modifier(one) for one in typmods)
    if found.schema is not None:
        arguments = geometry_arguments(found.name, arguments)
    elif found.name == "interval":
        return _interval(arguments, is_array)
    return with_arguments(SqlType(found.name, (), is_array, found.schema), arguments)


def _refuse_type(state: State, path: tuple[str, ...], node: Node) -> None:
    schema, name = split_path(path)
    state.log.needs.add(f"{schema or first_schema(state)}.{name}")
    if schema is not None and not state.has_schema(schema):
        raise RefusedError(
            UNDEFINED_SCHEMA, f'schema "{schema}" does not exist', node.get("location", 0)
        )
    suffix = "[]" if node.get("arrayBounds") else ""
    raise RefusedError(
        UNDEFINED_OBJECT,
        f'type "{dotted(path)}{suffix}" does not exist',
        node.get("location", 0),
    )


def _type_of_column(state: State, path: tuple[str, ...], node: Node) -> SqlType:
    name = lookup(state, *split_path(path[:-1]))
    table = state.schema.tables.get(name) if name is not None else None
    column = table.column(path[-1]) if table is not None else None
    if column is None:
        raise RefusedError(
            UNDEFINED_TABLE,
            f'relation "{dotted(path[:-1])}" does not exist',
            node.get("location", 0),
        )
    return column.type


def _modifier(node: Node) -> str:
    constant = node.get("A_Const")
    if constant is not None:
        return constant_text(constant)
    reference = node.get("ColumnRef")
    if reference is not None:
        return strings(reference["fields"])[-1]
    return ""


def constant_text(constant: Node) -> str:
    """The value of an A_Const as plain text; NULL is empty."""
    for key in ("ival", "fval", "sval", "boolval", "bsval"):
        if key in constant:
            value: Any = constant[key].get(key)
            if key == "boolval":
                return "true" if value else "false"
            return str(value if value is not None else (0 if key == "ival" else ""))
    return ""


_FIELDS = {
    4: "year", 2: "month", 8: "day", 1024: "hour", 2048: "minute", 4096: "second",
    6: "year to month", 1032: "day to hour", 3080: "day to minute", 7176: "day to second",
    3072: "hour to minute", 7168: "hour to second", 6144: "minute to second",
}  # fmt: skip


def _interval(arguments: tuple[str, ...], is_array: bool) -> SqlType:
    fields = _FIELDS.get(int(arguments[0]))
    name = f"interval {fields}" if fields else "interval"
    return SqlType(name, arguments[1:], is_array)


def type_name(kind: SqlType) -> str:
    """The type's name for the dictionaries of a schema, as `schema.name`."""
    return f"{kind.schema}.{kind.name}" if kind.schema else kind.name


def format_visible(state: State, kind: SqlType) -> str:
    """The type as `format_type_be` writes it in messages: schema only where it must be."""
    from workers.engine.schema.types import format_type

    bare = SqlType(kind.name, (), kind.is_array, kind.schema)
    if kind.schema is None or is_builtin(bare):
        return format_type(bare)
    if find_type(state, (kind.name,)) == SqlType(kind.name, schema=kind.schema):
        return quote(kind.name) + ("[]" if kind.is_array else "")
    return format_type(bare)


def value_text(node: Node | None) -> str:
    """The value of an option's argument as plain text."""
    if not node:
        return ""
    ((kind, fields),) = node.items()
    if kind == "A_Const":
        return constant_text(fields)
    if kind == "String":
        return str(fields.get("sval", ""))
    if kind == "Integer":
        return str(fields.get("ival", 0))
    if kind == "Float":
        return str(fields.get("fval", ""))
    if kind == "Boolean":
        return "true" if fields.get("boolval") else "false"
    if kind == "TypeName":
        return ".".join(strings(fields["names"]))
    if kind == "List":
        return ".".join(value_text(one) for one in fields.get("items", ()))
    if kind == "TypeCast":
        return value_text(fields["arg"])
    return ""
