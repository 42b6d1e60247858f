"""Places and ages of migrations."""

from __future__ import annotations

from workers.engine.reading import ground_of
from workers.engine.rules.context import Context
from workers.engine.settings import Settings
from workers.engine.source import Origin, Span
from workers.engine.sql.replay import Ground, Migration


def first_statement(migration: Migration) -> Origin:
    """The first line of a migration that is neither blank nor a comment; else its first line."""
    text = migration.source.text
    at = 0
    for line in text.splitlines(keepends=True):
        code = line.strip()
        if code and not code.startswith("--"):
            start = at + len(line) - len(line.lstrip())
            return Origin(migration.source.path, Span(start, at + len(line.rstrip())))
        at += len(line)
    end = text.find("\n")
    return Origin(migration.source.path, Span(0, len(text) if end < 0 else end))


def is_new(context: Context, migration: Migration) -> bool:
    """Whether the pull request brings the migration; without a base nothing counts as new."""
    if context.base is None:
        return False
    return all(old.name != migration.name for old in context.base.migrations)


def first_difference(before: Migration, after: Migration) -> Origin:
    """The first line of a migration that is not as it was."""
    text = after.source.text
    old = before.source.text.splitlines()
    at = 0
    for number, line in enumerate(text.splitlines(keepends=True)):
        if number >= len(old) or line.rstrip("\r\n") != old[number].rstrip("\r\n"):
            start = at + len(line) - len(line.lstrip()) if line.strip() else at
            return Origin(after.source.path, Span(start, at + len(line.rstrip())))
        at += len(line)
    return Origin(after.source.path, Span(max(at - 1, 0), at))


def path_of(context: Context, name: str) -> str:
    """Where a migration of that name lies or would lie: a folder, or a file of SQL."""
    path = f"{context.migrations_path}/{name}" if context.migrations_path else name
    return path if is_prisma(context) else f"{path}.sql"


def mark_applied(context: Context, name: str) -> str:
    """The command that tells a database that it has a migration already."""
    if is_prisma(context):
        return f"prisma migrate resolve --applied {name}"
    return f"supabase migration repair --status applied {name.partition('_')[0]}"


def deploy(context: Context) -> str:
    """The command that runs what is new."""
    return "prisma migrate deploy" if is_prisma(context) else "supabase db push"


def is_prisma(context: Context) -> bool:
    """Whether Prisma runs the migrations, as it does unless something says otherwise."""
    return context.project is None or context.project.is_prisma


def ground_for(context: Context) -> Ground:
    """What the first migration of the pair finds: on which another order has to run as well."""
    if context.project is None:
        return Ground()
    settings = context.settings if isinstance(context.settings, Settings) else Settings()
    return ground_of(context.project, settings, context.declaration)
