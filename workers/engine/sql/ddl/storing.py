"""Values that INSERT and UPDATE put into columns: their number and their types.

Follows transformInsertRow of src/backend/parser/analyze.c, and what the executor refuses of a row
that a statement itself writes out, whatever rows there are.
"""

from __future__ import annotations

from collections.abc import Sequence

from workers.engine.schema.model import Column, QualifiedName, Table
from workers.engine.sql.ddl.outputs import UNKNOWN
from workers.engine.sql.ddl.room import need_room
from workers.engine.sql.ddl.setops import untyped
from workers.engine.sql.ddl.typing import Typing
from workers.engine.sql.expressions.kinds import bare
from workers.engine.sql.expressions.typed import Opaque
from workers.engine.sql.postgres import Node
from workers.engine.sql.refusal import RefusedError
from workers.engine.sql.run import Run


def check_insert(table: Table, fields: Node, typing: Typing) -> None:
    """Refuse an INSERT whose values do not fit the columns that they are for."""
    select = fields.get("selectStmt", {}).get("SelectStmt")
    if select is None:
        return
    targets = _targets(table, fields)
    rows = [row["List"]["items"] for row in select.get("valuesLists", ())]
    if any(len(row) != len(rows[0]) for row in rows):
        raise RefusedError("42601", "VALUES lists must all be the same length")
    if not rows:
        row = _plain_row(select)
        if row is not None:
            _check_row(targets, row, typing, has_names=bool(fields.get("cols")))
        _check_given(targets, select, typing)
        return
    for row in rows:
        _check_row(targets, row, typing, has_names=bool(fields.get("cols")))


def check_update(table: Table, fields: Node, typing: Typing) -> None:
    """Refuse an UPDATE that sets a column to what it cannot hold."""
    for one in fields.get("targetList", ()):
        target = one["ResTarget"]
        column = table.column(target.get("name", ""))
        value = target.get("val", {})
        if column is None or target.get("indirection") or "MultiAssignRef" in value:
            continue
        if "SetToDefault" not in value:
            typing.stored(value, column)


def refuse_generated(table: Table, kind: str, fields: Node) -> None:
    """rewriteTargetListIU: a column that the server fills takes nothing but DEFAULT."""
    if kind == "UpdateStmt":
        for one in fields.get("targetList", ()):
            target = one["ResTarget"]
            column = table.column(target.get("name", ""))
            is_set = "SetToDefault" not in target.get("val", {})
            if column is not None and is_set and _is_servers(column):
                what = f'column "{column.name}" can only be updated to DEFAULT'
                raise RefusedError("428C9", what)
        return
    select = fields.get("selectStmt", {}).get("SelectStmt")
    if select is not None:
        _refuse_given(table, fields, select)


def _refuse_given(table: Table, fields: Node, select: Node) -> None:
    rows = [row["List"]["items"] for row in select.get("valuesLists", ())]
    if not rows and not fields.get("cols") and _plain_row(select) is None:
        return
    count = len(rows[0]) if rows else len(select.get("targetList", ()))
    overrides = fields.get("override", "OVERRIDING_NOT_SET") != "OVERRIDING_NOT_SET"
    for number, column in enumerate(_targets(table, fields)[:count]):
        if column is None or not _is_servers(column) or (overrides and column.identity):
            continue
        if not rows or any("SetToDefault" not in row[number] for row in rows):
            what = f'cannot insert a non-DEFAULT value into column "{column.name}"'
            raise RefusedError("428C9", what)


def _is_servers(column: Column) -> bool:
    return column.generated is not None or column.identity == "ALWAYS"


def _targets(table: Table, fields: Node) -> Sequence[Column | None]:
    """The columns that the values are for; None for a part of one."""
    if not fields.get("cols"):
        return table.columns
    named = [one["ResTarget"] for one in fields["cols"]]
    return [None if one.get("indirection") else table.column(one["name"]) for one in named]


def _plain_row(select: Node) -> list[Node] | None:
    """The targets of a SELECT that is no set operation and spreads no row."""
    if select.get("op", "SETOP_NONE") != "SETOP_NONE" or select.get("distinctClause"):
        return None
    row = [one["ResTarget"]["val"] for one in select.get("targetList", ())]
    if any("A_Star" in part for one in row for part in _parts(one)):
        return None
    # What a SELECT gives beside literals is read with its own columns.
    return [one if "A_Const" in one else {"SetToDefault": {}} for one in row]


def _parts(node: Node) -> Sequence[Node]:
    parts: Sequence[Node] = (
        *node.get("ColumnRef", {}).get("fields", ()),
        *node.get("A_Indirection", {}).get("indirection", ()),
    )
    return parts


def _check_row(
    targets: Sequence[Column | None], row: list[Node], typing: Typing, *, has_names: bool
) -> None:
    if len(row) > len(targets):
        raise RefusedError("42601", "INSERT has more expressions than target columns")
    if has_names and len(row) < len(targets):
        raise RefusedError("42601", "INSERT has more target columns than expressions")
    for column, node in zip(targets, row, strict=False):
        if column is not None and "SetToDefault" not in node:
            typing.stored(node, column)


def _check_given(targets: Sequence[Column | None], select: Node, typing: Typing) -> None:
    """What a SELECT gives, beside its literals, by its own types."""
    output = typing.given(select)
    if not output.is_certain:
        return
    literals = untyped(select)
    for number, (column, made) in enumerate(zip(targets, output.columns, strict=False)):
        if column is not None and number not in literals and made.type != UNKNOWN:
            typing.fits(Opaque(bare(made.type), "a column", made.type.arguments), column)


_DEFAULT: Node = {"SetToDefault": {}}


def need_values(run: Run, table: Table, fields: Node) -> None:
    """Refuse a row that cannot be put in: values too long, or none where one must be."""
    select = fields.get("selectStmt", {}).get("SelectStmt")
    rows = [row["List"]["items"] for row in (select or {}).get("valuesLists", ())]
    targets = _targets(table, fields) if select is not None else ()
    need_room(targets, rows)
    if None in targets or (select is not None and not rows) or _may_be_filled(run, table):
        return
    given = {column.name for column in targets[: len(rows[0])] if column} if rows else set()
    for number, column in enumerate(table.columns):
        if not column.not_null or column.generated is not None or column.identity is not None:
            continue
        at = next((n for n, one in enumerate(targets) if one and one.name == column.name), number)
        cells = [row[at] for row in rows] if column.name in given else [_DEFAULT]
        is_left = any("SetToDefault" in one for one in cells) and _is_needed(run, column)
        if is_left or any(one.get("A_Const", {}).get("isnull") for one in cells):
            raise RefusedError(
                "23502",
                f'null value in column "{column.name}" of relation "{table.name.name}"'
                " violates not-null constraint",
            )


def _is_needed(run: Run, column: Column) -> bool:
    domains = run.state.schema.domains
    domain = domains.get(QualifiedName(column.type.schema or "", column.type.name))
    return column.default is None and (domain is None or domain.default is None)


def _may_be_filled(run: Run, table: Table) -> bool:
    """Whether something else may put the values in, or take the row away."""
    if table.kind == "foreign":
        return True
    state = run.state
    return any(owner == table.name for owner, _ in (*state.schema.triggers, *state.hidden.rules))
