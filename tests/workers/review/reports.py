"""Reports made by hand, for tests of what is shown of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from workers.engine.errors import Diagnostic
from workers.engine.findings import Confidence, Edit, Finding, Fix, Related, Severity, Status
from workers.engine.report import Report, Verdict, count
from workers.engine.snapshot import Snapshot, Tree
from workers.engine.source import Origin, SourceFile, Span


def place(files: Mapping[str, str], path: str, text: str) -> Origin:
    """The first place in a file where a text stands."""
    start = files[path].index(text)
    return Origin(path, Span(start, start + len(text)))


def finding(
    origin: Origin,
    *,
    subject: str = "public.users.name",
    message: str = "Column `name` of `users` is in the schema but no migration creates it.",
    severity: Severity = Severity.ERROR,
    status: Status = Status.NEW,
    related: Sequence[Related] = (),
    fix: Fix | None = None,
    remedy: str = "",
    rule: str = "column-missing-in-migrations",
    confidence: Confidence = Confidence.CERTAIN,
) -> Finding:
    """A finding of drift."""
    return Finding(
        rule=rule,
        family="drift",
        severity=severity,
        confidence=confidence,
        subject=subject,
        message=message,
        origin=origin,
        remedy=remedy,
        related=tuple(related),
        fix=fix,
        status=status,
    )


def report(
    files: Mapping[str, str],
    findings: Sequence[Finding] = (),
    diagnostics: Sequence[Diagnostic] = (),
    verdict: Verdict | None = None,
) -> Report:
    """A report on these texts."""
    fails = any(f.status is Status.NEW and f.severity is Severity.ERROR for f in findings)
    return Report(
        verdict=verdict or ("fail" if fails else "pass"),
        findings=tuple(findings),
        diagnostics=tuple(diagnostics),
        summary=count(tuple(findings), ()),
        sources={path: SourceFile(path, text) for path, text in files.items()},
    )


def snapshot(changed: Sequence[str] = ("prisma/schema.prisma",)) -> Snapshot:
    """A snapshot that says what changed."""
    return Snapshot(Tree({}, frozenset()), Tree({}, frozenset()), frozenset(changed))


def edit(files: Mapping[str, str], path: str, old: str, new: str) -> Edit:
    """The edit that replaces a text."""
    return Edit(path, place(files, path, old).span, new)
