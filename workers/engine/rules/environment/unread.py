"""Environments that could not be read.

What it means
    An operator bound this environment to the repository, and Driftline did not get as far as its
    catalogue: the name, the network, TLS, the password or a permission was in the way.

Why it matters
    Nothing is known about what a deployment would meet there. The readiness verdict is UNKNOWN as
    long as that is so.

Example
    Supabase's direct connection has an IPv6 address alone, and the worker has none.

Fix
    The message names the step that failed and its remedy. The operator mends it; nothing in the
    repository can.

When to ignore it
    Never for production: unbind the environment if it shall not be looked at.
"""

from __future__ import annotations

from collections.abc import Iterator

from workers.engine.findings import Finding, Severity
from workers.engine.observed.survey import Survey
from workers.engine.rule import Rule
from workers.engine.rules.context import Context

environment_unread = Rule(
    "environment-unread", family="environment", severity=Severity.NOTICE, since="0.1"
)


@environment_unread.on(Survey)
def check(survey: Survey, context: Context) -> Iterator[Finding]:
    """One notice for each environment that stayed dark."""
    if not survey.observation.was_read:
        yield environment_unread.finding(
            subject=survey.name,
            message=f"{survey.observation.failure}.",
            origin=context.place(),
        )
