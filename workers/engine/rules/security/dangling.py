"""Policies that ask for what is gone.

What it means
    A policy calls a function whose body reads a table or a view that no longer exists after all
    migrations, or that never did. PostgreSQL keeps a policy from losing its own columns and
    tables, but not a function from losing those of its body.

Why it matters
    Every query on the guarded table fails (42P01) as soon as the policy is asked: nobody reads or
    writes it any more through the API.

Example
    CREATE FUNCTION is_member() RETURNS boolean LANGUAGE sql AS
      'SELECT EXISTS (SELECT 1 FROM members WHERE user_id = auth.uid())';
    CREATE POLICY "members" ON "posts" USING (is_member());
    DROP TABLE members;

Fix
    Replace the function's body together with the table, or drop the policy first.

When to ignore it
    Where the table is made by something that no migration shows.
"""

from __future__ import annotations

from collections.abc import Iterator

from workers.engine.findings import Confidence, Finding, Related, Severity
from workers.engine.rule import Rule
from workers.engine.rules.context import Context
from workers.engine.rules.security.lost import lost_relations
from workers.engine.rules.security.subjects import GuardingPolicy

policy_reads_lost_table = Rule(
    "policy-reads-lost-table", family="security", severity=Severity.ERROR, since="0.1"
)


@policy_reads_lost_table.on(GuardingPolicy)
def check(guarding: GuardingPolicy, context: Context) -> Iterator[Finding]:
    """A function of the policy reads what is not there."""
    policy = guarding.policy
    for function, lost in lost_relations(policy, context):
        yield policy_reads_lost_table.finding(
            subject=f"{policy.table}.{policy.name}",
            detail=str(lost),
            confidence=Confidence.LIKELY,
            origin=context.place(policy.history),
            message=(
                f"The policy `{policy.name}` on `{policy.table.name}` calls"
                f" `{function.name.name}()`, which reads `{lost}`: there is no such table."
            ),
            remedy="Replace the function's body, or drop the policy.",
            related=tuple(
                Related(f"`{function.name.name}` is made here", place)
                for place in function.history[-1:]
            ),
        )
        return
