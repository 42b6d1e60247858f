"""Whether a pull request brings both halves: the schema's and the migrations'."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from workers.engine.compare.changes import Change
from workers.engine.rules.context import Context
from workers.engine.rules.history.subjects import LoneMigration, LoneSchema

_PARTS = ("table", "declared", "replayed", "name")


def lone_halves(context: Context) -> Iterator[LoneSchema | LoneMigration]:
    """The half that comes alone, where that brings differences which the base does not have."""
    base, pair = context.base, context.project
    if base is None or pair is None or pair.schema is None or not pair.is_prisma:
        return
    if not base.migrations or not base.schema_path:
        return
    known = set(_labels(base.comparison.changes))
    count = sum(label not in known for label in _labels(context.comparison.changes))
    if not count:
        return
    landed = {migration.name: migration.source.text for migration in base.migrations}
    changed = [path for path in pair.schema.files if path in (context.changed or ())]
    if changed and landed == {m.name: m.source.text for m in context.migrations}:
        yield LoneSchema(changed[0], count)
    new = tuple(migration for migration in context.migrations if migration.name not in landed)
    if new and not changed:
        yield LoneMigration(new, count)


def _labels(changes: Iterable[Change]) -> Iterator[tuple[str, ...]]:
    """What each change is about, without its places."""
    for change in changes:
        parts = (getattr(change, part, "") for part in _PARTS)
        yield type(change).__name__, *(str(getattr(part, "name", part)) for part in parts)
