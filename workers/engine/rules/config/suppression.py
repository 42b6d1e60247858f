"""Comments that wave findings through, and are themselves in trouble.

What it means
    A `driftline-ignore` comment gives no reason, and so does not count; or it covers nothing that
    Driftline finds.

Why it matters
    Without a reason nobody can tell later whether the exception still holds. A comment that covers
    nothing hides the next finding in the same place, which nobody has looked at.

Example
    -- driftline-ignore index-blocks-writes
    CREATE INDEX "Plan_name_idx" ON "Plan"("name");

Fix
    Write the reason behind a colon: `-- driftline-ignore index-blocks-writes: forty rows`. Take
    out what covers nothing.

When to ignore it
    Never: take the comment out instead.
"""

from __future__ import annotations

from collections.abc import Iterator

from workers.engine.findings import Edit, Finding, Fix, Severity
from workers.engine.rule import Rule
from workers.engine.rules.context import Context
from workers.engine.suppression import UnreasonedSuppression, UnusedSuppression

suppression_without_reason = Rule(
    "suppression-without-reason", family="config", severity=Severity.WARNING, since="0.1"
)
suppression_unused = Rule(
    "suppression-unused", family="config", severity=Severity.NOTICE, since="0.1"
)


@suppression_without_reason.on(UnreasonedSuppression)
def check_reason(trouble: UnreasonedSuppression, context: Context) -> Iterator[Finding]:
    """A comment without a colon and words behind it."""
    one = trouble.suppression
    yield suppression_without_reason.finding(
        subject=f"{one.origin.path}#{one.name}",
        origin=one.origin,
        message=f"`driftline-ignore {one.name}` gives no reason, so it waves nothing through.",
        remedy=f"Write why behind a colon: `driftline-ignore {one.name}: ...`.",
    )


@suppression_unused.on(UnusedSuppression)
def check_unused(trouble: UnusedSuppression, context: Context) -> Iterator[Finding]:
    """A comment that covers no finding of its rule."""
    one = trouble.suppression
    yield suppression_unused.finding(
        subject=f"{one.origin.path}#{one.name}",
        origin=one.origin,
        message=f"`driftline-ignore {one.name}` covers nothing: there is no such finding here.",
        remedy="Take the comment out.",
        fix=Fix(
            "Take the comment out", safe=True, edits=(Edit(one.origin.path, one.origin.span, ""),)
        ),
    )
