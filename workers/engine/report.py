"""The outcome of a review: findings, what could not be read, and what was compared with what."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Literal

from msgspec import Struct, field

from workers.engine.compare.changes import Comparison
from workers.engine.errors import Diagnostic
from workers.engine.findings import Finding, Severity, Status
from workers.engine.prisma.describe import Declaration
from workers.engine.source import Location, Origin, SourceFile
from workers.engine.sql.replay import Replay, Resolved

if TYPE_CHECKING:
    from workers.engine.observed.survey import Survey
    from workers.engine.rules.context import Context

Verdict = Literal["pass", "fail", "unknown"]
FieldState = Literal["same", "missing", "extra", "renamed", "different"]


class FieldRow(Struct, frozen=True):
    """One column of one table as both sides have it; a type is None where a side lacks it."""

    column: str
    declared: str | None
    replayed: str | None
    state: FieldState
    note: str = ""


class FieldTable(Struct, frozen=True):
    """All columns of a table that drifted, as the report has them: those that agree, too."""

    table: str
    model: str
    rows: tuple[FieldRow, ...]
    cause: str = ""
    """Why the table drifted, as far as the repository shows it: a sentence in Markdown."""
    notes: tuple[str, ...] = ()
    """What differs besides the columns: a sentence for each key and index."""

    @property
    def extent(self) -> str:
        """How much differs: "9 of 17 columns differ, and 2 keys and indexes differ"."""
        wrong = sum(row.state != "same" for row in self.rows)
        verb = "differs" if len(self.notes) == 1 else "differ"
        noun = "key or index" if len(self.notes) == 1 else "keys and indexes"
        others = f"{len(self.notes)} {noun} {verb}" if self.notes else ""
        if not wrong:
            return f"all columns agree, {others}" if others else "another name"
        verb = "columns differs" if wrong == 1 else "columns differ"
        told = f"{wrong} of {len(self.rows)} {verb}"
        return f"{told}, and {others}" if others else told


class TimelineEntry(Struct, frozen=True):
    """One migration: its place by name and the place that it needs, both from 1.

    `state` says what an empty database makes of it in name order. `needed` is None where no order
    lets it run.
    """

    name: str
    path: str
    position: int
    needed: int | None
    state: Literal["runs", "fails"]
    message: str = ""
    is_new: bool = False


class PairReport(Struct, frozen=True):
    """What was compared for one schema and its migrations folder.

    `replay` is the run in name order. Where that fails and another order helps, `friendliest` is
    the run in that order, and `comparison` is judged on it.
    """

    name: str
    schema_paths: tuple[str, ...]
    migrations_path: str | None
    declaration: Declaration | None = None
    replay: Replay | None = None
    friendliest: Replay | None = None
    comparison: Comparison | None = None
    field_tables: tuple[FieldTable, ...] = ()
    resolved: tuple[Resolved, ...] = ()
    timeline: tuple[TimelineEntry, ...] = ()
    context: Context | None = None
    """What the rules were shown; `dossier` reads coverage and causes out of it."""

    @property
    def judged(self) -> Replay | None:
        """The replay that the comparison was made with."""
        return self.friendliest or self.replay


class Summary(Struct, frozen=True):
    """Counts: new findings by severity, those that were there before, those that are mended."""

    errors: int = 0
    warnings: int = 0
    notices: int = 0
    existing: int = 0
    mended: int = 0
    migrations: int = 0
    models: int = 0
    pairs: int = 0


class Report(Struct, frozen=True):
    """Everything that a review found out.

    `findings` are sorted: new before existing before mended, worse first, then by place.
    `sources` holds the decoded texts of the head, `base_sources` those of the base: a mended
    finding stands in the latter.
    """

    verdict: Verdict
    findings: tuple[Finding, ...] = ()
    diagnostics: tuple[Diagnostic, ...] = ()
    suppressed: tuple[Finding, ...] = ()
    """What the project's people have waved through with a reason."""
    pairs: tuple[PairReport, ...] = ()
    summary: Summary = Summary()
    sources: Mapping[str, SourceFile] = field(default_factory=dict)
    base_sources: Mapping[str, SourceFile] = field(default_factory=dict)
    is_touched: bool = True
    """False where the pull request changes nothing of the database, so that nothing was judged."""
    surveys: tuple[Survey, ...] = ()
    """The bound environments beside the head."""
    unknown_before: tuple[Diagnostic, ...] = ()
    """What could not be judged at the base either; it stands among `diagnostics` as information."""

    def of_status(self, status: Status) -> tuple[Finding, ...]:
        """The findings of one status, in order."""
        return tuple(finding for finding in self.findings if finding.status is status)

    def location(self, origin: Origin, *, in_base: bool = False) -> Location:
        """The lines and columns of a place; line 1 where the file was not read."""
        source = (self.base_sources if in_base else self.sources).get(origin.path)
        if source is None:
            return Location(origin.path, 1, 1, 1, 1)
        return source.location(origin.span)


def count(findings: tuple[Finding, ...], pairs: tuple[PairReport, ...]) -> Summary:
    """The counts of a report."""
    new = [finding.severity for finding in findings if finding.status is Status.NEW]
    return Summary(
        errors=new.count(Severity.ERROR),
        warnings=new.count(Severity.WARNING),
        notices=new.count(Severity.NOTICE),
        existing=sum(finding.status is Status.EXISTING for finding in findings),
        mended=sum(finding.status is Status.MENDED for finding in findings),
        migrations=sum(len(pair.timeline) for pair in pairs),
        models=sum(len(pair.declaration.models) for pair in pairs if pair.declaration),
        pairs=len(pairs),
    )
