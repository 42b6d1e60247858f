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

from workers.engine.findings import Finding, Severity
from workers.engine.fixes.single import guards
from workers.engine.rule import Rule
from workers.engine.rules.context import Context
from workers.engine.rules.security.subjects import AUTH_USERS, ExposedView
from workers.engine.schema.model import View

view_bypasses_row_level_security = Rule(
    "view-bypasses-row-level-security",
    family="security",
    severity=Severity.WARNING,
    since="0.1",
    folds_from=3,
)
auth_users_exposed = Rule(
    "auth-users-exposed", family="security", severity=Severity.ERROR, since="0.1"
)
materialized_view_exposed = Rule(
    "materialized-view-exposed", family="security", severity=Severity.WARNING, since="0.1"
)


@auth_users_exposed.on(ExposedView)
def check_users(exposed: ExposedView, context: Context) -> Iterator[Finding]:
    """A view of `auth.users` that does not run as its caller, and any materialised one."""
    view = exposed.view
    if AUTH_USERS not in exposed.guarded_tables or exposed.runs_as_caller:
        return
    shows = (
        "reads `auth.users` with its owner's rights: nothing but the view's own condition on"
        " `auth.uid()` keeps one user's account from another."
        if _is_own(view)
        else "shows `auth.users`, the accounts of all users, to everyone who may select from it."
    )
    yield auth_users_exposed.finding(
        subject=str(view.name),
        origin=context.place(view.history),
        severity=Severity.WARNING if _is_own(view) else None,
        message=f"The view `{view.name.name}` {shows}",
        remedy=(
            "Keep what may be seen in a table of your own with row-level security, filled by a"
            " trigger on `auth.users`; or move the view out of the API's schemas."
        ),
    )


def _is_own(view: View) -> bool:
    """Whether a view speaks of its caller, so that it may show no more than one account."""
    return view.kind == "view" and "auth.uid()" in (view.definition or "").lower()


@view_bypasses_row_level_security.on(ExposedView)
def check_view(exposed: ExposedView, context: Context) -> Iterator[Finding]:
    """A view with its owner's rights: only noted where nothing guards what it reads."""
    view = exposed.view
    if view.kind != "view" or exposed.runs_as_caller or AUTH_USERS in exposed.guarded_tables:
        return
    listed = ", ".join(f"`{name}`" for name in exposed.guarded_tables)
    past = (
        f"reads {listed} with its owner's rights, past the row-level security of the table"
        if listed
        else "runs with its owner's rights, and would pass by any row-level security of what it"
        " reads"
    )
    yield view_bypasses_row_level_security.finding(
        subject=str(view.name),
        origin=context.place(view.history),
        severity=None if listed else Severity.NOTICE,
        message=f"The view `{view.name.name}` {past}.",
        remedy="Give the view `security_invoker = true`.",
        fix=guards.read_as_caller(view.name),
    )


@materialized_view_exposed.on(ExposedView)
def check_materialized(exposed: ExposedView, context: Context) -> Iterator[Finding]:
    """A materialised view where the API serves it."""
    view = exposed.view
    if view.kind != "matview" or AUTH_USERS in exposed.guarded_tables:
        return
    yield materialized_view_exposed.finding(
        subject=str(view.name),
        origin=context.place(view.history[:1]),
        message=(
            f"The materialised view `{view.name.name}` stands in `{view.name.schema}`, which the"
            " API serves, and row-level security does not hold for it."
        ),
        remedy=(
            "Put it into a schema that the API does not serve, or revoke SELECT from `anon` and"
            " `authenticated`."
        ),
    )
