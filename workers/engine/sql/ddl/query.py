"""The columns that a query gives, as far as they can be told without running it."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING

from msgspec.structs import replace

from workers.engine.schema.model import Column, QualifiedName, SqlType
from workers.engine.sql import printing, resolve
from workers.engine.sql.ddl import rows, table_functions
from workers.engine.sql.ddl.collations import DEFAULT, collation_of
from workers.engine.sql.ddl.figure import column_label
from workers.engine.sql.ddl.outputs import (
    UNKNOWN,
    Levels,
    Output,
    QueryScope,
    Sources,
    find_column,
    query_scope,
)
from workers.engine.sql.newer import check_age
from workers.engine.sql.postgres import Node
from workers.engine.sql.refusal import RefusedError
from workers.engine.sql.resolve import strings
from workers.engine.sql.run import Run
from workers.engine.sql.state import State

if TYPE_CHECKING:
    from workers.engine.sql.expressions.analysis import Analysis
    from workers.engine.sql.expressions.typed import Typed


_ROWS = 100
"""So many rows of VALUES are looked at for their types."""


def output_of(run: Run, query: Node, outer: Sources | None = None, around: Levels = ()) -> Output:
    """The columns of a SELECT, VALUES or set operation; unknown relations are refused.

    `outer` are the WITH queries in reach, `around` the columns of the queries around this one.
    """
    ((kind, fields),) = query.items()
    if kind in ("InsertStmt", "UpdateStmt", "DeleteStmt"):
        return _returned(run, fields, dict(outer or {}))
    if kind != "SelectStmt":
        return Output([], False)
    return select_output(run, fields, dict(outer or {}), around)


def _returned(run: Run, fields: Node, ctes: Sources) -> Output:
    """What RETURNING gives."""
    ctes = with_queries(run, fields, ctes)
    sources: Sources = {}
    relation = fields["relation"]
    add_source(run, {"RangeVar": relation}, sources, {})
    for one in (*fields.get("fromClause", ()), *fields.get("usingClause", ())):
        add_source(run, one, sources, ctes)
    targets = fields.get("returningList") or fields.get("returningClause", {}).get("exprs", ())
    output = _targets(run, {"targetList": targets}, sources, ctes, ())
    return Output(output.columns, False)


def select_output(run: Run, fields: Node, ctes: Sources, around: Levels = ()) -> Output:
    """The columns of a SelectStmt's fields; `ctes` are the WITH queries in reach."""
    ctes = with_queries(run, fields, ctes)
    others: list[tuple[Node, Sources]] = []
    while fields.get("op", "SETOP_NONE") != "SETOP_NONE":
        others.append((fields["rarg"], ctes))
        fields = fields["larg"]
        ctes = with_queries(run, fields, ctes)
    output = _plain_output(run, fields, ctes, around)
    for other, reach in reversed(others):
        output = united(run, output, select_output(run, other, reach, around))
    return output


def united(run: Run, left: Output, right: Output) -> Output:
    """The columns of a set operation: the left side's names, the types of both sides joined."""
    if len(left.columns) != len(right.columns):
        return Output(left.columns, left.is_certain and right.is_certain)
    columns = [
        replace(one, type=printing.united(one.type, other.type, run.state), history=())
        for one, other in zip(left.columns, right.columns, strict=True)
    ]
    return Output(columns, left.is_certain)


def _plain_output(run: Run, fields: Node, ctes: Sources, around: Levels) -> Output:
    if fields.get("valuesLists"):
        return Output(
            _values(run, fields["valuesLists"][:_ROWS], query_scope(run.state, {}, ctes, around))
        )
    sources: Sources = {}
    for one in fields.get("fromClause", ()):
        add_source(run, one, sources, ctes, around)
    return _targets(run, fields, sources, ctes, around)


def _values(run: Run, lists: list[Node], scope: QueryScope) -> list[Column]:
    """The columns of VALUES: each of the type that its rows have in common."""
    columns: list[Column] = []
    for row in lists:
        kinds = [_typed(run, node, scope) for node in row["List"]["items"]]
        if not columns:
            columns = [Column(f"column{n}", kind) for n, kind in enumerate(kinds, 1)]
        elif run.needs_types and len(kinds) == len(columns):
            columns = [
                Column(one.name, printing.united(one.type, kind, run.state))
                for one, kind in zip(columns, kinds, strict=True)
            ]
    return columns


def with_queries(run: Run, fields: Node, ctes: Sources) -> Sources:
    """The WITH queries in reach, a query's own among them."""
    clause = fields.get("withClause")
    if not clause:
        return ctes
    ctes = dict(ctes)
    for one in clause.get("ctes", ()):
        cte = one["CommonTableExpr"]
        if clause.get("recursive"):
            names = strings(cte.get("aliascolnames", []))
            ctes[cte["ctename"]] = Output([Column(name, UNKNOWN) for name in names], bool(names))
        ctes = with_query(run, cte, ctes)
    return ctes


def with_query(run: Run, cte: Node, ctes: Sources) -> Sources:
    """The WITH queries in reach once one more is read."""
    made = output_of(run, cte["ctequery"], ctes)
    if made.columns and not made.is_certain:
        made = Output(made.columns, False)
    name = cte["ctename"]
    return {
        **ctes,
        name: table_functions.renamed(
            made, strings(cte.get("aliascolnames", [])), f'WITH query "{name}"'
        ),
    }


def add_source(run: Run, node: Node, sources: Sources, ctes: Sources, around: Levels = ()) -> None:
    """Note what one item of FROM brings, by its alias."""
    ((kind, fields),) = node.items()
    alias = fields.get("alias", {})
    if kind == "RangeVar":
        output = _relation(run, fields, ctes)
        label = alias.get("aliasname") or fields["relname"]
        names = strings(alias.get("colnames", []))
        sources[label] = table_functions.renamed(output, names, f'table "{label}"')
    elif kind == "RangeSubselect":
        reach = (sources, *around) if fields.get("lateral") else around
        output = output_of(run, fields["subquery"], ctes, reach)
        label = alias.get("aliasname", f"unnamed subquery {len(sources)}")
        names = strings(alias.get("colnames", []))
        sources[label] = table_functions.renamed(output, names, f'table "{label}"')
    elif kind == "JoinExpr":
        add_source(run, fields["larg"], sources, ctes, around)
        add_source(run, fields["rarg"], sources, ctes, around)
        if fields.get("usingClause") or fields.get("isNatural"):
            _merge(fields, sources)
    elif kind == "RangeFunction":
        table_functions.need_function(run, fields)
        sources[alias.get("aliasname") or _name_of(fields, sources)] = _function(
            run, fields, sources, ctes, around
        )
    elif kind in ("RangeTableFunc", "JsonTable"):
        check_age(kind, fields, run.state.reads_as)
        label = alias.get("aliasname") or ("json_table" if kind == "JsonTable" else "xmltable")
        made = Output(table_functions.told(run, fields.get("columns", ())))
        names = strings(alias.get("colnames", []))
        sources[label] = table_functions.renamed(made, names, f'table "{label}"')
    else:
        sources[alias.get("aliasname") or f"{kind} {len(sources)}"] = Output([], False)


def _merge(fields: Node, sources: Sources) -> None:
    """USING shows its columns once: they are taken out of the right side's."""
    names = set(strings(fields.get("usingClause", [])))
    if not names:
        for output in sources.values():
            output.is_certain = False
        return
    last = next(reversed(sources))
    output = sources[last]
    sources[last] = Output(
        [column for column in output.columns if column.name not in names],
        output.is_certain,
        output.columns,
        output.relation,
    )


def _relation(run: Run, fields: Node, ctes: Sources) -> Output:
    if not fields.get("schemaname") and fields["relname"] in ctes:
        return ctes[fields["relname"]]
    name = resolve.find_relation(run.state, fields)
    if name is None:
        if resolve.is_system(fields):
            return _system(fields)
        if is_extension_relation(run, fields):
            return Output([], False)
        path = resolve.range_path(fields)
        raise RefusedError(
            "42P01", f'relation "{resolve.dotted(path)}" does not exist', fields.get("location", 0)
        )
    return Output(list(relation_columns(run.state, name)), True, relation=name)


def _system(fields: Node) -> Output:
    from workers.engine.sql.builtin import relations

    key = fields.get("schemaname", "pg_catalog"), fields["relname"]
    names = relations.columns().get(key)
    listed = [Column(name, UNKNOWN) for name in names or ()]
    return Output(listed, False, is_listed=names is not None)


def relation_columns(state: State, name: QualifiedName) -> tuple[Column, ...]:
    """The columns of a table or view."""
    table = state.schema.tables.get(name)
    if table is not None:
        return table.columns
    if name in state.schema.sequences:
        return _SEQUENCE
    view = state.schema.views.get(name)
    return view.columns if view is not None else ()


_SEQUENCE = (
    Column("last_value", SqlType("bigint")),
    Column("log_cnt", SqlType("bigint")),
    Column("is_called", SqlType("boolean")),
)


def is_extension_relation(run: Run, fields: Node) -> bool:
    """Whether an extension brings a relation of that name."""
    return resolve.is_other_relation(run.state, fields)


def _name_of(fields: Node, sources: Sources) -> str:
    """The name that columns of a function in FROM go by without an alias: the function's own."""
    functions = fields.get("functions", ())
    call = functions[0]["List"]["items"][0].get("FuncCall") if len(functions) == 1 else None
    name = strings(call["funcname"])[-1] if call is not None else ""
    return name if name and name not in sources else f"function {len(sources)}"


def _function(run: Run, fields: Node, sources: Sources, ctes: Sources, around: Levels) -> Output:
    scope = query_scope(run.state, sources, ctes, around)
    return table_functions.output(run, fields, scope, lambda node: _typed(run, node, scope))


def _targets(run: Run, fields: Node, sources: Sources, ctes: Sources, around: Levels) -> Output:
    columns: list[Column] = []
    certain = True
    scope = query_scope(run.state, sources, ctes, around)
    for one in fields.get("targetList", ()):
        target = one["ResTarget"]
        node = target["val"]
        reference = node.get("ColumnRef")
        if reference is not None and "A_Star" in reference["fields"][-1]:
            path = strings(reference["fields"])
            for label, output in sources.items():
                if len(path) < 2 or label == path[-2]:
                    certain = certain and output.is_certain
                    columns += output.columns
            continue
        if "A_Star" in node.get("A_Indirection", {}).get("indirection", [{}])[-1]:
            spread = _spread(run, node["A_Indirection"], scope)
            certain = certain and spread is not None
            columns += spread or []
            continue
        name = target.get("name") or column_label(node) or "?column?"
        columns.append(
            Column(name, _typed(run, node, scope), collation=_collation(run, node, scope, name))
        )
    return Output(columns, certain)


def _spread(run: Run, fields: Node, scope: printing.TableScope) -> list[Column] | None:
    """The columns of `(expression).*`; None where they are not known."""
    if len(fields["indirection"]) > 1:
        return None
    call = fields["arg"].get("FuncCall")
    if call is not None:
        return rows.called_columns(run.state, call, strings(call["funcname"])[-1])
    reference = fields["arg"].get("ColumnRef")
    kind = scope.column(strings(reference["fields"])) if reference is not None else None
    return rows.row_columns(run.state, kind) if kind is not None else None


def _alias_columns(fields: Node, scope: printing.TableScope) -> list[Column] | None:
    """The columns of what an alias in FROM stands for, in `(alias).field`."""
    reference = fields["arg"].get("ColumnRef")
    if reference is None or not isinstance(scope, QueryScope) or len(fields["indirection"]) > 1:
        return None
    path = strings(reference["fields"])
    for sources in (scope.sources or {}, *scope.around):
        if len(path) == 1 and find_column(sources, path) is None and path[0] in sources:
            return sources[path[0]].columns
    return None


def _collation(run: Run, node: Node, scope: QueryScope, name: str) -> str | None:
    """The collation of a target; None for the default one, and where it is not known."""
    sources = scope.sources or {}
    reference = node.get("ColumnRef")
    if reference is not None:
        found = find_column(sources, strings(reference["fields"]))
        return found.collation if found is not None else None
    if not run.needs_types or not (
        "CollateClause" in node
        or any(one.collation for output in sources.values() for one in output.columns)
    ):
        return None
    made = collation_of(
        run, node, lambda path: find_column(sources, path), scope, f'view column "{name}"'
    )
    return None if made == DEFAULT else made


def _link(run: Run, scope: printing.TableScope) -> Callable[[Analysis, Node], Typed] | None:
    if not isinstance(scope, QueryScope):
        return None
    return partial(subquery, run, scope.ctes or {}, (scope.sources or {}, *scope.around))


def subquery(run: Run, ctes: Sources, around: Levels, analysis: Analysis, fields: Node) -> Typed:
    """A SubLink as a value of the type that it gives; raises UnprintableError."""
    from workers.engine.sql.expressions import operators
    from workers.engine.sql.expressions.kinds import BOOLEAN, TEXT, array, bare
    from workers.engine.sql.expressions.typed import Opaque, UnprintableError, Var

    kind = fields.get("subLinkType", "EXISTS_SUBLINK")
    if kind == "EXISTS_SUBLINK":
        return Opaque(BOOLEAN, "a subquery")
    before, run.needs_types = run.needs_types, True
    try:
        output = output_of(run, fields["subselect"], ctes, around)
    finally:
        run.needs_types = before
    if (
        output.is_certain
        and len(output.columns) > 1
        and "RowExpr" not in fields.get("testexpr", {})
    ):
        few = "has too many columns" if "testexpr" in fields else "must return only one column"
        raise RefusedError("42601", f"subquery {few}")
    if not output.columns or output.columns[0].type == UNKNOWN:
        raise UnprintableError("a subquery of a type that is not known")
    item = bare(output.columns[0].type)
    modifiers = output.columns[0].type.arguments
    if kind == "EXPR_SUBLINK":
        return Opaque(item, "a subquery", modifiers)
    if kind == "ARRAY_SUBLINK":
        return Opaque(array(item), "a subquery", modifiers)
    if kind not in ("ANY_SUBLINK", "ALL_SUBLINK") or "RowExpr" in fields["testexpr"]:
        raise UnprintableError(f"a {kind}")
    name = strings(fields.get("operName", ()))[-1:] or ("=",)
    left = analysis.expression(fields["testexpr"])
    if left.type == UNKNOWN and item == TEXT:
        return Opaque(BOOLEAN, "a subquery")
    operators.binary(name[0], left, Var(item, ("column",)), analysis.scope)
    return Opaque(BOOLEAN, "a subquery")


def _typed(run: Run, node: Node, scope: printing.TableScope) -> SqlType:
    if not run.needs_types:
        return UNKNOWN
    reference = node.get("ColumnRef")
    if reference is not None:
        return scope.column(strings(reference["fields"])) or UNKNOWN
    spread = node.get("A_Indirection")
    if spread is not None and "String" in spread["indirection"][-1]:
        fields = _alias_columns(spread, scope) or _spread(run, spread, scope) or ()
        name = spread["indirection"][-1]["String"].get("sval", "")
        found = next((one.type for one in fields if one.name == name), None)
        if found is not None:
            return found
    if node.get("TypeCast"):
        return scope.type_of(node["TypeCast"]["typeName"]) or UNKNOWN
    kind = printing.type_of(node, scope, _link(run, scope))
    if kind is None:
        return UNKNOWN
    return SqlType("text") if kind == UNKNOWN else kind
