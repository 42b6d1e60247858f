"""Names that change under running code.

What it means
    A migration renames a table, a column or a schema that exists, or moves a table to another
    schema.

Why it matters
    The rename is instant, and so is its effect: between the migration and the last restart of the
    application, running code asks for the old name and fails.

Example
    ALTER TABLE "User" RENAME COLUMN "name" TO "fullName";

Fix
    Leave the column as it is and give the field `@map("name")`. Or in steps: add the new column,
    write both, copy, read the new one, drop the old. For a table: a view of the old name meanwhile.

When to ignore it
    Where the application is stopped during the migration.
"""

from __future__ import annotations

from collections.abc import Iterator

from workers.engine.findings import Finding, Severity
from workers.engine.rule import Rule
from workers.engine.rules.context import Context
from workers.engine.rules.statements import StatementEffect
from workers.engine.schema.model import QualifiedName
from workers.engine.sql.effects import ColumnRenamed, SchemaRenamed, TableRenamed

rename_under_running_code = Rule(
    "rename-under-running-code", family="locking", severity=Severity.WARNING, since="0.1"
)


@rename_under_running_code.on(StatementEffect)
def check(happening: StatementEffect, context: Context) -> Iterator[Finding]:
    """RENAME of a table, column or schema, unless a view takes the old table's name."""
    effect = happening.effect
    if isinstance(effect, ColumnRenamed):
        if happening.is_added_here(effect.column.name):
            return
        table = effect.table.name
        subject = f"{table}.{effect.column.name}"
        what = f"the column `{table.name}`.`{effect.column.name}` to `{effect.name}`"
        remedy = f'Keep the column and write `@map("{effect.column.name}")` on the field instead.'
    elif isinstance(effect, TableRenamed):
        table = effect.table.name
        if table in context.replayed.views:
            return
        subject = str(table)
        what = f"the table `{table.name}` to `{_shown(effect.name, table)}`"
        remedy = f'Keep the table and write `@@map("{table.name}")` on the model instead.'
    elif isinstance(effect, SchemaRenamed):
        old = effect.table.name.schema
        subject = old
        what = f"the schema `{old}` to `{effect.name}`"
        remedy = "Make the new schema beside it, and move the tables one by one behind views."
    else:
        return
    yield rename_under_running_code.finding(
        subject=subject,
        detail=happening.migration.name,
        origin=effect.origin,
        message=(
            f"The migration renames {what}: code that runs meanwhile asks for the old name and"
            " fails."
        ),
        remedy=remedy,
    )


def _shown(name: QualifiedName, old: QualifiedName) -> str:
    return name.name if name.schema == old.schema else str(name)
