"""Finding what cannot share a transaction in migrations that are sent as one."""

from __future__ import annotations

from collections.abc import Iterator

from workers.engine.project.version import SPLIT_SINCE
from workers.engine.rules.context import Context
from workers.engine.rules.history.makers import Word, words_of
from workers.engine.rules.history.subjects import ConcurrentStatement, EarlyUse
from workers.engine.schema.model import QualifiedName, Schema
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
    for migration in context.migrations:
        upper = migration.source.text.upper()
        if "CONCURRENTLY" in upper:
            yield from _concurrent(migration)
        if "ADD VALUE" in upper or "ADD  VALUE" in upper:
            yield from _early(migration, steps.get(migration.name, []), context.replayed)


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


def _early(migration: Migration, steps: list[Step], schema: Schema) -> Iterator[EarlyUse]:
    """Uses of a value in the file that adds it, by statements about tables that have the enum."""
    text = migration.source.text
    made = {name for step in steps if step.kind == "CreateEnumStmt" for name in step.creates}
    commits = _commits(text)
    added: dict[str, str] = {}
    for step in steps:
        while commits and commits[0] <= step.origin.span.start:
            commits.pop(0)
            added.clear()
        written = text[step.origin.span.start : step.origin.span.end]
        if step.kind == "AlterEnumStmt":
            for key in step.creates:
                enum, _, value = key.rpartition(".")
                if enum not in made:
                    added[value] = enum
            continue
        literals = {word.text for word in words_of(written) if word.text.startswith("'")}
        for value, enum in added.items():
            literal = f"'{value.lower()}'"
            if literal in {text.lower() for text in literals} and _is_about(step, enum, schema):
                yield EarlyUse(migration, enum.partition(".")[2], value, step.origin)
                return


def _commits(text: str) -> list[int]:
    """Where a statement ends the transaction: what comes after may use the values."""
    words = (statement[0] for statement in statements_of(text))
    return [word.start for word in words if word.text in ("commit", "end") and not word.is_name]


def _is_about(step: Step, enum: str, schema: Schema) -> bool:
    for key in step.needs | step.touches:
        space, _, name = key.partition(".")
        table = schema.tables.get(QualifiedName(space, name))
        for column in table.columns if table else ():
            if f"{column.type.schema}.{column.type.name}" == enum:
                return True
    return False
