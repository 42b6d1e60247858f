"""The check run's summary: it reads like a report, the worst first, within GitHub's bound."""

from __future__ import annotations

import re
from collections.abc import Iterator

from msgspec import Struct
from msgspec.structs import replace

from workers.engine.errors import Diagnostic, Effect
from workers.engine.findings import Finding, Status
from workers.engine.report import FieldRow, FieldTable, PairReport, Report, TimelineEntry
from workers.engine.snapshot import Snapshot
from workers.review import markdown
from workers.review.anchor import Anchored, Grounds
from workers.review.comments import Links, short_id
from workers.review.environments import environments
from workers.review.page import Page, Section
from workers.review.verdict import Verdict, unknowns

_ENDING_BYTES = 600
_MOST_LISTED = 200
_PLAIN_BRANCH = re.compile(r"[A-Za-z0-9][A-Za-z0-9._/-]*")


class Listed(Struct, frozen=True):
    """What the summary is made from; `commented` holds the identities of commented findings."""

    new: tuple[Anchored, ...]
    commented: frozenset[int]
    grounds: Grounds
    links: Links
    snapshot: Snapshot
    verdict: Verdict

    @property
    def report(self) -> Report:
        """The report itself."""
        return self.grounds.report


def summary_text(listed: Listed, limit: int) -> str:
    """The summary, in Markdown of at most `limit` bytes."""
    page = Page(limit - _ENDING_BYTES)
    page.add(markdown.prose(listed.verdict.sentence))
    if listed.snapshot.conflicts:
        page.add(_conflict(listed.snapshot.conflicts))
    for section in _sections(listed):
        page.add_section(section)
    page.limit = limit
    page.add(_ending(listed, page.is_cut))
    return page.text


def _conflict(paths: tuple[str, ...]) -> str:
    names = ", ".join(markdown.code(path) for path in paths[:5])
    more = f" and {len(paths) - 5} more" if len(paths) > 5 else ""
    return (
        f"The head conflicts with its base in {names}{more}, so it was judged as it is,"
        " without what the base has gained since."
    )


def _sections(listed: Listed) -> Iterator[Section]:
    report = listed.report
    yield _brought(listed)
    yield _unread(report)
    yield environments(report.surveys)
    for pair in report.pairs:
        title = f" of `{pair.name}`" if len(report.pairs) > 1 else ""
        yield _timeline(pair, title)
        for table in pair.field_tables:
            yield _fields(table)
    yield _mended(listed)
    yield _existing(listed)
    yield _waved_through(report)
    yield _remarks(report)


def _brought(listed: Listed) -> Section:
    lines = [
        f"| {each.finding.severity.word} | {_told(each, listed)} | {_where(each, listed)} |"
        for each in listed.new
    ]
    return Section(lines, "What this change brings", ("| | Finding | Where |", "|---|---|---|"))


def _told(each: Anchored, listed: Listed) -> str:
    """The message, and the remedy where no comment says it."""
    finding = each.finding
    text = markdown.prose(finding.message)
    if id(finding) not in listed.commented and finding.remedy:
        text += f" {markdown.prose(finding.remedy)}"
    called = (finding.rule, short_id(finding), finding.pair)
    return markdown.cell(f"{text} ({', '.join(markdown.code(word) for word in called if word)})")


def _where(each: Anchored, listed: Listed) -> str:
    if each.place is not None:
        return markdown.cell(listed.links.to_place(each.place))
    return markdown.cell(markdown.code(each.finding.origin.path))


def _unread(report: Report) -> Section:
    found = [_diagnostic(each, report) for each in unknowns(report)]
    return Section(found, "What could not be read")


def _diagnostic(found: Diagnostic, report: Report) -> str:
    where = ""
    if found.origin is not None:
        place = report.location(found.origin)
        where = f" ({markdown.code(place.path)} line {place.line})"
    return f"- {markdown.prose(found.message)}{where}"


def _timeline(pair: PairReport, title: str) -> Section:
    """Shown only where an empty database would not get through the migrations in order."""
    entries = pair.timeline
    if all(entry.state == "runs" for entry in entries):
        return Section(())
    failing = sum(entry.state == "fails" for entry in entries)
    verb = "fails" if failing == 1 else "fail"
    return Section(
        [_timeline_row(entry) for entry in entries],
        head=("| | Migration | Runs | Needed place |", "|---|---|---|---|"),
        fold=f"Order of {len(entries)} migrations{title}: {failing} {verb} on an empty database",
    )


def _timeline_row(entry: TimelineEntry) -> str:
    name = markdown.cell(markdown.code(entry.name)) + (" (new)" if entry.is_new else "")
    if entry.state == "runs":
        state = "yes"
    else:
        state = "**no**" + (
            f": {markdown.cell(markdown.prose(entry.message))}" if entry.message else ""
        )
    needed = "none" if entry.needed is None else str(entry.needed)
    return f"| {entry.position} | {name} | {state} | {needed} |"


def _fields(table: FieldTable) -> Section:
    told = [f"- {markdown.prose(note)}" for note in table.notes]
    told += ["", markdown.prose(table.cause)] if table.cause else []
    model = f" (model `{table.model}`)" if table.model else ""
    return Section(
        [*(_field_row(row) for row in table.rows), *(["", *told] if told else [])],
        head=("| Column | Schema | Migrations | |", "|---|---|---|---|"),
        fold=f"`{table.table}`{model}: {table.extent}",
    )


def _field_row(row: FieldRow) -> str:
    note = markdown.prose(row.note) if row.note else ""
    state = row.state if row.state == "same" else f"**{row.state}**"
    cells = (
        markdown.code(row.column),
        "missing" if row.declared is None else markdown.code(row.declared),
        "missing" if row.replayed is None else markdown.code(row.replayed),
        f"{state}: {note}" if note else state,
    )
    return "| " + " | ".join(markdown.cell(cell) for cell in cells) + " |"


def _mended(listed: Listed) -> Section:
    found = listed.report.of_status(Status.MENDED)
    noun = "finding" if len(found) == 1 else "findings"
    return Section(_bullets(found), fold=f"{len(found)} {noun} that this change mends")


def _existing(listed: Listed) -> Section:
    found = listed.report.of_status(Status.EXISTING)
    noun = "finding that was" if len(found) == 1 else "findings that were"
    return Section(_bullets(found), fold=f"{len(found)} {noun} there before")


def _waved_through(report: Report) -> Section:
    found = report.suppressed
    noun = "finding that is" if len(found) == 1 else "findings that are"
    lines = [
        f"{line} Reason: {markdown.prose(finding.waiver)}"
        for line, finding in zip(_bullets(found), found, strict=False)
    ]
    return Section(lines, fold=f"{len(found)} {noun} waved through")


def _bullets(found: tuple[Finding, ...]) -> list[str]:
    lines = [
        f"- {markdown.prose(finding.message)} ({finding.severity.word},"
        f" {markdown.code(finding.origin.path)})"
        for finding in found[:_MOST_LISTED]
    ]
    if len(found) > _MOST_LISTED:
        lines.append(f"- and {len(found) - _MOST_LISTED} more")
    return lines


def _remarks(report: Report) -> Section:
    found = [
        each
        for each in report.diagnostics
        if each.effect is Effect.INFORMATION
        and each.code != "merge-conflict"
        and replace(each, effect=Effect.UNKNOWN) not in report.unknown_before
    ]
    noun = "remark" if len(found) == 1 else "remarks"
    lines = [_diagnostic(each, report) for each in found[:_MOST_LISTED]]
    return Section(lines, fold=f"{len(found)} {noun} about what was read")


def _ending(listed: Listed, is_cut: bool) -> str:
    summary = listed.report.summary
    models = "1 model" if summary.models == 1 else f"{summary.models} models"
    migrations = "1 migration" if summary.migrations == 1 else f"{summary.migrations} migrations"
    compared = f"{models} compared with {migrations}. " if summary.pairs else ""
    reason = (
        "This summary was cut to what GitHub takes; all of it" if is_cut else "The whole report"
    )
    return f"{compared}{reason} is printed by {markdown.code(_command(listed.links))} in a clone."


def _command(links: Links) -> str:
    """To be pasted into a shell, so no branch gets into it that means something there."""
    base = f"origin/{links.base}" if _PLAIN_BRANCH.fullmatch(links.base) else "BASE"
    return f"driftline report --base {base} --head {links.head_sha}"
