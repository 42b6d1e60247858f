"""A report as JSON, for programs."""

from __future__ import annotations

import json
from typing import Any

from workers.engine.code.uses import Use
from workers.engine.errors import Diagnostic
from workers.engine.findings import Finding, Fix, Status
from workers.engine.report import PairReport, Report
from workers.engine.schema.model import QualifiedName
from workers.engine.source import Origin, SourceFile

Json = dict[str, Any]


def render_json(report: Report) -> str:
    """The report's findings, diagnostics and summary; every finding carries the same keys."""
    data = {
        "verdict": report.verdict,
        "findings": [finding_data(report, finding) for finding in report.findings],
        "diagnostics": [_diagnostic(report, diagnostic) for diagnostic in report.diagnostics],
        "summary": summary_data(report),
    }
    if report.surveys:
        from workers.output.status import survey_data

        data["environments"] = [survey_data(survey) for survey in report.surveys]
    return json.dumps(data, indent=2, ensure_ascii=False)


def finding_data(report: Report, finding: Finding) -> Json:
    """One finding; places in a mended one are the base's."""
    in_base = finding.status is Status.MENDED
    return {
        "rule": finding.rule,
        "family": finding.family,
        "severity": finding.severity.word,
        "status": finding.status.value,
        "confidence": finding.confidence.value,
        "subject": finding.subject,
        "message": finding.message,
        **_place(report, finding.origin, in_base, is_whole=True),
        "fingerprint": finding.fingerprint,
        "remedy": finding.remedy,
        "schema": finding.pair,
        "related": [
            {"message": related.message, **_place(report, related.origin, in_base)}
            for related in finding.related
        ],
        "fix": _fix(report, finding.fix, in_base) if finding.fix else None,
        "folded": [
            {
                "subject": part.subject,
                "message": part.message,
                "fingerprint": part.fingerprint,
                **_place(report, part.origin, in_base),
            }
            for part in finding.folded
        ],
    }


def summary_data(report: Report) -> Json:
    """The counts, and what was compared with what."""
    summary = report.summary
    return {
        "errors": summary.errors,
        "warnings": summary.warnings,
        "notices": summary.notices,
        "existing": summary.existing,
        "mended": summary.mended,
        "migrations": summary.migrations,
        "models": summary.models,
        "touched": report.is_touched,
        "suppressed": [
            finding_data(report, finding) | {"reason": finding.waiver}
            for finding in report.suppressed
        ],
        "pairs": [
            {
                "schema": list(pair.schema_paths),
                "migrations": pair.migrations_path,
                "failures": len(pair.replay.failures) if pair.replay else 0,
                "reordered": pair.friendliest is not None,
                "changes": len(pair.comparison.changes) if pair.comparison else 0,
                "uses": _uses(pair),
                "code": _code(pair),
            }
            for pair in report.pairs
        ],
    }


def _code(pair: PairReport) -> Json | None:
    """How many files of code use the database, what they do, and what could not be read."""
    code = pair.context.code if pair.context is not None else None
    if code is None:
        return None
    return {
        "files": len(code.code.files),
        "queries": sum(use.field is None for use in code.usage.uses),
        "uses": len(code.usage.uses),
        "unread": code.unread,
    }


def _uses(pair: PairReport) -> Json:
    """The places of the code that use each drifted table, by the table's name."""
    context, comparison = pair.context, pair.comparison
    code = context.code if context is not None else None
    if context is None or code is None or comparison is None:
        return {}
    found: Json = {}
    for change in comparison.changes:
        table = getattr(change, "table", None) or getattr(change, "declared", None)
        name = getattr(table, "name", None)
        uses = code.of_table(name) if isinstance(name, QualifiedName) else []
        if uses and str(name) not in found:
            found[str(name)] = [_use(code.code.source(u.path, context.head), u) for u in uses]
    return found


def _use(source: SourceFile | None, use: Use) -> Json:
    line = source.line_and_column(use.start)[0] if source is not None else 1
    return {"path": use.path, "line": line, "method": use.method}


def _diagnostic(report: Report, diagnostic: Diagnostic) -> Json:
    place = (
        _place(report, diagnostic.origin)
        if diagnostic.origin
        else {"path": None, "line": None, "column": None}
    )
    return {
        "code": diagnostic.code,
        "message": diagnostic.message,
        "effect": diagnostic.effect.value,
        "subjects": list(diagnostic.subjects),
        **place,
    }


def _fix(report: Report, fix: Fix, in_base: bool) -> Json:
    sources = report.base_sources if in_base else report.sources
    return {
        "title": fix.title,
        "safe": fix.safe,
        "edits": [
            {
                **_place(report, Origin(edit.path, edit.span), in_base, is_whole=True),
                "start": edit.span.start,
                "end": edit.span.end,
                "text": edit.text,
                "new": edit.path not in sources,
            }
            for edit in fix.edits
        ],
        "sql": fix.sql,
    }


def _place(
    report: Report, origin: Origin, in_base: bool = False, *, is_whole: bool = False
) -> Json:
    place = report.location(origin, in_base=in_base)
    data: Json = {"path": place.path, "line": place.line, "column": place.column}
    if is_whole:
        data |= {"endLine": place.end_line, "endColumn": place.end_column}
    return data
