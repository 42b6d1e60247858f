"""What the API of a Supabase project serves, and should perhaps not.

What it means
    A foreign table stands in a schema that the API serves; or a function that runs with its
    owner's rights may be called by everyone with the public key; or the GraphQL schema shows the
    tables to them; or a table without row-level security has a column that is named like a secret.

Why it matters
    A foreign table knows no row-level security. A SECURITY DEFINER function passes by every
    policy: whoever may call it does what its body does, as its owner. Names of tables and columns
    tell an attacker where to look. And a `password` or `api_key` that everyone may read is read.

Example
    CREATE FUNCTION delete_user(id uuid) RETURNS void LANGUAGE sql SECURITY DEFINER AS $$ ... $$;

Fix
    Move foreign tables into a schema that the API does not serve. REVOKE EXECUTE ON FUNCTION ...
    FROM PUBLIC, anon, authenticated, and grant it to whom it is meant for; or SECURITY INVOKER.
    Without GraphQL: DROP EXTENSION pg_graphql. Enable row-level security where secrets are.

When to ignore it
    Where everyone may call the function, and it checks its caller itself.
"""

from __future__ import annotations

from collections.abc import Iterator

from workers.engine.findings import Confidence, Finding, Severity
from workers.engine.fixes.single import guards
from workers.engine.rule import Rule
from workers.engine.rules.context import Context
from workers.engine.rules.security.exposure import Exposure
from workers.engine.rules.security.sensitive import is_sensitive
from workers.engine.rules.together import Item, told_together
from workers.engine.schema.model import Table, View

foreign_table_exposed = Rule(
    "foreign-table-exposed", family="security", severity=Severity.WARNING, since="0.1"
)
security_definer_exposed = Rule(
    "security-definer-exposed", family="security", severity=Severity.NOTICE, since="0.1"
)
graphql_shows_tables = Rule(
    "graphql-shows-tables", family="security", severity=Severity.NOTICE, since="0.1"
)
sensitive_column_exposed = Rule(
    "sensitive-column-exposed", family="security", severity=Severity.ERROR, since="0.1"
)

_GRAPHQL = "pg_graphql"
_UNCALLABLE = frozenset({"trigger", "event_trigger"})
"""PostgreSQL runs such a function as a trigger alone (0A000)."""


@foreign_table_exposed.on(Exposure)
def check_foreign(exposure: Exposure, context: Context) -> Iterator[Finding]:
    """Foreign tables that somebody may select from."""
    for table in exposure.exposed_tables("foreign"):
        yield foreign_table_exposed.finding(
            subject=str(table.name),
            origin=context.place(table.history[:1]),
            message=(
                f"The API serves the foreign table `{table.name.name}`, which knows no row-level"
                " security."
            ),
            remedy="Move it into a schema that the API does not serve, or REVOKE SELECT on it.",
        )


@security_definer_exposed.on(Exposure)
def check_functions(exposure: Exposure, context: Context) -> Iterator[Finding]:
    """SECURITY DEFINER functions in an exposed schema that somebody may call."""
    found = [
        function
        for function in exposure.functions()
        if function.is_security_definer
        and function.returns not in _UNCALLABLE
        and function.name.schema in exposure.posture.exposed
        and exposure.access.runners(function)
    ]
    who = _callers({exposure.access.runners(function) for function in found})
    items = [
        Item(
            f"`{one.name.name}`",
            str(one.name),
            context.place(one.history[:1]),
            exposure.is_new_function(one),
        )
        for one in found
    ]
    yield from told_together(
        security_definer_exposed,
        items,
        lambda names, count: (
            f"{who} may call {names}, which"
            f" {'runs' if count == 1 else 'run'} with the rights of"
            f" {'its owner' if count == 1 else 'their owners'}."
        ),
        "Revoke EXECUTE from PUBLIC, `anon` and `authenticated` where it is not meant for them.",
        fix=guards.revoke(found),
    )


def _callers(runners: set[tuple[str, ...]]) -> str:
    if all("anon" in roles for roles in runners):
        return "Everyone with the public key"
    if not any("anon" in roles for roles in runners):
        return "Every signed-in user"
    return "Everyone with the public key, or every signed-in user,"


@graphql_shows_tables.on(Exposure)
def check_graphql(exposure: Exposure, context: Context) -> Iterator[Finding]:
    """One finding for a project that installs pg_graphql and whose tables it shows."""
    if not _has_graphql(context):
        return
    shown: list[Table | View] = [
        *(table for table in exposure.tables() if exposure.access.readers(table)),
        *(view for view in exposure.exposed_views()),
    ]
    if not shown:
        return
    first = shown[0]
    count = f"{len(shown)} tables and views" if len(shown) > 1 else f"`{first.name.name}`"
    yield graphql_shows_tables.finding(
        subject=first.name.schema,
        origin=context.place(first.history[:1]),
        message=(
            f"The GraphQL schema shows {count} with their columns to everyone with the public key:"
            " the extension `pg_graphql` is there, and `anon` or `authenticated` may select."
        ),
        remedy=(
            "DROP EXTENSION pg_graphql where nobody uses it, or REVOKE SELECT where a table is not"
            " for everyone to see."
        ),
    )


def _has_graphql(context: Context) -> bool:
    """Whether a migration asks for the extension, and none drops it afterwards.

    What Supabase has put into a project by itself is not this project's doing.
    """
    has_it = False
    for step in context.replay.steps:
        if step.kind == "CreateExtensionStmt" and not has_it:
            source, span = context.sources.get(step.origin.path), step.origin.span
            has_it = source is not None and _GRAPHQL in source.text[span.start : span.end]
        elif _GRAPHQL in step.drops:
            has_it = False
    return has_it


@sensitive_column_exposed.on(Exposure)
def check_sensitive(exposure: Exposure, context: Context) -> Iterator[Finding]:
    """Columns with the name of a secret, in tables that everyone may read.

    Where Prisma makes the tables and none of them has row-level security, the server alone may
    reach them: that the Data API is on is a guess.
    """
    is_prisma = context.project is not None and context.project.is_prisma
    is_guess = is_prisma and not exposure.posture.guarded
    for table in exposure.exposed_tables():
        if table.rls:
            continue
        columns = [column for column in table.columns if is_sensitive(column.name)]
        if not columns:
            continue
        listed = ", ".join(f"`{column.name}`" for column in columns)
        yield sensitive_column_exposed.finding(
            subject=str(table.name),
            detail=",".join(column.name for column in columns),
            severity=Severity.WARNING if is_guess else None,
            confidence=Confidence.LIKELY if is_guess else Confidence.CERTAIN,
            origin=context.place(columns[0].history[:1], table.history[:1]),
            message=(
                f"Everyone with the public key may read {listed} of `{table.name.name}`: the table"
                " has no row-level security."
            ),
            remedy="Enable row-level security, or move what is secret into a schema of its own.",
        )
