"""What a table takes from others: columns by INHERITS, and all that LIKE is told to copy."""

from __future__ import annotations

from msgspec.structs import replace

from workers.engine.schema.model import Column, Index, KeyConstraint, QualifiedName, Table
from workers.engine.schema.names import join_columns
from workers.engine.sql import resolve
from workers.engine.sql.ddl import indexing
from workers.engine.sql.ddl.columns import identity_sequence
from workers.engine.sql.ddl.touch import by_name, update
from workers.engine.sql.postgres import Node
from workers.engine.sql.refusal import RefusedError
from workers.engine.sql.run import Run

_COMMENTS, _CONSTRAINTS, _DEFAULTS, _GENERATED, _IDENTITY, _INDEXES = 1, 4, 8, 16, 32, 64


def inherited_columns(run: Run, parents: tuple[Table, ...]) -> dict[str, Column]:
    """The columns of all parents, merged by name."""
    columns: dict[str, Column] = {}
    for number, parent in enumerate(parents):
        if parent in parents[:number]:
            raise RefusedError(
                "42P07", f'relation "{parent.name.name}" would be inherited from more than once'
            )
        for column in parent.columns:
            known = columns.get(column.name)
            if known is not None and known.type != column.type:
                raise RefusedError("42804", f'inherited column "{column.name}" has a type conflict')
            not_null = column.not_null or (known is not None and known.not_null)
            columns[column.name] = replace(
                known or column,
                not_null=not_null,
                inherits_not_null=not_null,
                identity=None,
                is_inherited=True,
                history=(run.origin,),
            )
    return columns


def copy_like(run: Run, name: QualifiedName, clause: Node) -> None:
    """Copy what `LIKE source INCLUDING ...` asks for; the columns stand already."""
    options = clause.get("options", 0)
    source_name = resolve.need_relation(run.state, clause["relation"])
    source = run.state.schema.tables.get(source_name)
    if source is None or not options:
        return
    table = run.state.schema.tables[name]
    columns = tuple(_like_column(run, name, column, source, options) for column in table.columns)
    checks = table.checks
    if options & _CONSTRAINTS:
        checks += tuple(replace(check, history=(run.origin,)) for check in source.checks)
    update(run, name, columns=columns, checks=checks)
    if options & _INDEXES:
        for index in source.indexes:
            _copy_index(run, name, source, index)


def _like_column(
    run: Run, name: QualifiedName, column: Column, source: Table, options: int
) -> Column:
    original = source.column(column.name)
    if original is None:
        return column
    if original.generated is not None:
        if options & _GENERATED:
            return replace(column, generated=original.generated)
        return column
    if original.identity is not None and options & _IDENTITY:
        # The type is not among the options that are copied.
        sequence = replace(identity_sequence(run, name, column, ()), type="bigint")
        run.state.put(sequence)
        run.state.hidden.owned[sequence.name] = True
        return replace(column, identity=original.identity)
    if options & _DEFAULTS:
        column = replace(column, default=original.default)
    if options & _COMMENTS:
        column = replace(column, comment=original.comment)
    return column


def _copy_index(run: Run, name: QualifiedName, source: Table, index: Index) -> None:
    table = run.state.schema.tables[name]
    columns = [key.column or _expression_label(key.expression or "") for key in index.keys]
    primary = source.primary_key is not None and source.primary_key.name == index.name
    unique = by_name(source.uniques, index.name)
    label = "pkey" if primary else "key" if unique else "excl" if index.is_constraint else "idx"
    joined = None if primary else join_columns(indexing.distinct_names(columns))
    chosen = indexing.choose_index_name(
        run.state, name, joined, label, is_constraint=index.is_constraint
    )
    made = replace(index, name=chosen, history=(run.origin,))
    update(run, name, indexes=(*table.indexes, made))
    table = run.state.schema.tables[name]
    if primary:
        assert source.primary_key is not None
        update(run, name, primary_key=_copied(run, source.primary_key, chosen))
    elif unique is not None:
        update(run, name, uniques=(*table.uniques, _copied(run, unique, chosen)))
    elif index.is_constraint:
        original = by_name(source.excludes, index.name)
        made_check = replace(original, name=chosen, history=(run.origin,))
        update(run, name, excludes=(*table.excludes, made_check))


def _expression_label(expression: str) -> str:
    from workers.engine.sql.ddl.figure import column_label
    from workers.engine.sql.postgres import parse_expression

    return column_label(parse_expression(expression)) or "expr"


def _copied(run: Run, key: KeyConstraint, name: str) -> KeyConstraint:
    return replace(key, name=name, history=(run.origin,))
