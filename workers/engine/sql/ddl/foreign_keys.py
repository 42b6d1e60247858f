"""Foreign keys added to a table, with every refusal that PostgreSQL knows.

Follows ATAddForeignKeyConstraint and transformFkeyCheckAttrs of
src/backend/commands/tablecmds.c.
"""

from __future__ import annotations

from msgspec.structs import replace

from workers.engine.schema.model import Action, ForeignKey, QualifiedName, Table
from workers.engine.schema.names import join_columns
from workers.engine.source import Origin
from workers.engine.sql import resolve
from workers.engine.sql.builtin.casts import can_reference
from workers.engine.sql.ddl.constraints import (
    choose_constraint_name,
    deferrable_of,
    is_unenforced,
    refuse_duplicate,
)
from workers.engine.sql.ddl.heritage import children_of
from workers.engine.sql.ddl.indexing import base_type
from workers.engine.sql.ddl.touch import update
from workers.engine.sql.postgres import Node
from workers.engine.sql.refusal import ExtensionsOwnError, RefusedError
from workers.engine.sql.resolve import strings
from workers.engine.sql.run import Run
from workers.engine.sql.state import TEMPORARY, State

_ACTIONS: dict[str, Action] = {
    "a": "NO ACTION",
    "r": "RESTRICT",
    "c": "CASCADE",
    "n": "SET NULL",
    "d": "SET DEFAULT",
}


def add_foreign_key(run: Run, name: QualifiedName, fields: Node, origin: Origin) -> None:
    """Add a foreign key constraint."""
    state = run.state
    table = state.schema.tables[name]
    columns = strings(fields.get("fk_attrs", []))
    if fields.get("alone") and table.kind == "partitioned":
        raise RefusedError(
            "42809", f'cannot use ONLY for foreign key on partitioned table "{name.name}"'
        )
    given = fields.get("conname")
    if given:
        refuse_duplicate(table, given)
    else:
        given = choose_constraint_name(state, table, join_columns(columns), "fkey")
    target = _target(run, fields)
    if isinstance(target, Table):
        _refuse_fleeting(table, target)
    for column in columns:
        if table.column(column) is None:
            raise RefusedError(
                "42703", f'column "{column}" referenced in foreign key constraint does not exist'
            )
    for column in strings(fields.get("fk_del_set_cols", [])):
        if column not in columns:
            _refuse_set_column(table, column)
    named = strings(fields.get("pk_attrs", []))
    referenced = named if isinstance(target, QualifiedName) else _referenced_columns(target, named)
    if len(referenced) != len(columns):
        raise RefusedError(
            "42830", "number of referencing and referenced columns for foreign key disagree"
        )
    if isinstance(target, Table):
        if fields.get("pk_attrs"):
            _need_unique(target, referenced)
        need_same_types(state, table, target, columns, referenced, given)
    key = ForeignKey(
        given,
        columns,
        target if isinstance(target, QualifiedName) else target.name,
        referenced,
        _ACTIONS[fields.get("fk_del_action", "a")],
        _ACTIONS[fields.get("fk_upd_action", "a")],
        deferrable_of(fields),
        is_unenforced(run, fields) or bool(fields.get("skip_validation")),
        None,
        (origin,),
    )
    update(run, name, origin, foreign_keys=(*table.foreign_keys, key))
    if table.kind == "partitioned":
        _hand_down(run, name, replace(key, is_inherited=True))


def _refuse_fleeting(table: Table, target: Table) -> None:
    """A table refers to what lasts at least as long, and a temporary one to such alone."""
    lasts, wanted = _lasting(target), _lasting(table)
    if lasts < wanted or (wanted == 0) != (lasts == 0):
        word = ("temporary", "permanent or unlogged" if lasts else "unlogged", "permanent")[wanted]
        raise RefusedError("42P16", f"constraints on {word} tables may reference only such tables")


def _lasting(table: Table) -> int:
    """0 of a temporary table, 1 of an unlogged one, 2 of any other."""
    if table.name.schema == TEMPORARY:
        return 0
    return 1 if table.is_unlogged else 2


def _hand_down(run: Run, name: QualifiedName, key: ForeignKey) -> None:
    for child in children_of(run, name):
        table = run.state.schema.tables[child]
        update(run, child, foreign_keys=(*table.foreign_keys, key))
        _hand_down(run, child, key)


def _refuse_set_column(table: Table, column: str) -> None:
    if table.column(column) is None:
        raise RefusedError(
            "42703", f'column "{column}" referenced in foreign key constraint does not exist'
        )
    raise RefusedError(
        "42P10",
        f'column "{column}" referenced in ON DELETE SET action must be part of foreign key',
    )


def _target(run: Run, fields: Node) -> Table | QualifiedName:
    """The table that is referred to; of an extension's the name is all that is known."""
    path = resolve.range_path(fields["pktable"])
    try:
        name = resolve.need_relation(run.state, fields["pktable"])
    except ExtensionsOwnError:
        if not fields.get("pk_attrs"):
            raise
        return QualifiedName(path[0] if len(path) > 1 else "public", path[-1])
    target = run.state.schema.tables.get(name)
    if target is None:
        raise RefusedError("42809", f'referenced relation "{name.name}" is not a table')
    return target


def _referenced_columns(target: Table, named: tuple[str, ...]) -> tuple[str, ...]:
    if not named:
        if target.primary_key is None:
            raise RefusedError(
                "42704", f'there is no primary key for referenced table "{target.name.name}"'
            )
        return target.primary_key.columns
    for column in named:
        if target.column(column) is None:
            raise RefusedError(
                "42703", f'column "{column}" referenced in foreign key constraint does not exist'
            )
    return named


def _need_unique(target: Table, columns: tuple[str, ...]) -> None:
    if is_referable(target, columns):
        return
    wanted = sorted(columns)
    deferred = [key for key in (target.primary_key, *target.uniques) if key and key.deferrable]
    if any(sorted(key.columns) == wanted for key in deferred):
        raise RefusedError(
            "55000",
            f'cannot use a deferrable unique constraint for referenced table "{target.name.name}"',
        )
    raise RefusedError(
        "42830",
        "there is no unique constraint matching given keys for referenced table "
        f'"{target.name.name}"',
    )


def is_referable(target: Table, columns: tuple[str, ...]) -> bool:
    """Whether a whole, immediate unique index covers exactly these columns."""
    return referable_index(target, columns) is not None


def referable_index(target: Table, columns: tuple[str, ...]) -> str | None:
    """The name of the index that a foreign key to these columns rests on."""
    wanted = sorted(columns)
    deferred = {key.name for key in (target.primary_key, *target.uniques) if key and key.deferrable}
    for index in target.indexes:
        if not index.is_unique or index.where is not None or index.is_invalid:
            continue
        keys = index.columns
        if keys is not None and sorted(keys) == wanted and index.name not in deferred:
            return index.name
    return None


def need_same_types(
    state: State,
    table: Table,
    target: Table,
    columns: tuple[str, ...],
    referenced: tuple[str, ...],
    name: str,
) -> None:
    """Refuse a key whose columns cannot be compared with those that they refer to."""
    for one, other in zip(columns, referenced, strict=True):
        left, right = table.column(one), target.column(other)
        assert left is not None
        assert right is not None
        if not can_reference(base_type(state, left.type), base_type(state, right.type)):
            raise RefusedError(
                "42804",
                f'foreign key constraint "{name}" cannot be implemented',
                hint=f'Key columns "{one}" and "{other}" are of incompatible types: '
                f"{resolve.format_visible(state, left.type)} and "
                f"{resolve.format_visible(state, right.type)}.",
            )
