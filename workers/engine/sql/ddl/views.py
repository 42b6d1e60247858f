"""Views, materialised views, and tables made from a query."""

from __future__ import annotations

from typing import Any, Literal

from msgspec.structs import replace

from workers.engine.schema.model import Column, QualifiedName, Table, View
from workers.engine.sql import resolve
from workers.engine.sql.ddl.outputs import Output
from workers.engine.sql.ddl.query import output_of
from workers.engine.sql.ddl.scoping import dependencies
from workers.engine.sql.ddl.tables import check_options, new_name, refuse_commit, shown_options
from workers.engine.sql.ddl.touch import touched
from workers.engine.sql.postgres import Node
from workers.engine.sql.refusal import RefusedError
from workers.engine.sql.resolve import strings
from workers.engine.sql.run import Run

_NO_CHECK = "NO_CHECK_OPTION"


def create_view(run: Run, node: Node) -> None:
    """CREATE [OR REPLACE] VIEW."""
    state = run.state
    query = node["query"]
    needed = dependencies(run, query)
    output = output_of(run, query)
    name = new_name(run, node["view"])
    old = state.schema.views.get(name)
    columns = _columns(run, output, strings(node.get("aliases", [])))
    _refuse_rows(query)
    if node.get("withCheckOption", _NO_CHECK) != _NO_CHECK:
        from workers.engine.sql.ddl import updatable_views

        updatable_views.need_updatable(run, query.get("SelectStmt", {}))
    if node.get("options"):
        from workers.engine.sql.ddl.storage_parameters import check_view

        check_view(run, node["options"])
    # The query is read before the name is looked for.
    is_taken = state.relation_kind(name) is not None
    if not node.get("replace"):
        _refuse_twice(columns)
    if is_taken and not node.get("replace"):
        raise RefusedError("42P07", f'relation "{name.name}" already exists')
    if not is_taken and state.is_type(name):
        raise RefusedError("42710", f'type "{name.name}" already exists')
    if is_taken and (old is None or old.kind != "view"):
        raise RefusedError("42809", f'"{name.name}" is not a view')
    if old is not None:
        _refuse_other_columns(run, old, columns, certain=output.is_certain)
    _refuse_twice(columns)
    view = View(
        name,
        "view",
        columns,
        _definition(run, query),
        _options(node),
        needed,
        history=touched(old.history, run.origin) if old is not None else (run.origin,),
    )
    state.put_view(replace(view, comment=old.comment) if old is not None else view)


def _definition(run: Run, query: Node) -> str | None:
    text = run.text.data[run.start : run.end].decode("utf-8", "replace")
    lowered = text.lower()
    for word in (" as\n", " as ", "\nas\n", "\nas ", ")as ", " as(", " as\r\n", "\tas "):
        at = lowered.find(word)
        if at >= 0:
            return text[at + len(word) :].strip().rstrip(";").strip()
    return None


def _columns(run: Run, output: Output, names: tuple[str, ...]) -> tuple[Column, ...]:
    columns = []
    for number, column in enumerate(output.columns):
        name = names[number] if number < len(names) else column.name
        columns.append(Column(name, column.type, collation=column.collation, history=(run.origin,)))
    if len(names) > len(columns) and output.is_certain:
        raise RefusedError("42601", "CREATE VIEW specifies more column names than columns")
    return tuple(columns)


def _refuse_rows(query: Node) -> None:
    """CheckAttributeType: a row of no type, as ROW(...) is, can be no column."""
    for one in query.get("SelectStmt", {}).get("targetList", ()):
        if "RowExpr" in one["ResTarget"].get("val", {}):
            shown = one["ResTarget"].get("name", "row")
            raise RefusedError("42P16", f'column "{shown}" has pseudo-type record')


def _refuse_twice(columns: tuple[Column, ...]) -> None:
    seen = set()
    for column in columns:
        if column.name in seen:
            raise RefusedError("42701", f'column "{column.name}" specified more than once')
        seen.add(column.name)


def _refuse_other_columns(
    run: Run, old: View, columns: tuple[Column, ...], *, certain: bool
) -> None:
    if not certain:
        return
    if len(columns) < len(old.columns):
        raise RefusedError("42P16", "cannot drop columns from view")
    for before, after in zip(old.columns, columns, strict=False):
        if before.name != after.name:
            raise RefusedError(
                "42P16",
                f'cannot change name of view column "{before.name}" to "{after.name}"',
                hint="Use ALTER VIEW ... RENAME COLUMN ... to change name of view column instead.",
            )
        if before.type != after.type and "unknown" not in (before.type.name, after.type.name):
            raise RefusedError(
                "42P16",
                f'cannot change data type of view column "{before.name}" from '
                f"{resolve.format_visible(run.state, before.type)} to "
                f"{resolve.format_visible(run.state, after.type)}",
            )


def _options(node: Node) -> tuple[str, ...]:
    shown = []
    for one in node.get("options", ()):
        element = one["DefElem"]
        shown.append(f"{element['defname']}={resolve.value_text(element.get('arg')) or 'true'}")
    check = {"LOCAL_CHECK_OPTION": "local", "CASCADED_CHECK_OPTION": "cascaded"}.get(
        node.get("withCheckOption", "")
    )
    return (*shown, f"check_option={check}") if check else tuple(shown)


def create_table_as(run: Run, node: Node) -> None:
    """CREATE TABLE AS, SELECT INTO's twin, and CREATE MATERIALIZED VIEW."""
    into = node["into"]
    kind: Literal["view", "matview"] | None = (
        "matview" if node.get("objtype") == "OBJECT_MATVIEW" else None
    )
    _make(run, into, node["query"], kind, if_not_exists=bool(node.get("if_not_exists")))


def select_into(run: Run, fields: Node) -> None:
    """SELECT ... INTO table."""
    query = {key: value for key, value in fields.items() if key != "intoClause"}
    _make(run, fields["intoClause"], {"SelectStmt": query}, None, if_not_exists=False)


def _make(
    run: Run,
    into: Node,
    query: Node,
    kind: Literal["view", "matview"] | None,
    *,
    if_not_exists: bool,
) -> None:
    state = run.state
    depends = dependencies(run, query)
    output = output_of(run, query)
    name: QualifiedName = new_name(run, into["rel"])
    _refuse_rows(query)
    columns = _columns(run, output, strings(into.get("colNames", [])))
    # The query is read before the name is looked for.
    refuse_commit(into["rel"], into.get("onCommit"))
    check_options(run, into)
    if state.relation_kind(name) is not None:
        if if_not_exists:
            return
        raise RefusedError("42P07", f'relation "{name.name}" already exists')
    _refuse_twice(columns)
    options = shown_options(into.get("options", ()))
    if kind is not None:
        view = View(name, kind, columns, _definition(run, query), options, depends)
        is_populated = not into.get("skipData")
        state.put_view(replace(view, history=(run.origin,), is_populated=is_populated))
        return
    if not output.is_certain and name.schema != "pg_temp":
        run.note(
            "columns-unknown",
            f"The columns of `{name.name}`, made from a query, could not all be told.",
            str(name),
        )
    unlogged = into["rel"].get("relpersistence") == "u"
    state.put_table(
        Table(name, columns, is_unlogged=unlogged, options=options, history=(run.origin,))
    )


def refresh(run: Run, node: Node) -> None:
    """REFRESH MATERIALIZED VIEW: it must exist, and CONCURRENTLY needs a unique index."""
    name = resolve.need_relation(run.state, node["relation"])
    view: Any = run.state.schema.views.get(name)
    if view is not None and view.kind == "view":
        raise RefusedError("42809", f'"{name.name}" is not a table or materialized view')
    if view is None:
        raise RefusedError("0A000", f'"{name.name}" is not a materialized view')
    is_emptied = bool(node.get("skipData"))
    if node.get("concurrent"):
        _refuse_concurrent(view, is_emptied=is_emptied)
    if view.is_populated == is_emptied:
        run.state.put_view(replace(view, is_populated=not is_emptied))


def _refuse_concurrent(view: View, *, is_emptied: bool) -> None:
    """What rows are compared with must be there, and told apart by a unique index."""
    if not view.is_populated:
        shown = "CONCURRENTLY cannot be used when the materialized view is not populated"
        raise RefusedError("0A000", shown)
    if is_emptied:
        shown = "REFRESH options CONCURRENTLY and WITH NO DATA cannot be used together"
        raise RefusedError("42601", shown)
    if not any(index.is_unique and index.where is None for index in view.indexes):
        shown = f'cannot refresh materialized view "{view.name}" concurrently'
        raise RefusedError("55000", shown)
