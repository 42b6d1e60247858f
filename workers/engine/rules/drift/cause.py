"""Why a table drifted: what the repository itself gives away, told once for each table.

Looked for, in this order: the pull request changes the schema and adds no migration; a commit did;
the statement that made the table was not written by Prisma; a migration that calls itself the first
comes later; a script runs `prisma db push`; a commit changed the schema with a migration that does
not hold the change.
"""

from __future__ import annotations

from collections.abc import Iterator

from msgspec import Struct

from workers.engine.compare import changes as c
from workers.engine.findings import Related
from workers.engine.project.commands import invocations
from workers.engine.rules.authorship import is_by_prisma
from workers.engine.rules.context import Context, statements
from workers.engine.rules.drift.authors import commit_of, past
from workers.engine.rules.wording import is_written_in_sql, table_words, ticked
from workers.engine.schema.model import History, QualifiedName
from workers.engine.source import Origin

_SUBJECT = 72


class Cause(Struct, frozen=True):
    """A likely cause as a sentence, and the place that gives it away."""

    sentence: str
    origin: Origin


def not_found(context: Context) -> str:
    """What to say where nothing gives the cause away: what was looked at."""
    if is_written_in_sql(context):
        return "Cause not found: no script runs `db push`."
    commits = len(past(context))
    if not commits:
        looked = "git's history was not at hand"
    elif commits == 1:
        looked = "the one commit of the schema that is at hand did not write what differs"
    else:
        looked = f"none of the {commits} commits of the schema at hand wrote what differs"
    return (
        "Cause not found: the migrations look like Prisma's own, no script runs `db push`, and "
        f"{looked}."
    )


def cause_of_change(context: Context, change: c.Change) -> Iterator[Related]:
    """The likely cause, at the first change of the table that is more than a name."""
    table = getattr(change, "table", None)
    if table is None:
        return
    weighty = (
        other
        for other in context.comparison.of_table(table.name)
        if not getattr(other, "only_name", False)
    )
    if next(weighty, None) is change:
        yield from likely_cause(context, table.name)


def likely_cause(context: Context, table: QualifiedName) -> Iterator[Related]:
    """The likely cause of a table's drift, as a related place; nothing if none shows."""
    cause = find_cause(context, table)
    if cause is not None:
        yield Related(f"Likely cause: {cause.sentence}", cause.origin)


def find_cause(context: Context, table: QualifiedName) -> Cause | None:
    """The first cause that the repository gives away."""
    return context.remember((find_cause, table), lambda: _found(context, table))


def _found(context: Context, table: QualifiedName) -> Cause | None:
    history = _history(context, table)
    return (
        _changed_alone(context, table)
        or _committed(context, table, has_migration=False)
        or _written_by_hand(context, history)
        or _made_anew(context, history)
        or context.remember(_pushed, lambda: _pushed(context))
        or _committed(context, table, has_migration=True)
    )


def _committed(context: Context, table: QualifiedName, *, has_migration: bool) -> Cause | None:
    """The newest commit that wrote a line of the schema which the migrations do not follow."""
    found = context.remember((commit_of, table), lambda: commit_of(context, table))
    if found is None or found[0].has_migration is not has_migration:
        return None
    commit, origin = found
    subject = commit.subject if len(commit.subject) <= _SUBJECT else f"{commit.subject[:_SUBJECT]}…"
    how = "with a migration that does not hold it" if has_migration else "and brought no migration"
    who = f"the commit {ticked(commit.sha[:9])} of {commit.date} ({ticked(subject)})"
    return Cause(f"{who} wrote this {how}", origin)


def _history(context: Context, table: QualifiedName) -> History:
    for declared, replayed in context.comparison.tables:
        if declared.name == table:
            return statements(replayed.history)
    return ()


def _changed_alone(context: Context, table: QualifiedName) -> Cause | None:
    """The schema changes in this pull request, and the table was in step before."""
    base, changed = context.base, context.changed
    if base is None or changed is None:
        return None
    model = context.model_of(table)
    path = model.origin.path if model else context.schema_path
    was_in_step = not base.comparison.of_table(table) and table in base.declared.tables
    is_new = table not in base.declared.tables
    if path not in changed or not (was_in_step or is_new):
        return None
    if any(migration.source.path in changed for migration in context.migrations):
        sentence = (
            f"this pull request changes {table_words(table)} here, and its migration does not"
        )
    else:
        sentence = f"this pull request changes {ticked(path)} and adds no migration"
    return Cause(sentence, model.origin if model else context.place())


def _written_by_hand(context: Context, history: History) -> Cause | None:
    """The statement that made the table, or one that changed it, is not as Prisma writes it."""
    if is_written_in_sql(context):
        return None
    if any(is_by_prisma(context, origin) for origin in history[:1]):
        history = history[1:]
    for origin in history:
        if context.migration_of(origin) is None or is_by_prisma(context, origin):
            continue
        text = _text(context, origin)
        how = (
            "`IF NOT EXISTS`, which Prisma never writes"
            if "IF NOT EXISTS" in text.upper()
            else "no comment before it as Prisma writes them"
        )
        return Cause(f"this statement was written by hand ({how})", origin)
    return None


def _text(context: Context, origin: Origin) -> str:
    source = context.sources.get(origin.path)
    if source is None:
        migration = context.migration_of(origin)
        if migration is None:
            return ""
        source = migration.source
    return source.text[origin.span.start : origin.span.end]


def _made_anew(context: Context, history: History) -> Cause | None:
    """A migration that is called the first made the table, and others sort before it."""
    if not history:
        return None
    maker = context.migration_of(history[0])
    if maker is None or maker is context.migrations[0]:
        return None
    words = maker.name.lower().strip("_").split("_")
    if words[-1] in ("init", "initial", "baseline"):
        return Cause(
            f"the migration {ticked(maker.name)} calls itself the first and was made anew later",
            history[0],
        )
    return None


def _pushed(context: Context) -> Cause | None:
    """A script brings databases to the schema past the migrations."""
    sources = [source for source in context.sources.values() if "db push" in source.text]
    for invocation in invocations(sources):
        if invocation.is_command("db", "push"):
            return Cause(
                "this script runs `prisma db push`, which changes a database and leaves no "
                "migration",
                invocation.origin,
            )
    return None
