"""New migrations that sort before landed ones, and what that does."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal

from workers.engine.project.paths import name_of
from workers.engine.rules.context import Context
from workers.engine.rules.history.landing import outcome
from workers.engine.rules.history.made import Trace, objects
from workers.engine.rules.history.places import ground_for
from workers.engine.rules.history.stamps import newest_after
from workers.engine.rules.history.subjects import LateMigration
from workers.engine.rules.history.touching import Touched, Watch, shared_values
from workers.engine.sql.replay import Migration, Replay, replay

Effect = Literal[
    "independent",
    "same table",
    "column order",
    "same enum",
    "same object",
    "same values",
    "differs",
    "fails",
]


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
    first = min(migration.name for migration in late)
    watch = Watch(frozenset(m.name for m in (*kept, *late) if m.name >= first))
    deployed = _as_deployed(context, kept, new, watch)
    whole = _whole_effect(context, deployed)
    for migration in late:
        later = tuple(other for other in kept if other.name > migration.name)
        effect, shared = whole, ""
        if effect is None:
            effect, shared = _overlap(context, migration, later, watch)
        new_name = newest_after(names, migration.name)
        names.append(new_name)
        yield LateMigration(migration, later, effect, shared, new_name)


def _as_deployed(
    context: Context, kept: list[Migration], new: list[Migration], watch: Watch
) -> Replay:
    """What a database that has the landed ones makes of the new ones."""
    return replay([*kept, *new], ground_for(context), watch=watch)


def _whole_effect(context: Context, deployed: Replay) -> Effect | None:
    """How the two orders differ as a whole, None where they make the same."""
    in_name_order = context.in_name_order or context.replay
    if {f.migration for f in deployed.failures} != {f.migration for f in in_name_order.failures}:
        return "fails"
    return None if outcome(deployed.schema) == outcome(in_name_order.schema) else "differs"


def _overlap(
    context: Context, migration: Migration, later: tuple[Migration, ...], watch: Watch
) -> tuple[Effect, str]:
    """What a migration and landed ones after it both touch.

    Objects by their provenance, values and rows by what the statements do. A table that two change
    in different columns and constraints is not touched twice: only the order of its columns, where
    both add some, tells who came first.
    """
    mine = list(_traces(context, migration))
    theirs = [trace for other in later for trace in _traces(context, other)]
    objects = {_key(trace) for trace in theirs if trace.kind not in ("table", "enum")}
    for trace in mine:
        if _key(trace) in objects:
            return "same object", f"the {trace.label}"
    touched = watch.touched
    values = shared_values(
        touched.get(migration.name, Touched()),
        (touched[other.name] for other in later if other.name in touched),
    )
    if values:
        return "same values", values
    return _same_home(mine, theirs)


def _same_home(mine: list[Trace], theirs: list[Trace]) -> tuple[Effect, str]:
    """The table or the enum in which two change different things."""
    tables = {trace.table for trace in theirs}
    both = [trace.table for trace in mine if trace.table is not None and trace.table in tables]
    widened = _widened(mine) & _widened(theirs)
    for table in both:
        told = f"the table `{name_of(table).rpartition('.')[2]}`"
        if table in widened:
            return "column order", told
    if both:
        return "same table", f"the table `{name_of(both[0]).rpartition('.')[2]}`"
    enums = {trace.name for trace in theirs if trace.kind == "enum"}
    for trace in mine:
        if trace.kind == "enum" and trace.name in enums:
            return "same enum", f"the {trace.label}"
    return "independent", ""


def _widened(traces: list[Trace]) -> set[str | None]:
    return {trace.table for trace in traces if trace.kind == "column" and trace.is_made}


def _traces(context: Context, migration: Migration) -> Iterator[Trace]:
    """What a migration left, but for remarks: of two it is all one which comes last."""
    text = migration.source.text
    path = migration.source.path
    for kind, name, table, history in objects(context.replayed):
        for place, origin in enumerate(history):
            start = origin.span.start
            if origin.path == path and text[start : start + 7].upper() != "COMMENT":
                yield Trace(kind, name, table, origin, is_made=place == 0)
                break


def _key(trace: Trace) -> tuple[str, str, str | None]:
    return trace.kind, trace.name, trace.table
