"""Transactions that the migration opens or ends itself, against its runner.

What it means
    The file writes BEGIN and never COMMIT; or it writes COMMIT or ROLLBACK where it has opened no
    transaction, or BEGIN in the middle of one.

Why it matters
    The runner wraps the file in a transaction of its own, or records it behind. A BEGIN that is
    left open takes that record with it: the connection ends, all is rolled back, and the
    migration counts as done or runs again. A COMMIT in the middle ends the runner's transaction:
    when a later statement fails, the first half stays.

Example
    BEGIN;
    ALTER TABLE "Order" ADD COLUMN "weight" INTEGER;

Fix
    Write both BEGIN and COMMIT around everything, or neither.

When to ignore it
    Where a runner is known to send the statements one by one, and the halves are meant.
"""

from __future__ import annotations

from collections.abc import Iterator

from workers.engine.findings import Finding, Severity
from workers.engine.rule import Rule
from workers.engine.rules.context import Context
from workers.engine.rules.statements import MigrationEffects
from workers.engine.sql.effects import TransactionMarked

transaction_left_open = Rule(
    "transaction-left-open", family="locking", severity=Severity.WARNING, since="0.1"
)
transaction_nested = Rule(
    "transaction-nested", family="locking", severity=Severity.NOTICE, since="0.1"
)


@transaction_left_open.on(MigrationEffects)
def check_open(done: MigrationEffects, context: Context) -> Iterator[Finding]:
    """A BEGIN without an end."""
    if not done.is_whole:
        return
    opened: TransactionMarked | None = None
    for mark in _marks(done):
        opened = mark if mark.verb == "BEGIN" else None
    if opened is None:
        return
    yield transaction_left_open.finding(
        subject=done.migration.name,
        origin=opened.origin,
        message=(
            f"The migration `{done.migration.name}` opens a transaction and never commits it: what"
            " it does is rolled back when the connection ends."
        ),
        remedy="Write COMMIT at its end, or leave BEGIN out.",
    )


@transaction_nested.on(MigrationEffects)
def check_nested(done: MigrationEffects, context: Context) -> Iterator[Finding]:
    """An end without a beginning, or a beginning within a transaction: the first of them."""
    if not done.is_whole:
        return
    is_open = False
    for mark in _marks(done):
        if (mark.verb == "BEGIN") == is_open:
            yield transaction_nested.finding(
                subject=done.migration.name,
                origin=mark.origin,
                message=_told(mark, done.migration.name),
                remedy="Write BEGIN and COMMIT around everything, or leave both to the runner.",
            )
            return
        is_open = mark.verb == "BEGIN"


def _told(mark: TransactionMarked, name: str) -> str:
    if mark.verb == "BEGIN":
        return f"BEGIN in `{name}` stands within a transaction that it has opened before."
    return (
        f"{mark.verb} in `{name}` ends the transaction of the runner: when a later statement fails,"
        " what stands before it stays."
    )


def _marks(done: MigrationEffects) -> Iterator[TransactionMarked]:
    return (effect for effect in done.effects if isinstance(effect, TransactionMarked))
