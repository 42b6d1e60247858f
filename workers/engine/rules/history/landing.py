"""What a pull request does to migrations that the base already has."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from msgspec.structs import replace

from workers.engine.rules.context import Context
from workers.engine.rules.history.places import ground_for
from workers.engine.rules.history.subjects import LandedChange, Squash
from workers.engine.rules.history.tokens import is_same_but_comments
from workers.engine.schema.catalogue import Json, to_catalogue
from workers.engine.schema.model import Schema
from workers.engine.sql.replay import Migration, replay

_MANY = 3


def landed_changes(context: Context) -> Iterator[LandedChange | Squash]:
    """Each migration that is edited, deleted or renamed; one `Squash` where most are replaced."""
    if context.base is None or not context.base.migrations:
        return
    changes = list(_changes(context.base.migrations, context.migrations))
    if not changes:
        return
    is_same = _is_same_outcome(context, context.base, changes)
    is_mending = _failures(context) < _failures(context.base)
    gone = [change.before for change in changes if change.kind == "deleted"]
    if len(gone) >= _MANY:
        old = {migration.name for migration in context.base.migrations}
        new = tuple(m for m in context.migrations if m.name not in old)
        yield Squash(tuple(gone), new, is_same)
        changes = [change for change in changes if change.kind != "deleted"]
    for change in changes:
        mends = _runs_now(context, context.base, change) if change.kind == "edited" else is_mending
        yield replace(change, is_same_outcome=is_same, is_mending=mends)


def _changes(before: Sequence[Migration], after: Sequence[Migration]) -> Iterator[LandedChange]:
    now = {migration.name: migration for migration in after}
    old_names = {migration.name for migration in before}
    new = [migration for migration in after if migration.name not in old_names]
    for old in before:
        current = now.get(old.name)
        if current is None:
            twin = next((m for m in new if _same_text(m, old)), None)
            yield LandedChange("renamed" if twin else "deleted", old, twin)
        elif not _same_text(current, old):
            only_comments = is_same_but_comments(old.source.text, current.source.text)
            yield LandedChange("edited", old, current, only_comments)


def _same_text(one: Migration, other: Migration) -> bool:
    """Prisma's checksum does not mind line ends either."""
    return one.source.text.replace("\r\n", "\n") == other.source.text.replace("\r\n", "\n")


def _is_same_outcome(context: Context, base: Context, changes: list[LandedChange]) -> bool:
    """Whether the landed part of the history, as it is now, makes what it made before."""
    if all(change.only_comments for change in changes):
        return True
    before = outcome(base.replayed)
    if outcome(context.replayed) == before:
        return True
    kept = {migration.name for migration in base.migrations}
    kept |= {change.after.name for change in changes if change.after}
    landed = [migration for migration in context.migrations if migration.name in kept]
    if not context.project:
        return False
    return outcome(replay(landed, ground_for(context)).schema) == before


def outcome(schema: Schema) -> Json:
    """A schema as the catalogue shows it, without the orders that nobody depends on.

    Columns, constraints and indexes stand in the order in which they were made, and so do the
    values of an enum; two histories that differ in that alone lead to the same schema.
    """
    data = to_catalogue(schema)
    data["enums"] = {name: sorted(values) for name, values in data.get("enums", {}).items()}
    for table in data.get("tables", {}).values():
        for key, value in table.items():
            if isinstance(value, list) and all(isinstance(part, dict) for part in value):
                table[key] = sorted(value, key=lambda part: str(part.get("name")))
    return data


def _failures(context: Context) -> int:
    return len((context.in_name_order or context.replay).failures)


def _runs_now(context: Context, base: Context, change: LandedChange) -> bool:
    """Whether an edited migration was refused by an empty database and is not any more."""
    name = change.before.name

    def is_refused(side: Context) -> bool:
        failures = (side.in_name_order or side.replay).failures
        return any(failure.migration == name for failure in failures)

    return is_refused(base) and not is_refused(context)
