"""A report as SARIF 2.1.0, for code scanning.

https://docs.oasis-open.org/sarif/sarif/v2.1.0/sarif-v2.1.0.html
"""

from __future__ import annotations

import json
from typing import Any
from urllib.parse import quote

from workers.engine.errors import Diagnostic, Effect
from workers.engine.findings import Finding, Severity, Status
from workers.engine.report import Report
from workers.engine.rule import Catalogue, Rule
from workers.engine.source import Origin
from workers.output.wording import shown
from workers.version import VERSION

Json = dict[str, Any]
_SCHEMA = "https://json.schemastore.org/sarif-2.1.0.json"
_LEVELS = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.NOTICE: "note"}
_STATES = {Status.NEW: "new", Status.EXISTING: "unchanged", Status.MENDED: "absent"}


def render_sarif(report: Report, rules: Catalogue) -> str:
    """One run with the rules that spoke, their results, and what could not be read."""
    found = (*report.findings, *report.suppressed)
    names = sorted({finding.rule for finding in found})
    run: Json = {
        "tool": {
            "driver": {
                "name": "Driftline",
                "semanticVersion": VERSION,
                "rules": [_rule(name, rules) for name in names],
            }
        },
        "columnKind": "unicodeCodePoints",
        "results": [_result(report, finding, names) for finding in found],
        "invocations": [
            {
                "executionSuccessful": report.verdict != "unknown",
                "toolExecutionNotifications": [
                    _notification(report, diagnostic) for diagnostic in report.diagnostics
                ],
            }
        ],
    }
    return json.dumps(
        {"$schema": _SCHEMA, "version": "2.1.0", "runs": [run]}, indent=2, ensure_ascii=False
    )


def _rule(name: str, rules: Catalogue) -> Json:
    if name not in rules:
        return {"id": name}
    rule: Rule = rules[name]
    title = rule.page.splitlines()[0] if rule.page else name
    return {
        "id": name,
        "shortDescription": {"text": title},
        "help": {"text": rule.page or title},
        "defaultConfiguration": {"level": _LEVELS[rule.severity]},
        "properties": {"tags": [rule.family]},
    }


def _result(report: Report, finding: Finding, names: list[str]) -> Json:
    in_base = finding.status is Status.MENDED
    text = f"{shown(finding)}\n{finding.remedy}" if finding.remedy else shown(finding)
    result: Json = {
        "ruleId": finding.rule,
        "ruleIndex": names.index(finding.rule),
        "level": _LEVELS[finding.severity],
        "message": {"text": text},
        "locations": [_location(report, finding.origin, in_base)],
        "partialFingerprints": {"driftline/v1": finding.fingerprint},
        "baselineState": _STATES[finding.status],
    }
    if finding.waiver:
        result["suppressions"] = [{"kind": "inSource", "justification": finding.waiver}]
    if finding.related:
        result["relatedLocations"] = [
            {
                "id": number,
                "message": {"text": related.message},
                **_location(report, related.origin, in_base),
            }
            for number, related in enumerate(finding.related)
        ]
    if finding.fix is not None and finding.fix.edits:
        result["fixes"] = [_fix(report, finding)]
    return result


def _fix(report: Report, finding: Finding) -> Json:
    assert finding.fix is not None
    changes: dict[str, list[Json]] = {}
    for edit in finding.fix.edits:
        region = {"charOffset": edit.span.start, "charLength": edit.span.end - edit.span.start}
        replacement: Json = {"deletedRegion": region, "insertedContent": {"text": edit.text}}
        changes.setdefault(edit.path, []).append(replacement)
    return {
        "description": {"text": finding.fix.title},
        "artifactChanges": [
            {"artifactLocation": {"uri": quote(path)}, "replacements": replacements}
            for path, replacements in changes.items()
        ],
    }


def _location(report: Report, origin: Origin, in_base: bool = False) -> Json:
    place = report.location(origin, in_base=in_base)
    region: Json = {
        "startLine": place.line,
        "startColumn": place.column,
        "endLine": place.end_line,
        "endColumn": place.end_column,
    }
    return {
        "physicalLocation": {
            "artifactLocation": {"uri": quote(place.path), "uriBaseId": "%SRCROOT%"},
            "region": region,
        }
    }


def _notification(report: Report, diagnostic: Diagnostic) -> Json:
    level = "error" if diagnostic.effect is Effect.UNKNOWN else "note"
    data: Json = {
        "descriptor": {"id": diagnostic.code},
        "level": level,
        "message": {"text": diagnostic.message},
    }
    if diagnostic.origin is not None:
        data["locations"] = [_location(report, diagnostic.origin)]
    return data
