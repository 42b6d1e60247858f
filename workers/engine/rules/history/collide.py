"""Migrations that collide with those of other open pull requests.

What it means
    Another open pull request brings a migration with the same timestamp, or one that changes the
    same table.

Why it matters
    Each of the two runs on its own. Merged both, they run in the order of their names in a new
    database and in the order of their deployments in one that is there. With one timestamp the
    words decide, which nobody chose.

Example
    #12 adds "phone" to "User" in 20250301120000_phone, this one in 20250301110000_contact

Fix
    Agree who lands first. The other then takes the new base in and makes its migration anew
    (`prisma migrate dev`), so that it sorts last and starts from what is there.

When to ignore it
    Where the two changes have nothing to do with each other. Pull requests that Driftline has not
    reviewed as they are now are called not compared.
"""

from __future__ import annotations

from collections.abc import Iterator

from workers.engine.findings import Confidence, Finding, Severity
from workers.engine.rule import Rule
from workers.engine.rules.context import Context
from workers.engine.rules.history.places import first_statement, path_of
from workers.engine.rules.history.stamps import newest_after
from workers.engine.rules.history.subjects import Collision, NotCompared

migration_collides = Rule(
    "migration-collides", family="history", severity=Severity.WARNING, since="0.1"
)
migration_not_compared = Rule(
    "migration-not-compared", family="history", severity=Severity.NOTICE, since="0.1"
)

_SHOWN = 5


@migration_collides.on(Collision)
def check(collision: Collision, context: Context) -> Iterator[Finding]:
    """A warning for one timestamp or one object; a notice where two change one table."""
    name, number = collision.migration.name, collision.number
    label = collision.shared.partition(" ")
    shared = f"the {label[0]} `{label[2].removeprefix('public.')}`"
    told = {
        "stamp": f"`{name}` and `{collision.theirs}` of #{number} share the timestamp "
        f"{collision.shared}, so the words after it decide which runs first.",
        "object": f"`{name}` and `{collision.theirs}` of #{number} both change {shared}.",
        "table": f"`{name}` and `{collision.theirs}` of #{number} both change {shared}.",
    }[collision.kind]
    yield migration_collides.finding(
        subject=name,
        detail=f"{number} {collision.theirs} {collision.kind}",
        severity=Severity.NOTICE if collision.kind == "table" else None,
        confidence=Confidence.LIKELY,
        message=told,
        origin=first_statement(collision.migration),
        remedy=_remedy(collision, context),
    )


def _remedy(collision: Collision, context: Context) -> str:
    name = collision.migration.name
    if collision.kind == "stamp":
        names = [migration.name for migration in context.migrations]
        new_name = newest_after([*names, collision.theirs], name)
        return (
            f"Rename one of them: `git mv {path_of(context, name)} {path_of(context, new_name)}`."
        )
    return (
        "Whichever lands second should take the other in and be made anew, so that it sorts last "
        "and starts from what is there."
    )


@migration_not_compared.on(NotCompared)
def check_unknown(unknown: NotCompared, context: Context) -> Iterator[Finding]:
    """One notice for all open pull requests whose migrations are not known."""
    shown = ", ".join(f"#{number}" for number in unknown.numbers[:_SHOWN])
    more = len(unknown.numbers) - _SHOWN
    listed = f"{shown} and {more} more" if more > 0 else shown
    one = len(unknown.numbers) == 1
    yield migration_not_compared.finding(
        subject=context.migrations_path,
        message=f"{listed} {'brings' if one else 'bring'} migrations too and "
        f"{'has' if one else 'have'} not been reviewed as {'it is' if one else 'they are'} now: "
        "not compared.",
        origin=first_statement(unknown.migration),
        remedy="`/recheck` there, then here, compares them.",
    )
