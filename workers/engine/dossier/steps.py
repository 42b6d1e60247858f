"""The steps of a deployment: before the code, with it, after it, backfill, contract."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from enum import Enum

from msgspec import Struct

from workers.engine.compare import changes as c
from workers.engine.compare.subjects import subject_of
from workers.engine.dossier.subjects import short
from workers.engine.findings import Finding, Severity
from workers.engine.report import PairReport
from workers.engine.schema.model import Column, QualifiedName


class Phase(Enum):
    """When a step belongs, seen from the deployment of the code."""

    BEFORE = "Before the code"
    WITH = "With the code"
    AFTER = "After the code"
    BACKFILL = "Backfill"
    CONTRACT = "Contract"


class Step(Struct, frozen=True):
    """One thing to do, as a sentence."""

    phase: Phase
    text: str


_OF_HISTORY = {
    "migration-order": "Rename the migrations so that they sort in the order that they need, and "
    "tell every database that has them (`prisma migrate resolve --applied`).",
    "migration-never-run": "Make `{path}`, which nothing runs, a migration that agrees with the "
    "schema, or delete it.",
    "migration-folder-without-script": "Mend or remove the migration folder `{subject}`.",
    "sql-run-by-hand": "Move the SQL of `{path}` into a migration.",
}
_TOLD_ELSEWHERE = frozenset(
    {"unrun-column-type-mismatch", "foreign-key-type-mismatch", "unrun-sql-refused"}
)
"""What is wrong in SQL that nothing runs: the step about its file covers it."""
_OF_DEPLOYMENT = {
    "column-dropped": Phase.CONTRACT,
    "table-dropped": Phase.CONTRACT,
    "enum-value-removed": Phase.CONTRACT,
    "enum-value-renamed": Phase.WITH,
    "column-made-required": Phase.BACKFILL,
    "required-column-added": Phase.BACKFILL,
    "unique-over-existing-rows": Phase.BACKFILL,
    "rows-deleted": Phase.CONTRACT,
    "lossy-cast": Phase.WITH,
    "primary-key-dropped": Phase.WITH,
    "rename-under-running-code": Phase.WITH,
    "backfill-under-lock": Phase.BACKFILL,
    "index-blocks-writes": Phase.BEFORE,
    "constraint-scans-table": Phase.BEFORE,
    "validated-in-same-transaction": Phase.BEFORE,
    "index-drop-blocks": Phase.AFTER,
    "table-rewrite": Phase.WITH,
    "table-locked": Phase.WITH,
}


def steps(pairs: Iterable[PairReport], findings: Iterable[Finding]) -> tuple[Step, ...]:
    """All steps, phase by phase, each sentence once."""
    findings = tuple(findings)
    found = [*_history(findings)]
    for pair in pairs:
        about = {f.subject for f in findings if f.family == "drift" and f.pair == pair.name}
        changes = pair.comparison.changes if pair.comparison else ()
        wanted = [change for change in changes if subject_of(change) in about]
        late = _late_columns(wanted)
        for change in wanted:
            found += _of_change(change, late)
    found += _security(findings)
    found += _deployment(findings)
    unique = list(dict.fromkeys(found))
    order = list(Phase)
    return tuple(sorted(unique, key=lambda step: order.index(step.phase)))


def _history(findings: Iterable[Finding]) -> Iterator[Step]:
    findings = tuple(findings)
    has_order = any(finding.rule == "migration-order" for finding in findings)
    for finding in findings:
        if finding.rule in _TOLD_ELSEWHERE or (finding.rule == "migration-fails" and has_order):
            continue
        wording = _OF_HISTORY.get(finding.rule)
        if wording is not None:
            text = wording.format(path=finding.origin.path, subject=short(finding.subject))
            yield Step(Phase.BEFORE, text)
        elif finding.family == "history" and finding.severity is Severity.ERROR:
            yield Step(Phase.BEFORE, f"Mend: {finding.message}")


def _late_columns(changes: Iterable[c.Change]) -> dict[tuple[QualifiedName, str], Phase]:
    """The columns that an index has to wait for, and until when."""
    late: dict[tuple[QualifiedName, str], Phase] = {}
    for change in changes:
        if isinstance(change, c.ColumnRenamed):
            late[change.table.name, change.declared.name] = Phase.WITH
        elif isinstance(change, c.ColumnMissing) and _needs_backfill(change.declared):
            late[change.table.name, change.declared.name] = Phase.CONTRACT
    return late


def _index_phase(change: c.IndexMissing, late: dict[tuple[QualifiedName, str], Phase]) -> Phase:
    name = change.table.name
    phases = {late.get((name, key.column or "")) for key in change.declared.keys}
    if Phase.CONTRACT in phases and change.declared.is_unique:
        return Phase.CONTRACT
    return Phase.WITH if Phase.WITH in phases else Phase.BEFORE


def _needs_backfill(column: Column) -> bool:
    is_filled = column.default is not None or column.identity or column.generated
    return column.not_null and not is_filled


def _of_change(change: c.Change, late: dict[tuple[QualifiedName, str], Phase]) -> Iterator[Step]:
    name = short(subject_of(change))
    match change:
        case c.ColumnMissing():
            yield from _added(change, name)
        case c.TableMissing():
            yield Step(Phase.BEFORE, f"Create the table `{name}`.")
        case c.EnumMissing() | c.ExtensionMissing() | c.SchemaMissing():
            yield Step(Phase.BEFORE, f"Create `{name}`.")
        case c.EnumValuesChanged():
            yield from _enum(change, name)
        case c.TableRenamed() | c.ColumnRenamed() | c.EnumRenamed():
            old = change.replayed.name
            text = f"Rename `{short(str(old))}`, which becomes `{name}`: code that uses the old"
            yield Step(Phase.WITH, f"{text} name stops working.")
        case c.ColumnTypeChanged():
            yield Step(Phase.WITH, f"Change the type of `{name}`.")
        case c.ColumnNullabilityChanged():
            yield from _nullability(change, name)
        case c.ColumnDefaultChanged():
            yield Step(Phase.BEFORE, f"Change the default of `{name}`.")
        case c.IndexMissing():
            kind = "unique index" if change.declared.is_unique else "index"
            text = (
                f"Create the {kind} `{change.declared.name}` on `{short(str(change.table.name))}`."
            )
            yield Step(_index_phase(change, late), text)
        case c.IndexExtra() if change.replayed.is_unique:
            text = f"Drop or declare the unique index `{change.replayed.name}`: code that does not"
            yield Step(Phase.WITH, f"{text} know it runs into it.")
        case c.IndexExtra() | c.ForeignKeyExtra():
            yield Step(Phase.AFTER, f"Drop or declare `{change.replayed.name}`.")
        case c.ForeignKeyMissing():
            yield Step(Phase.BACKFILL, f"Check the rows, then add the foreign key `{name}`.")
        case c.ForeignKeyChanged() if change.only_name:
            yield Step(Phase.WITH, f"Rename the foreign key `{change.replayed.name}` to `{name}`.")
        case c.ForeignKeyChanged():
            yield Step(Phase.BACKFILL, f"Check the rows, then change the foreign key `{name}`.")
        case c.PrimaryKeyChanged() if change.only_name and change.replayed:
            yield Step(Phase.WITH, f"Rename the primary key `{change.replayed.name}` to `{name}`.")
        case c.IndexChanged() if change.only_name:
            yield Step(Phase.WITH, f"Rename the index `{change.replayed.name}` to `{name}`.")
        case c.IndexChanged():
            yield Step(Phase.BEFORE, f"Create the index `{name}` as it is declared.")
        case c.ColumnExtra() | c.TableExtra() | c.EnumExtra():
            yield Step(Phase.CONTRACT, f"Drop `{name}` once nothing reads it, or declare it.")
        case _:
            yield Step(Phase.WITH, f"Bring `{name}` to its declaration.")


def _added(change: c.ColumnMissing, name: str) -> Iterator[Step]:
    if not _needs_backfill(change.declared):
        yield Step(Phase.BEFORE, f"Add `{name}`.")
        return
    yield Step(Phase.BEFORE, f"Add `{name}` without NOT NULL.")
    yield Step(Phase.BACKFILL, f"Give `{name}` a value in every row.")
    yield Step(Phase.CONTRACT, f"Make `{name}` required.")


def _nullability(change: c.ColumnNullabilityChanged, name: str) -> Iterator[Step]:
    if change.declared.not_null:
        yield Step(Phase.BACKFILL, f"Give `{name}` a value in every row.")
        yield Step(Phase.CONTRACT, f"Make `{name}` required.")
    else:
        yield Step(Phase.BEFORE, f"Let `{name}` be empty.")


def _enum(change: c.EnumValuesChanged, name: str) -> Iterator[Step]:
    if change.missing:
        values = ", ".join(f"`{value.name}`" for value in change.missing)
        yield Step(Phase.BEFORE, f"Add {values} to the enum `{name}`.")
    if change.extra:
        values = ", ".join(f"`{value.name}`" for value in change.extra)
        yield Step(Phase.CONTRACT, f"Take {values} out of the enum `{name}`, or declare them.")


def _security(findings: Iterable[Finding]) -> Iterator[Step]:
    """One step for each rule and severity: what is to be settled is the same."""
    groups: dict[tuple[str, Severity], list[Finding]] = {}
    for finding in findings:
        if finding.family == "security" and finding.severity >= Severity.WARNING:
            groups.setdefault((finding.rule, finding.severity), []).append(finding)
    for (rule, _), own in groups.items():
        if len(own) == 1:
            yield Step(Phase.BEFORE, f"Settle: {own[0].message}")
            continue
        names = list(dict.fromkeys(f"`{short(finding.subject)}`" for finding in own))
        listed = f"{', '.join(names[:-1])} and {names[-1]}" if len(names) > 1 else names[0]
        yield Step(Phase.BEFORE, f"Settle `{rule}` for {listed}.")


def _deployment(findings: Iterable[Finding]) -> Iterator[Step]:
    for finding in findings:
        phase = _OF_DEPLOYMENT.get(finding.rule)
        if phase is not None and finding.severity >= Severity.WARNING:
            yield Step(phase, finding.message)
