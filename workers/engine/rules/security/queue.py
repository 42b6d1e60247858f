"""Queues that everyone can read and fill.

What it means
    A migration makes a queue with `pgmq.create`, the API serves `pgmq_public`, and no migration
    enables row-level security on the queue's table `pgmq.q_...`.

Why it matters
    Whoever has the public key reads the messages, takes them away from their worker, and sends
    messages of his own.

Example
    SELECT pgmq.create('emails');

Fix
    ALTER TABLE pgmq.q_emails ENABLE ROW LEVEL SECURITY, with policies for whom it is meant for; or
    take `pgmq_public` off the schemas that the API serves.

When to ignore it
    Where messages are anybody's.
"""

from __future__ import annotations

from collections.abc import Iterator

from workers.engine.findings import Finding, Severity
from workers.engine.fixes.single import guards
from workers.engine.rule import Rule
from workers.engine.rules.context import Context
from workers.engine.rules.security.exposure import Exposure
from workers.engine.rules.security.queues import open_queues
from workers.engine.schema.model import QualifiedName

queue_exposed = Rule("queue-exposed", family="security", severity=Severity.ERROR, since="0.1")


@queue_exposed.on(Exposure)
def check(exposure: Exposure, context: Context) -> Iterator[Finding]:
    """Queues without row-level security in a project whose API serves them."""
    if "pgmq_public" not in exposure.posture.exposed:
        return
    for name, origin in open_queues(context).items():
        yield queue_exposed.finding(
            subject=f"pgmq.q_{name}",
            origin=origin,
            message=(
                f"The API serves the queue `{name}`, and its table `pgmq.q_{name}` has no row-level"
                " security."
            ),
            remedy="Enable row-level security on the queue's table, with policies.",
            fix=guards.switch_on(QualifiedName("pgmq", f"q_{name}")),
        )
