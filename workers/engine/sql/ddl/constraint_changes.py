"""Constraints dropped, validated and altered."""

from __future__ import annotations

from msgspec.structs import replace

from workers.engine.schema.model import QualifiedName, Table
from workers.engine.source import Origin
from workers.engine.sql.ddl import dependents
from workers.engine.sql.ddl.constraints import deferrable_of
from workers.engine.sql.ddl.heritage import children_of, parents_with_check
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
    _refuse_inherited(run, table, wanted)
    if fields.get("alone"):
        _leave_below(run, table, wanted)
    cascade = fields.get("behavior") == "DROP_CASCADE"
    dependents.drop_constraint(run, name, wanted, cascade=cascade, origin=origin)


def _refuse_inherited(run: Run, table: Table, name: str) -> None:
    keys = (table.primary_key, *table.uniques, *table.foreign_keys)
    is_twin = any(key is not None and key.name == name and key.is_inherited for key in keys)
    if is_twin or (table.parents and parents_with_check(run.state, table, name)):
        raise RefusedError(
            "42P16",
            f'cannot drop inherited constraint "{name}" of relation "{table.name.name}"',
        )


def _leave_below(run: Run, table: Table, name: str) -> None:
    """DROP CONSTRAINT of ONLY one table: what it handed down belongs to the tables below."""
    heirs = heirs_of_check(run, table, name)
    if heirs and table.kind == "partitioned":
        raise RefusedError(
            "42P16",
            "cannot remove constraint from only the partitioned table when partitions exist",
        )
    for heir in heirs:
        check = by_name(heir.checks, name)
        checks = swap(heir.checks, check, replace(check, is_inherited=False))
        update(run, heir.name, checks=checks)


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
        if check.definition.endswith(" NOT ENFORCED"):
            raise RefusedError("55000", "cannot validate NOT ENFORCED constraint")
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
    """ALTER CONSTRAINT: whether a foreign key can be deferred, or is enforced."""
    table = run.state.schema.tables[name]
    node = fields.get("def", {})
    constraint = node.get("Constraint") or node.get("ATAlterConstraint") or {}
    wanted = constraint.get("conname", "")
    key = by_name(table.foreign_keys, wanted)
    if key is None:
        # Since 18 what is said decides: each word has its own kinds of constraint.
        is_silent = not any(word.startswith("alter") for word in constraint)
        if is_silent and run.state.reads_as >= 18 and wanted in constraint_names(table):
            return
        _refuse_missing(run, name, wanted, "foreign key constraint")
        return
    history = touched(key.history, origin)
    if constraint.get("alterEnforceability"):
        made = replace(key, not_valid=not constraint.get("is_enforced"), history=history)
    else:
        made = replace(key, deferrable=deferrable_of(constraint), history=history)
    update(run, name, origin, foreign_keys=swap(table.foreign_keys, key, made))


def _refuse_missing(run: Run, name: QualifiedName, wanted: str, what: str) -> None:
    table = run.state.schema.tables[name]
    shown = f'constraint "{wanted}" of relation "{name.name}"'
    if wanted in constraint_names(table):
        raise RefusedError("42809", f"{shown} is not a {what}")
    raise RefusedError("42704", f"{shown} does not exist")
