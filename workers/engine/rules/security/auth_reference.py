"""Foreign keys into Supabase's own tables that are not theirs to keep.

What it means
    A foreign key refers to a table of the schema `auth` by something else than its primary key.

Why it matters
    The unique keys of `auth` belong to Supabase, which changes them with its versions: such a
    foreign key makes the upgrade of a project fail, or is dropped by it.

Example
    CREATE TABLE "contact" (phone text REFERENCES auth.users (phone));

Fix
    Refer to the primary key: `user_id uuid REFERENCES auth.users (id)`.

When to ignore it
    Never, in a project that Supabase hosts.
"""

from __future__ import annotations

from collections.abc import Iterator

from workers.engine.findings import Finding, Severity
from workers.engine.rule import Rule
from workers.engine.rules.context import Context
from workers.engine.rules.security.exposure import Exposure

foreign_key_to_auth_unique = Rule(
    "foreign-key-to-auth-unique", family="security", severity=Severity.ERROR, since="0.1"
)

_PRIMARY_KEYS = frozenset({("id",), ("version",)})
"""The primary keys of the tables in `auth`."""


@foreign_key_to_auth_unique.on(Exposure)
def check(exposure: Exposure, context: Context) -> Iterator[Finding]:
    """Foreign keys to a unique key of a table in `auth`."""
    for table in context.replayed.tables.values():
        for key in table.foreign_keys:
            if key.ref_table.schema != "auth" or key.ref_columns in _PRIMARY_KEYS:
                continue
            columns = ", ".join(key.ref_columns)
            yield foreign_key_to_auth_unique.finding(
                subject=f"{table.name}.{key.name}",
                origin=context.place(key.history[:1], table.history[:1]),
                message=(
                    f"The foreign key `{key.name}` of `{table.name.name}` refers to"
                    f" `{key.ref_table}` by `{columns}`, a key that Supabase may change."
                ),
                remedy=f"Refer to the primary key of `{key.ref_table}`.",
            )
