"""What else ALTER TABLE says: row security, triggers, inheritance, partitions, options."""

from __future__ import annotations

from collections.abc import Callable

from msgspec.structs import replace

from workers.engine.schema.model import Index, QualifiedName, View
from workers.engine.source import Origin
from workers.engine.sql import resolve
from workers.engine.sql.ddl import index_partitions, typed_tables
from workers.engine.sql.ddl.bounds import check_bound, refuse_kind_of_bound
from workers.engine.sql.ddl.columns import default_text
from workers.engine.sql.ddl.heritage import children_of, heirs_of, let_go, refuse_parent, take_over
from workers.engine.sql.ddl.kinds_of_relation import refuse_actions
from workers.engine.sql.ddl.partitions import bound, inherit_parts
from workers.engine.sql.ddl.touch import by_name, need_column, swap, touched, update
from workers.engine.sql.postgres import Node
from workers.engine.sql.refusal import RefusedError
from workers.engine.sql.run import Run

Step = Callable[[Run, QualifiedName, Node, Origin], None]


def alter_table_rest(run: Run, name: QualifiedName, fields: Node, origin: Origin) -> None:
    """Carry out an action of the last pass; what the catalogue does not show is let be."""
    step = _STEPS.get(fields["subtype"])
    if step is not None:
        step(run, name, fields, origin)


def _row_security(flag: str, value: bool) -> Step:
    def step(run: Run, name: QualifiedName, fields: Node, origin: Origin) -> None:
        update(run, name, origin, **{flag: value})

    return step


def _trigger(enabled: bool) -> Step:
    def step(run: Run, name: QualifiedName, fields: Node, origin: Origin) -> None:
        triggers = run.state.schema.triggers
        wanted = fields.get("name")
        if wanted and (name, wanted) not in triggers:
            raise RefusedError(
                "42704", f'trigger "{wanted}" for table "{name.name}" does not exist'
            )
        for key, trigger in list(triggers.items()):
            if key[0] == name and (not wanted or key[1] == wanted):
                history = touched(trigger.history, origin)
                triggers[key] = replace(trigger, is_enabled=enabled, history=history)

    return step


def _rule(run: Run, name: QualifiedName, fields: Node, origin: Origin) -> None:
    wanted = fields["name"]
    if (name, wanted) not in run.state.hidden.rules:
        shown = f'rule "{wanted}" for relation "{name.name}" does not exist'
        raise RefusedError("42704", shown)


def _logged(is_unlogged: bool) -> Step:
    def step(run: Run, name: QualifiedName, fields: Node, origin: Origin) -> None:
        _refuse_logging(run, name, is_unlogged=is_unlogged)
        update(run, name, origin, is_unlogged=is_unlogged)

    return step


def _refuse_logging(run: Run, name: QualifiedName, *, is_unlogged: bool) -> None:
    """ATPrepChangePersistence: no logged table may refer to an unlogged one."""
    tables = run.state.schema.tables
    if tables[name].is_unlogged == is_unlogged:
        return
    for one in tables.values() if is_unlogged else (tables[name],):
        for key in one.foreign_keys:
            other = tables.get(key.ref_table)
            is_hit = key.ref_table == name if is_unlogged else bool(other and other.is_unlogged)
            if is_hit and key.ref_table != one.name and (not one.is_unlogged or not is_unlogged):
                word = "unlogged" if is_unlogged else "logged"
                raise RefusedError("42P16", f'could not change table "{name.name}" to {word}')


def _options(run: Run, name: QualifiedName, fields: Node, origin: Origin) -> None:
    from workers.engine.sql.ddl import storage_parameters

    table = run.state.schema.tables[name]
    is_reset = fields["subtype"] == "AT_ResetRelOptions"
    given = storage_parameters.given(fields)
    if table.kind == "partitioned" and not is_reset:
        shown = "cannot specify storage parameters for a partitioned table"
        raise RefusedError("42809", shown)
    storage_parameters.check_table(run, given, is_reset=is_reset)
    update(run, name, origin, options=storage_parameters.changed(table.options, fields))


def _column_part(run: Run, name: QualifiedName, fields: Node, origin: Origin) -> None:
    from workers.engine.sql.ddl import column_storage

    column = need_column(run.state.schema.tables[name], fields.get("name", ""))
    column_storage.check(run, column, fields)


def refuse_heir(run: Run, name: QualifiedName) -> None:
    """ATPrepAddInherit: a partition has one parent, a partitioned table none of this kind."""
    table = run.state.schema.tables[name]
    if table.partition_bound is not None:
        raise RefusedError("42809", "cannot change inheritance of a partition")
    if table.kind == "partitioned":
        raise RefusedError("42809", "cannot change inheritance of partitioned table")


def _inherit(run: Run, name: QualifiedName, fields: Node, origin: Origin) -> None:
    parent = resolve.need_table(run.state, fields["def"]["RangeVar"])
    refuse_parent(parent)
    _refuse_circle(run, name, parent.name)
    table = run.state.schema.tables[name]
    if parent.name in table.parents:
        raise RefusedError(
            "42P07", f'relation "{parent.name.name}" would be inherited from more than once'
        )
    take_over(run, name, parent, is_partition=False)
    update(run, name, origin, parents=(*table.parents, parent.name))


def _refuse_circle(run: Run, name: QualifiedName, parent: QualifiedName) -> None:
    if parent == name or parent in heirs_of(run, name):
        raise RefusedError("42P07", "circular inheritance not allowed")


def _disinherit(run: Run, name: QualifiedName, fields: Node, origin: Origin) -> None:
    if run.state.schema.tables[name].partition_bound is not None:
        raise RefusedError("42809", "cannot change inheritance of a partition")
    parent = resolve.need_relation(run.state, fields["def"]["RangeVar"])
    _let_go(run, name, parent, "parent of relation", name)


def _let_go(
    run: Run, child: QualifiedName, parent: QualifiedName, word: str, other: QualifiedName
) -> None:
    if parent not in run.state.schema.tables[child].parents:
        first = parent if other == child else child
        raise RefusedError("42P01", f'relation "{first.name}" is not a {word} "{other.name}"')
    let_go(run, child, run.state.schema.tables[parent])


def _attach(run: Run, name: QualifiedName, fields: Node, origin: Origin) -> None:
    command = fields["def"]["PartitionCmd"]
    parent = run.state.schema.tables[name]
    refuse_kind_of_bound(parent, command["bound"])
    shown = bound(run, parent, command["bound"])
    child = resolve.need_table(run.state, command["name"])
    if child.partition_bound is not None:
        raise RefusedError("42809", f'"{child.name.name}" is already a partition')
    if child.parents:
        raise RefusedError("42809", "cannot attach inheritance child as partition")
    if child.kind == "table" and children_of(run, child.name):
        raise RefusedError("42809", "cannot attach inheritance parent as partition")
    _refuse_circle(run, child.name, name)
    for column in child.columns:
        if parent.column(column.name) is None:
            raise RefusedError(
                "42804",
                f'table "{child.name.name}" contains column "{column.name}" not found in parent'
                f' "{name.name}"',
            )
    check_bound(run, parent, child.name, command["bound"])
    take_over(run, child.name, parent, is_partition=True)
    update(run, child.name, origin, parents=(name,), partition_bound=shown)
    inherit_parts(run, child.name, (parent,), is_partition=True)
    from workers.engine.sql.ddl.triggers import refuse_handed_down

    refuse_handed_down(run, parent, child)


def _detach(run: Run, name: QualifiedName, fields: Node, origin: Origin) -> None:
    command = fields["def"]["PartitionCmd"]
    child = resolve.need_table(run.state, command["name"])
    _let_go(run, child.name, name, "partition of relation", name)
    table = run.state.schema.tables[child.name]
    own = {
        part: tuple(replace(one, is_inherited=False) for one in getattr(table, part))
        for part in ("uniques", "indexes", "foreign_keys")
    }
    primary = table.primary_key and replace(table.primary_key, is_inherited=False)
    update(run, child.name, origin, partition_bound=None, primary_key=primary, **own)
    if command.get("concurrent") and child.partition_bound is not None:
        from workers.engine.sql.ddl.detaching import leave_check

        leave_check(run, run.state.schema.tables[name], child.partition_bound, child.name, origin)


def _cluster(run: Run, name: QualifiedName, fields: Node, origin: Origin) -> None:
    _own_index(run, name, fields["name"])


def _replica_identity(run: Run, name: QualifiedName, fields: Node, origin: Origin) -> None:
    """ATExecReplicaIdentity: a whole, immediate unique index of columns that are NOT NULL."""
    wanted = fields["def"]["ReplicaIdentityStmt"].get("name")
    if not wanted:
        return
    index = _own_index(run, name, wanted)
    table = run.state.schema.tables[name]
    deferred = {one.name for one in (table.primary_key, *table.uniques) if one and one.deferrable}
    columns = index.columns
    is_fit = index.is_unique and columns is not None and index.where is None
    if is_fit and index.name not in deferred:
        found = [table.column(one) for one in columns or ()]
        if all(one is not None and one.not_null for one in found):
            return
    raise RefusedError("42809", f'index "{wanted}" cannot be used as replica identity')


def _own_index(run: Run, name: QualifiedName, wanted: str) -> Index:
    place = QualifiedName(name.schema, wanted)
    if run.state.relation_kind(place) is None:
        raise RefusedError("42704", f'index "{wanted}" for table "{name.name}" does not exist')
    index: Index | None = by_name(run.state.schema.tables[name].indexes, wanted)
    if index is None:
        raise RefusedError("42809", f'"{wanted}" is not an index for table "{name.name}"')
    return index


def _owner(run: Run, name: QualifiedName, fields: Node, origin: Origin) -> None:
    need_role(run, fields.get("newowner"))


def need_role(run: Run, role: Node | None) -> None:
    """Refuse a role that does not exist."""
    if not role or role.get("roletype", "ROLESPEC_CSTRING") != "ROLESPEC_CSTRING":
        return
    name = role.get("rolename", "")
    if name not in run.state.hidden.roles:
        run.state.log.needs.add(name)
        raise RefusedError("42704", f'role "{name}" does not exist')


_STEPS: dict[str, Step] = {
    "AT_EnableRowSecurity": _row_security("rls", True),
    "AT_DisableRowSecurity": _row_security("rls", False),
    "AT_ForceRowSecurity": _row_security("force_rls", True),
    "AT_NoForceRowSecurity": _row_security("force_rls", False),
    "AT_EnableTrig": _trigger(True),
    "AT_EnableAlwaysTrig": _trigger(True),
    "AT_EnableReplicaTrig": _trigger(True),
    "AT_EnableTrigAll": _trigger(True),
    "AT_EnableTrigUser": _trigger(True),
    "AT_DisableTrig": _trigger(False),
    "AT_DisableTrigAll": _trigger(False),
    "AT_DisableTrigUser": _trigger(False),
    **dict.fromkeys(("AT_EnableRule", "AT_EnableAlwaysRule", "AT_EnableReplicaRule"), _rule),
    "AT_DisableRule": _rule,
    "AT_SetLogged": _logged(False),
    "AT_SetUnLogged": _logged(True),
    "AT_SetRelOptions": _options,
    "AT_ResetRelOptions": _options,
    "AT_AddInherit": _inherit,
    "AT_DropInherit": _disinherit,
    "AT_AttachPartition": _attach,
    "AT_DetachPartition": _detach,
    "AT_ChangeOwner": _owner,
    "AT_ClusterOn": _cluster,
    "AT_ReplicaIdentity": _replica_identity,
    "AT_SetStatistics": _column_part,
    "AT_SetOptions": _column_part,
    "AT_ResetOptions": _column_part,
    "AT_SetStorage": _column_part,
    "AT_SetCompression": _column_part,
    "AT_AddOf": typed_tables.attach,
    "AT_DropOf": typed_tables.detach,
}


def alter_other(run: Run, name: QualifiedName, node: Node) -> None:
    """ALTER VIEW, INDEX, SEQUENCE and COMPOSITE TYPE as far as they are written like tables."""
    schema = run.state.schema
    refuse_actions(run, name, node)
    if name in schema.views:
        view = schema.views[name]
        for one in node.get("cmds", ()):
            fields = one["AlterTableCmd"]
            if fields["subtype"] == "AT_ChangeOwner":
                _owner(run, name, fields, run.origin)
            elif fields["subtype"] in ("AT_AttachPartition", "AT_DetachPartition"):
                raise RefusedError("42809", f'"{name.name}" has no partitions')
            elif fields["subtype"] == "AT_ColumnDefault":
                view = _view_default(run, view, fields)
                run.state.put_view(view)
            elif fields["subtype"] in ("AT_SetRelOptions", "AT_ResetRelOptions"):
                shown = _view_options(run, view, fields)
                view = replace(view, options=shown, history=touched(view.history, run.origin))
                run.state.put_view(view)
        return
    if name in schema.sequences:
        for one in node.get("cmds", ()):
            if one["AlterTableCmd"]["subtype"] == "AT_ChangeOwner":
                need_role(run, one["AlterTableCmd"].get("newowner"))
        return
    if name in schema.composites:
        typed_tables.alter_composite(run, name, node)
        return
    if node.get("objtype") == "OBJECT_INDEX" and name in run.state.hidden.index_tables:
        for one in node.get("cmds", ()):
            if one["AlterTableCmd"]["subtype"] == "AT_AttachPartition":
                index_partitions.attach(run, name, one["AlterTableCmd"])
    if node.get("objtype") == "OBJECT_TABLE" and name in run.state.hidden.index_tables:
        raise RefusedError("42809", f'"{name.name}" is not a table')


def _view_options(run: Run, view: View, fields: Node) -> tuple[str, ...]:
    from workers.engine.sql.ddl import storage_parameters

    check = storage_parameters.check_view
    if view.kind == "matview":
        check = storage_parameters.check_table
    if fields["subtype"] == "AT_SetRelOptions":
        check(run, storage_parameters.given(fields))
    return storage_parameters.changed(view.options, fields)


def _view_default(run: Run, view: View, fields: Node) -> View:
    """The default of a view's column, for INSERT through the view."""
    column = by_name(view.columns, fields["name"])
    if column is None:
        if not view.columns:
            return view
        raise RefusedError(
            "42703",
            f'column "{fields["name"]}" of relation "{view.name.name}" does not exist',
        )
    node = fields.get("def")
    text = default_text(run, column, node) if node else None
    columns = swap(view.columns, column, replace(column, default=text))
    return replace(view, columns=columns, history=touched(view.history, run.origin))
