"""Policies: put aside where a column that they read changes its type, and put back."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from msgspec.structs import replace

from workers.engine.compare import changes as c
from workers.engine.fixes.places import Places, places_of
from workers.engine.fixes.steps import Stage, Step, Work
from workers.engine.fixes.tree import Statement, expression
from workers.engine.schema.model import Policy, QualifiedName
from workers.engine.sql.postgres import Node


def policy_steps(work: Work) -> Iterator[Step]:
    """PostgreSQL changes no type of a column that a policy reads: it is dropped and made anew."""
    places = places_of(work)
    changed = {
        f"{change.replayed_table.name}.{change.replayed.name}"
        for change in work.changes
        if isinstance(change, c.ColumnTypeChanged)
    }
    for policy in work.replayed.policies.values():
        if changed & policy.depends_on:
            yield from _aside(work, policy, places)


def _aside(work: Work, policy: Policy, places: Places) -> Iterator[Step]:
    table = places.table(policy.table)
    dropped = work.make('DROP POLICY "$name" ON "$table"', name=policy.name, table=table)
    made = create_policy(work, table, policy, _renamed_columns(policy, places))
    subject = f"{table}.{policy.name}"
    notes = ("The policy reads a column whose type changes, and is made anew below.",)
    yield Step(Stage.FREE, "DropPolicy", dropped, subject, (made,), notes=notes)
    yield Step(Stage.GUARD, "CreatePolicy", made, subject, (dropped,))


def _renamed_columns(policy: Policy, places: Places) -> dict[str, str]:
    return {old: new for (table, old), new in places.columns.items() if table == policy.table}


def create_policy(
    work: Work, table: QualifiedName, policy: Policy, renamed: Mapping[str, str]
) -> Statement:
    """CREATE POLICY, its columns under their new names."""
    kind = "PERMISSIVE" if policy.is_permissive else "RESTRICTIVE"
    pattern = f'CREATE POLICY "$name" ON "$table" AS {kind} FOR {policy.command} TO public'
    values: dict[str, object] = {}
    for clause, text in (("USING", policy.using), ("WITH CHECK", policy.with_check)):
        if text is not None:
            place = clause.split()[0].lower()
            pattern += f' {clause} ("${place}")'
            values[place] = _with_names(expression(text), renamed)
    made = work.make(pattern, name=policy.name, table=table, **values)
    roles = [_role(name) for name in policy.roles]
    return replace(made, fields={**made.fields, "roles": roles})


def _role(name: str) -> Node:
    if name == "public":
        return {"RoleSpec": {"roletype": "ROLESPEC_PUBLIC"}}
    return {"RoleSpec": {"roletype": "ROLESPEC_CSTRING", "rolename": name}}


def _with_names(node: Any, renamed: Mapping[str, str]) -> Any:
    if isinstance(node, list):
        return [_with_names(item, renamed) for item in node]
    if not isinstance(node, dict):
        return node
    reference = node.get("ColumnRef")
    if reference is not None:
        *before, last = reference["fields"]
        name = last.get("String", {}).get("sval")
        if name in renamed:
            last = {"String": {"sval": renamed[name]}}
        return {"ColumnRef": {**reference, "fields": [*before, last]}}
    return {key: _with_names(value, renamed) for key, value in node.items()}
