"""A migration that may stop halfway, because its statements are sent one by one.

What it means
    From version 7.4 on Prisma sends the statements of a migration one by one, each in a transaction
    of its own. This migration changes something, and a later statement of it can fail on the rows
    that are there.

Why it matters
    If that statement fails, what ran before it stays. `prisma migrate deploy` then refuses to go on
    (P3009); marked as rolled back and run again, the migration stops at its first statement,
    because that has been done already. Somebody has to undo it by hand.

Example
    ALTER TABLE "User" ADD COLUMN "handle" TEXT;
    CREATE UNIQUE INDEX "User_email_key" ON "User"("email");    fails where two rows share one

Fix
    Put `BEGIN;` before the first statement and `COMMIT;` after the last, or give the statement that
    can fail a migration of its own.

When to ignore it
    Where the rows are known to be fine.
"""

from __future__ import annotations

from collections.abc import Iterator

from workers.engine.findings import Confidence, Edit, Finding, Fix, Related, Severity
from workers.engine.project.version import SPLIT_SINCE
from workers.engine.rule import Rule
from workers.engine.rules.context import Context
from workers.engine.rules.history.makers import Word
from workers.engine.rules.history.transactions import statements_of
from workers.engine.rules.statements import StatementEffect
from workers.engine.source import Origin, Span
from workers.engine.sql import effects
from workers.engine.sql.effects import Effect

migration_can_stop_halfway = Rule(
    "migration-can-stop-halfway", family="history", severity=Severity.NOTICE, since="0.1"
)


@migration_can_stop_halfway.on(StatementEffect)
def check(happening: StatementEffect, context: Context) -> Iterator[Finding]:
    """One notice for a migration, at the first statement that can fail after others."""
    pair = context.project
    if context.prisma_version < SPLIT_SINCE or pair is None or not pair.is_prisma:
        return
    reason = _failing_when(happening)
    if not reason or any(_failing_when(earlier) for earlier in _earlier(happening)):
        return
    origin, source = happening.effect.origin, happening.migration.source
    statements = statements_of(source.text)
    before = [words for words in statements if words[-1].end <= origin.span.start]
    if not before or _is_wrapped(statements):
        return
    first = Origin(source.path, Span(before[0][0].start, before[0][-1].end))
    count = "1 statement" if len(before) == 1 else f"{len(before)} statements"
    version = ".".join(str(part) for part in context.prisma_version)
    yield migration_can_stop_halfway.finding(
        subject=happening.migration.name,
        confidence=Confidence.POSSIBLE,
        message=f"If {reason}, `{happening.migration.name}` stops here with {count} before it "
        f"applied: Prisma {version} sends each in a transaction of its own.",
        origin=origin,
        related=[Related("This stays applied", first)],
        remedy="Put `BEGIN;` before the first statement and `COMMIT;` after the last, or give this "
        "one a migration of its own.",
        fix=None if _is_concurrent(statements) else _wrapped(happening),
    )


def _earlier(happening: StatementEffect) -> Iterator[StatementEffect]:
    for number, effect in enumerate(happening.earlier):
        if effect.origin != happening.effect.origin:
            earlier = happening.earlier[:number]
            yield StatementEffect(effect, happening.migration, earlier, before=happening.before)


def _failing_when(happening: StatementEffect) -> str:
    """What rows make the statement fail; "" where none can."""
    effect = happening.effect
    table = getattr(effect, "table", None)
    name = table.name.name if table is not None else ""
    if isinstance(effect, effects.IndexCreated) and effect.is_unique:
        return "" if _is_new(happening, effect.columns) else f"two rows of `{name}` share a value"
    if isinstance(effect, effects.ConstraintAdded) and effect.is_valid and not effect.uses_index:
        if _is_new(happening, effect.columns) and effect.columns:
            return ""
        return f"a row of `{name}` breaks `{effect.name}`" if effect.name else ""
    return _failing_column(happening, effect, name)


def _failing_column(happening: StatementEffect, effect: Effect, name: str) -> str:
    if isinstance(effect, effects.NotNullSet):
        column = effect.column.name
        if effect.is_proven or happening.is_backfilled(column):
            return ""
        return f"a row of `{name}` has no `{column}`"
    if isinstance(effect, effects.ColumnAdded):
        is_filled = effect.default != "none" or effect.is_generated or effect.is_identity
        return f"`{name}` has rows" if effect.is_required and not is_filled else ""
    return ""


def _is_new(happening: StatementEffect, columns: tuple[str, ...]) -> bool:
    return all(happening.is_added_here(column) for column in columns)


def _is_wrapped(statements: list[list[Word]]) -> bool:
    return any(words[0].text in ("begin", "start") and not words[0].is_name for words in statements)


def _is_concurrent(statements: list[list[Word]]) -> bool:
    return any(word.text == "concurrently" for words in statements for word in words[:4])


def _wrapped(happening: StatementEffect) -> Fix:
    source = happening.migration.source
    end = len(source.text)
    tail = "COMMIT;\n" if source.text.endswith("\n") else "\nCOMMIT;\n"
    begin, commit = Span(0, 0), Span(end, end)
    edits = (Edit(source.path, begin, "BEGIN;\n\n"), Edit(source.path, commit, tail))
    return Fix("Run it as one transaction", safe=False, edits=edits)
