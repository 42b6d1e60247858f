"""Indexes: their keys, names and operator classes."""

from __future__ import annotations

from collections.abc import Iterable

from workers.engine.schema.model import Column, IndexKey, QualifiedName, SqlType, Table, View
from workers.engine.schema.names import choose_name, quote
from workers.engine.sql import printing, resolve
from workers.engine.sql.builtin import opclasses
from workers.engine.sql.ddl.aggregation import ALONE, refuse_in
from workers.engine.sql.ddl.collations import (
    among,
    collation_name,
    collation_of,
    last_part,
    need_collatable,
)
from workers.engine.sql.ddl.figure import column_label
from workers.engine.sql.postgres import Node
from workers.engine.sql.references import columns_in
from workers.engine.sql.refusal import RefusedError
from workers.engine.sql.resolve import strings
from workers.engine.sql.run import Run
from workers.engine.sql.state import State


def choose_index_name(
    state: State, table: QualifiedName, columns: str | None, label: str, *, is_constraint: bool
) -> str:
    """An index's generated name: no relation of the schema, and no constraint, may have it."""

    def is_taken(name: str) -> bool:
        key = QualifiedName(table.schema, name)
        if state.relation_kind(key) is not None:
            return True
        return is_constraint and key in state.hidden.constraint_tables

    return choose_name(table.name, columns, label, is_taken)


def refuse_taken(state: State, schema: str, name: str) -> None:
    """Refuse a name that a relation of the schema has."""
    if state.relation_kind(QualifiedName(schema, name)) is not None:
        raise RefusedError("42P07", f'relation "{name}" already exists')


def distinct_names(names: Iterable[str]) -> list[str]:
    """Column names of an index as it numbers them: expr, expr1, expr2."""
    taken: list[str] = []
    for name in names:
        chosen, number = name, 0
        while chosen in taken:
            number += 1
            chosen = f"{name}{number}"
        taken.append(chosen)
    return taken


def make_key(run: Run, table: Table | View, element: Node, method: str) -> tuple[IndexKey, str]:
    """One key of an index, and the name that it has within the index."""
    state = run.state
    name = element.get("name")
    expression = column = own = None
    collation = element.get("collation")
    if not name and "CollateClause" in element["expr"]:
        # ComputeIndexAttrs takes the clause off, and a bare column is a column then.
        clause = element["expr"]["CollateClause"]
        element = {**element, "expr": clause["arg"]}
        collation = collation or clause["collname"]
    if name:
        column = next((one for one in table.columns if one.name == name), None)
        if column is None:
            raise RefusedError("42703", f'column "{name}" does not exist', None)
        kind: SqlType | None = column.type
        label = name
    else:
        node = element["expr"]
        scope = printing.scope_of(state, table.name.name, table.columns)
        printing.check(run, node, scope)
        refuse_in(node, ALONE, "index expressions")
        bare = node.get("ColumnRef")
        label = column_label(node) or "expr"
        if bare is not None:
            name = strings(bare["fields"])[-1]
            column = next((one for one in table.columns if one.name == name), None)
        else:
            if not collation:
                own = collation_of(run, node, among(table.columns), scope)
            expression = printing.printed(run, node, scope)
            message = "functions in index expression must be marked IMMUTABLE"
            printing.need_immutable(run, node, scope, message)
        kind = printing.type_of(node, scope)
    descending = element.get("ordering") == "SORTBY_DESC"
    nulls = {"SORTBY_NULLS_FIRST": True, "SORTBY_NULLS_LAST": False}.get(
        element.get("nulls_ordering", "")
    )
    if collation and kind is not None:
        need_collatable(run, kind)
    key = IndexKey(
        column=name or None,
        expression=expression,
        operator_class=_operator_class(run, element, kind, method),
        descending=descending,
        nulls_first=None if nulls == descending else nulls,
        collation=_collation(run, strings(collation), column) if collation else last_part(own),
    )
    return key, label


def _collation(run: Run, path: tuple[str, ...], column: Column | None) -> str | None:
    """A key's collation, where it is not its column's own."""
    name = collation_name(run, path)
    own = column.collation if column is not None else None
    return None if name == own else last_part(name)


def _operator_class(run: Run, element: Node, kind: SqlType | None, method: str) -> str | None:
    given = strings(element.get("opclass", []))
    if not given:
        if kind is not None:
            need_operator_class(run, kind, method)
        return None
    schema, name = resolve.split_path(given)
    options = _options(element.get("opclassopts", ()))
    if schema in (None, "pg_catalog") and opclasses.is_operator_class(method, name):
        _refuse_type(run, name, kind)
        if kind is not None and kind.schema is None:
            default = opclasses.default_for(method, kind.name, is_array=kind.is_array)
            if name == default or (name == "varchar_ops" and default == "text_ops"):
                return options or None
        return name + options
    found = _find_class(run.state, schema, name, method)
    if found is None:
        shown = resolve.dotted(given)
        raise RefusedError(
            "42704", f'operator class "{shown}" does not exist for access method "{method}"'
        )
    place, default_type = found
    if kind is not None and default_type and default_type == kind.name:
        return options or None
    return f"{quote(place)}.{quote(name)}{options}"


_TEXTS = frozenset(("text", "character varying"))
_INPUTS = {
    "text_ops": _TEXTS,
    "text_pattern_ops": _TEXTS,
    "varchar_ops": _TEXTS,
    "varchar_pattern_ops": _TEXTS,
    "bpchar_ops": frozenset(("character",)),
    "bpchar_pattern_ops": frozenset(("character",)),
    "jsonb_ops": frozenset(("jsonb",)),
    "jsonb_path_ops": frozenset(("jsonb",)),
    "int4_ops": frozenset(("integer",)),
    "int8_ops": frozenset(("bigint",)),
    "uuid_ops": frozenset(("uuid",)),
    "tsvector_ops": frozenset(("tsvector",)),
}
"""The types, and those that are stored alike, of the operator classes that people name."""


def _refuse_type(run: Run, name: str, kind: SqlType | None) -> None:
    """ResolveOpClass: an operator class of another type than the key's."""
    accepted = _INPUTS.get(name)
    if kind is None or accepted is None:
        return
    bare = base_type(run.state, kind)
    is_known = (
        bare.schema is None or QualifiedName(bare.schema, bare.name) in run.state.schema.enums
    )
    if is_known and (bare.is_array or bare.name not in accepted):
        shown = resolve.format_visible(run.state, kind)
        raise RefusedError("42804", f'operator class "{name}" does not accept data type {shown}')


def base_type(state: State, kind: SqlType) -> SqlType:
    """The type under a domain, or the type itself."""
    while kind.schema is not None and not kind.is_array:
        domain = state.schema.domains.get(QualifiedName(kind.schema, kind.name))
        if domain is None:
            break
        kind = domain.type
    return kind


def _options(nodes: Iterable[Node]) -> str:
    shown = [
        f"{one['DefElem']['defname']}='{resolve.value_text(one['DefElem'].get('arg'))}'"
        for one in nodes
    ]
    return f" ({', '.join(shown)})" if shown else ""


def _find_class(state: State, schema: str | None, name: str, method: str) -> tuple[str, str] | None:
    for place in (schema,) if schema is not None else tuple(resolve.searched(state)):
        found = state.hidden.operator_classes.get(QualifiedName(place, f"{method}:{name}"))
        if found is not None:
            return place, found[1]
    return None


def need_operator_class(run: Run, kind: SqlType, method: str) -> None:
    """Refuse a type that the method has no default operator class for."""
    state = run.state
    if kind.schema is not None:
        key = QualifiedName(kind.schema, kind.name)
        domain = state.schema.domains.get(key)
        if domain is not None and not kind.is_array:
            need_operator_class(run, domain.type, method)
            return
        has = kind.is_array or method in ("btree", "hash") or _has_default(state, kind, method)
        if key in state.schema.enums and not kind.is_array:
            has = method in ("btree", "hash") or _has_default(state, kind, method)
        elif state.hidden.types.get(key, "").startswith("extension ") and not kind.is_array:
            has = _has_default(state, kind, method)
        elif state.hidden.types.get(key) == "range":
            has = has or method in ("gist", "spgist")
    else:
        has = opclasses.has_default(method, kind.name, is_array=kind.is_array) or _has_default(
            state, kind, method
        )
    if not has:
        shown = resolve.format_visible(state, kind)
        raise RefusedError(
            "42704",
            f'data type {shown} has no default operator class for access method "{method}"',
        )


def _has_default(state: State, kind: SqlType, method: str) -> bool:
    names = {kind.name, "anyenum"} if kind.schema is not None else {kind.name}
    return any(
        found[0] == method and found[1] in names and not kind.is_array
        for found in state.hidden.operator_classes.values()
    )


def need_operator_classes(run: Run, table: Table, columns: tuple[str, ...], method: str) -> None:
    """The same for several columns."""
    for name in columns:
        column = table.column(name)
        if column is not None:
            need_operator_class(run, column.type, method)


def need_partition_columns(table: Table, columns: tuple[str, ...]) -> None:
    """Refuse a unique of a partitioned table that leaves a column of the partition key out."""
    if table.partition_key is None:
        return
    inside = table.partition_key.partition("(")[2]
    if not columns_in(f"f({inside}").issubset(columns):
        raise RefusedError(
            "0A000",
            "unique constraint on partitioned table must include all partitioning columns",
        )


def predicate(run: Run, table: Table | View, node: Node | None) -> str | None:
    """The WHERE of a partial index, printed."""
    if not node:
        return None
    scope = printing.scope_of(run.state, table.name.name, table.columns)
    printing.check(run, node, scope)
    refuse_in(node, ALONE, "index predicates")
    printing.need_boolean(run, node, scope, "WHERE")
    text = printing.printed(run, node, scope)
    message = "functions in index predicate must be marked IMMUTABLE"
    printing.need_immutable(run, node, scope, message)
    return text


def print_key(key: IndexKey) -> str:
    """A key as `pg_get_indexdef` writes it."""
    if key.column is not None:
        shown = quote(key.column)
    else:
        text = key.expression or ""
        shown = text if text.endswith(")") and not text.startswith("(") else f"{text}"
    if key.collation:
        shown += f" COLLATE {key.collation}"
    if key.operator_class:
        shown += f" {key.operator_class}"
    if key.descending:
        shown += " DESC"
    if key.nulls_first is not None:
        shown += " NULLS FIRST" if key.nulls_first else " NULLS LAST"
    return shown
