"""Tables that the API serves without row-level security.

What it means
    After all migrations the table has row-level security (RLS) switched off, while PostgREST (the
    Data API of Supabase) serves its schema, or while the project guards its other tables. A policy
    on a table without RLS does nothing.

Why it matters
    Everyone who holds the public `anon` key can read and change every row: one user reads the
    messages of another. RLS does not show in `schema.prisma`, so a review of the schema never
    sees that it is missing.

Example
    CREATE TABLE "ChatMessage" (id uuid PRIMARY KEY, "userId" text NOT NULL, content text NOT NULL);
    with no `ALTER TABLE "ChatMessage" ENABLE ROW LEVEL SECURITY` in any migration.

Fix
    Enable RLS in the migration that makes the table, with policies that tie each row to its owner
    as the policies of the other tables do. With RLS on and no policy, nobody but the service role
    and the owner of the table reaches the rows.

When to ignore it
    Where the table holds nothing that is anybody's: say so in a comment on the table,
    `COMMENT ON TABLE "feature_flags" IS '... no RLS needed'`, and Driftline is silent.
"""

from __future__ import annotations

from collections.abc import Iterator

from workers.engine.findings import Finding, Fix, Related, Severity
from workers.engine.fixes.single import guards
from workers.engine.rule import Rule
from workers.engine.rules.context import Context
from workers.engine.rules.security.pattern import policies_like_others
from workers.engine.rules.security.subjects import (
    GuardedTable,
    HiddenTable,
    UnguardedSchema,
)
from workers.engine.schema.model import Policy, Table

row_level_security_missing = Rule(
    "row-level-security-missing", family="security", severity=Severity.ERROR, since="0.1"
)
policy_without_row_level_security = Rule(
    "policy-without-row-level-security", family="security", severity=Severity.ERROR, since="0.1"
)
row_level_security_without_policy = Rule(
    "row-level-security-without-policy",
    family="security",
    severity=Severity.NOTICE,
    since="0.1",
    folds_from=3,
)

_NAMED = 6
_PLACED = 100


@row_level_security_missing.on(GuardedTable)
def check_missing(guarded: GuardedTable, context: Context) -> Iterator[Finding]:
    """A table without RLS and without policies, in a project that guards its tables."""
    table = guarded.table
    if table.rls or guarded.policies or guarded.exemption is not None:
        return
    posture = guarded.posture
    if guarded.by_hand is not None and guarded.by_hand.rls:
        yield _only_by_hand(guarded, context)
        return
    kind = "join table" if guarded.is_join_table else "table"
    is_signed_in = guarded.readers == ("authenticated",)
    who = "every signed-in user" if is_signed_in else "everyone with the public key"
    danger = (
        f"the API serves every row to {who}"
        if posture.is_supabase
        else f"{posture.guarded} of the {posture.total} tables beside it have it"
    )
    yield row_level_security_missing.finding(
        subject=str(table.name),
        identity=_name_before(table, context),
        origin=context.place(table.history[:1]),
        severity=Severity.ERROR if posture.is_supabase else Severity.WARNING,
        message=f"The {kind} `{table.name.name}` has no row-level security: {danger}.",
        remedy=(
            "Enable row-level security and add policies in the same migration, or write on the"
            " table why it needs none (`COMMENT ON TABLE ... IS '... no RLS needed'`)."
        ),
        fix=_guard(guarded, context),
    )


def _name_before(table: Table, context: Context) -> str:
    """The name that a table has at the base: renaming it is not what leaves it open."""
    if context.base is None or not table.history:
        return ""
    made = table.history[0]
    for known in context.base.replayed.tables.values():
        if known.history[:1] == (made,):
            return str(known.name)
    return ""


def _only_by_hand(guarded: GuardedTable, context: Context) -> Finding:
    table, by_hand = guarded.table, guarded.by_hand
    assert by_hand is not None
    place = by_hand.history[-1] if by_hand.history else context.place(table.history)
    return row_level_security_missing.finding(
        subject=str(table.name),
        origin=context.place(table.history[:1]),
        severity=Severity.WARNING,
        message=(
            f"Row-level security of `{table.name.name}` is switched on only in `{place.path}`,"
            " which no migration runs: whether a database has it depends on who ran the file."
        ),
        remedy="Move it into a migration.",
        related=(Related("Row-level security is switched on here", place),),
    )


def _guard(guarded: GuardedTable, context: Context) -> Fix:
    return guards.protect(guarded.table.name, policies_like_others(guarded.table, context))


@row_level_security_missing.on(UnguardedSchema)
def check_unguarded(unguarded: UnguardedSchema, context: Context) -> Iterator[Finding]:
    """One finding for a whole project that uses no RLS; another for the tables it adds.

    Where Prisma makes the tables and older ones stand open, one more is no news: a notice.
    """
    is_prisma = context.project is not None and context.project.is_prisma
    base = context.base.replayed.tables if context.base is not None else None
    old = [table for table in unguarded.tables if base is None or table.name in base]
    new = [table for table in unguarded.tables if base is not None and table.name not in base]
    for tables, detail in ((old, "none"), (new, "new")):
        if not tables:
            continue
        first = tables[0]
        listed = ", ".join(f"`{table.name.name}`" for table in tables[:_NAMED])
        more = f" and {len(tables) - _NAMED} more" if len(tables) > _NAMED else ""
        yield row_level_security_missing.finding(
            subject=first.name.schema if detail == "none" else str(first.name),
            detail=detail if detail == "none" else ",".join(str(table.name) for table in tables),
            origin=context.place(first.history[:1]),
            severity=Severity.NOTICE if detail == "new" and old and is_prisma else Severity.WARNING,
            message=(
                f"No table of this Supabase project has row-level security ({listed}{more}): the"
                " API serves every row to everyone with the public key."
            ),
            remedy=(
                "Enable row-level security on each table, or switch the Data API off if only"
                " the server reaches the database."
            ),
            related=tuple(
                Related(f"`{table.name.name}` is created here", table.history[0])
                for table in tables[1:_PLACED]
                if table.history
            ),
        )


@policy_without_row_level_security.on(GuardedTable)
def check_policy(guarded: GuardedTable, context: Context) -> Iterator[Finding]:
    """A table with policies whose RLS is off, so that they do nothing."""
    yield from _idle(guarded.table, guarded.policies, context)


@policy_without_row_level_security.on(HiddenTable)
def check_hidden_policy(hidden: HiddenTable, context: Context) -> Iterator[Finding]:
    """The same in a schema that the API does not serve."""
    yield from _idle(hidden.table, hidden.policies, context)


def _idle(table: Table, policies: tuple[Policy, ...], context: Context) -> Iterator[Finding]:
    if table.rls or not policies:
        return
    first = policies[0]
    count = len(policies)
    what = f"the policy `{first.name}`" if count == 1 else f"the {count} policies"
    yield policy_without_row_level_security.finding(
        subject=str(table.name),
        origin=context.place(first.history, table.history),
        message=(
            f"The table `{table.name.name}` has row-level security switched off, so {what} on it"
            " does nothing."
            if count == 1
            else f"The table `{table.name.name}` has row-level security switched off, so {what}"
            " on it do nothing."
        ),
        remedy="Enable row-level security on the table.",
        related=tuple(context.told(table.history, f"`{table.name.name}`")),
        fix=guards.switch_on(table.name),
    )


@row_level_security_without_policy.on(GuardedTable)
def check_no_policy(guarded: GuardedTable, context: Context) -> Iterator[Finding]:
    """RLS on and no policy: right for a table of the server's own, else an oversight."""
    if guarded.exemption is None and guarded.posture.is_supabase:
        yield from _closed(guarded.table, guarded.policies, context)


@row_level_security_without_policy.on(HiddenTable)
def check_hidden_table(hidden: HiddenTable, context: Context) -> Iterator[Finding]:
    """The same in a schema that the API does not serve."""
    yield from _closed(hidden.table, hidden.policies, context)


def _closed(table: Table, policies: tuple[Policy, ...], context: Context) -> Iterator[Finding]:
    if not table.rls or policies:
        return
    yield row_level_security_without_policy.finding(
        subject=str(table.name),
        origin=context.place(table.history),
        message=(
            f"The table `{table.name.name}` has row-level security and no policy: only the service"
            " role reaches its rows."
        ),
        remedy="Right if only the server uses the table; else add policies.",
    )
