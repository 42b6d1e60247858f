"""Enum values that rows may still hold.

What it means
    After the migrations under review an enum no longer has a value that it had at the base, or has
    it under another name.

Why it matters
    The usual swap (make a new type, cast the columns to it, drop the old one) fails on the first
    row that still holds the removed value. Code that is running while the value is renamed reads
    and writes a value that is not there.

Example
    ALTER TABLE "User" ALTER COLUMN "role" TYPE "Role_new" USING ("role"::text::"Role_new");

Fix
    Rewrite the rows that hold the value before the swap; deploy the code that no longer uses it
    first.

When to ignore it
    Where no row ever held the value.
"""

from __future__ import annotations

from collections.abc import Iterator

from workers.engine.findings import Finding, Severity
from workers.engine.rule import Rule
from workers.engine.rules.context import Context
from workers.engine.rules.statements import StatementEffect
from workers.engine.sql.effects import EnumValueRemoved, EnumValueRenamed

enum_value_removed = Rule(
    "enum-value-removed", family="data-loss", severity=Severity.WARNING, since="0.1"
)
enum_value_renamed = Rule(
    "enum-value-renamed", family="data-loss", severity=Severity.WARNING, since="0.1"
)


@enum_value_removed.on(StatementEffect)
def check_removed(happening: StatementEffect, context: Context) -> Iterator[Finding]:
    """Values that the base's enum had and that are gone."""
    effect = happening.effect
    if not isinstance(effect, EnumValueRemoved):
        return
    listed = ", ".join(f"`{value}`" for value in effect.values)
    noun, pronoun = ("value", "it") if len(effect.values) == 1 else ("values", "one of them")
    yield enum_value_removed.finding(
        subject=str(effect.enum),
        detail=",".join(effect.values),
        origin=effect.origin,
        message=(
            f"The enum `{effect.enum.name}` loses the {noun} {listed}: the migration fails if a row"
            f" still holds {pronoun}."
        ),
        remedy="Rewrite the rows that hold a removed value before the type is swapped.",
    )


@enum_value_renamed.on(StatementEffect)
def check_renamed(happening: StatementEffect, context: Context) -> Iterator[Finding]:
    """RENAME VALUE: instant for the rows, sudden for the code."""
    effect = happening.effect
    if not isinstance(effect, EnumValueRenamed):
        return
    yield enum_value_renamed.finding(
        subject=f"{effect.enum}.{effect.value}",
        detail=effect.name,
        origin=effect.origin,
        message=(
            f"The enum `{effect.enum.name}` renames `{effect.value}` to `{effect.name}` at once:"
            " code that is running meanwhile still reads and writes the old value."
        ),
        remedy="Add the new value, move rows and code over, and leave the old one unused.",
    )
