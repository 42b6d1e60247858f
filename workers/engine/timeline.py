"""The migrations of a pair in order: what runs, what fails, and where each should stand."""

from __future__ import annotations

from workers.engine.report import TimelineEntry
from workers.engine.rules.context import Context


def timeline(context: Context) -> tuple[TimelineEntry, ...]:
    """One entry for each migration, in name order."""
    in_name_order = context.in_name_order or context.replay
    failures = {failure.migration: failure.message for failure in in_name_order.failures}
    still = {failure.migration for failure in context.replay.failures}
    places = {name: at for at, name in enumerate(context.order or (), start=1)}
    known = {migration.name for migration in context.base.migrations} if context.base else None
    return tuple(
        TimelineEntry(
            name=migration.name,
            path=migration.source.path,
            position=position,
            needed=None if migration.name in still else places.get(migration.name, position),
            state="fails" if migration.name in failures else "runs",
            message=failures.get(migration.name, ""),
            is_new=known is not None and migration.name not in known,
        )
        for position, migration in enumerate(context.migrations, start=1)
    )
