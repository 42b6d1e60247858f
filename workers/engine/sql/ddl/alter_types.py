"""ALTER COLUMN ... TYPE."""

from __future__ import annotations

from msgspec.structs import replace

from workers.engine.schema.model import Column, QualifiedName, Sequence, SqlType, Table
from workers.engine.schema.names import quote
from workers.engine.schema.types import format_type
from workers.engine.source import Origin
from workers.engine.sql import printing, resolve
from workers.engine.sql.builtin.casts import is_assignable, is_explicit
from workers.engine.sql.ddl import dependents
from workers.engine.sql.ddl.access_methods import need_dimensions
from workers.engine.sql.ddl.collations import collation_name, follow, need_collatable
from workers.engine.sql.ddl.indexing import base_type, need_operator_class
from workers.engine.sql.ddl.touch import need_column, put_column, update
from workers.engine.sql.postgres import Node, SqlSyntaxError, parse_expression
from workers.engine.sql.refusal import RefusedError
from workers.engine.sql.run import Run


def alter_type(run: Run, name: QualifiedName, fields: Node, origin: Origin) -> None:
    """Change a column's type, if its values and its default can follow."""
    state = run.state
    table = state.schema.tables[name]
    column = need_column(table, fields["name"])
    definition = fields["def"]["ColumnDef"]
    kind = resolve.resolve_type(state, definition["typeName"])
    using = definition.get("raw_default")
    if using:
        scope = printing.scope_of(state, name.name, table.columns)
        printing.check(run, using, scope)
    refuse_values(run, table, column, kind, using)
    _refuse_users(run, name, column)
    _refuse_default(run, table, column, kind)
    collation = definition.get("collClause")
    if collation:
        need_collatable(run, kind)
    named = collation_name(run, resolve.strings(collation["collname"])) if collation else None
    made = replace(column, type=kind, collation=named)
    put_column(run, name, made, origin)
    if made.collation != column.collation:
        update(run, name, indexes=follow(run, table, made))
    _rebuild(run, name, column)
    _follow_sequence(run, name, made, origin)
    for child in [t.name for t in state.schema.tables.values() if name in t.parents]:
        below = state.schema.tables[child].column(column.name)
        if below is not None:
            put_column(run, child, replace(below, type=kind), origin)


def refuse_values(
    run: Run, table: Table, column: Column, kind: SqlType, using: Node | None
) -> None:
    """Refuse a type that the column's values cannot be turned into."""
    source: SqlType | None = column.type
    if using:
        scope = printing.scope_of(run.state, table.name.name, table.columns)
        _refuse_cast(run, table, using)
        source = printing.type_of(using, scope)
        constant = using.get("A_Const")
        if constant is not None or source is None or source.name == "unknown":
            return
    assert source is not None
    if castable(run, source, kind):
        return
    shown = resolve.format_visible(run.state, kind)
    if using:
        raise RefusedError(
            "42804",
            f'result of USING clause for column "{column.name}" cannot be cast automatically '
            f"to type {shown}",
        )
    raise RefusedError(
        "42804",
        f'column "{column.name}" cannot be cast automatically to type {shown}',
        hint=f'You might need to specify "USING {quote(column.name)}::{_hint(kind)}".',
    )


def _refuse_cast(run: Run, table: Table, using: Node) -> None:
    """Refuse `USING column::type` where no such cast exists."""
    cast = using.get("TypeCast", {})
    reference = cast.get("arg", {}).get("ColumnRef")
    column = table.column(resolve.strings(reference["fields"])[-1]) if reference else None
    if column is None:
        return
    source = base_type(run.state, column.type)
    wanted = resolve.resolve_type(run.state, cast["typeName"])
    if not is_explicit(source, base_type(run.state, wanted)):
        one = resolve.format_visible(run.state, column.type)
        other = resolve.format_visible(run.state, wanted)
        raise RefusedError("42846", f"cannot cast type {one} to {other}", cast.get("location"))


def _hint(kind: SqlType) -> str:
    return format_type(SqlType(kind.name, kind.arguments, kind.is_array, None))


def castable(run: Run, source: SqlType, target: SqlType) -> bool:
    """Whether assignment turns one type into the other, domains and user casts considered."""
    state = run.state
    one, other = base_type(state, source), base_type(state, target)
    if is_assignable(one, other):
        return True
    pair = f"{format_type(_bare(one))}>{format_type(_bare(other))}"
    return any((word, pair) in state.hidden.other for word in ("cast", "implicit cast"))


def _bare(kind: SqlType) -> SqlType:
    return SqlType(kind.name, (), kind.is_array, kind.schema)


def _refuse_users(run: Run, name: QualifiedName, column: Column) -> None:
    state = run.state
    for one in state.schema.tables[name].columns:
        if one.generated is not None and one.name != column.name:
            users = dependents.columns_of(run.state, one.generated)
            if column.name in users:
                raise RefusedError(
                    "0A000", "cannot alter type of a column used by a generated column"
                )
    key = f"{name}.{column.name}"
    if any(key in view.depends_on for view in state.schema.views.values()):
        raise RefusedError("0A000", "cannot alter type of a column used by a view or rule")
    if any(key in policy.depends_on for policy in state.schema.policies.values()):
        raise RefusedError("0A000", "cannot alter type of a column used in a policy definition")
    for (table, trigger), columns in state.hidden.trigger_columns.items():
        if table == name and column.name in columns and trigger:
            raise RefusedError(
                "0A000", "cannot alter type of a column used in a trigger definition"
            )


def _refuse_default(run: Run, table: Table, column: Column, kind: SqlType) -> None:
    if column.default is None:
        return
    source: SqlType | None = column.type
    try:
        scope = printing.TableScope(run.state, {})
        found = printing.type_of(parse_expression(column.default), scope)
        if found is not None and found.name != "unknown":
            source = found
    except SqlSyntaxError:
        return
    assert source is not None
    if castable(run, source, kind):
        return
    shown = resolve.format_visible(run.state, kind)
    raise RefusedError(
        "42804",
        f'default for column "{column.name}" cannot be cast automatically to type {shown}',
    )


def _rebuild(run: Run, name: QualifiedName, old: Column) -> None:
    """Indexes on the column are made again: their method must take the new type."""
    table = run.state.schema.tables[name]
    column = table.column(old.name)
    assert column is not None
    for index in table.indexes:
        for key in index.keys:
            if key.column != column.name:
                continue
            if key.operator_class is None:
                need_operator_class(run, column.type, index.method)
            # Without dimensions the entries stay as they are, and nothing is built.
            if index.method in ("hnsw", "ivfflat") and column.type.arguments:
                need_dimensions(column.type, index.method)


def _follow_sequence(run: Run, name: QualifiedName, column: Column, origin: Origin) -> None:
    """The sequence of an identity column takes the new type."""
    if column.identity is None:
        return
    for sequence in list(run.state.schema.sequences.values()):
        if sequence.owned_by == (name, column.name) and sequence.name in run.state.hidden.owned:
            made: Sequence = replace(sequence, type=column.type.name)
            run.state.put(made)
