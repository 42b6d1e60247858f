"""Policies that let everyone in, trust what users write about themselves, or cost a call a row.

What it means
    A permissive policy for everybody is true for every row; or it reads `user_metadata`, which
    each user can write; or it calls `auth.uid()` or `current_setting()` bare, so that PostgreSQL
    calls it again for every row.

Why it matters
    An UPDATE, DELETE or INSERT policy that is always true is no protection at all. A policy on
    `user_metadata` lets a user promote himself. A call per row makes a scan of a large table slow,
    while `(SELECT auth.uid())` is evaluated once.

Example
    CREATE POLICY "all" ON "posts" FOR UPDATE USING (true);
    CREATE POLICY "own" ON "posts" FOR SELECT USING (author_id = auth.uid());

Fix
    Tie the condition to the row's owner; read `app_metadata`, which only the server writes; wrap
    the call: `author_id = (SELECT auth.uid())`.

When to ignore it
    Where a table really is everybody's to change. SELECT policies that are always true are not
    reported: a public table is a decision.
"""

from __future__ import annotations

from collections.abc import Iterator

from workers.engine.findings import Finding, Related, Severity
from workers.engine.rule import Rule
from workers.engine.rules.context import Context
from workers.engine.rules.security.subjects import GuardingPolicy, PerRowPolicies

policy_always_true = Rule(
    "policy-always-true", family="security", severity=Severity.WARNING, since="0.1", folds_from=4
)
policy_reads_user_metadata = Rule(
    "policy-reads-user-metadata", family="security", severity=Severity.ERROR, since="0.1"
)
policy_calls_per_row = Rule(
    "policy-calls-per-row", family="security", severity=Severity.NOTICE, since="0.1"
)

_NAMED = 6
_EVERYBODY = frozenset({"public", "anon", "authenticated"})


@policy_always_true.on(GuardingPolicy)
def check_always_true(guarding: GuardingPolicy, context: Context) -> Iterator[Finding]:
    """A permissive policy for everybody that lets any row be written."""
    policy = guarding.policy
    if not policy.is_permissive or _EVERYBODY.isdisjoint(policy.roles):
        return
    if policy.command == "SELECT" or not _lets_all_write(guarding):
        return
    yield policy_always_true.finding(
        subject=f"{policy.table}.{policy.name}",
        origin=context.place(policy.history),
        message=(
            f"The policy `{policy.name}` on `{policy.table.name}` lets"
            f" {_who(policy.roles)} {_what(policy.command)}: its condition is always"
            " true."
        ),
        remedy="Tie the condition to the row's owner, as the table's other policies do.",
    )


def _lets_all_write(guarding: GuardingPolicy) -> bool:
    using, check = guarding.using, guarding.check
    command = guarding.policy.command
    if command == "INSERT":
        return check is None or check.is_always_true
    if command == "DELETE":
        return using is not None and using.is_always_true
    if check is not None and check.is_always_true:
        return True
    return check is None and using is not None and using.is_always_true


def _who(roles: tuple[str, ...]) -> str:
    if "public" in roles or "anon" in roles:
        return "everyone, signed in or not,"
    return "every signed-in user"


def _what(command: str) -> str:
    verbs = {"INSERT": "add any row", "UPDATE": "change every row", "DELETE": "delete every row"}
    return verbs.get(command, "read and change every row")


@policy_reads_user_metadata.on(GuardingPolicy)
def check_metadata(guarding: GuardingPolicy, context: Context) -> Iterator[Finding]:
    """A policy that reads what each user writes about himself."""
    policy = guarding.policy
    if not any(side and side.reads_user_metadata for side in (guarding.using, guarding.check)):
        return
    yield policy_reads_user_metadata.finding(
        subject=f"{policy.table}.{policy.name}",
        origin=context.place(policy.history),
        message=(
            f"The policy `{policy.name}` on `{policy.table.name}` decides by `user_metadata`, which"
            " every user can write for himself."
        ),
        remedy="Read `app_metadata`, which only the server writes, or a table of roles.",
    )


@policy_calls_per_row.on(PerRowPolicies)
def check_calls(costly: PerRowPolicies, context: Context) -> Iterator[Finding]:
    """Bare calls that PostgreSQL repeats for every row: one finding for all policies."""
    first = costly.policies[0]
    policy, name = first.policy, first.bare_calls[0]
    count = len(costly.policies)
    tables = list(dict.fromkeys(f"`{one.table.name.name}`" for one in costly.policies))
    listed = ", ".join(tables[:_NAMED]) + (
        f" and {len(tables) - _NAMED} more" * (len(tables) > _NAMED)
    )
    what = (
        f"The policy `{policy.name}` on {listed} calls"
        if count == 1
        else f"{count} policies (on {listed}) call"
    )
    yield policy_calls_per_row.finding(
        subject=f"{policy.table}.{policy.name}" if costly.is_new else policy.table.schema,
        detail=",".join(one.policy.name for one in costly.policies) if costly.is_new else "",
        origin=context.place(policy.history),
        message=f"{what} `{name}()` again for every row.",
        remedy=f"Write `(SELECT {name}(...))`: PostgreSQL then calls it once a query.",
        related=tuple(
            Related(f"`{one.policy.name}` on `{one.table.name.name}`", one.policy.history[-1])
            for one in costly.policies[1 : _NAMED + 1]
            if one.policy.history
        ),
    )
