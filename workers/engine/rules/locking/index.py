"""Indexes that stop writes while they are built.

What it means
    CREATE INDEX without CONCURRENTLY on a table that exists takes a SHARE lock: reads go on, every
    INSERT, UPDATE and DELETE waits until the index is built. DROP INDEX without CONCURRENTLY takes
    an ACCESS EXCLUSIVE lock, short in itself, that queues behind every running query and lets
    nobody past meanwhile.

Why it matters
    On a table of some size building takes minutes, and the application's writes time out.

Example
    CREATE INDEX "Order_customerId_idx" ON "Order"("customerId");

Fix
    CREATE INDEX CONCURRENTLY, alone in a migration of its own (it cannot run in a transaction).

When to ignore it
    On small tables, and where writes may wait.
"""

from __future__ import annotations

from collections.abc import Iterator

from workers.engine.findings import Finding, Severity
from workers.engine.rule import Rule
from workers.engine.rules.context import Context
from workers.engine.rules.statements import StatementEffect
from workers.engine.sql.effects import IndexCreated, IndexDropped

index_blocks_writes = Rule(
    "index-blocks-writes", family="locking", severity=Severity.NOTICE, since="0.1"
)
index_drop_blocks = Rule(
    "index-drop-blocks", family="locking", severity=Severity.NOTICE, since="0.1"
)


@index_blocks_writes.on(StatementEffect)
def check_created(happening: StatementEffect, context: Context) -> Iterator[Finding]:
    """A plain CREATE INDEX; a unique one is told by the rule on existing rows."""
    effect = happening.effect
    if not isinstance(effect, IndexCreated) or effect.is_concurrent or effect.is_unique:
        return
    table = effect.table.name
    yield index_blocks_writes.finding(
        subject=f"{table}.{effect.name}",
        detail=happening.migration.name,
        origin=effect.origin,
        message=(
            f"Building `{effect.name}` stops every write to `{table.name}` until it is done (SHARE"
            " lock)."
        ),
        remedy="On a large table: CREATE INDEX CONCURRENTLY, alone in a migration of its own.",
    )


@index_drop_blocks.on(StatementEffect)
def check_dropped(happening: StatementEffect, context: Context) -> Iterator[Finding]:
    """A plain DROP INDEX; silent where the same migration touches the table heavily anyway."""
    effect = happening.effect
    if not isinstance(effect, IndexDropped) or effect.is_concurrent:
        return
    table = effect.table.name
    yield index_drop_blocks.finding(
        subject=f"{table}.{effect.name}",
        detail=happening.migration.name,
        origin=effect.origin,
        message=(
            f"Dropping `{effect.name}` waits for every query on `{table.name}` and lets no other"
            " start meanwhile (ACCESS EXCLUSIVE lock)."
        ),
        remedy="On a busy table: DROP INDEX CONCURRENTLY, alone in a migration of its own.",
    )
