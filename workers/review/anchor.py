"""Where a finding goes: a comment on lines of the diff, or a remark off it. None is dropped."""

from __future__ import annotations

from collections.abc import Iterable

from msgspec import Struct, field

from workers.engine.findings import Edit, Finding, Related
from workers.engine.report import Report
from workers.engine.source import Location, Origin, SourceFile
from workers.review.lines import LineMap
from workers.review.markdown import hides_something
from workers.review.patch import Hunk, Patch, Side

_LONGEST_RANGE = 12
"""Lines that a comment spans at most: a range that fills the screen points at nothing."""
_SUGGESTION_REACH = 3
"""How many lines a suggestion may stand away from what the finding is about."""


class Lines(Struct, frozen=True):
    """Lines that a comment may stand on, from 1, the last one included; all in one hunk."""

    path: str
    first: int
    last: int
    side: Side = "RIGHT"


class Place(Struct, frozen=True):
    """Lines of the head, for a link or an annotation. `column` where it is on one line."""

    path: str
    first: int
    last: int
    column: int | None = None
    end_column: int | None = None


class Anchored(Struct, frozen=True):
    """A finding with its place.

    `lines` is None off the diff. `place` is None where the head does not have the file or line.
    `via` is the related place that stands in, where the finding's own is off the diff.
    `suggestion` is the new text of `lines`, where the remedy is an edit of exactly those.
    """

    finding: Finding
    lines: Lines | None = None
    place: Place | None = None
    via: Related | None = None
    suggestion: str | None = None


class Grounds(Struct, frozen=True):
    """What places are judged by: the report, the pull request's diff, and the way to the head."""

    report: Report
    patch: Patch = field(default_factory=Patch)
    lines: LineMap = field(default_factory=LineMap)

    def place(self, origin: Origin) -> Place | None:
        """The place in the head; None where the pull request deletes the file."""
        file = self.patch.files.get(origin.path)
        if file is not None and file.is_deleted:
            return None
        where = self.report.location(origin)
        first = self._in_head(where.path, where.line)
        if first is None:
            return None
        last = self._in_head(where.path, max(where.line, _last_line(where)))
        if last is None or last < first:
            last = first
        if first != last or origin.path not in self.report.sources:
            return Place(where.path, first, last)
        return Place(where.path, first, last, where.column, where.end_column)

    def _in_head(self, path: str, line: int) -> int | None:
        return self.lines.in_head(path, line)

    def commentable(self, place: Place) -> Lines | None:
        """The part of a place that lies in one hunk."""
        last = min(place.last, place.first + 2 * _LONGEST_RANGE)
        shown = ((n, self.patch.hunk_at(place.path, n)) for n in range(place.first, last + 1))
        first = next(((n, hunk) for n, hunk in shown if hunk), None)
        if first is None:
            return None
        number, hunk = first
        if place.last - number >= _LONGEST_RANGE:
            return Lines(place.path, number, number)
        end = max(n for n in range(number, place.last + 1) if n in hunk.right)
        return Lines(place.path, number, end)

    def removed(self, origin: Origin) -> Lines | None:
        """Lines of a file that the pull request deletes: they stand on the left side."""
        file = self.patch.files.get(origin.path)
        source = self.report.base_sources.get(origin.path)
        if file is None or source is None or not file.is_deleted:
            return None
        where = self.report.location(origin, in_base=True)
        last = _last_line(where)
        if last - where.line >= _LONGEST_RANGE:
            last = where.line
        hunk = file.hunk_at(where.line, "LEFT")
        # The base may have moved on since the head left it.
        if hunk is None or any(
            hunk.left.get(number, "\n").rstrip("\r") != source.line_text(number)
            for number in range(where.line, last + 1)
        ):
            return None
        return Lines(origin.path, where.line, last, "LEFT")


def _last_line(where: Location) -> int:
    """A place that ends before the first column of a line does not reach into it."""
    if where.end_line > where.line and where.end_column == 1:
        return where.end_line - 1
    return where.end_line


def anchored(findings: Iterable[Finding], grounds: Grounds) -> tuple[Anchored, ...]:
    """Each finding with its place, in the order given."""
    return tuple(_anchored(finding, grounds) for finding in findings)


def _anchored(finding: Finding, grounds: Grounds) -> Anchored:
    place = grounds.place(finding.origin)
    lines = grounds.commentable(place) if place else grounds.removed(finding.origin)
    if lines is not None:
        replaced = _suggestion(finding, lines, grounds) if lines.side == "RIGHT" else None
        if replaced is not None:
            return Anchored(finding, replaced[0], place, None, replaced[1])
        return Anchored(finding, lines, place)
    for related in finding.related:
        elsewhere = grounds.place(related.origin)
        removed = grounds.removed(related.origin)
        stand_in = grounds.commentable(elsewhere) if elsewhere else removed
        if stand_in is not None:
            return Anchored(finding, stand_in, place, related)
    return Anchored(finding, None, place)


def _suggestion(finding: Finding, lines: Lines, grounds: Grounds) -> tuple[Lines, str] | None:
    """The lines that the fix replaces and their new text, where a suggestion block can do it.

    The edits must all lie in the commented hunk, close to the finding, on lines that the head has
    exactly as they were judged.
    """
    edits = finding.fix.edits if finding.fix else ()
    source = grounds.report.sources.get(lines.path)
    if not edits or source is None or any(edit.path != lines.path for edit in edits):
        return None
    start = min(edit.span.start for edit in edits)
    end = max(edit.span.end for edit in edits)
    if start < 0 or end > len(source.text):
        return None
    first, _ = source.line_and_column(start)
    last, column = source.line_and_column(end)
    if last > first and column == 1 and end > start:
        last -= 1
    judged = [source.line_text(number) for number in range(first, last + 1)]
    target = _same_lines(judged, first, lines, grounds)
    text = _applied(_block(source, start, last), edits)
    if target is None or text is None or text == "\n".join(judged):
        return None
    if hides_something(text):  # nobody should accept what cannot be seen
        return None
    return target, text


def _same_lines(judged: list[str], first: int, lines: Lines, grounds: Grounds) -> Lines | None:
    numbers = [grounds.lines.in_head(lines.path, first + step) for step in range(len(judged))]
    hunk = grounds.patch.hunk_at(lines.path, lines.first)
    at = numbers[0]
    if hunk is None or at is None or numbers != list(range(at, at + len(judged))):
        return None
    if any(not _shows(hunk, number, text) for number, text in enumerate(judged, start=at)):
        return None
    end = at + len(judged) - 1
    if at > lines.last + _SUGGESTION_REACH or end < lines.first - _SUGGESTION_REACH:
        return None
    return Lines(lines.path, at, end)


def _shows(hunk: Hunk, number: int, text: str) -> bool:
    return number in hunk.right and hunk.right[number].rstrip("\r") == text


def _block(source: SourceFile, start: int, last: int) -> tuple[int, str]:
    """The offset of the line that holds `start`, and the text from there through line `last`."""
    begin = start - source.line_and_column(start)[1] + 1
    end = source.text.find("\n", begin)
    for _ in range(last - source.line_and_column(start)[0]):
        end = source.text.find("\n", end + 1)
    return begin, source.text[begin : end + 1 if end >= 0 else len(source.text)]


def _applied(block: tuple[int, str], edits: tuple[Edit, ...]) -> str | None:
    """The block with the edits made, without its last line end; None where two overlap."""
    offset, text = block
    out: list[str] = []
    at = 0
    for edit in sorted(edits, key=lambda edit: (edit.span.start, edit.span.end)):
        start, end = edit.span.start - offset, edit.span.end - offset
        if start < at or end > len(text):
            return None
        out += [text[at:start], edit.text]
        at = end
    out.append(text[at:])
    return "".join(out).replace("\r\n", "\n").removesuffix("\n")
