"""The project's own pattern of policies, carried over to a table that has none.

A table that belongs to a person, by the owner column that its siblings have or through a foreign
key, is guarded as they are: the same column, the same join, the same caller. Policies are built as
syntax trees. Nothing is guessed: without a policy to follow there is no proposal.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from msgspec import Struct

from workers.engine.fixes.tree import Statement
from workers.engine.rules.context import Context
from workers.engine.rules.security.trees import (
    column,
    conjunction,
    create_policy,
    equal,
    exists,
    owner_comparison,
    without_alias,
)
from workers.engine.schema.model import ForeignKey, Policy, QualifiedName, Table
from workers.engine.sql.postgres import Node, SqlSyntaxError, parse_expression
from workers.engine.sql.predicates import predicate

_COMMANDS = ("SELECT", "INSERT", "UPDATE", "DELETE")
_VERBS = dict(zip(_COMMANDS, ("read", "add", "change", "remove"), strict=True))
_FARTHEST = 3


class _Owner(Struct, frozen=True):
    """How a table ties its rows to the caller: its column equals what `caller` gives."""

    table: Table
    column: str
    roles: tuple[str, ...]
    caller: Node


def policies_like_others(table: Table, context: Context) -> list[Statement]:
    """CREATE POLICY statements for a table, made like those of its siblings."""
    owners = list(_owners(context))
    found = _direct(table, owners) or _through_keys(table, owners, context)
    if found is None:
        return []
    owner, condition = found
    return [
        create_policy(
            f"Own {table.name.name}: {_VERBS[command]}",
            table.name,
            command,
            owner.roles,
            condition,
        )
        for command in _COMMANDS
    ]


def policy_like(policy: Policy, command: str) -> Statement | None:
    """A policy of the same people on the same condition, for another command; None where the
    condition lets everyone pass."""
    condition = _read(policy.using or policy.with_check or "")
    facts = predicate(policy.using or policy.with_check)
    if condition is None or facts is None or facts.is_always_true:
        return None
    title = f"{policy.name} ({_VERBS[command]})"
    return create_policy(title, policy.table, command, policy.roles, without_alias(condition))


def _read(text: str) -> Node | None:
    try:
        return parse_expression(text)
    except SqlSyntaxError:
        return None


def _owners(context: Context) -> Iterator[_Owner]:
    """Tables with a policy of the form `owner_column = auth.uid()`, in either order and cast."""
    for policy in context.replayed.policies.values():
        table = context.replayed.tables.get(policy.table)
        condition = _read(policy.using or policy.with_check or "")
        if table is None or condition is None:
            continue
        found = owner_comparison(condition)
        if found is not None and table.column(found[0]) is not None:
            yield _Owner(table, found[0], policy.roles, found[1])


def _direct(table: Table, owners: list[_Owner]) -> tuple[_Owner, Node] | None:
    """The owner column that most siblings have, where this table has it, too."""
    for name, _ in Counter(owner.column for owner in owners).most_common():
        own = table.column(name)
        if _is_key(table, name):
            continue  # the owner's own row, not a row of the owner's
        for owner in owners:
            is_theirs = owner.column == name and not _is_key(owner.table, name)
            theirs = owner.table.column(name) if is_theirs else None
            if own is not None and theirs is not None and own.type == theirs.type:
                return owner, equal(column(name), owner.caller)
    return None


def _is_key(table: Table, name: str) -> bool:
    return table.primary_key is not None and table.primary_key.columns == (name,)


def _through_keys(
    table: Table, owners: list[_Owner], context: Context
) -> tuple[_Owner, Node] | None:
    """The condition through the shortest chain of foreign keys to a table with an owner."""
    by_table = {owner.table.name: owner for owner in reversed(owners)}
    waiting: list[tuple[tuple[ForeignKey, ...], Table]] = [((), table)]
    seen: set[QualifiedName] = {table.name}
    while waiting:
        keys, current = waiting.pop(0)
        owner = by_table.get(current.name)
        if owner is not None and keys:
            return owner, _joined(table, keys, owner)
        for key in current.foreign_keys:
            target = context.replayed.tables.get(key.ref_table)
            if target is not None and target.name not in seen and len(keys) < _FARTHEST:
                seen.add(target.name)
                waiting.append(((*keys, key), target))
    return None


def _joined(table: Table, keys: tuple[ForeignKey, ...], owner: _Owner) -> Node:
    """EXISTS (SELECT 1 FROM the tables on the way WHERE they belong together and to the caller)."""
    links = []
    previous = table.name
    for key in keys:
        for own, theirs in zip(key.columns, key.ref_columns, strict=True):
            links.append(equal(column(key.ref_table.name, theirs), column(previous.name, own)))
        previous = key.ref_table
    links.append(equal(column(previous.name, owner.column), owner.caller))
    return exists([key.ref_table for key in keys], conjunction(links))
