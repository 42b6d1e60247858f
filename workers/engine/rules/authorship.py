"""Who wrote a statement of a migration: Prisma, which puts a comment before each, or a person."""

from __future__ import annotations

from workers.engine.rules.context import Context
from workers.engine.source import Origin

_COMMENTS = frozenset(
    f"-- {verb}{noun}"
    for verb in ("Create", "Alter", "Drop", "Add", "Rename", "Redefine")
    for noun in (
        *("Table", "Tables", "Index", "Enum", "ForeignKey", "PrimaryKey", "Schema"),
        *("Extension", "View", "UserDefinedType", "Sequence"),
    )
)
"""The comments that Prisma puts before the statements that it writes."""


def is_by_prisma(context: Context, origin: Origin) -> bool:
    """Whether a comment as Prisma writes it stands before the statement, or within its block."""
    migration = context.migration_of(origin)
    if migration is None:
        return True
    before = migration.source.text[: origin.span.start].rstrip()
    for line in reversed(before.split("\n")):
        text = line.strip()
        if text.startswith("--"):
            return text in _COMMENTS
        if not text:
            return False
    return False
