"""Columns that break the project's own naming convention.

What it means
    Most columns of this project are named in one style, and these are not. The style is read off
    the project: three quarters of the names, or the names that `@map` chose on purpose.

Why it matters
    A column in camelCase must be quoted in every piece of SQL. A schema that mixes both styles
    makes hand-written queries, policies and reports fail on the columns that are the exception.

Example
    accuracyMae Float?
    beside fields that all carry `@map("accuracy_rmse")`, `@map("trained_at")` ...

Fix
    Give a new field its `@map`. For a column that already exists, rename it in a migration
    (`ALTER TABLE ... RENAME COLUMN ...`) together with the `@map`.

When to ignore it
    Where the name comes from outside, and in projects that are in the middle of a change of style.
"""

from __future__ import annotations

from collections.abc import Iterator

from workers.engine.findings import Finding, Related, Severity
from workers.engine.rule import Rule
from workers.engine.rules.context import Context
from workers.engine.rules.naming.convention import restyle
from workers.engine.rules.naming.mapping import map_fields
from workers.engine.rules.naming.subjects import ColumnNames

column_name_off_convention = Rule(
    "column-name-off-convention", family="naming", severity=Severity.NOTICE, since="0.1"
)

_NAMED = 6


@column_name_off_convention.on(ColumnNames)
def check(names: ColumnNames, context: Context) -> Iterator[Finding]:
    """One finding for the columns that the pull request adds; those before are left alone."""
    convention = names.convention
    added = [thing for thing in convention.odd if thing.is_new]
    if not added:
        return
    first = added[0]
    listed = ", ".join(thing.label for thing in added[:_NAMED])
    more = f" and {len(added) - _NAMED} more" if len(added) > _NAMED else ""
    style = convention.style
    noun, verb = ("The column of", "is") if len(added) == 1 else ("The columns of", "are")
    yield column_name_off_convention.finding(
        subject=first.subject,
        detail=",".join(thing.subject for thing in added),
        origin=first.origin,
        message=(
            f"{noun} {listed}{more} {verb} not in {style.value}, {convention.reason('columns')}."
        ),
        remedy=f'Add `@map("{restyle(first.name, style)}")` to {first.label}.',
        fix=map_fields(added, style, context),
        related=tuple(
            Related(f"{thing.label} is column `{thing.name}`", thing.origin) for thing in added[1:]
        ),
    )
