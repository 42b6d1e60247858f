"""A report for people at a terminal: each finding with its line of source and a caret."""

from __future__ import annotations

from collections.abc import Iterator
from textwrap import wrap

from msgspec import Struct

from workers.engine.errors import Diagnostic, Effect
from workers.engine.findings import Finding, Severity, Status
from workers.engine.report import PairReport, Report
from workers.engine.source import Origin, SourceFile
from workers.output.wording import counted, printable, shown

_WIDTH = 96
_TAB = "    "


class Style(Struct, frozen=True):
    """The terminal's colours, or none; codes are ECMA-48's, understood everywhere."""

    is_coloured: bool

    def paint(self, text: str, *codes: int) -> str:
        """The text in a colour, reset after it."""
        if not self.is_coloured or not text:
            return text
        return f"\x1b[{';'.join(map(str, codes))}m{text}\x1b[0m"

    def severity(self, severity: Severity, text: str) -> str:
        """The text in the colour of a severity."""
        return self.paint(text, 1, {3: 31, 2: 33, 1: 36}[severity])

    def dim(self, text: str) -> str:
        """Said beside the point."""
        return self.paint(text, 2)

    def bold(self, text: str) -> str:
        """Said with weight."""
        return self.paint(text, 1)


def render_text(report: Report, *, is_coloured: bool = False) -> str:
    """The whole report; findings that were there before, and mended ones, take a line each."""
    style = Style(is_coloured)
    lines: list[str] = []
    for finding in report.of_status(Status.NEW):
        lines += [*_finding(report, finding, style), ""]
    lines += _old_ones(report, style)
    lines += _waved_through(report, style)
    lines += _diagnostics(report, style)
    lines += _summary(report, style)
    return "\n".join(lines)


def _finding(report: Report, finding: Finding, style: Style) -> Iterator[str]:
    head = style.severity(finding.severity, f"{finding.severity.word}[{finding.rule}]")
    yield f"{head}: {style.bold(printable(shown(finding)))}"
    yield from _excerpt(report, finding.origin, style, finding.severity)
    for related in finding.related:
        place = report.location(related.origin)
        where = style.dim(f"{place.path}:{place.line}:{place.column}")
        yield f"  {style.paint('note', 32)}: {printable(related.message)}: {where}"
    if finding.remedy:
        yield from _labelled("help", 36, finding.remedy, style)
    if finding.fix is not None:
        yield from _fix(finding, style)


def _labelled(label: str, code: int, text: str, style: Style) -> Iterator[str]:
    indent = " " * (len(label) + 4)
    for number, paragraph in enumerate(text.splitlines()):
        lines = wrap(
            printable(paragraph), _WIDTH, break_long_words=False, break_on_hyphens=False
        ) or [""]
        for at, line in enumerate(lines):
            if number == at == 0:
                yield f"  {style.paint(label, code)}: {line}"
            else:
                yield indent + line


def _fix(finding: Finding, style: Style) -> Iterator[str]:
    assert finding.fix is not None
    kind = "" if finding.fix.safe else " (read it first)"
    yield f"  {style.paint('fix', 36)}: {finding.fix.title}{kind}"
    for line in (finding.fix.sql or "").splitlines():
        yield "       " + style.paint(printable(line), 32)


def _excerpt(report: Report, origin: Origin, style: Style, severity: Severity) -> Iterator[str]:
    place = report.location(origin)
    source = report.sources.get(origin.path)
    margin = " " * len(str(place.line))
    bar = style.paint("|", 34)
    yield f"{margin}{style.paint('-->', 34)} {place.path}:{place.line}:{place.column}"
    if source is None or not source.text:
        return
    text = source.line_text(place.line)
    before, marked = _expand(text, place.column, _end_column(source, origin, text))
    yield f"{margin} {bar}"
    number = style.paint(str(place.line), 34)
    yield f"{number} {bar} {printable(_expand_tabs(text))[: _WIDTH + 40]}"
    carets = style.severity(severity, "^" * marked)
    yield f"{margin} {bar} {' ' * before}{carets}"


def _end_column(source: SourceFile, origin: Origin, text: str) -> int:
    place = source.location(origin.span)
    return place.end_column if place.end_line == place.line else len(text) + 1


def _expand(text: str, column: int, end: int) -> tuple[int, int]:
    """The offset and width of the mark on the line as printed."""
    before = len(_expand_tabs(text[: column - 1]))
    width = len(_expand_tabs(text[column - 1 : end - 1]))
    return min(before, _WIDTH + 40), max(1, min(width, _WIDTH + 40 - before))


def _expand_tabs(text: str) -> str:
    return text.replace("\t", _TAB)


def _old_ones(report: Report, style: Style) -> Iterator[str]:
    for status, title in (
        (Status.EXISTING, "There before this change"),
        (Status.MENDED, "Mended by this change"),
    ):
        found = report.of_status(status)
        if not found:
            continue
        yield style.bold(f"{title} ({len(found)})")
        for finding in found:
            place = report.location(finding.origin, in_base=status is Status.MENDED)
            word = style.severity(finding.severity, finding.severity.word)
            where = style.dim(f"{place.path}:{place.line}")
            yield f"  {word} {printable(finding.message)} {where}"
        yield ""


def _waved_through(report: Report, style: Style) -> Iterator[str]:
    if not report.suppressed:
        return
    yield style.bold(f"Waved through ({len(report.suppressed)})")
    for finding in report.suppressed:
        place = report.location(finding.origin)
        word = style.severity(finding.severity, finding.severity.word)
        where = style.dim(f"{place.path}:{place.line}")
        yield f"  {word} {printable(finding.message)} {where}"
        if finding.waiver:
            yield from _labelled("  reason", 36, finding.waiver, style)
    yield ""


def _diagnostics(report: Report, style: Style) -> Iterator[str]:
    for diagnostic in report.diagnostics:
        yield _diagnostic(report, diagnostic, style)
    if report.diagnostics:
        yield ""


def _diagnostic(report: Report, diagnostic: Diagnostic, style: Style) -> str:
    is_unknown = diagnostic.effect is Effect.UNKNOWN
    label = style.paint("could not tell", 1, 35) if is_unknown else style.paint("info", 36)
    text = f"{label}: {printable(diagnostic.message)}"
    if diagnostic.origin is not None:
        place = report.location(diagnostic.origin)
        text += style.dim(f" ({place.path}:{place.line})")
    return text


def _summary(report: Report, style: Style) -> Iterator[str]:
    if not report.is_touched:
        yield "Nothing of the database is touched."
        return
    summary = report.summary
    for pair in report.pairs:
        yield from (style.dim(line) for line in _compared(pair))
    counts = [
        counted(summary.errors, "error"),
        counted(summary.warnings, "warning"),
        counted(summary.notices, "notice"),
    ]
    words = {
        "pass": style.paint("pass", 1, 32),
        "fail": style.paint("fail", 1, 31),
        "unknown": style.paint("could not tell", 1, 35),
    }
    extra = [f"{summary.existing} from before"] if summary.existing else []
    extra += [f"{summary.mended} mended"] if summary.mended else []
    yield f"{words[report.verdict]}: {', '.join([*counts, *extra])}"


def _compared(pair: PairReport) -> Iterator[str]:
    count = counted(len(pair.timeline), "migration")
    schema = ", ".join(pair.schema_paths[:1])
    if len(pair.schema_paths) > 1:
        schema += f" and {len(pair.schema_paths) - 1} more"
    if not schema:
        yield f"Read {pair.migrations_path} ({count}), which no Prisma schema describes."
    elif pair.migrations_path is None:
        yield f"Read {schema}, which has no migrations."
    else:
        yield f"Compared {schema} with {pair.migrations_path} ({count})."
    if pair.friendliest is not None:
        is_moved = any(entry.needed not in (None, entry.position) for entry in pair.timeline)
        way = "in the order that they need, " if is_moved else ""
        yield (
            f"  These migrations do not run on an empty database. Drift is judged on what they "
            f"make {way}without the statements that fail."
        )
