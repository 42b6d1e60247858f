"""Rows that are created without a value that they need.

What it means
    A `create` leaves out a field that the schema requires and gives no default, or a column that
    the migrations made required without a default, whatever the schema says.

Why it matters
    The first is refused by the client. The second passes the compiler and the client, and is
    refused by the database: "null value in column violates not-null constraint".

Example
    `prisma.user.create({ data: { name } })` where `email String` has no default.

Fix
    Give the value, make the field optional, or give it a default, with the migration for it.

When to ignore it
    Where a trigger, or an extension of the client, fills the value in.
"""

from __future__ import annotations

from collections.abc import Iterator

from workers.engine.findings import Confidence, Finding, Related, Severity
from workers.engine.rule import Rule
from workers.engine.rules.code.creations import Incomplete
from workers.engine.rules.context import Context

create_lacks_required_field = Rule(
    "create-lacks-required-field", family="code", severity=Severity.WARNING, since="0.1"
)


@create_lacks_required_field.on(Incomplete)
def check(one: Incomplete, context: Context) -> Iterator[Finding]:
    """One finding for each `create`."""
    names = ", ".join(f"`{name}`" for name in one.fields)
    if one.by_database:
        message = (
            f"A row of `{one.model}` is created without {names}, which the migrations require and "
            "give no default: the database refuses it, though the schema allows it."
        )
    else:
        verb = "which is" if len(one.fields) == 1 else "which are"
        message = (
            f"A row of `{one.model}` is created without {names}, {verb} required and "
            f"{'has' if len(one.fields) == 1 else 'have'} no default: the client refuses it."
        )
    yield create_lacks_required_field.finding(
        subject=f"{one.model}.{'+'.join(one.fields)}",
        detail=one.origin.path,
        severity=Severity.ERROR if one.by_database else Severity.WARNING,
        confidence=Confidence.CERTAIN if one.is_certain else Confidence.LIKELY,
        origin=one.origin,
        message=message,
        remedy="Give the value here, or a default in the schema, with its migration.",
        related=tuple(Related("It is required here", place) for place in one.declared[:3]),
    )
