"""Whether a deployment is ready, in one of four words, and the checklist that goes with it.

UNKNOWN wins over all others: what could not be read may hide anything.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Literal

from msgspec import Struct

from workers.engine.dossier.security import Guard
from workers.engine.dossier.steps import Phase, Step, steps
from workers.engine.dossier.subjects import is_compared, standing
from workers.engine.errors import Diagnostic, Effect
from workers.engine.findings import Finding, Severity
from workers.engine.observed.rehearsal import is_production
from workers.engine.observed.survey import Survey
from workers.engine.report import PairReport, Report

_UNCOMPARED = frozenset({"plain-schema-fails"})
"""Remarks that fail no check, and that leave something unknown all the same."""
Word = Literal["READY", "READY IN STEPS", "BLOCKED", "UNKNOWN"]
Tick = Literal["verified", "failed", "people"]


class Check(Struct, frozen=True):
    """One line of the checklist: what Driftline verified, what it found wrong, what is left."""

    stage: str
    text: str
    tick: Tick
    note: str = ""


class Readiness(Struct, frozen=True):
    """The verdict with its reasons: what could not be told, what blocks, what to do in order."""

    word: Word
    unknown: tuple[str, ...]
    blocking: tuple[Finding, ...]
    steps: tuple[Step, ...]
    checks: tuple[Check, ...]


def readiness(report: Report, guards: Sequence[Guard]) -> Readiness:
    """The verdict on the head as it stands, older findings included."""
    findings = standing(report)
    unknown = tuple(_unknown(report))
    blocking = tuple(finding for finding in findings if finding.severity is Severity.ERROR)
    ordered = steps(report.pairs, findings)
    warnings = any(finding.severity is Severity.WARNING for finding in findings)
    word: Word = "READY"
    if unknown:
        word = "UNKNOWN"
    elif blocking:
        word = "BLOCKED"
    elif warnings or ordered:
        word = "READY IN STEPS"
    checks = tuple(_checks(report, findings, ordered, guards, is_known=not unknown))
    return Readiness(word, unknown, blocking, ordered, checks)


def _unknown(report: Report) -> Iterator[str]:
    lasting: Iterable[Diagnostic] = (*report.diagnostics, *report.unknown_before)
    told = [d.message for d in lasting if d.effect is Effect.UNKNOWN or d.code in _UNCOMPARED]
    told += [f"{one.observation.failure}." for one in report.surveys if not _was_read(one)]
    yield from dict.fromkeys(told)
    if not report.is_touched:
        return
    for pair in report.pairs:
        if pair.schema_paths and not pair.timeline:
            yield f"`{pair.schema_paths[0]}` was compared with nothing: {_why(pair)}."
        elif pair.schema_paths and not is_compared(pair) and not told:
            yield f"`{pair.schema_paths[0]}` could not be compared with its migrations."
    if not report.pairs and not told:
        yield "There is neither a Prisma schema nor a migrations folder to judge."


def _why(pair: PairReport) -> str:
    provider = pair.declaration.schema.provider if pair.declaration else ""
    if provider == "mongodb":
        return "MongoDB has no migrations"
    return "it has no migrations"


def _checks(
    report: Report,
    findings: Sequence[Finding],
    ordered: Sequence[Step],
    guards: Sequence[Guard],
    *,
    is_known: bool,
) -> Iterator[Check]:
    before, after, deploy = "Before writing a migration", "After writing it", "Before deploying"
    yield Check(before, "Schema changes are described in the pull request", "people")
    yield Check(before, "Breaking changes are identified", *_breaking(report, ordered, is_known))
    yield Check(before, "There is a plan for the data that must change", *_data(ordered, is_known))
    yield Check(before, "There is a way back", "people")
    yield Check(
        after,
        "The migrations make what the schema declares",
        *_agreement(report, findings, is_known),
    )
    yield Check(after, "The migrations run on an empty database in name order", *_runs(report))
    yield Check(after, "No data is lost (DROP and ALTER statements)", *_loss(report, findings))
    yield Check(after, "The SQL was read line by line", "people")
    yield Check(after, "The migration and its way back were tried on a local database", "people")
    yield Check(after, "The whole test suite passes", "people")
    if guards:
        yield Check(deploy, "Every exposed table is guarded or exempt", *_guarded(guards))
    yield Check(
        deploy, "No script works against the migrations", *_none(findings, "workflow", is_known)
    )
    yield Check(deploy, "`prisma migrate status` is clean on the target", *_targets(report.surveys))
    yield Check(deploy, "There is a backup of the database", "people")
    yield Check(deploy, "The migration ran on staging first", *_rehearsal(report.surveys))
    for text in (
        "The data was checked after the migration",
        "Smoke tests pass",
        "Somebody watches the logs",
    ):
        yield Check(deploy, text, "people")


def _was_read(survey: Survey) -> bool:
    return survey.observation.was_read


def _targets(surveys: Sequence[Survey]) -> tuple[Tick, str]:
    """Stricter than Prisma's own word: what the databases hold counts, not the names alone."""
    if not surveys:
        return "people", ""
    dark = [one.name for one in surveys if not _was_read(one)]
    amiss = [
        one.name
        for one in surveys
        if _was_read(one)
        and (one.drift or not all(outlook.will_succeed for outlook in one.forecasts))
    ]
    if amiss:
        return "failed", f"not on {', '.join(amiss)}"
    return ("people", f"{', '.join(dark)} not read") if dark else ("verified", "")


def _rehearsal(surveys: Sequence[Survey]) -> tuple[Tick, str]:
    """Whether an environment before production has run all that there is."""
    others = [one for one in surveys if _was_read(one) and not is_production(one.name)]
    done = [one.name for one in others if one.histories and not _waits(one)]
    if done:
        return "verified", f"on {', '.join(done)}"
    waiting = [one.name for one in others if _waits(one)]
    return "people", f"not on {', '.join(waiting)} yet" if waiting else ""


def _waits(survey: Survey) -> bool:
    return any(history.pending for history in survey.histories)


def _breaking(report: Report, ordered: Sequence[Step], is_known: bool) -> tuple[Tick, str]:
    breaking = sum(step.phase in (Phase.WITH, Phase.CONTRACT) for step in ordered)
    if not is_known:
        return "people", "not everything could be read"
    return "verified", f"{breaking} in the steps above" if breaking else "none found"


def _data(ordered: Sequence[Step], is_known: bool) -> tuple[Tick, str]:
    fills = sum(step.phase is Phase.BACKFILL for step in ordered)
    if fills:
        return "people", f"{fills} step{'s' if fills > 1 else ''} of backfill above"
    return ("verified", "no row needs a new value") if is_known else ("people", "")


def _agreement(report: Report, findings: Sequence[Finding], is_known: bool) -> tuple[Tick, str]:
    if not any(is_compared(pair) for pair in report.pairs):
        return "people", "nothing was compared"
    return _none(findings, "drift", is_known)


def _none(findings: Sequence[Finding], family: str, is_known: bool) -> tuple[Tick, str]:
    count = sum(f.family == family and f.severity >= Severity.WARNING for f in findings)
    if count:
        return "failed", f"{count} finding{'s' if count > 1 else ''}"
    return ("verified", "") if is_known else ("people", "not everything could be read")


def _runs(report: Report) -> tuple[Tick, str]:
    entries = [entry for pair in report.pairs for entry in pair.timeline]
    failing = [entry for entry in entries if entry.state == "fails"]
    if failing:
        return "failed", f"{len(failing)} of {len(entries)} do not"
    if not entries or report.verdict == "unknown" or list(_unknown(report)):
        return "people", "not everything could be read" if entries else "there are none"
    return "verified", f"{len(entries)} replayed"


def _loss(report: Report, findings: Sequence[Finding]) -> tuple[Tick, str]:
    count = sum(finding.family == "data-loss" for finding in findings)
    if count:
        return "failed", f"{count} finding{'s' if count > 1 else ''}"
    if list(_unknown(report)):
        return "people", "not everything could be read"
    has_base = any(pair.context and pair.context.base for pair in report.pairs)
    if not has_base:
        return "people", "only the newest migration was looked at: no base was given"
    return "verified", "the new migrations"


def _guarded(guards: Sequence[Guard]) -> tuple[Tick, str]:
    rows = [row for guard in guards for row in guard.rows]
    open_ones = [row for row in rows if row.state in ("missing", "idle")]
    if open_ones:
        names = ", ".join(f"`{row.table.name}`" for row in open_ones[:4])
        more = f" and {len(open_ones) - 4} more" if len(open_ones) > 4 else ""
        return "failed", f"not {names}{more}"
    return "verified", f"{len(rows)} tables"
