"""SQL in code that asks for what no migration makes, or compares what cannot be compared.

What it means
    A query that is written out in code (`$queryRaw`, `$executeRaw`, `Prisma.sql`, Kysely's and
    other drivers' `sql` tags, `client.query("...")`) names a table or a column that the migrations
    do not make, or compares two columns or casts of types that have no operator in common.

Why it matters
    No compiler looks into the string. The database refuses the query when it runs: "relation does
    not exist", "column does not exist", "operator does not exist: uuid = text". Types are compared
    for PostgreSQL alone: MySQL, SQLite and SQL Server convert.

Example
    prisma.$queryRaw`SELECT userId FROM "Session"`
    asks PostgreSQL for a column `userid`: without quotation marks a name is read in small letters.

Fix
    Use the name that the migrations make, in double quotation marks where it has capital letters;
    cast one side of the comparison.

When to ignore it
    Where the query goes to another database, or another tool makes the object; in scripts that were
    run once, on the schema of that day (there it is a warning).
"""

from __future__ import annotations

from collections.abc import Iterator

from workers.engine.code.places import is_script
from workers.engine.code.rawsql import SqlTrouble
from workers.engine.findings import Confidence, Finding, Related, Severity
from workers.engine.rule import Rule
from workers.engine.rules.context import Context
from workers.engine.rules.wording import table_words, ticked
from workers.engine.schema.model import QualifiedName

_SHOWN = 8
raw_sql_unknown_name = Rule(
    "raw-sql-unknown-name", family="code", severity=Severity.ERROR, since="0.1"
)
raw_sql_type_mismatch = Rule(
    "raw-sql-type-mismatch", family="code", severity=Severity.ERROR, since="0.1"
)


@raw_sql_unknown_name.on(SqlTrouble)
def check_name(one: SqlTrouble, context: Context) -> Iterator[Finding]:
    """A table or a column that is not there."""
    trouble = one.trouble
    if trouble.kind == "types":
        return
    if trouble.kind == "table":
        names = [table.name for table in context.replayed.tables]
        what = f"the table {ticked(trouble.name)}, which no migration makes"
        subject = trouble.name
    else:
        column = trouble.name.rpartition(".")[2]
        names = _columns(context, trouble.table)
        where = f" of {table_words(trouble.table)}" if trouble.table is not None else ""
        what = f"a column {ticked(column)}{where}, which no migration makes"
        subject = f"{trouble.table}.{column}" if trouble.table is not None else column
    is_sure = one.is_certain and trouble.kind == "column" and not is_script(one.origin.path)
    yield raw_sql_unknown_name.finding(
        subject=subject,
        detail=one.origin.path,
        severity=Severity.ERROR if is_sure else Severity.WARNING,
        confidence=Confidence.CERTAIN if is_sure else Confidence.LIKELY,
        origin=one.origin,
        message=f"The query asks for {what}.",
        remedy=_remedy(trouble.name.rpartition(".")[2], names),
        related=(
            *_made(context, trouble.table),
            *(Related("It is asked for here, too", place) for place in one.places[:_SHOWN]),
        ),
    )


def _columns(context: Context, table: QualifiedName | None) -> list[str]:
    found = context.replayed.tables.get(table) if table is not None else None
    return [column.name for column in found.columns] if found is not None else []


def _made(context: Context, table: QualifiedName | None) -> Iterator[Related]:
    found = context.replayed.tables.get(table) if table is not None else None
    if found is not None:
        yield from context.told(found.history, table_words(found.name))


def _remedy(name: str, names: list[str]) -> str:
    folded = next((known for known in names if known.lower() == name and known != name), None)
    if folded is not None:
        return (
            f'Write `"{folded}"` in double quotation marks: without them PostgreSQL reads the name '
            "in small letters."
        )
    from difflib import get_close_matches  # a few milliseconds that most reviews need not spend

    near = get_close_matches(name, names, n=1)
    hint = f" Is {ticked(near[0])} meant?" if near else ""
    return f"Name what the migrations make, or add it in a migration.{hint}"


@raw_sql_type_mismatch.on(SqlTrouble)
def check_types(one: SqlTrouble, context: Context) -> Iterator[Finding]:
    """A comparison that has no operator."""
    if one.trouble.kind != "types":
        return
    shown = one.trouble.name.replace("enum:", "").replace("public.", "")
    yield raw_sql_type_mismatch.finding(
        subject=one.trouble.detail or shown,
        detail=f"{one.origin.path} {shown}",
        severity=Severity.ERROR if one.is_certain else Severity.WARNING,
        origin=one.origin,
        message=(
            f"The query compares {ticked(shown)}, and PostgreSQL has no such operator: it refuses "
            "the query."
        ),
        remedy="Cast one side to the other's type, as in `id::text` or `$1::uuid`.",
    )
