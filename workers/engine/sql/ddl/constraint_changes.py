"""Constraints dropped, validated and altered."""

from __future__ import annotations

from msgspec.structs import replace

from workers.engine.schema.model import QualifiedName, Table
from workers.engine.source import Origin
from workers.engine.sql.ddl import dependents
from workers.engine.sql.ddl.alter_columns import children_of
from workers.engine.sql.ddl.constraints import deferrable_of
from workers.engine.sql.ddl.touch import by_name, swap, touched, update
from workers.engine.sql.postgres import Node
from workers.engine.sql.refusal import RefusedError
from workers.engine.sql.run import Run
from workers.engine.sql.state import constraint_names


def drop_constraint(run: Run, name: QualifiedName, fields: Node, origin: Origin) -> None:
    """DROP CONSTRAINT."""
    table = run.state.schema.tables[name]
    wanted = fields["name"]
    if wanted not in constraint_names(table):
        if fields.get("missing_ok"):
            return
        run.state.log.needs.add(f"{name}.{wanted}")
        raise RefusedError(
            "42704", f'constraint "{wanted}" of relation "{name.name}" does not exist'
        )
    cascade = fields.get("behavior") == "DROP_CASCADE"
    heirs = heirs_of_check(run, table, wanted)
    dependents.drop_constraint(run, name, wanted, cascade=cascade, origin=origin)
    for heir in heirs:
        drop_constraint(run, heir.name, {**fields, "missing_ok": True}, origin)


def heirs_of_check(run: Run, table: Table, name: str) -> list[Table]:
    """The tables that inherit from a table and have the same check under the same name."""
    check = by_name(table.checks, name)
    if check is None or check.no_inherit:
        return []
    found = []
    for child in children_of(run, table.name):
        heir = run.state.schema.tables[child]
        own = by_name(heir.checks, name)
        if own is not None and own.definition == check.definition:
            found.append(heir)
    return found


def validate_constraint(run: Run, name: QualifiedName, fields: Node, origin: Origin) -> None:
    """VALIDATE CONSTRAINT."""
    table = run.state.schema.tables[name]
    wanted = fields["name"]
    key = by_name(table.foreign_keys, wanted)
    if key is not None:
        made = replace(key, not_valid=False, history=touched(key.history, origin))
        update(run, name, origin, foreign_keys=swap(table.foreign_keys, key, made))
        return
    check = by_name(table.checks, wanted)
    if check is not None:
        definition = check.definition.removesuffix(" NOT VALID")
        valid = replace(
            check,
            not_valid=False,
            definition=definition,
            history=touched(check.history, origin),
        )
        update(run, name, origin, checks=swap(table.checks, check, valid))
        return
    _refuse_missing(run, name, wanted, "foreign key or check constraint")


def alter_constraint(run: Run, name: QualifiedName, fields: Node, origin: Origin) -> None:
    """ALTER CONSTRAINT: whether a foreign key can be deferred."""
    table = run.state.schema.tables[name]
    node = fields.get("def", {})
    constraint = node.get("Constraint") or node.get("ATAlterConstraint") or {}
    wanted = constraint.get("conname", "")
    key = by_name(table.foreign_keys, wanted)
    if key is None:
        _refuse_missing(run, name, wanted, "foreign key constraint")
        return
    made = replace(key, deferrable=deferrable_of(constraint), history=touched(key.history, origin))
    update(run, name, origin, foreign_keys=swap(table.foreign_keys, key, made))


def _refuse_missing(run: Run, name: QualifiedName, wanted: str, what: str) -> None:
    table = run.state.schema.tables[name]
    shown = f'constraint "{wanted}" of relation "{name.name}"'
    if wanted in constraint_names(table):
        raise RefusedError("42809", f"{shown} is not a {what}")
    raise RefusedError("42704", f"{shown} does not exist")
