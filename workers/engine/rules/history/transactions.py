"""Finding what cannot share a transaction in migrations that are sent as one."""

from __future__ import annotations

from collections.abc import Iterator

from workers.engine.project.version import SPLIT_SINCE
from workers.engine.rules.context import Context
from workers.engine.rules.history.makers import Word, words_of
from workers.engine.rules.history.subjects import ConcurrentStatement, EarlyUse
from workers.engine.schema.names import quote_literal
from workers.engine.source import Origin, Span
from workers.engine.sql.replay import Migration, Step


def shared_transactions(context: Context) -> Iterator[ConcurrentStatement | EarlyUse]:
    """What fails because a migration is one transaction; nothing from Prisma 7.4 on."""
    pair = context.project
    if pair is None or pair.migrations is None:
        return
    if pair.is_prisma and context.prisma_version >= SPLIT_SINCE:
        return
    if pair.migrations.runner not in ("prisma", "supabase"):
        return
    steps: dict[str, list[Step]] = {}
    for step in context.replay.steps:
        steps.setdefault(step.migration, []).append(step)
    failed = {one.migration for one in context.replay.failures if one.sqlstate == "55P04"}
    for migration in context.migrations:
        if "CONCURRENTLY" in migration.source.text.upper():
            yield from _concurrent(migration)
        if migration.name not in failed:
            yield from _early(migration, steps.get(migration.name, []))


def _concurrent(migration: Migration) -> Iterator[ConcurrentStatement]:
    statements = statements_of(migration.source.text)
    if len(statements) < 2:
        return
    for words in statements:
        first = {word.text for word in words[:4] if not word.is_name}
        if "concurrently" in first and first & {"create", "drop", "reindex", "refresh"}:
            if "refresh" in first:
                continue  # REFRESH MATERIALIZED VIEW CONCURRENTLY runs in a transaction
            origin = Origin(migration.source.path, Span(words[0].start, words[-1].end))
            yield ConcurrentStatement(migration, origin, len(statements))
            return


def statements_of(text: str) -> list[list[Word]]:
    """The words of each statement, comments left out, told apart by the semicolons between them."""
    found: list[list[Word]] = [[]]
    for word in words_of(text):
        if word.text == ";" and not word.is_name:
            found.append([])
        else:
            found[-1].append(word)
    return [statement for statement in found if statement]


def _early(migration: Migration, steps: list[Step]) -> Iterator[EarlyUse]:
    """The first use of a value in the file that adds it."""
    added: list[tuple[str, str]] = []
    for step in steps:
        if step.kind == "AlterEnumStmt":
            added += [(key.rpartition(".")[0], key.rpartition(".")[2]) for key in step.creates]
        elif step.is_early:
            written = migration.source.text[step.origin.span.start : step.origin.span.end]
            for enum, value in added:
                if quote_literal(value) in written:
                    yield EarlyUse(migration, enum.partition(".")[2], value, step.origin)
                    return
