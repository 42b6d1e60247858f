"""Settings of a table that make it slower with every day.

What it means
    A migration switches autovacuum off for a table that exists, or sets its replica identity to
    FULL or NOTHING.

Why it matters
    Without autovacuum dead rows pile up, queries slow down, and at last PostgreSQL stops the
    database to prevent a wraparound of its transaction numbers. REPLICA IDENTITY FULL writes the
    whole old row into the log for every UPDATE and DELETE, and a subscriber looks each up by
    comparing all columns; with NOTHING, a published table refuses UPDATE and DELETE.

Example
    ALTER TABLE "Order" SET (autovacuum_enabled = false);

Fix
    Tune autovacuum (`autovacuum_vacuum_scale_factor`) instead of switching it off. Give the table
    a primary key, or REPLICA IDENTITY USING INDEX.

When to ignore it
    For the length of a load of data; where a subscriber really needs the old rows (Supabase
    Realtime does for the old values of a change).
"""

from __future__ import annotations

from collections.abc import Iterator

from workers.engine.findings import Finding, Severity
from workers.engine.rule import Rule
from workers.engine.rules.context import Context
from workers.engine.rules.statements import StatementEffect
from workers.engine.sql.effects import AutovacuumSwitchedOff, ReplicaIdentitySet

autovacuum_off = Rule("autovacuum-off", family="locking", severity=Severity.NOTICE, since="0.1")
replica_identity_changed = Rule(
    "replica-identity-changed", family="locking", severity=Severity.NOTICE, since="0.1"
)


@autovacuum_off.on(StatementEffect)
def check_autovacuum(happening: StatementEffect, context: Context) -> Iterator[Finding]:
    """SET (autovacuum_enabled = false) on a table that exists."""
    effect = happening.effect
    if not isinstance(effect, AutovacuumSwitchedOff):
        return
    table = effect.table.name
    yield happening.told(
        autovacuum_off,
        message=f"Nobody clears `{table.name}` of dead rows any more: autovacuum is switched off.",
        remedy="Tune its thresholds instead, or switch it on again at the end of the migration.",
    )


@replica_identity_changed.on(StatementEffect)
def check_identity(happening: StatementEffect, context: Context) -> Iterator[Finding]:
    """REPLICA IDENTITY FULL or NOTHING on a table that exists."""
    effect = happening.effect
    if not isinstance(effect, ReplicaIdentitySet):
        return
    table = effect.table.name
    harm = (
        "every UPDATE and DELETE writes the whole old row into the log"
        if effect.kind == "FULL"
        else "a published table then refuses UPDATE and DELETE"
    )
    yield happening.told(
        replica_identity_changed,
        message=f"`{table.name}` gets REPLICA IDENTITY {effect.kind}: {harm}.",
        remedy="A primary key, or REPLICA IDENTITY USING INDEX, costs nothing of the kind.",
    )
