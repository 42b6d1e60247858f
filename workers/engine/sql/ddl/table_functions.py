"""Functions in FROM: the columns that their rows have."""

from __future__ import annotations

from collections.abc import Callable

from workers.engine.schema.model import Column, SqlType
from workers.engine.sql import resolve
from workers.engine.sql.ddl import rows
from workers.engine.sql.ddl.outputs import UNKNOWN, Output, QueryScope
from workers.engine.sql.postgres import Node
from workers.engine.sql.resolve import strings
from workers.engine.sql.run import Run

TypeOf = Callable[[Node], SqlType]


def output(run: Run, fields: Node, scope: QueryScope, type_of: TypeOf) -> Output:
    """The columns of a RangeFunction; `type_of` tells an expression's type in its query."""
    alias = fields.get("alias", {})
    names = strings(alias.get("colnames", []))
    defined = [one["ColumnDef"] for one in fields.get("coldeflist", ())]
    if defined:
        kinds = [resolve.resolve_type(run.state, one["typeName"]) for one in defined]
        return Output(
            [Column(one["colname"], kind) for one, kind in zip(defined, kinds, strict=True)]
        )
    made = _called(run, fields, alias.get("aliasname", ""), scope, type_of)
    if made is not None:
        counted = [Column("ordinality", SqlType("bigint"))] if fields.get("ordinality") else []
        return renamed(Output([*made, *counted]), names)
    if names:
        return Output([Column(name, UNKNOWN) for name in names], not fields.get("ordinality"))
    return Output([], False)


def renamed(given: Output, names: tuple[str, ...]) -> Output:
    """The columns under the names of an alias, as far as those go."""
    columns = [
        Column(names[number], one.type, collation=one.collation) if number < len(names) else one
        for number, one in enumerate(given.columns)
    ]
    relation = None if names else given.relation
    return Output(columns, given.is_certain, None, relation, given.is_listed and not names)


def _called(
    run: Run, fields: Node, label: str, scope: QueryScope, type_of: TypeOf
) -> list[Column] | None:
    """What the one function in FROM gives: the history's own, or one that gives plain values."""
    functions = fields.get("functions", ())
    items = functions[0]["List"]["items"] if len(functions) == 1 else ()
    call = items[0].get("FuncCall") if items else None
    if call is None:
        return None
    name = strings(call["funcname"])[-1]
    if name == "unnest":
        return _unnested(run, call, label, type_of)
    if name in rows.PLAIN and len(call.get("args", ())) < 4:
        shown = "value" if name in rows.VALUES else label or name
        return [Column(shown, type_of({"FuncCall": call}))]
    if name in rows.PAIRS:
        return [Column("key", SqlType("text")), Column("value", SqlType(rows.PAIRS[name]))]
    return rows.called_columns(run.state, call, label or name)


def _unnested(run: Run, call: Node, label: str, type_of: TypeOf) -> list[Column] | None:
    """The columns of `unnest`: those of a row for an array of rows, and three for a tsvector."""
    found: list[Column] = []
    before, run.needs_types = run.needs_types, True
    try:
        kinds = [type_of(node) for node in call.get("args", ())]
    finally:
        run.needs_types = before
    for kind in kinds:
        if kind == SqlType("tsvector"):
            found += rows.LEXEMES
        elif not kind.is_array:
            return None
        else:
            item = SqlType(kind.name, kind.arguments, False, kind.schema)
            found += rows.row_columns(run.state, item) or [Column(label or "unnest", item)]
    return found
