"""Row-level security policies."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Literal

from msgspec.structs import replace

from workers.engine.schema.model import Policy, QualifiedName
from workers.engine.sql import printing, resolve
from workers.engine.sql.ddl.aggregation import ALONE, refuse_in
from workers.engine.sql.ddl.alter_rest import need_role
from workers.engine.sql.ddl.callees import named, noted
from workers.engine.sql.ddl.scoping import columns_read
from workers.engine.sql.ddl.touch import touched
from workers.engine.sql.postgres import Node, SqlSyntaxError, parse_expression
from workers.engine.sql.references import references
from workers.engine.sql.refusal import RefusedError
from workers.engine.sql.run import Run

Command = Literal["ALL", "SELECT", "INSERT", "UPDATE", "DELETE"]
_COMMANDS: dict[str, Command] = {
    "all": "ALL",
    "select": "SELECT",
    "insert": "INSERT",
    "update": "UPDATE",
    "delete": "DELETE",
}


def create_policy(run: Run, node: Node) -> None:
    """CREATE POLICY."""
    state = run.state
    _refuse_clause(node)
    roles = _roles(run, node.get("roles", ()))
    table = resolve.need_table(state, node["table"])
    name = node["policy_name"]
    # CreatePolicy and AlterPolicy look for the name behind the expressions.
    using, one = _expression(run, table.name, node.get("qual"))
    check, other = _expression(run, table.name, node.get("with_check"))
    if (table.name, name) in state.schema.policies:
        raise RefusedError("42710", f'policy "{name}" for table "{table.name.name}" already exists')
    state.schema.policies[table.name, name] = Policy(
        name,
        table.name,
        bool(node.get("permissive")),
        roles or ("public",),
        _COMMANDS[node.get("cmd_name", "all")],
        using,
        check,
        one | other,
        (run.origin,),
    )
    state.log.creates.add(f"{table.name}.{name}")
    state.log.touches.add(str(table.name))


def _refuse_clause(node: Node) -> None:
    command = node.get("cmd_name", "all")
    if command in ("select", "delete") and node.get("with_check"):
        raise RefusedError("42601", "WITH CHECK cannot be applied to SELECT or DELETE")
    if command == "insert" and node.get("qual"):
        raise RefusedError("42601", "only WITH CHECK expression allowed for INSERT")


def alter_policy(run: Run, node: Node) -> None:
    """ALTER POLICY: its roles and expressions."""
    state = run.state
    roles = _roles(run, node.get("roles", ()))
    table = resolve.need_table(state, node["table"])
    name = node["policy_name"]
    using, one = _expression(run, table.name, node.get("qual"))
    check, other = _expression(run, table.name, node.get("with_check"))
    policy = state.schema.policies.get((table.name, name))
    if policy is None:
        raise RefusedError("42704", f'policy "{name}" for table "{table.name.name}" does not exist')
    depends = one | other
    if using is None:
        depends |= _kept(run, table.name, policy.using)
    if check is None:
        depends |= _kept(run, table.name, policy.with_check)
    policy = replace(
        policy,
        roles=roles if node.get("roles") else policy.roles,
        using=policy.using if using is None else using,
        with_check=policy.with_check if check is None else check,
    )
    history = touched(policy.history, run.origin)
    state.schema.policies[table.name, name] = replace(policy, depends_on=depends, history=history)
    state.log.touches.add(f"{table.name}.{name}")


def _expression(
    run: Run, table: QualifiedName, node: Node | None
) -> tuple[str | None, frozenset[str]]:
    if not node:
        return None, frozenset()
    found = run.state.schema.tables[table]
    scope = printing.scope_of(run.state, table.name, found.columns)
    # Without a subquery types are told with the names, from left to right.
    is_plain = not references(node).has_query
    if is_plain:
        printing.check(run, node, scope)
    with noted(run.state) as calls:
        depends = columns_read(run, node, found)
        if not is_plain:
            printing.check(run, node, scope)
        refuse_in(node, ALONE, "policy expressions")
        printing.need_boolean(run, node, scope, "POLICY")
        text = printing.printed(run, node, scope)
    return text, depends | named(run, node, calls)


def _kept(run: Run, table: QualifiedName, text: str | None) -> frozenset[str]:
    """What the expression that a policy keeps stands on."""
    try:
        return _expression(run, table, parse_expression(text) if text else None)[1]
    except (SqlSyntaxError, RefusedError):
        return frozenset()


def _roles(run: Run, nodes: Iterable[Node]) -> tuple[str, ...]:
    names = []
    for one in nodes:
        role = one["RoleSpec"]
        kind = role.get("roletype", "ROLESPEC_CSTRING")
        if kind == "ROLESPEC_PUBLIC":
            return ("public",)
        if kind == "ROLESPEC_CSTRING":
            need_role(run, role)
            names.append(role["rolename"])
        else:
            names.append(kind.removeprefix("ROLESPEC_").lower())
    return tuple(sorted(names))
