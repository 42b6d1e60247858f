"""ALTER TABLE's actions on columns, but for their type."""

from __future__ import annotations

from msgspec.structs import replace

from workers.engine.schema.model import Column, QualifiedName, Table
from workers.engine.source import Origin
from workers.engine.sql import printing, resolve
from workers.engine.sql.ddl import dependents
from workers.engine.sql.ddl.columns import (
    default_text,
    draft_column,
    finish_column,
    generated_text,
    identity_of,
    identity_sequence,
    need_identity_type,
    put_sequence,
)
from workers.engine.sql.ddl.heritage import (
    add_to_child,
    children_of,
    parents_with,
    refuse_inherited,
    refuse_partition_key,
)
from workers.engine.sql.ddl.touch import need_column, put_column, update
from workers.engine.sql.postgres import Node
from workers.engine.sql.refusal import RefusedError
from workers.engine.sql.run import Run


def add_column(run: Run, name: QualifiedName, fields: Node, origin: Origin) -> list[Node]:
    """Add a column; answers with the constraints that its definition holds."""
    definition = fields["def"]["ColumnDef"]
    table = run.state.schema.tables[name]
    if table.partition_bound is not None:
        raise RefusedError("42809", "cannot add column to a partition")
    wanted = definition["colname"]
    if table.column(wanted) is not None:
        if fields.get("missing_ok"):
            return []
        raise RefusedError("42701", f'column "{wanted}" of relation "{name.name}" already exists')
    draft = draft_column(run, name, definition, origin)
    columns = (*table.columns, draft.column)
    put_sequence(run.state, draft)
    made = update(run, name, origin, columns=columns)
    column = finish_column(run, made, draft)
    if column is not draft.column:
        put_column(run, name, column, origin)
    below = children_of(run, name)
    if below and fields.get("alone"):
        raise RefusedError("42P16", "column must be added to child tables too")
    for child in below:
        _add_inherited(run, child, column)
    return draft.constraints


def _add_inherited(run: Run, name: QualifiedName, column: Column) -> None:
    if add_to_child(run, name, column):
        for child in children_of(run, name):
            _add_inherited(run, child, column)


def drop_column(run: Run, name: QualifiedName, fields: Node, origin: Origin) -> None:
    """Drop a column with what falls with it, or refuse for what stands on it."""
    table = run.state.schema.tables[name]
    column = table.column(fields["name"])
    if column is None:
        if fields.get("missing_ok"):
            return
        need_column(table, fields["name"])
        return
    refuse_inherited(run, table, column.name, "drop")
    _drop_column(run, name, column.name, fields, origin)


def _drop_column(run: Run, name: QualifiedName, column: str, fields: Node, origin: Origin) -> None:
    """Drop a column here, and below wherever nothing but this table gave it."""
    tables = run.state.schema.tables
    refuse_partition_key(tables[name], column, "drop")
    below = children_of(run, name)
    if below and fields.get("alone") and tables[name].kind == "partitioned":
        raise RefusedError(
            "42P16", "cannot drop column from only the partitioned table when partitions exist"
        )
    for child in below:
        own = tables[child].column(column)
        if own is None or parents_with(run.state, tables[child], column) > 1:
            continue
        if fields.get("alone"):
            put_column(run, child, replace(own, is_inherited=False), origin)
        elif own.is_inherited:
            _drop_column(run, child, column, fields, origin)
    cascade = fields.get("behavior") == "DROP_CASCADE"
    dependents.drop_column(run, name, column, cascade=cascade, origin=origin)


def _each(run: Run, name: QualifiedName, column: str) -> list[tuple[QualifiedName, Column]]:
    """The column in the table and in all tables below it."""
    found = [(name, need_column(run.state.schema.tables[name], column))]
    for child in children_of(run, name):
        if run.state.schema.tables[child].column(column) is not None:
            found += _each(run, child, column)
    return found


def set_not_null(run: Run, name: QualifiedName, fields: Node, origin: Origin) -> None:
    """SET NOT NULL."""
    table = run.state.schema.tables[name]
    column = need_column(table, fields["name"])
    if fields.get("alone") and not column.not_null:
        _refuse_nullable_below(run, table, column.name)
        put_column(run, name, replace(column, not_null=True, inherits_not_null=False), origin)
        return
    for place, one in _each(run, name, fields["name"]):
        is_from_above = place != name and (one.inherits_not_null or not one.not_null)
        made = replace(one, not_null=True, inherits_not_null=is_from_above)
        put_column(run, place, made, origin)


def _refuse_nullable_below(run: Run, table: Table, column: str) -> None:
    """ONLY: since 18 a NOT NULL is handed down; before, a partition must have it already."""
    for child in children_of(run, table.name):
        own = run.state.schema.tables[child].column(column)
        is_missing = own is None or not own.not_null
        if run.state.reads_as >= 18 or (table.kind == "partitioned" and is_missing):
            raise RefusedError("42P16", "constraint must be added to child tables too")


def drop_not_null(run: Run, name: QualifiedName, fields: Node, origin: Origin) -> None:
    """DROP NOT NULL: refused for a primary key's and an identity column."""
    table = run.state.schema.tables[name]
    column = need_column(table, fields["name"])
    if column.identity is not None:
        raise RefusedError(
            "42601",
            f'column "{column.name}" of relation "{name.name}" is an identity column',
        )
    if table.primary_key is not None and column.name in table.primary_key.columns:
        raise RefusedError("42P16", f'column "{column.name}" is in a primary key')
    _refuse_parents_not_null(run, table, column, fields)
    _drop_not_null(run, name, column, origin, is_alone=bool(fields.get("alone")))


def _drop_not_null(
    run: Run, name: QualifiedName, column: Column, origin: Origin, *, is_alone: bool
) -> None:
    """Here, and below: since 18 not where it is the table's own, or another parent's too."""
    put_column(run, name, replace(column, not_null=False, inherits_not_null=False), origin)
    tables = run.state.schema.tables
    for child in () if is_alone else children_of(run, name):
        own = tables[child].column(column.name)
        if own is None or (run.state.server_version >= 18 and not own.inherits_not_null):
            continue
        others = (tables[one].column(column.name) for one in tables[child].parents if one != name)
        if run.state.server_version < 18 or not any(one and one.not_null for one in others):
            _drop_not_null(run, child, own, origin, is_alone=False)


def _refuse_parents_not_null(run: Run, table: Table, column: Column, fields: Node) -> None:
    """A partition's column, since 18 any child's, stays NOT NULL as long as a parent's is."""
    tables = run.state.schema.tables
    if column.not_null and (table.partition_bound is not None or run.state.reads_as >= 18):
        for parent in table.parents:
            above = tables[parent].column(column.name) if parent in tables else None
            if above is not None and above.not_null:
                raise RefusedError(
                    "42P16", f'column "{column.name}" is marked NOT NULL in parent table'
                )
    is_partitioned = table.kind == "partitioned" and run.state.reads_as < 18
    if fields.get("alone") and is_partitioned and children_of(run, table.name):
        raise RefusedError(
            "42P16",
            "cannot remove constraint from only the partitioned table when partitions exist",
        )


def set_default(run: Run, name: QualifiedName, fields: Node, origin: Origin) -> None:
    """SET DEFAULT and DROP DEFAULT."""
    column = need_column(run.state.schema.tables[name], fields["name"])
    if column.identity is not None:
        raise RefusedError(
            "42601",
            f'column "{column.name}" of relation "{name.name}" is an identity column',
        )
    if column.generated is not None:
        raise RefusedError(
            "42601",
            f'column "{column.name}" of relation "{name.name}" is a generated column',
        )
    node = fields.get("def")
    text = default_text(run, column, node) if node else None
    if fields.get("alone"):
        put_column(run, name, replace(column, default=text), origin)
        return
    for table, one in _each(run, name, fields["name"]):
        put_column(run, table, replace(one, default=text), origin)


def add_identity(run: Run, name: QualifiedName, fields: Node, origin: Origin) -> None:
    """ADD GENERATED ... AS IDENTITY."""
    column = need_column(run.state.schema.tables[name], fields["name"])
    shown = f'column "{column.name}" of relation "{name.name}"'
    need_identity_type(column.type)
    constraint = fields["def"]["Constraint"]
    # The sequence is made before the column is looked at.
    sequence = identity_sequence(run, name, column, constraint.get("options", ()))
    if run.state.relation_kind(sequence.name) is not None:
        raise RefusedError("42P07", f'relation "{sequence.name.name}" already exists')
    if not column.not_null:
        raise RefusedError(
            "55000", f"{shown} must be declared NOT NULL before identity can be added"
        )
    if column.identity is not None:
        raise RefusedError("55000", f"{shown} is already an identity column")
    if column.default is not None:
        raise RefusedError("55000", f"{shown} already has a default value")
    run.state.put(replace(sequence, history=(origin,)))
    run.state.hidden.owned[sequence.name] = True
    identity = identity_of(constraint.get("generated_when", "d"))
    put_column(run, name, replace(column, identity=identity), origin)


def set_identity(run: Run, name: QualifiedName, fields: Node, origin: Origin) -> None:
    """SET GENERATED ALWAYS or BY DEFAULT."""
    column = need_column(run.state.schema.tables[name], fields["name"])
    if column.identity is None:
        raise RefusedError(
            "55000",
            f'column "{column.name}" of relation "{name.name}" is not an identity column',
        )
    for one in fields.get("def", {}).get("List", {}).get("items", ()):
        element = one["DefElem"]
        if element["defname"] == "generated":
            letter = chr(int(resolve.value_text(element["arg"])))
            put_column(run, name, replace(column, identity=identity_of(letter)), origin)


def drop_identity(run: Run, name: QualifiedName, fields: Node, origin: Origin) -> None:
    """DROP IDENTITY takes the sequence along."""
    column = need_column(run.state.schema.tables[name], fields["name"])
    if column.identity is None:
        if fields.get("missing_ok"):
            return
        raise RefusedError(
            "55000",
            f'column "{column.name}" of relation "{name.name}" is not an identity column',
        )
    for sequence in list(run.state.schema.sequences.values()):
        if sequence.owned_by == (name, column.name) and sequence.name in run.state.hidden.owned:
            run.state.remove(sequence)
    put_column(run, name, replace(column, identity=None), origin)


def drop_expression(run: Run, name: QualifiedName, fields: Node, origin: Origin) -> None:
    """DROP EXPRESSION makes a generated column a plain one."""
    column = need_column(run.state.schema.tables[name], fields["name"])
    if column.generated is None:
        if fields.get("missing_ok"):
            return
        raise RefusedError(
            "55000",
            f'column "{column.name}" of relation "{name.name}" is not a stored generated column',
        )
    put_column(run, name, replace(column, generated=None), origin)


def set_expression(run: Run, name: QualifiedName, fields: Node, origin: Origin) -> None:
    """SET EXPRESSION, of PostgreSQL 17 and later."""
    table: Table = run.state.schema.tables[name]
    column = need_column(table, fields["name"])
    if column.generated is None:
        raise RefusedError(
            "55000", f'column "{column.name}" of relation "{name.name}" is not a generated column'
        )
    scope = printing.scope_of(run.state, name.name, table.columns)
    text = generated_text(run, column, fields["def"], scope)
    put_column(run, name, replace(column, generated=text), origin)
