"""Indexes that break the project's own naming convention.

What it means
    Most indexes of this project carry the same mark in their names, `idx_` at the beginning or
    `_idx` at the end, and these do not. The mark is read off the indexes that the migrations make:
    six of seven, and at least eight. Unique indexes and those of constraints are left out.

Why it matters
    The name is all that `EXPLAIN`, a log line or a list of unused indexes shows. Where one form
    holds for all, a name tells that it is an index, of which table and on what.

Example
    CREATE INDEX idx_order_placed ON "Order" ("placedAt");
    beside `Order_customerId_idx`, `Order_state_idx`, `Customer_email_idx` ...

Fix
    Give the index the usual form before the migration is applied; later, `ALTER INDEX ... RENAME
    TO ...`, with `map:` in the Prisma schema where it is declared there.

When to ignore it
    Where a tool or an extension makes the index, and in the middle of a change of style.
"""

from __future__ import annotations

from collections.abc import Iterator

from workers.engine.findings import Finding, Severity
from workers.engine.rule import Rule
from workers.engine.rules.context import Context
from workers.engine.rules.naming.subjects import IndexNames
from workers.engine.rules.together import Item, told_together

index_name_off_convention = Rule(
    "index-name-off-convention", family="naming", severity=Severity.NOTICE, since="0.1"
)


@index_name_off_convention.on(IndexNames)
def check(names: IndexNames, context: Context) -> Iterator[Finding]:
    """One finding for the new indexes; older ones are told where the mark is configured."""
    mark = names.mark
    where = "at its beginning" if mark.endswith("_") else "at its end"
    first = names.odd[0]
    yield from told_together(
        index_name_off_convention,
        [Item(one.label, one.subject, one.origin, one.is_new) for one in names.odd],
        lambda listed, count: (
            f"The index{'es' * (count > 1)} {listed} {'have' if count > 1 else 'has'} no `{mark}`"
            f" {where if count == 1 else where.replace('its', 'their')}, {names.reason}."
        ),
        f"Call {first.label} `{names.right(first.name)}`.",
    )
