"""Tables without a primary key.

What it means
    After all migrations the table has no primary key; outside of Supabase: and no unique key
    without NULLs either, that could stand for one.

Why it matters
    Nothing tells two equal rows apart: an update meant for one changes both. Logical replication
    refuses UPDATE and DELETE on it, and so do the tools that copy or page through rows.

Example
    CREATE TABLE "reading" (at timestamptz NOT NULL, value numeric);

Fix
    ALTER TABLE "reading" ADD COLUMN id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY.

When to ignore it
    For a log that is only ever written and cut off by time.
"""

from __future__ import annotations

from collections.abc import Iterator

from workers.engine.findings import Finding, Severity
from workers.engine.rule import Rule
from workers.engine.rules.context import Context
from workers.engine.rules.index.subjects import KeylessTables
from workers.engine.rules.together import Item, told_together

primary_key_missing = Rule(
    "primary-key-missing", family="index", severity=Severity.NOTICE, since="0.1"
)

_IDENTITY = "id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY"
_KEYS = {
    "mysql": "id BIGINT AUTO_INCREMENT PRIMARY KEY",
    "sqlserver": "id BIGINT IDENTITY PRIMARY KEY",
    "sqlite": "id INTEGER PRIMARY KEY",
    "cockroachdb": "id INT8 DEFAULT unique_rowid() PRIMARY KEY",
}
"""What a surrogate key is on each database; PostgreSQL's, where none is named."""


@primary_key_missing.on(KeylessTables)
def check(keyless: KeylessTables, context: Context) -> Iterator[Finding]:
    """One finding for the tables that were there, one for those that are new."""
    base = context.base
    items = [
        Item(
            f"`{table.name.name}`",
            str(table.name),
            context.place(table.history[:1]),
            base is not None and table.name not in base.replayed.tables,
        )
        for table in keyless.tables
    ]
    yield from told_together(
        primary_key_missing,
        items,
        lambda names, count: (
            f"{names} {'has' if count == 1 else 'have'} no primary key: nothing tells two equal"
            " rows apart."
        ),
        f"Add one: `{_KEYS.get(context.replayed.provider, _IDENTITY)}`.",
    )
