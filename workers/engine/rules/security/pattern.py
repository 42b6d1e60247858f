"""The project's own pattern of policies, carried over to a table that has none.

A table that belongs to a person through a foreign key is guarded as its siblings are: the same
join, the same caller. Nothing is guessed: without a policy to follow there is no proposal.
"""

from __future__ import annotations

from collections.abc import Iterator

from msgspec import Struct

from workers.engine.fixes.quoting import quoted, quoted_name
from workers.engine.rules.context import Context
from workers.engine.schema.model import ForeignKey, Policy, QualifiedName, Table

_COMMANDS = ("SELECT", "INSERT", "UPDATE", "DELETE")


class _Owner(Struct, frozen=True):
    """How a table ties its rows to the caller: a condition on its own owner column."""

    table: Table
    column: str
    roles: tuple[str, ...]
    caller: str


def policies_like_others(table: Table, context: Context) -> list[str]:
    """CREATE POLICY statements for a table, made like those of the tables that it refers to."""
    owners = {owner.table.name: owner for owner in _owners(context)}
    path = _path_to_owner(table, owners, context)
    if path is None:
        return []
    owner, condition = path
    roles = ", ".join(quoted(role) if role != "public" else "public" for role in owner.roles)
    return list(_statements(table, condition, roles))


def _statements(table: Table, condition: str, roles: str) -> Iterator[str]:
    name = quoted_name(table.name)
    verbs = dict(zip(_COMMANDS, ("read", "add", "change", "remove"), strict=True))
    for command in _COMMANDS:
        clause = "WITH CHECK" if command == "INSERT" else "USING"
        title = quoted(f"Own {table.name.name}: {verbs[command]}")
        yield (
            f"CREATE POLICY {title} ON {name} FOR {command} TO {roles}\n  {clause} ({condition});"
        )


def _owners(context: Context) -> Iterator[_Owner]:
    """Tables with a policy of the form `owner_column = auth.uid()`, in either order and cast."""
    for policy in context.replayed.policies.values():
        table = context.replayed.tables.get(policy.table)
        if table is None:
            continue
        found = _owner_column(policy, table)
        if found is not None:
            yield _Owner(table, found[0], policy.roles, found[1])


def _owner_column(policy: Policy, table: Table) -> tuple[str, str] | None:
    text = policy.using or policy.with_check or ""
    left, equals, right = _unwrap(text).partition(" = ")
    if not equals or " = " in right:
        return None
    for column, caller in ((left, right), (right, left)):
        bare = _unwrap(column).rpartition(".")[2].strip('"')
        if "auth.uid()" in caller and table.column(bare) is not None:
            return bare, _unwrap(caller)
    return None


def _unwrap(text: str) -> str:
    text = text.strip()
    while text.startswith("(") and text.endswith(")") and _is_one_group(text):
        text = text[1:-1].strip()
    return text


def _is_one_group(text: str) -> bool:
    depth = 0
    for number, letter in enumerate(text):
        depth += (letter == "(") - (letter == ")")
        if depth == 0 and number < len(text) - 1:
            return False
    return True


def _path_to_owner(
    table: Table, owners: dict[QualifiedName, _Owner], context: Context
) -> tuple[_Owner, str] | None:
    """The condition on `table` through the shortest chain of foreign keys to an owner table."""
    start: tuple[tuple[ForeignKey, ...], Table] = ((), table)
    waiting = [start]
    seen = {table.name}
    while waiting:
        keys, current = waiting.pop(0)
        owner = owners.get(current.name)
        if owner is not None and keys:
            return owner, _condition(table, keys, owner)
        for key in current.foreign_keys:
            target = context.replayed.tables.get(key.ref_table)
            if target is not None and target.name not in seen and len(keys) < 3:
                seen.add(target.name)
                waiting.append(((*keys, key), target))
    return None


def _condition(table: Table, keys: tuple[ForeignKey, ...], owner: _Owner) -> str:
    previous = quoted_name(table.name)
    first, *rest = keys
    source = quoted_name(first.ref_table)
    joins = [f"SELECT 1 FROM {source}"]
    conditions = [_equal(previous, first.columns, source, first.ref_columns)]
    for key in rest:
        target = quoted_name(key.ref_table)
        on = _equal(source, key.columns, target, key.ref_columns)
        joins.append(f"JOIN {target} ON {on}")
        source = target
    conditions.append(f"{source}.{quoted(owner.column)} = {owner.caller}")
    return f"EXISTS ({' '.join(joins)} WHERE {' AND '.join(conditions)})"


def _equal(left: str, columns: tuple[str, ...], right: str, others: tuple[str, ...]) -> str:
    return " AND ".join(
        f"{right}.{quoted(other)} = {left}.{quoted(column)}"
        for column, other in zip(columns, others, strict=True)
    )
