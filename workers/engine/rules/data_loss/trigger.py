"""Triggers that a migration switches off and leaves so.

What it means
    A migration runs ALTER TABLE ... DISABLE TRIGGER on a table that exists, and switches the
    trigger on again neither in the same file nor later in the pull request.

Why it matters
    What the trigger did for each row is not done any more: no stamp, no history, no mirrored
    value. DISABLE TRIGGER ALL also switches off the triggers that keep foreign keys.

Example
    ALTER TABLE "Order" DISABLE TRIGGER ALL;
    UPDATE "Order" SET "note" = NULL;

Fix
    Switch it on again in the same transaction: ALTER TABLE ... ENABLE TRIGGER. Where it shall go
    for good, DROP TRIGGER says so.

When to ignore it
    Where it is switched on again by something else, after a load of data for instance.
"""

from __future__ import annotations

from collections.abc import Iterator

from workers.engine.findings import Finding, Severity
from workers.engine.rule import Rule
from workers.engine.rules.context import Context
from workers.engine.rules.statements import MigrationEffects
from workers.engine.sql.effects import TriggersSwitched

trigger_disabled = Rule(
    "trigger-disabled", family="data-loss", severity=Severity.WARNING, since="0.1"
)


@trigger_disabled.on(MigrationEffects)
def check(done: MigrationEffects, context: Context) -> Iterator[Finding]:
    """DISABLE TRIGGER without an ENABLE after it."""
    off: dict[tuple[str, str | None], TriggersSwitched] = {}
    for effect in done.effects:
        if not isinstance(effect, TriggersSwitched):
            continue
        table = str(effect.table.name)
        if not effect.is_enabled:
            off[table, effect.name] = effect
        else:
            for key in [key for key in off if key[0] == table]:
                if effect.name is None or key[1] == effect.name:
                    del off[key]
    for (table, name), effect in off.items():
        what = f"the trigger `{name}`" if name else "all triggers"
        yield trigger_disabled.finding(
            subject=f"{table}.{name or '*'}",
            detail=done.migration.name,
            origin=effect.origin,
            message=(
                f"The migration `{done.migration.name}` switches {what} of"
                f" `{effect.table.name.name}` off and not on again."
            ),
            remedy="ENABLE TRIGGER in the same migration, or DROP TRIGGER where it shall go.",
        )
