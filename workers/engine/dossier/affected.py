"""The tables that drift, with what is wrong, how bad it is, and what it needs."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from workers.engine.dossier.subjects import TableNames
from workers.engine.findings import Finding, Severity
from workers.engine.report import PairReport
from workers.engine.schema.model import QualifiedName

_FAMILIES = ("drift", "history", "security", "data-loss", "locking")


@dataclass(frozen=True, slots=True)
class AffectedTable:
    """One table: `kinds` counts its findings by rule; `severity` is None where all is mended."""

    table: QualifiedName
    kinds: tuple[tuple[str, int], ...]
    severity: Severity | None
    needs: str


def affected_tables(
    pair: PairReport, findings: Iterable[Finding], names: TableNames
) -> tuple[AffectedTable, ...]:
    """The tables with a finding, those that wait for an order that works, those put right."""
    found: dict[QualifiedName, list[Finding]] = {}
    for finding in findings:
        table = names.of(finding) if finding.family in _FAMILIES else None
        if table is not None:
            found.setdefault(table, []).append(finding)
    waiting = set(waiting_tables(pair, names))
    rows = [_row(table, own, table in waiting) for table, own in found.items()]
    rows += [
        AffectedTable(
            table,
            (("changed by a migration that fails in name order", 1),),
            Severity.ERROR,
            "Migrations in an order that works",
        )
        for table in sorted(waiting - found.keys())
    ]
    rows.sort(key=lambda row: (-(row.severity or 0), str(row.table)))
    done = dict.fromkeys(names.all_of(item.subject for item in pair.resolved))
    seen = {row.table for row in rows}
    rows += [
        AffectedTable(table, (("put right", 1),), None, "Nothing: a later migration put it right")
        for table in done
        if table not in seen
    ]
    return tuple(rows)


def waiting_tables(pair: PairReport, names: TableNames) -> Iterator[QualifiedName]:
    """The tables that a migration makes or changes which fails in name order."""
    failing = {entry.name for entry in pair.timeline if entry.state == "fails"}
    if not failing or pair.friendliest is None:
        return
    objects = [
        name
        for step in pair.friendliest.steps
        if step.migration in failing
        for name in sorted(step.creates | step.touches)
    ]
    yield from names.all_of(objects)


def _row(table: QualifiedName, findings: list[Finding], waits: bool) -> AffectedTable:
    kinds = Counter(finding.rule.replace("-", " ") for finding in findings)
    if waits:
        kinds["changed by a migration that fails in name order"] += 1
    worst = max(finding.severity for finding in findings)
    severity = Severity.ERROR if waits else worst
    return AffectedTable(table, tuple(kinds.most_common()), severity, _needs(findings))


def _needs(findings: list[Finding]) -> str:
    families = {finding.family for finding in findings}
    needs = []
    if "drift" in families:
        needs.append("a migration" if any(f.fix for f in findings) else "a decision")
    if "history" in families:
        needs.append("its SQL made a migration that runs")
    if "security" in families:
        needs.append("row-level security or a reason")
    if families & {"data-loss", "locking"}:
        needs.append("a careful deployment")
    text = ", ".join(needs)
    return text[:1].upper() + text[1:]
