"""Row-level security coverage: what guards each table that the API or the project exposes."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal

from msgspec import Struct

from workers.engine.dossier.subjects import TableNames, whole
from workers.engine.findings import Finding
from workers.engine.report import PairReport, Report
from workers.engine.rules.context import Context
from workers.engine.rules.security.subjects import (
    GuardedTable,
    Posture,
    UnguardedSchema,
    posture_of,
    security_subjects,
)
from workers.engine.schema.model import Policy, QualifiedName
from workers.engine.source import Origin

COMMANDS = ("SELECT", "INSERT", "UPDATE", "DELETE")
GuardState = Literal["ok", "missing", "exempt", "closed", "idle"]


class GuardRow(Struct, frozen=True):
    """One table: whether RLS is on, and how many permissive policies speak of each command.

    `state` is "closed" for RLS without policies, "idle" for policies without RLS.
    """

    table: QualifiedName
    is_enabled: bool
    policies: tuple[int, int, int, int]
    state: GuardState
    note: str = ""
    origin: Origin | None = None


class Guard(Struct, frozen=True):
    """The coverage of one database; `posture` says how much it means there."""

    posture: Posture
    rows: tuple[GuardRow, ...]


def guard(report: Report, pair: PairReport) -> Guard | None:
    """The coverage; None where row-level security means nothing, or another pair tells it."""
    context = pair.context
    if context is None or context.is_covered or not (context.migrations or context.by_hand):
        return None
    if context.replayed.provider != "postgresql":
        return None
    context = whole(context)
    posture = posture_of(context)
    if not posture.matters and not posture.guarded:
        return None
    names = TableNames(pair)
    waved = {
        names.of(finding): finding
        for finding in report.suppressed
        if finding.rule == "row-level-security-missing" and finding.pair == pair.name
    }
    rows = sorted(_rows(context, waved), key=lambda row: (row.state == "ok", str(row.table)))
    return Guard(posture, tuple(rows))


def _rows(context: Context, waved: dict[QualifiedName | None, Finding]) -> Iterator[GuardRow]:
    for subject in security_subjects(context):
        if isinstance(subject, UnguardedSchema):
            for table in subject.tables:
                origin = table.history[0] if table.history else None
                yield GuardRow(table.name, False, (0, 0, 0, 0), "missing", "", origin)
        elif isinstance(subject, GuardedTable):
            yield _row(subject, context, waved)


def _row(
    guarded: GuardedTable, context: Context, waved: dict[QualifiedName | None, Finding]
) -> GuardRow:
    table = guarded.table
    state, note = _state(guarded, is_run=guarded.table.name in context.replayed.tables)
    if state == "missing" and table.name in waved:
        reason = waved[table.name].waiver
        state, note = "exempt", f"waved through: {reason}" if reason else "waved through"
    origin = table.history[0] if table.history else None
    return GuardRow(table.name, table.rls, _counts(guarded.policies), state, note, origin)


def _state(guarded: GuardedTable, *, is_run: bool) -> tuple[GuardState, str]:
    if guarded.table.rls and guarded.policies:
        missing = [command for command in COMMANDS if command not in guarded.commands]
        return "ok", f"without the service role nobody may {_or(missing)}" if missing else ""
    if guarded.exemption is not None:
        return "exempt", f"the comment on the table says: {guarded.exemption}"
    if guarded.table.rls:
        return "closed", "only roles that bypass RLS reach its rows"
    if guarded.policies:
        return "idle", "its policies do nothing while row-level security is off"
    if guarded.by_hand is not None and guarded.by_hand.rls:
        return "missing", "switched on only in SQL that no migration runs"
    if not is_run:
        return "missing", "made only by SQL that no migration runs"
    return "missing", ""


def _or(commands: list[str]) -> str:
    return " or ".join(command.lower() for command in commands)


def _counts(policies: tuple[Policy, ...]) -> tuple[int, int, int, int]:
    def count(command: str) -> int:
        return sum(
            policy.is_permissive and policy.command in (command, "ALL") for policy in policies
        )

    return count("SELECT"), count("INSERT"), count("UPDATE"), count("DELETE")
