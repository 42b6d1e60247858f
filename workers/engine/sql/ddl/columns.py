"""Columns as CREATE TABLE and ADD COLUMN define them."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Literal

from msgspec import Struct, field
from msgspec.structs import replace

from workers.engine.schema.model import Column, QualifiedName, Sequence, SqlType, Table
from workers.engine.schema.names import choose_name, quote, quote_literal
from workers.engine.schema.types import PSEUDO, SERIALS, format_type
from workers.engine.source import Origin
from workers.engine.sql import printing, resolve
from workers.engine.sql.ddl.aggregation import ALONE, refuse_in
from workers.engine.sql.ddl.collations import collation_name, need_collatable
from workers.engine.sql.ddl.function_options import refuse_repeated
from workers.engine.sql.ddl.indexing import base_type
from workers.engine.sql.postgres import Node
from workers.engine.sql.references import references
from workers.engine.sql.refusal import RefusedError
from workers.engine.sql.resolve import strings
from workers.engine.sql.run import Run
from workers.engine.sql.state import State

Identity = Literal["ALWAYS", "BY DEFAULT"]


class ColumnDraft(Struct):
    """A column being made: its default and generation are worked out once all columns stand."""

    column: Column
    default: Node | None = None
    generated: Node | None = None
    sequence: Sequence | None = None
    is_identity: bool = False
    constraints: list[Node] = field(default_factory=list)
    """Constraint fields, in order, each made to name its column."""


def draft_column(run: Run, table: QualifiedName, fields: Node, base: Origin | None) -> ColumnDraft:
    """Read a ColumnDef; `base` is its place where the node itself has none."""
    origin = base or run.at(fields)
    name = fields["colname"]
    path = strings(fields["typeName"]["names"]) if fields.get("typeName") else ()
    serial = SERIALS.get(path[0]) if len(path) == 1 else None
    if serial is not None and fields["typeName"].get("arrayBounds"):
        raise RefusedError("0A000", "array of serial is not implemented")
    kind = SqlType(serial) if serial else resolve.resolve_type(run.state, fields["typeName"])
    if kind.schema is None and kind.name in PSEUDO:
        raise RefusedError("42P16", f'column "{name}" has pseudo-type {kind.name}')
    column = Column(name, kind, collation=_collation(run, fields, kind), history=(origin,))
    draft = ColumnDraft(column)
    if serial is not None:
        _serial(run.state, table, draft, serial, origin)
    given = _attributes_joined(fields.get("constraints", ()))
    _refuse_null(given, name, table, is_serial=serial is not None)
    for constraint in given:
        _constrain(run, table, draft, constraint, origin)
    return draft


def _refuse_null(
    constraints: list[Node], name: str, table: QualifiedName, *, is_serial: bool
) -> None:
    """NULL says nothing, but may not stand beside what means NOT NULL."""
    kinds = {fields["contype"] for fields in constraints}
    if "CONSTR_NULL" in kinds and (is_serial or kinds & {"CONSTR_NOTNULL", "CONSTR_IDENTITY"}):
        shown = (
            f'conflicting NULL/NOT NULL declarations for column "{name}" of table "{table.name}"'
        )
        raise RefusedError("42601", shown)


def _collation(run: Run, fields: Node, kind: SqlType) -> str | None:
    clause = fields.get("collClause")
    if not clause:
        return None
    need_collatable(run, kind)
    return collation_name(run, strings(clause["collname"]))


def _serial(
    state: State, table: QualifiedName, draft: ColumnDraft, kind: str, origin: Origin
) -> None:
    name = sequence_name(state, table, draft.column.name)
    shown = f"{quote(name.schema)}.{quote(name.name)}"
    draft.sequence = Sequence(name, kind, (table, draft.column.name), None, (origin,))
    draft.column = replace(
        draft.column, not_null=True, default=f"nextval({quote_literal(shown)}::regclass)"
    )


def sequence_name(state: State, table: QualifiedName, column: str) -> QualifiedName:
    """The name of the sequence that serial or identity makes."""

    def is_taken(name: str) -> bool:
        return state.relation_kind(QualifiedName(table.schema, name)) is not None

    return QualifiedName(table.schema, choose_name(table.name, column, "seq", is_taken))


_JOINED = {
    "CONSTR_ATTR_DEFERRABLE": {"deferrable": True},
    "CONSTR_ATTR_NOT_DEFERRABLE": {"deferrable": False},
    "CONSTR_ATTR_DEFERRED": {"deferrable": True, "initdeferred": True},
    "CONSTR_ATTR_IMMEDIATE": {"initdeferred": False},
    "CONSTR_ATTR_ENFORCED": {"is_enforced": True},
    "CONSTR_ATTR_NOT_ENFORCED": {"is_enforced": False, "skip_validation": True},
}


def _attributes_joined(nodes: Iterable[Node]) -> list[Node]:
    """The constraints, with DEFERRABLE and INITIALLY put on the one before."""
    found: list[Node] = []
    for node in nodes:
        fields = node["Constraint"]
        extra = _JOINED.get(fields["contype"])
        if extra is None:
            found.append(fields)
        elif found:
            found[-1] = {**found[-1], **extra}
    return found


def _constrain(
    run: Run, table: QualifiedName, draft: ColumnDraft, fields: Node, origin: Origin
) -> None:
    kind = fields["contype"]
    name = draft.column.name
    step = _STEPS.get(kind)
    if step is not None:
        step(run, table, draft, fields)
    elif kind in ("CONSTR_PRIMARY", "CONSTR_UNIQUE"):
        draft.constraints.append({**fields, "keys": [{"String": {"sval": name}}]})
    elif kind == "CONSTR_FOREIGN":
        draft.constraints.append({**fields, "fk_attrs": [{"String": {"sval": name}}]})
    elif kind == "CONSTR_CHECK":
        draft.constraints.append(fields)


def _not_null(run: Run, table: QualifiedName, draft: ColumnDraft, fields: Node) -> None:
    draft.column = replace(draft.column, not_null=True)


def _default(run: Run, table: QualifiedName, draft: ColumnDraft, fields: Node) -> None:
    if draft.default is not None or draft.column.default is not None:
        raise RefusedError(
            "42601",
            f'multiple default values specified for column "{draft.column.name}" '
            f'of table "{table.name}"',
            fields.get("location"),
        )
    draft.default = fields["raw_expr"]


def _generated(run: Run, table: QualifiedName, draft: ColumnDraft, fields: Node) -> None:
    draft.generated = fields["raw_expr"]


def _identity(run: Run, table: QualifiedName, draft: ColumnDraft, fields: Node) -> None:
    name = draft.column.name
    need_identity_type(draft.column.type)
    draft.sequence = identity_sequence(run, table, draft.column, fields.get("options", ()))
    draft.is_identity = True
    draft.column = replace(
        draft.column, not_null=True, identity=identity_of(fields.get("generated_when", "d"))
    )
    if draft.default is not None:
        raise RefusedError(
            "42601",
            f'both default and identity specified for column "{name}" of table "{table.name}"',
            fields.get("location"),
        )


_STEPS: dict[str, Callable[[Run, QualifiedName, ColumnDraft, Node], None]] = {
    "CONSTR_NOTNULL": _not_null,
    "CONSTR_DEFAULT": _default,
    "CONSTR_GENERATED": _generated,
    "CONSTR_IDENTITY": _identity,
}


def need_identity_type(kind: SqlType) -> None:
    """Refuse a type that no identity column can have."""
    if kind.name not in ("smallint", "integer", "bigint") or kind.is_array:
        raise RefusedError("22023", "identity column type must be smallint, integer, or bigint")


def identity_of(letter: str) -> Identity:
    """ALWAYS or BY DEFAULT by the catalogue's letter."""
    return "ALWAYS" if letter == "a" else "BY DEFAULT"


def identity_sequence(
    run: Run, table: QualifiedName, column: Column, options: Iterable[Node]
) -> Sequence:
    """The sequence of an identity column; `SEQUENCE NAME` among the options names it."""
    name = None
    options = tuple(options)
    refuse_repeated(options)
    for option in options:
        element = option["DefElem"]
        if element["defname"] == "sequence_name":
            path = resolve.value_text(element["arg"]).split(".")
            name = QualifiedName(path[-2] if len(path) > 1 else table.schema, path[-1])
    name = name or sequence_name(run.state, table, column.name)
    return Sequence(name, column.type.name, (table, column.name), None, column.history)


def put_sequence(state: State, draft: ColumnDraft) -> None:
    """Make the sequence that a column brings along."""
    if draft.sequence is None:
        return
    state.put(draft.sequence)
    if draft.is_identity:
        state.hidden.owned[draft.sequence.name] = True


def finish_column(run: Run, table: Table, draft: ColumnDraft) -> Column:
    """The column with its default and generation expression, checked and printed."""
    column = draft.column
    if draft.default is not None:
        column = replace(column, default=default_text(run, column, draft.default))
    if draft.generated is not None:
        scope = printing.scope_of(run.state, table.name.name, table.columns)
        _refuse_generated_use(run, table, column, draft.generated, scope)
        column = replace(column, generated=generated_text(run, column, draft.generated, scope))
    return column


def generated_text(run: Run, column: Column, node: Node, scope: printing.TableScope) -> str:
    """A generation expression, immutable and printed."""
    text = printing.printed(run, node, scope, column.type)
    # The cast to the column's type is not looked at.
    printing.need_immutable(run, node, scope, "generation expression is not immutable")
    return text


def _refuse_generated_use(
    run: Run, table: Table, column: Column, node: Node, scope: printing.TableScope
) -> None:
    found = printing.check(run, node, scope)
    if found.has_query:
        raise RefusedError("0A000", "cannot use subquery in column generation expression")
    printing.printed(run, node, scope)
    refuse_in(node, ALONE, "column generation expressions")
    for path, location in found.columns:
        other = table.column(path[-1])
        if other is not None and (other.generated is not None or other.name == column.name):
            raise RefusedError(
                "42P17",
                f'cannot use generated column "{path[-1]}" in column generation expression',
                location,
            )


def default_text(run: Run, column: Column, node: Node) -> str | None:
    """A DEFAULT checked and printed; NULL is no default at all."""
    if node.get("A_Const", {}).get("isnull"):
        return null_default(run, column.type)
    scope = printing.TableScope(run.state, {})
    found = references(node)
    if found.columns and not found.has_query:
        raise RefusedError(
            "0A000", "cannot use column reference in DEFAULT expression", found.columns[0][1]
        )
    if found.has_query:
        raise RefusedError("0A000", "cannot use subquery in DEFAULT expression")
    printing.check(run, node, scope)
    refuse_in(node, ALONE, "DEFAULT expressions")
    _refuse_value(run, column, node)
    try:
        return printing.printed(run, node, scope, column.type)
    except RefusedError as refusal:
        if not refusal.message.startswith("is of type"):
            raise
        shown = f'column "{column.name}" {refusal.message}'
        raise RefusedError(refusal.sqlstate, shown, node_location(node)) from None


def null_default(run: Run, kind: SqlType) -> str | None:
    """NULL as a default: cut to a length it is no plain NULL any more, and is kept."""
    under = base_type(run.state, kind)
    bare = SqlType(under.name, (), under.is_array, under.schema)
    return f"NULL::{format_type(bare)}" if under != kind or kind.arguments else None


def node_location(node: Node) -> int | None:
    """Where an expression's outermost node stands."""
    for fields in node.values():
        location = fields.get("location") if isinstance(fields, dict) else None
        return location if isinstance(location, int) else None
    return None


def _refuse_value(run: Run, column: Column, node: Node) -> None:
    """Refuse a constant that the column's enum does not have, or may not be used for yet."""
    kind = column.type
    if kind.schema is None or kind.is_array:
        return
    enum = run.state.schema.enums.get(QualifiedName(kind.schema, kind.name))
    while "TypeCast" in node:
        if resolve.resolve_type(run.state, node["TypeCast"]["typeName"]) != kind:
            return
        node = node["TypeCast"]["arg"]
    constant = node.get("A_Const", {})
    if enum is None or "sval" not in constant:
        return
    text = constant["sval"].get("sval", "")
    if all(value.name != text for value in enum.values):
        shown = resolve.format_visible(run.state, kind)
        raise RefusedError(
            "22P02", f'invalid input value for enum {shown}: "{text}"', constant.get("location")
        )
    if (enum.name, text) in run.state.hidden.fresh_values:
        raise unsafe_value(run.state, kind, text)


def unsafe_value(state: State, kind: SqlType, text: str) -> RefusedError:
    """The refusal of an enum value that this very transaction added."""
    shown = resolve.format_visible(state, kind)
    return RefusedError(
        "55P04",
        f'unsafe use of new value "{text}" of enum type {shown}',
        hint="New enum values must be committed before they can be used.",
    )
