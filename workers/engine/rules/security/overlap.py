"""Several permissive policies that PostgreSQL must all ask.

What it means
    A table has more than one permissive policy for the same command and the same role.

Why it matters
    A row may be touched where one of them says so, so PostgreSQL evaluates all of them for each
    row; and a policy that seems to forbid something forbids nothing, since another allows it.

Example
    CREATE POLICY "own" ON "posts" FOR SELECT USING ("authorId" = (SELECT auth.uid()));
    CREATE POLICY "published" ON "posts" FOR SELECT USING ("isPublished");

Fix
    One policy with OR between the conditions; or a policy for each command instead of one FOR ALL;
    or AS RESTRICTIVE for what shall narrow the others.

When to ignore it
    On small tables, where two policies read better than one.
"""

from __future__ import annotations

from collections.abc import Iterator

from workers.engine.findings import Finding, Severity
from workers.engine.rule import Rule
from workers.engine.rules.context import Context
from workers.engine.rules.security.access import CALLERS
from workers.engine.rules.security.exposure import Exposure
from workers.engine.rules.together import Item, told_together
from workers.engine.schema.model import Policy, QualifiedName

permissive_policies_overlap = Rule(
    "permissive-policies-overlap", family="security", severity=Severity.NOTICE, since="0.1"
)

_COMMANDS = ("SELECT", "INSERT", "UPDATE", "DELETE")
_UNBOUND = frozenset({"service_role", "postgres", "supabase_admin"})
"""Roles that row-level security does not bind."""


@permissive_policies_overlap.on(Exposure)
def check(exposure: Exposure, context: Context) -> Iterator[Finding]:
    """One finding for the tables that were there, one for those whose policies are new."""
    by_table: dict[QualifiedName, list[Policy]] = {}
    for policy in exposure.policies():
        if policy.is_permissive:
            by_table.setdefault(policy.table, []).append(policy)
    items = []
    for name, policies in by_table.items():
        overlap = _overlap(policies)
        if overlap is not None:
            command, role, several = overlap
            label = f"`{name.name}` ({len(several)} for {command} of `{role}`)"
            origin = context.place(several[-1].history[:1])
            items.append(Item(label, str(name), origin, _is_new(several, context)))
    yield from told_together(
        permissive_policies_overlap,
        items,
        lambda names, count: (
            "PostgreSQL asks several permissive policies for each row of"
            f" {names}, and one that allows is enough."
        ),
        "Join them with OR in one policy, or make the narrowing one AS RESTRICTIVE.",
    )


def _overlap(policies: list[Policy]) -> tuple[str, str, list[Policy]] | None:
    """The first command and role with several policies."""
    roles = {role for policy in policies for role in policy.roles if role != "public"}
    for command in _COMMANDS:
        for role in (*CALLERS, *sorted(roles - {*CALLERS} - _UNBOUND)):
            several = [
                policy
                for policy in policies
                if policy.command in (command, "ALL")
                and (role in policy.roles or "public" in policy.roles)
            ]
            if len(several) > 1:
                return command, role, several
    return None


def _is_new(policies: list[Policy], context: Context) -> bool:
    if context.base is None:
        return False
    known = context.base.replayed.policies
    return any((policy.table, policy.name) not in known for policy in policies)
