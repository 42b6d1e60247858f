"""Policies that leave a command out.

What it means
    A table has row-level security and a policy for UPDATE or DELETE, but none that lets the same
    people read; or it has policies for some commands only, in a project whose other tables have
    them for all four.

Why it matters
    UPDATE and DELETE with a WHERE clause find only rows that may be read: without a SELECT policy
    they touch nothing, and say nothing. A command without a policy is forbidden to everybody but
    the service role, which shows as an empty answer in the application.

Example
    ALTER TABLE "posts" ENABLE ROW LEVEL SECURITY;
    CREATE POLICY "change" ON "posts" FOR UPDATE USING ("authorId" = (SELECT auth.uid()));

Fix
    Add a policy for SELECT with the same condition; and one for each command that the application
    uses.

When to ignore it
    Where the command is meant to be the server's alone.
"""

from __future__ import annotations

from collections.abc import Iterator

from workers.engine.findings import Finding, Severity
from workers.engine.fixes.single import guards
from workers.engine.rule import Rule
from workers.engine.rules.context import Context
from workers.engine.rules.security.pattern import policy_like
from workers.engine.rules.security.subjects import GuardedTable
from workers.engine.schema.model import Policy

policy_without_select = Rule(
    "policy-without-select", family="security", severity=Severity.WARNING, since="0.1"
)
policies_for_some_commands = Rule(
    "policies-for-some-commands", family="security", severity=Severity.NOTICE, since="0.1"
)

_COMMANDS = ("SELECT", "INSERT", "UPDATE", "DELETE")
_CLEAR_SHARE = 0.75
_LEAST = 3


@policy_without_select.on(GuardedTable)
def check_select(guarded: GuardedTable, context: Context) -> Iterator[Finding]:
    """UPDATE or DELETE allowed where nothing may be read."""
    table = guarded.table
    if not table.rls or "SELECT" in guarded.commands:
        return
    blind = [one for one in guarded.policies if _is_blind(one)]
    if not blind:
        return
    first = blind[0]
    made = policy_like(first, "SELECT")
    yield policy_without_select.finding(
        subject=str(table.name),
        detail=first.command,
        origin=context.place(first.history),
        message=(
            f"The policy `{first.name}` allows {first.command} on `{table.name.name}`, and no"
            f" policy allows SELECT: {first.command} finds no row, and says nothing."
        ),
        remedy="Add a policy for SELECT with the same condition.",
        fix=guards.policy(made) if made is not None else None,
    )


def _is_blind(policy: Policy) -> bool:
    """A policy for the API's callers; what the server's own roles do is their affair."""
    is_caller = {"public", "anon", "authenticated"} & set(policy.roles)
    return policy.is_permissive and policy.command in ("UPDATE", "DELETE") and bool(is_caller)


@policies_for_some_commands.on(GuardedTable)
def check_some(guarded: GuardedTable, context: Context) -> Iterator[Finding]:
    """A table that the pull request guards by halves, where its siblings are guarded whole."""
    table = guarded.table
    is_half = table.rls and guarded.commands and len(guarded.commands) < len(_COMMANDS)
    if not is_half or not _is_custom(context) or "SELECT" not in guarded.commands:
        return
    if _was_so_before(guarded, context):
        return
    missing = [command for command in _COMMANDS if command not in guarded.commands]
    yield policies_for_some_commands.finding(
        subject=str(table.name),
        detail=",".join(missing),
        origin=context.place(table.history[:1]),
        message=(
            f"`{table.name.name}` has no policy for {' and '.join(missing)}, while this project's"
            " other tables have one for each command: only the service role can do that."
        ),
        remedy="Right if it is the server's alone; else add the policies.",
    )


def _was_so_before(guarded: GuardedTable, context: Context) -> bool:
    """Whether the table had just these policies before, when that was no odd one out."""
    if context.base is None or _is_custom(context.base):
        return False
    name = guarded.table.name
    before = {policy.name for policy in context.base.replayed.policies_of(name)}
    return name in context.base.replayed.tables and before == {one.name for one in guarded.policies}


def _is_custom(context: Context) -> bool:
    """Whether most tables of the project that have policies have them for every command."""
    by_table: dict[object, set[str]] = {}
    for policy in context.replayed.policies.values():
        if policy.is_permissive:
            of_table = by_table.setdefault(policy.table, set())
            of_table.update(_COMMANDS if policy.command == "ALL" else (policy.command,))
    whole = sum(1 for commands in by_table.values() if len(commands) == len(_COMMANDS))
    return whole >= _LEAST and whole / len(by_table) >= _CLEAR_SHARE
