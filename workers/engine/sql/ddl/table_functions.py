"""Functions in FROM: the columns that their rows have."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from workers.engine.schema.model import Column, SqlType
from workers.engine.sql import printing, resolve
from workers.engine.sql.ddl import rows
from workers.engine.sql.ddl.figure import column_label
from workers.engine.sql.ddl.outputs import UNKNOWN, Output, QueryScope
from workers.engine.sql.postgres import Node
from workers.engine.sql.references import references
from workers.engine.sql.refusal import RefusedError
from workers.engine.sql.resolve import strings
from workers.engine.sql.run import Run

TypeOf = Callable[[Node], SqlType]


def output(run: Run, fields: Node, scope: QueryScope, type_of: TypeOf) -> Output:
    """The columns of a RangeFunction; `type_of` tells an expression's type in its query."""
    alias = fields.get("alias", {})
    names = strings(alias.get("colnames", []))
    if fields.get("coldeflist"):
        return Output(defined(run, fields["coldeflist"]))
    made = _called(run, fields, alias.get("aliasname", ""), scope, type_of)
    if made is not None:
        counted = [Column("ordinality", SqlType("bigint"))] if fields.get("ordinality") else []
        whole = composite(run, fields, made)
        subject = f'table "{alias.get("aliasname", "")}"'
        return renamed(Output([*made, *counted], row=whole), names, subject)
    if names:
        return Output([Column(name, UNKNOWN) for name in names], not fields.get("ordinality"))
    return Output([], False)


def composite(run: Run, fields: Node, made: list[Column]) -> SqlType | None:
    """The type of a whole row of the one function in FROM; None where it has none of a name."""
    functions = fields.get("functions", ())
    call = functions[0]["List"]["items"][0].get("FuncCall") if len(functions) == 1 else None
    kind = rows.answered(run.state, call) if call is not None else None
    if kind is None or rows.row_columns(run.state, kind) is None:
        return made[0].type if len(functions) == 1 and len(made) == 1 else None
    return kind


def renamed(given: Output, names: tuple[str, ...], subject: str) -> Output:
    """The columns under the names of an alias, as far as those go; `subject` is whose it is."""
    if given.is_certain and len(names) > len(given.columns):
        count = f"{len(given.columns)} columns available but {len(names)} columns specified"
        raise RefusedError("42P10", f"{subject} has {count}")
    columns = [
        Column(names[number], one.type, collation=one.collation) if number < len(names) else one
        for number, one in enumerate(given.columns)
    ]
    return Output(
        columns,
        given.is_certain,
        relation=None if names else given.relation,
        is_listed=given.is_listed and not names,
        row=None if names else given.row,
    )


def _called(
    run: Run, fields: Node, label: str, scope: QueryScope, type_of: TypeOf
) -> list[Column] | None:
    """What the functions in FROM give, one beside the other; None where one is not known.

    The alias names the only column of a plain value where there is no other function.
    """
    functions = fields.get("functions", ())
    found: list[Column] = []
    for one in functions:
        items = one["List"]["items"]
        if len(items) > 1 and items[1]:
            made: list[Column] | None = defined(run, items[1]["List"]["items"])
        else:
            made = _made(run, items[0], label if len(functions) == 1 else "", type_of)
        if made is None:
            return None
        found += made
    return found


def defined(run: Run, nodes: list[Node]) -> list[Column]:
    """The columns of a list `(name type, ...)` behind a function."""
    listed = [one["ColumnDef"] for one in nodes]
    return [
        Column(one["colname"], resolve.resolve_type(run.state, one["typeName"])) for one in listed
    ]


def told(run: Run, nodes: Iterable[Node]) -> list[Column]:
    """The columns of JSON_TABLE and XMLTABLE, which say their types themselves."""
    found: list[Column] = []
    for node in nodes:
        (fields,) = node.values()
        if fields.get("coltype") == "JTC_NESTED":
            found += told(run, fields.get("columns", ()))
        elif fields.get("for_ordinality") or fields.get("coltype") == "JTC_FOR_ORDINALITY":
            found.append(Column(fields.get("colname") or fields["name"], SqlType("integer")))
        else:
            made = resolve.resolve_type(run.state, fields["typeName"])
            found.append(Column(fields.get("colname") or fields["name"], made))
    return found


def _made(run: Run, node: Node, label: str, type_of: TypeOf) -> list[Column] | None:
    """What one function gives: the history's own, or one that gives plain values."""
    if "SQLValueFunction" in node or "CoalesceExpr" in node or "MinMaxExpr" in node:
        return [Column(label or column_label(node) or "?column?", type_of(node))]
    call = node.get("FuncCall")
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


def need_function(run: Run, fields: Node) -> None:
    """Refuse a function that is not there before what comes after it in FROM is looked for.

    One whose arguments name columns is looked for with them.
    """
    for one in fields.get("functions", ()):
        call = one["List"]["items"][0].get("FuncCall")
        if call is not None and not references(call.get("args")).columns:
            printing.check_function(run.state, strings(call["funcname"]), call)
