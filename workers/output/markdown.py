"""A report as Markdown: for a job summary, a ticket, a chat."""

from __future__ import annotations

from collections.abc import Iterator

from workers.engine.errors import Effect
from workers.engine.findings import Finding, Severity, Status
from workers.engine.report import PairReport, Report
from workers.output.wording import counted, shown
from workers.review.markdown import summary_line

_MARKS = {Severity.ERROR: "🔴", Severity.WARNING: "🟡", Severity.NOTICE: "🔵"}
_TITLES = {"pass": "No new schema drift", "fail": "Schema drift", "unknown": "Could not tell"}


def render_markdown(report: Report) -> str:
    """The whole report: new findings in full, the others as lists, what differs as tables."""
    lines = [f"# {_TITLES[report.verdict]}", "", _counts(report), ""]
    for finding in report.of_status(Status.NEW):
        lines += [*_finding(report, finding), ""]
    for pair in report.pairs:
        lines += _field_tables(pair)
        lines += _timeline(pair)
        lines += _resolved(report, pair)
    for status, title in (
        (Status.EXISTING, "There before this change"),
        (Status.MENDED, "Mended by this change"),
    ):
        lines += _list(report, status, title)
    lines += _waved_through(report)
    lines += _diagnostics(report)
    return "\n".join(lines).rstrip() + "\n"


def _counts(report: Report) -> str:
    if not report.is_touched:
        return "Nothing of the database is touched."
    summary = report.summary
    parts = [
        counted(summary.errors, "error"),
        counted(summary.warnings, "warning"),
        counted(summary.notices, "notice"),
    ]
    if summary.existing:
        parts.append(f"{summary.existing} from before")
    if summary.mended:
        parts.append(f"{summary.mended} mended")
    return ", ".join(parts) + "."


def _finding(report: Report, finding: Finding) -> Iterator[str]:
    place = report.location(finding.origin)
    yield f"### {_MARKS[finding.severity]} {finding.severity.word}: `{finding.rule}`"
    yield ""
    yield f"{shown(finding)}  "
    yield f"`{place.path}:{place.line}`"
    for related in finding.related:
        where = report.location(related.origin)
        yield f"- {related.message}: `{where.path}:{where.line}`"
    if finding.remedy:
        yield ""
        yield finding.remedy
    if finding.fix is not None:
        yield ""
        yield f"**{finding.fix.title}**" + ("" if finding.fix.safe else " (read it first)")
        if finding.fix.sql:
            yield from fenced(finding.fix.sql, "sql")


def fenced(text: str, language: str) -> Iterator[str]:
    """A code block whose fence is longer than any run of backticks within."""
    longest = run = 0
    for sign in text:
        run = run + 1 if sign == "`" else 0
        longest = max(longest, run)
    fence = "`" * max(3, longest + 1)
    yield ""
    yield fence + language
    yield text.rstrip("\n")
    yield fence


def cell(text: str) -> str:
    """Text that can stand in a table's cell."""
    return text.replace("|", "\\|").replace("\n", " ")


def _field_tables(pair: PairReport) -> Iterator[str]:
    """Folded: all columns of each table that drifted, and what else differs."""
    for table in pair.field_tables:
        yield f"<details><summary>{summary_line(f'`{table.table}`: {table.extent}')}</summary>"
        yield ""
        yield "| Column | Declared | Migrations make | |"
        yield "|---|---|---|---|"
        for row in table.rows:
            note = row.note or row.state
            declared, replayed = (
                f"`{cell(kind)}`" if kind else "—" for kind in (row.declared, row.replayed)
            )
            yield f"| `{cell(row.column)}` | {declared} | {replayed} | {cell(note)} |"
        yield ""
        for note in table.notes:
            yield f"- {note}"
        if table.notes:
            yield ""
        if table.cause:
            yield table.cause
            yield ""
        yield "</details>"
        yield ""


def _timeline(pair: PairReport) -> Iterator[str]:
    if all(entry.state == "runs" and entry.needed == entry.position for entry in pair.timeline):
        return
    yield "### Order of the migrations"
    yield ""
    yield "| By name | Migration | Needed | |"
    yield "|---|---|---|---|"
    for entry in pair.timeline:
        needed = "—" if entry.needed is None else str(entry.needed)
        note = cell(entry.message) if entry.state == "fails" else ""
        yield f"| {entry.position} | `{cell(entry.name)}` | {needed} | {note} |"
    yield ""


def _resolved(report: Report, pair: PairReport) -> Iterator[str]:
    if not pair.resolved:
        return
    yield "### Put right by later migrations"
    yield ""
    for item in pair.resolved:
        place = report.location(item.history[-1]) if item.history else None
        where = f" (`{place.path}:{place.line}`)" if place else ""
        yield f"- {item.message}{where}"
    yield ""


def _list(report: Report, status: Status, title: str) -> Iterator[str]:
    found = report.of_status(status)
    if not found:
        return
    yield f"## {title} ({len(found)})"
    yield ""
    for finding in found:
        place = report.location(finding.origin, in_base=status is Status.MENDED)
        yield f"- {_MARKS[finding.severity]} {shown(finding)} `{place.path}:{place.line}`"
    yield ""


def _waved_through(report: Report) -> Iterator[str]:
    if not report.suppressed:
        return
    yield f"## Waved through ({len(report.suppressed)})"
    yield ""
    for finding in report.suppressed:
        place = report.location(finding.origin)
        why = f" Reason: {finding.waiver}" if finding.waiver else ""
        yield f"- {_MARKS[finding.severity]} {shown(finding)} `{place.path}:{place.line}`{why}"
    yield ""


def _diagnostics(report: Report) -> Iterator[str]:
    if not report.diagnostics:
        return
    yield "## What could not be read, and notes"
    yield ""
    for diagnostic in report.diagnostics:
        label = "**could not tell**: " if diagnostic.effect is Effect.UNKNOWN else ""
        where = ""
        if diagnostic.origin is not None:
            place = report.location(diagnostic.origin)
            where = f" `{place.path}:{place.line}`"
        yield f"- {label}{diagnostic.message}{where}"
    yield ""
