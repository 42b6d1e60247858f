"""Views that show what row-level security hides.

What it means
    A view in a schema that the API serves reads a table with row-level security as the view's
    owner, not as the caller; or it is a materialised view, which knows no row-level security.

Why it matters
    The view's owner is usually the role that ran the migration, and policies do not hold for it:
    everyone who may select from the view reads every row of the table, `auth.users` included.

Example
    CREATE VIEW "profile_overview" AS SELECT id, email FROM "profiles";

Fix
    CREATE VIEW ... WITH (security_invoker = true) AS ... (PostgreSQL 15 and later), or put the view
    into a schema that the API does not serve.

When to ignore it
    Where the view is meant to publish an extract of the table to everyone.
"""

from __future__ import annotations

from collections.abc import Iterator

from workers.engine.findings import Finding, Fix, Severity
from workers.engine.fixes.quoting import quoted_name
from workers.engine.rule import Rule
from workers.engine.rules.context import Context
from workers.engine.rules.security.subjects import ExposedView

view_bypasses_row_level_security = Rule(
    "view-bypasses-row-level-security", family="security", severity=Severity.WARNING, since="0.1"
)
materialized_view_exposed = Rule(
    "materialized-view-exposed", family="security", severity=Severity.WARNING, since="0.1"
)


@view_bypasses_row_level_security.on(ExposedView)
def check_view(exposed: ExposedView, context: Context) -> Iterator[Finding]:
    """A view that reads a guarded table with its owner's rights."""
    view = exposed.view
    if view.kind != "view" or exposed.runs_as_caller or not exposed.guarded_tables:
        return
    listed = ", ".join(f"`{name}`" for name in exposed.guarded_tables)
    reads_users = "auth.users" in exposed.guarded_tables
    yield view_bypasses_row_level_security.finding(
        subject=str(view.name),
        origin=context.place(view.history),
        severity=Severity.ERROR if reads_users else None,
        message=(
            f"The view `{view.name.name}` reads {listed} with its owner's rights, past the"
            " row-level security of the table."
        ),
        remedy="Give the view `security_invoker = true`.",
        fix=Fix(
            "Let the view run as its caller",
            safe=False,
            sql=f"ALTER VIEW {quoted_name(view.name)} SET (security_invoker = true);",
        ),
    )


@materialized_view_exposed.on(ExposedView)
def check_materialized(exposed: ExposedView, context: Context) -> Iterator[Finding]:
    """A materialised view where the API serves it."""
    view = exposed.view
    if view.kind != "matview":
        return
    yield materialized_view_exposed.finding(
        subject=str(view.name),
        origin=context.place(view.history),
        message=(
            f"The materialised view `{view.name.name}` stands in `{view.name.schema}`, which the"
            " API serves, and row-level security does not hold for it."
        ),
        remedy=(
            "Put it into a schema that the API does not serve, or revoke SELECT from `anon` and"
            " `authenticated`."
        ),
    )
