"""Triggers."""

from __future__ import annotations

from workers.engine.schema.model import QualifiedName, SqlType, Table, Trigger
from workers.engine.sql import printing, resolve
from workers.engine.sql.ddl.aggregation import ALONE, refuse_in
from workers.engine.sql.ddl.callees import named, noted
from workers.engine.sql.ddl.functions import bare_function, no_bare_function
from workers.engine.sql.ddl.heritage import heirs_of
from workers.engine.sql.ddl.touch import need_column, touched
from workers.engine.sql.newer import check_age
from workers.engine.sql.postgres import Node
from workers.engine.sql.references import references
from workers.engine.sql.refusal import RefusedError
from workers.engine.sql.resolve import strings
from workers.engine.sql.run import Run

_SYSTEM = ("ctid", "xmin", "xmax", "cmin", "cmax", "tableoid", "*")


def create_trigger(run: Run, node: Node) -> None:
    """CREATE [OR REPLACE] [CONSTRAINT] TRIGGER."""
    state = run.state
    table = resolve.need_relation(state, node["relation"])
    name = node["trigname"]
    old = state.schema.triggers.get((table, name))
    columns = strings(node.get("columns", []))
    found = state.schema.tables.get(table)
    stands_on: frozenset[str] = frozenset()
    _refuse_kind(run, table, node)
    if found is not None:
        _refuse_transitions(node)
        if node.get("row") and node.get("events", 0) & _TRUNCATE:
            raise RefusedError("0A000", "TRUNCATE FOR EACH ROW triggers are not supported")
        if node.get("whenClause"):
            with noted(state) as calls:
                _check_condition(run, node, found)
            stands_on = named(run, node["whenClause"], calls)
    function = _function(run, strings(node["funcname"]))
    if found is not None:
        for column in columns:
            need_column(found, column)
    if old is not None and not node.get("replace"):
        raise RefusedError("42710", f'trigger "{name}" for relation "{table.name}" already exists')
    is_for_rows = bool(node.get("row"))
    if found is not None:
        _refuse_relatives(run, found, name, is_for_rows=is_for_rows)
    history = touched(old.history, run.origin) if old is not None else (run.origin,)
    state.schema.triggers[table, name] = Trigger(
        name, table, function, history=history, depends_on=stands_on, is_for_rows=is_for_rows
    )
    watched = set(columns)
    if node.get("whenClause") and found is not None:
        names = references(node["whenClause"]).names
        watched |= {column.name for column in found.columns if column.name in names}
    state.hidden.trigger_columns[table, name] = tuple(sorted(watched))
    state.log.creates.add(f"{table}.{name}")


def _refuse_relatives(run: Run, table: Table, name: str, *, is_for_rows: bool) -> None:
    """A partitioned table's triggers for rows are its partitions' too, under the same name."""
    schema = run.state.schema
    above = list(table.parents) if table.partition_bound is not None else []
    for one in above:
        parent = schema.tables[one]
        above += parent.parents if parent.partition_bound is not None else ()
    taken = [
        one
        for one in above
        if (one, name) in schema.triggers and schema.triggers[one, name].is_for_rows
    ]
    if is_for_rows and table.kind == "partitioned":
        taken += [one for one in heirs_of(run, table.name) if (one, name) in schema.triggers]
    if taken:
        shown = f'trigger "{name}" for relation "{table.name.name}" already exists'
        raise RefusedError("42710", shown)


def refuse_handed_down(run: Run, parent: Table, child: Table) -> None:
    """CloneRowTriggersToPartition: a table that becomes a partition has none of these names."""
    schema = run.state.schema
    for (owner, name), trigger in schema.triggers.items():
        if owner == parent.name and trigger.is_for_rows and (child.name, name) in schema.triggers:
            shown = f'trigger "{name}" for relation "{child.name.name}" already exists'
            raise RefusedError("42710", shown)


def _refuse_kind(run: Run, name: QualifiedName, node: Node) -> None:
    """INSTEAD OF is for views, and rows of a view have no other trigger."""
    view = run.state.schema.views.get(name)
    is_instead = bool(node.get("timing", 0) & _INSTEAD)
    if view is None:
        if is_instead and name in run.state.schema.tables:
            raise RefusedError("42809", f'"{name.name}" is a table')
    elif view.kind == "matview":
        raise RefusedError("42809", f'relation "{name.name}" cannot have triggers')
    elif (node.get("row") and not is_instead) or node.get("events", 0) & _TRUNCATE:
        raise RefusedError("42809", f'"{name.name}" is a view')


def _refuse_transitions(node: Node) -> None:
    """Transition tables: of one event, of an AFTER trigger, without a list of columns."""
    events = node.get("events", 0)
    for one in node.get("transitionRels", ()):
        rows = one["TriggerTransition"]
        what = "NEW TABLE" if rows.get("isNew") else "OLD TABLE"
        if not rows.get("isTable"):
            raise RefusedError("0A000", "ROW variable naming in the REFERENCING clause")
        if node.get("timing", 0) != _AFTER:
            raise RefusedError(
                "42P17", "transition table name can only be specified for an AFTER trigger"
            )
        if events & _TRUNCATE:
            raise RefusedError("0A000", "TRUNCATE triggers with transition tables")
        if events not in (_INSERT, _DELETE, _UPDATE):
            raise RefusedError(
                "0A000", "transition tables cannot be specified for triggers with several events"
            )
        if node.get("columns"):
            raise RefusedError(
                "0A000", "transition tables cannot be specified for triggers with column lists"
            )
        if events == (_DELETE if rows.get("isNew") else _INSERT):
            wanted = "INSERT or UPDATE" if rows.get("isNew") else "DELETE or UPDATE"
            raise RefusedError("42P17", f"{what} can only be specified for a trigger of {wanted}")


_AFTER = 0
_INSERT, _DELETE, _UPDATE, _TRUNCATE = 4, 8, 16, 32
_INSTEAD = 64


def _refuse_row(node: Node, path: tuple[str, ...], location: int | None) -> None:
    """OLD and NEW are there for the rows of some events alone."""
    events = node.get("events", 0)
    shown = "trigger's WHEN condition cannot reference"
    if not node.get("row"):
        raise RefusedError("42P17", f"statement {shown} column values", location)
    if path[0] == "old" and events & _INSERT:
        raise RefusedError("42P17", f"INSERT {shown} OLD values", location)
    if path[0] == "new" and events & _DELETE:
        raise RefusedError("42P17", f"DELETE {shown} NEW values", location)


class _RowScope(printing.TableScope, frozen=True):
    """The columns of OLD and NEW."""

    def column(self, path: tuple[str, ...]) -> SqlType | None:
        """The type of a column of either row."""
        return self.columns.get(path[-1]) if path[-2:-1] in (("old",), ("new",)) else None


def _check_condition(run: Run, node: Node, table: Table) -> None:
    """WHEN reads OLD and NEW; one that reads anything else is left alone."""
    condition = node["whenClause"]
    found = references(condition)
    for kind, fields in found.standard:
        check_age(kind, fields, run.state.reads_as)
    refuse_in(condition, ALONE, "trigger WHEN conditions")
    if found.has_query:
        raise RefusedError("0A000", "cannot use subquery in trigger WHEN condition")
    for path, location in found.columns:
        is_field = len(path) == 2 and path[0] in ("old", "new") and path[1] not in _SYSTEM
        if is_field and table.column(path[1]) is None:
            raise RefusedError("42703", f"column {path[0]}.{path[1]} does not exist", location)
    scope = _RowScope(run.state, {one.name: one.type for one in table.columns}, table.name.name)
    printing.need_boolean(run, condition, scope, "WHEN")
    printing.printed(run, condition, scope)
    for path, location in found.columns:
        if path[0] in ("old", "new") and len(path) == 2:
            _refuse_row(node, path, location)


def _function(run: Run, path: tuple[str, ...]) -> str:
    schema, name = resolve.split_path(path)
    if schema is None and name.startswith(("tsvector_update", "suppress_redundant", "RI_FKey")):
        return f"pg_catalog.{name}"
    function = bare_function(run, path)
    if function is None:
        for place in (schema,) if schema is not None else resolve.searched(run.state):
            if ("function", f"{place}.{name}()") in run.state.hidden.other:
                return f"{place}.{name}"
        raise no_bare_function(run, path)
    if function.returns != "trigger":
        raise RefusedError("42P17", f"function {name} must return type trigger")
    return str(function.name)
