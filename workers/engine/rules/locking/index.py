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
from workers.engine.rules.filling import can_collide
from workers.engine.rules.statements import StatementEffect, is_one_transaction
from workers.engine.sql.effects import (
    ColumnAdded,
    ColumnDropped,
    ColumnRenamed,
    ColumnRetyped,
    ConstraintAdded,
    Effect,
    IndexCreated,
    IndexDropped,
    TableDropped,
    TableRenamed,
)

index_blocks_writes = Rule(
    "index-blocks-writes", family="locking", severity=Severity.NOTICE, since="0.1", folds_from=2
)
index_drop_blocks = Rule(
    "index-drop-blocks", family="locking", severity=Severity.NOTICE, since="0.1", folds_from=2
)


_HEAVIER = (
    ColumnDropped,
    ColumnRetyped,
    ColumnRenamed,
    ConstraintAdded,
    TableDropped,
    TableRenamed,
)
"""What takes the same lock on the table, and is told for more than that."""


def _is_light(effect: Effect) -> bool:
    """A constraint that is told by nobody, or lets readers pass."""
    return isinstance(effect, ConstraintAdded) and (
        effect.kind == "foreign key" or effect.uses_index or not effect.is_valid
    )


@index_blocks_writes.on(StatementEffect)
def check_created(happening: StatementEffect, context: Context) -> Iterator[Finding]:
    """A plain CREATE INDEX; a unique one that may fail is told by the rule on existing rows."""
    effect = happening.effect
    if not isinstance(effect, IndexCreated) or effect.is_concurrent:
        return
    if effect.is_unique and (
        effect.has_expression or can_collide(happening, effect.table, effect.columns)
    ):
        return
    yield _finding(
        happening,
        effect.name,
        f"Building `{effect.name}` stops every write to `{effect.table.name.name}` until it is done"
        " (SHARE lock).",
        "On a large table: CREATE INDEX CONCURRENTLY, alone in a migration of its own.",
    )


@index_blocks_writes.on(StatementEffect)
def check_constraint(happening: StatementEffect, context: Context) -> Iterator[Finding]:
    """A unique constraint or primary key that builds its index, and cannot fail."""
    effect = happening.effect
    if isinstance(effect, ConstraintAdded):
        if effect.kind not in ("unique", "primary key") or effect.uses_index:
            return
        if can_collide(happening, effect.table, effect.columns):
            return
        name, what = effect.name or f"the {effect.kind}", ", ".join(effect.columns)
    elif isinstance(effect, ColumnAdded):
        keys = {"unique", "primary key"} & set(effect.constraints)
        if not keys or effect.default != "none" or effect.is_identity or effect.is_required:
            return
        name, what = effect.column, effect.column
    else:
        return
    table = effect.table.name.name
    yield _finding(
        happening,
        name,
        f"Building the unique index on `{table}` (`{what}`) keeps everyone from reading and writing"
        " the table until it is done (ACCESS EXCLUSIVE lock).",
        "On a large table: CREATE UNIQUE INDEX CONCURRENTLY first, then ADD CONSTRAINT ... USING"
        " INDEX in the next migration.",
    )


def _finding(happening: StatementEffect, name: str, message: str, remedy: str) -> Finding:
    effect = happening.effect
    assert isinstance(effect, IndexCreated | ConstraintAdded | ColumnAdded)
    return happening.told(
        index_blocks_writes,
        part=name,
        message=message,
        remedy=remedy,
    )


@index_drop_blocks.on(StatementEffect)
def check_dropped(happening: StatementEffect, context: Context) -> Iterator[Finding]:
    """A plain DROP INDEX; silent where the same migration touches the table heavily anyway."""
    effect = happening.effect
    if not isinstance(effect, IndexDropped) or effect.is_concurrent:
        return
    table = effect.table.name
    if is_one_transaction(context) and any(
        isinstance(other, _HEAVIER) and other.table.name == table and not _is_light(other)
        for other in happening.here
    ):
        return
    yield happening.told(
        index_drop_blocks,
        part=effect.name,
        message=(
            f"Dropping `{effect.name}` waits for every query on `{table.name}` and lets no other"
            " start meanwhile (ACCESS EXCLUSIVE lock)."
        ),
        remedy="On a busy table: DROP INDEX CONCURRENTLY, alone in a migration of its own.",
    )
