"""New migrations that sort before landed ones, and what that does."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal

from workers.engine.project.paths import name_of
from workers.engine.rules.context import Context
from workers.engine.rules.history.landing import outcome
from workers.engine.rules.history.made import Trace, objects
from workers.engine.rules.history.stamps import newest_after
from workers.engine.rules.history.subjects import LateMigration
from workers.engine.sql.replay import Ground, Migration, Replay, replay

Effect = Literal["independent", "same enum", "same table", "same object", "differs", "fails"]


def late_migrations(context: Context) -> Iterator[LateMigration]:
    """Each new migration that some landed one sorts after."""
    if context.base is None or not context.base.migrations:
        return
    landed = {migration.name for migration in context.base.migrations}
    kept = [migration for migration in context.migrations if migration.name in landed]
    texts = {migration.source.text for migration in context.base.migrations}
    new = [m for m in context.migrations if m.name not in landed and m.source.text not in texts]
    late = [migration for migration in new if kept and migration.name < kept[-1].name]
    if not late or len(kept) < len(landed) // 2:
        return
    names = [migration.name for migration in context.migrations]
    deployed = _as_deployed(context, kept, new)
    whole = _whole_effect(context, deployed)
    for migration in late:
        later = tuple(other for other in kept if other.name > migration.name)
        effect, shared = whole, ""
        if effect is None:
            effect, shared = _overlap(context, migration, later)
        new_name = newest_after(names, migration.name)
        names.append(new_name)
        yield LateMigration(migration, later, effect, shared, new_name)


def _as_deployed(context: Context, kept: list[Migration], new: list[Migration]) -> Replay:
    """What a database that has the landed ones makes of the new ones."""
    search_path = context.project.default_schema if context.project else "public"
    ground = Ground(search_path=(search_path,), is_supabase=context.is_supabase)
    return replay([*kept, *new], ground)


def _whole_effect(context: Context, deployed: Replay) -> Effect | None:
    """How the two orders differ as a whole, None where they make the same."""
    in_name_order = context.in_name_order or context.replay
    if {f.migration for f in deployed.failures} != {f.migration for f in in_name_order.failures}:
        return "fails"
    return None if outcome(deployed.schema) == outcome(in_name_order.schema) else "differs"


def _overlap(
    context: Context, migration: Migration, later: tuple[Migration, ...]
) -> tuple[Effect, str]:
    """What a migration and landed ones after it both touch, by the provenance of all objects."""
    mine = list(_traces(context, migration))
    theirs = [trace for other in later for trace in _traces(context, other)]
    objects = {_key(trace) for trace in theirs if trace.kind not in ("table", "enum")}
    for trace in mine:
        if _key(trace) in objects:
            return "same object", f"the {trace.label}"
    tables = {trace.table for trace in theirs}
    for trace in mine:
        if trace.table is not None and trace.table in tables:
            return "same table", f"the table `{name_of(trace.table).rpartition('.')[2]}`"
    enums = {trace.name for trace in theirs if trace.kind == "enum"}
    for trace in mine:
        if trace.kind == "enum" and trace.name in enums:
            return "same enum", f"the {trace.label}"
    return "independent", ""


def _traces(context: Context, migration: Migration) -> Iterator[Trace]:
    """What a migration left, but for remarks: of two it is all one which comes last."""
    text = migration.source.text
    path = migration.source.path
    for kind, name, table, history in objects(context.replayed):
        for origin in history:
            start = origin.span.start
            if origin.path == path and text[start : start + 7].upper() != "COMMENT":
                yield Trace(kind, name, table, origin, is_made=False)
                break


def _key(trace: Trace) -> tuple[str, str, str | None]:
    return trace.kind, trace.name, trace.table
