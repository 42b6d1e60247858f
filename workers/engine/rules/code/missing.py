"""Code that asks for what no migration makes.

What it means
    The schema declares a column, a table or an enum value, so the generated client has it and the
    code compiles. No migration makes it.

Why it matters
    The compiler checks code against `schema.prisma`, not against the database. On a database that
    has only run the migrations the query fails when it runs: "The column does not exist".

Example
    `prisma.user.update({ where: { id }, data: { nickname } })` while no migration adds
    `User.nickname`.

Fix
    Commit the migration that makes it, and apply it before this code is deployed.

    What only a failing migration names is told as a warning: that migration is to be mended.

When to ignore it
    Where another tool makes the object in every database that this code meets.
"""

from __future__ import annotations

from collections.abc import Iterator

from workers.engine.findings import Confidence, Finding, Related, Severity
from workers.engine.rule import Rule
from workers.engine.rules.code.subjects import MissingUsed
from workers.engine.rules.context import Context

code_uses_missing_column = Rule(
    "code-uses-missing-column", family="code", severity=Severity.ERROR, since="0.1"
)
_SHOWN = 8
_COMMIT = "Commit the migration that makes it, and apply it before this code is deployed."
_MEND = "Mend the migration that fails, so that it makes it wherever the history is applied."


@code_uses_missing_column.on(MissingUsed)
def check(used: MissingUsed, context: Context) -> Iterator[Finding]:
    """One finding for each file that names it; one for all queries that read it unnamed."""
    first, *others = used.places
    yield code_uses_missing_column.finding(
        subject=used.subject,
        detail=used.detail,
        severity=Severity.WARNING if used.is_doubted else Severity.ERROR,
        confidence=Confidence.LIKELY if used.is_doubted else Confidence.CERTAIN,
        origin=first.origin,
        message=_message(used),
        remedy=_MEND if used.is_doubted else _COMMIT,
        related=(
            Related("It is declared here", used.declared),
            *(Related(f"The code {one.does} it here, too", one.origin) for one in others[:_SHOWN]),
        ),
    )


def _message(used: MissingUsed) -> str:
    if used.is_value:
        return (
            f"The code uses {used.what}, {_by_nobody(used)}: the database refuses it when "
            "this runs."
        )
    if used.is_whole:
        count = len(used.places)
        queries = "A query reads" if count == 1 else f"{count} queries read"
        files = f" in {used.files} files" if used.files > 1 else ""
        return (
            f"{queries} all columns{files}, so also {used.what}, {_by_nobody(used)}: "
            f"{'it fails' if count == 1 else 'they fail'} at run time."
        )
    return (
        f"The code {used.places[0].does} {used.what}, {_by_nobody(used)}: this fails at run time."
    )


def _by_nobody(used: MissingUsed) -> str:
    if used.is_doubted:
        return "which no migration makes but one that fails"
    return "which no migration makes"
