"""Root causes: what the repository itself gives away, each with its evidence."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from msgspec import Struct

from workers.engine.dossier.environments import Run
from workers.engine.dossier.subjects import short
from workers.engine.findings import Finding
from workers.engine.report import PairReport, Report
from workers.engine.rules.context import Context
from workers.engine.rules.drift.cause import find_cause
from workers.engine.schema.model import QualifiedName
from workers.engine.source import Origin

_HABITS = {
    "migration-order": "Migrations are named in an order in which they cannot run",
    "migration-out-of-order": "A new migration sorts before those that have run",
    "migration-never-run": "SQL lies where no runner reads it",
    "sql-run-by-hand": "SQL is run by hand, beside the migrations",
    "migration-folder-without-script": "A migration folder holds no migration",
    "push-past-migrations": "`prisma db push` changes databases past the migrations",
    "migration-name-fixed": "A script gives every migration the same name",
    "migration-edited": "Migrations are changed after they landed",
    "migration-deleted": "Migrations are deleted after they landed",
    "migration-renamed": "Migrations are renamed after they landed",
    "development-command-in-deployment": "A deployment runs a command made for development",
    "table-created-twice": "Two runners' migrations create the same table",
}
_CHECKS = ("migrate diff", "migrate status", "db diff", "driftline")


class RootCause(Struct, frozen=True):
    """A cause as a sentence, and what shows it: sentences with their places."""

    sentence: str
    evidence: tuple[tuple[str, Origin | None], ...]


def root_causes(
    report: Report, findings: Iterable[Finding], scripts: tuple[Run, ...]
) -> tuple[RootCause, ...]:
    """The habits that findings tell of, why tables drifted, and whether anything checks."""
    found = list(_habits(findings))
    for pair in report.pairs:
        found += _of_tables(pair, f": `{pair.name}`" if pair.name else "")
    found += _unchecked(report, scripts)
    return tuple(found)


def _habits(findings: Iterable[Finding]) -> Iterator[RootCause]:
    by_rule: dict[str, list[Finding]] = {}
    for finding in findings:
        if finding.rule in _HABITS:
            by_rule.setdefault(finding.rule, []).append(finding)
    for rule, sentence in _HABITS.items():
        if rule in by_rule:
            evidence = tuple((finding.message, finding.origin) for finding in by_rule[rule])
            yield RootCause(sentence, evidence)


def _of_tables(pair: PairReport, which: str) -> Iterator[RootCause]:
    """Why each table drifted: one cause with a line for each table, those unexplained last."""
    context = pair.context
    if context is None or context.comparison is None:
        return
    told: list[tuple[str, Origin | None]] = []
    open_ones = []
    for table in dict.fromkeys(_drifted(context)):
        cause = find_cause(context, table)
        if cause is None:
            open_ones.append(f"`{short(str(table))}`")
        else:
            told.append((f"`{short(str(table))}`: {cause.sentence}", cause.origin))
    if open_ones:
        told.append((f"Cause not found: {', '.join(open_ones)}", None))
    if told:
        sentence = f"Why the tables drifted, as far as the repository shows{which}"
        yield RootCause(sentence, tuple(told))


def _drifted(context: Context) -> Iterator[QualifiedName]:
    for change in context.comparison.changes:
        if getattr(change, "only_name", False):
            continue
        table = getattr(change, "table", None) or getattr(change, "declared", None)
        name = getattr(table, "name", None)
        if isinstance(name, QualifiedName) and name in context.declared.tables:
            yield name


def _unchecked(report: Report, scripts: tuple[Run, ...]) -> Iterator[RootCause]:
    """No script or workflow compares the schema with the migrations."""
    if not any(pair.migrations_path for pair in report.pairs):
        return
    if any(check in run.command for run in scripts for check in _CHECKS):
        return
    if any("driftline" in s.text for p, s in report.sources.items() if p.startswith(".github/")):
        return
    count = len({run.origin.path for run in scripts})
    read = f"{count} file{'s' if count != 1 else ''} with Prisma commands read"
    has_prisma = any(pair.context and pair.context.declaration.models for pair in report.pairs)
    tools = "`prisma migrate diff`, `prisma migrate status`" if has_prisma else "`supabase db diff`"
    told = f"No {tools} or `driftline check` ({read})."
    yield RootCause("No script or workflow checks for drift before a deployment", ((told, None),))
