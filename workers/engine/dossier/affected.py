"""The tables that drift, with what is wrong, how bad it is, and what it needs."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator

from msgspec import Struct

from workers.engine.dossier.subjects import TableNames
from workers.engine.findings import Finding, Severity
from workers.engine.report import PairReport
from workers.engine.schema.model import QualifiedName

_WAITING = "changed by a migration that fails in name order"
_MENDED = "put right by a later migration"
EXTRAS = frozenset({"table-extra", "column-extra", "enum-extra"})
"""What is made and not declared: its data goes with it, so that dropping it is for people."""
_FAMILIES = ("drift", "history", "security", "data-loss", "locking")


class AffectedTable(Struct, frozen=True):
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
    done = Counter(names.holding(item.subject) for item in pair.resolved)
    rows = [_row(table, own, table in waiting, done[table]) for table, own in found.items()]
    rows += [
        AffectedTable(
            table,
            ((_WAITING, 1),),
            Severity.ERROR,
            "Migrations in an order that works",
        )
        for table in sorted(waiting - found.keys())
    ]
    rows.sort(key=lambda row: (-(row.severity or 0), str(row.table)))
    seen = {row.table for row in rows}
    rows += [
        AffectedTable(
            table, ((_MENDED, done[table]),), None, "Nothing: a later migration put it right"
        )
        for table in done
        if table is not None and table not in seen
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


def _row(table: QualifiedName, findings: list[Finding], waits: bool, mended: int) -> AffectedTable:
    kinds = Counter(finding.rule.replace("-", " ") for finding in findings)
    if waits:
        kinds[_WAITING] += 1
    told = [*kinds.most_common(), *([(_MENDED, mended)] if mended else [])]
    worst = max(finding.severity for finding in findings)
    severity = Severity.ERROR if waits else worst
    return AffectedTable(table, tuple(told), severity, _needs(findings, waits))


def _needs(findings: list[Finding], waits: bool) -> str:
    families = {finding.family for finding in findings}
    needs = []
    drift = [finding for finding in findings if finding.family == "drift"]
    if drift and all(finding.rule in EXTRAS for finding in drift):
        needs.append("a declaration, or a migration that drops it")
    elif drift:
        needs.append("a migration" if any(f.fix for f in drift) else "a decision")
    if "history" in families:
        needs.append("its SQL made a migration that runs")
    if "security" in families:
        needs.append("row-level security or a reason")
    if families & {"data-loss", "locking"}:
        needs.append("a careful deployment")
    if waits:
        needs.append("migrations in an order that works")
    text = ", ".join(needs)
    return text[:1].upper() + text[1:]
