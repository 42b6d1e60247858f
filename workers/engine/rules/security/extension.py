"""Extensions and types that stand in the way of an upgrade, or of everyone's names.

What it means
    An extension puts its functions into `public`, which the API serves; or a column has one of the
    types `regproc`, `regoper`, `regconfig` ... that hold the number of a catalogue's row.

Why it matters
    The functions of an extension in `public` can be called through the API, and their names are in
    the way of your own. `pg_upgrade` refuses a database with a column of such a type, since the
    numbers are others in the new version.

Example
    CREATE EXTENSION pg_trgm;
    CREATE TABLE "job" (id bigint PRIMARY KEY, handler regproc);

Fix
    CREATE EXTENSION ... WITH SCHEMA extensions; for one that is there, ALTER EXTENSION ... SET
    SCHEMA extensions where it allows that. Keep the name as text and cast it where it is used.

When to ignore it
    For an extension that can live nowhere else.
"""

from __future__ import annotations

from collections.abc import Iterator

from workers.engine.findings import Finding, Severity
from workers.engine.fixes.single import guards
from workers.engine.rule import Rule
from workers.engine.rules.context import Context
from workers.engine.rules.security.exposure import Exposure
from workers.engine.rules.together import Item, told_together

extension_in_public = Rule(
    "extension-in-public", family="security", severity=Severity.NOTICE, since="0.1"
)
registry_type_column = Rule(
    "registry-type-column", family="security", severity=Severity.NOTICE, since="0.1"
)

_PINNED = frozenset({"plpgsql"})
_REGISTRY = frozenset(
    {
        *("regcollation", "regconfig", "regdictionary", "regnamespace", "regoper", "regoperator"),
        *("regproc", "regprocedure"),
    }
)


@extension_in_public.on(Exposure)
def check_extension(exposure: Exposure, context: Context) -> Iterator[Finding]:
    """Extensions whose objects lie in `public`."""
    found = [
        one
        for one in exposure.extensions()
        if one.schema == "public" and one.name not in _PINNED and one.history
    ]
    items = [
        Item(
            f"`{one.name}`",
            f"public.{one.name}",
            context.place(one.history[:1]),
            exposure.is_new_extension(one),
        )
        for one in found
    ]
    yield from told_together(
        extension_in_public,
        items,
        lambda names, count: (
            f"The extension{'s' * (count > 1)} {names} put{'s' * (count == 1)}"
            f" {'their' if count > 1 else 'its'} functions into `public`, which the API serves."
        ),
        "Write CREATE EXTENSION ... WITH SCHEMA extensions.",
        fix=guards.move_extensions(one.name for one in found),
    )


@registry_type_column.on(Exposure)
def check_registry(exposure: Exposure, context: Context) -> Iterator[Finding]:
    """Columns that stop pg_upgrade."""
    for table in exposure.tables():
        for column in table.columns:
            if column.type.schema is None and column.type.name in _REGISTRY:
                yield registry_type_column.finding(
                    subject=f"{table.name}.{column.name}",
                    origin=context.place(column.history[:1], table.history[:1]),
                    message=(
                        f"`{table.name.name}`.`{column.name}` is of type `{column.type.name}`, with"
                        " which `pg_upgrade` refuses the database."
                    ),
                    remedy="Keep the name as text, and cast it where it is used.",
                )
