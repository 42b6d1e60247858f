"""One finding as a review comment: what is wrong, what to do, where else to look.

The hidden marker carries the finding's fingerprint, by which the comment is found again.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from urllib.parse import quote

from msgspec import Struct

from workers.engine.findings import Confidence, Edit, Finding, Related
from workers.engine.report import Report
from workers.review import markdown
from workers.review.anchor import Anchored, Grounds, Place

_MARKER = re.compile(r"<!-- driftline:finding:([0-9a-f]{16}) -->")
_MENDED = "<!-- driftline:mended:"
_BODY_BYTES = 60_000
"""GitHub takes 65,536 characters; what is cut here was too long to be read anyway."""
_SQL_BYTES = 20_000
_MOST_RELATED = 8
_SHORT = 8


class Links(Struct, frozen=True):
    """Addresses of the repository's pages at the head; `web` is empty where there are none."""

    web: str
    repository: str
    head_sha: str
    base: str = ""
    """The base's branch."""

    def to(self, path: str, first: int, last: int | None = None) -> str:
        """The page of a file's lines."""
        if not self.web:
            return ""
        lines = f"#L{first}" + (f"-L{last}" if last is not None and last > first else "")
        return f"{self.web}/{self.repository}/blob/{self.head_sha}/{quote(path)}{lines}"

    def to_place(self, place: Place) -> str:
        """A link to a place, named by its file and line."""
        label = f"{markdown.code(place.path)} line {place.first}"
        return markdown.link(label, self.to(place.path, place.first, place.last))


def short_id(finding: Finding) -> str:
    """What people call a finding by: the beginning of its fingerprint."""
    return finding.fingerprint[:_SHORT]


def marker(finding: Finding) -> str:
    """The hidden mark of a finding's comment."""
    return f"<!-- driftline:finding:{finding.fingerprint} -->"


def marked(body: str) -> str | None:
    """The fingerprint that a comment carries, if any."""
    found = _MARKER.search(body)
    return found[1] if found else None


def mended_body(body: str, head_sha: str, *, is_suppressed: bool = False) -> str:
    """What a comment says once its finding is gone; the finding, should it return, is a new one."""
    word = "Suppressed" if is_suppressed else "Mended"
    fingerprint = marked(body) or ""
    sentence = body.split("\n", 1)[0]
    told = f"> {sentence}\n\n" if sentence and not sentence.startswith("<!--") else ""
    return f"{word} in {head_sha[:7]}.\n\n{told}{_MENDED}{fingerprint} -->"


def comment_body(anchored: Anchored, grounds: Grounds, links: Links) -> str:
    """The text of a finding's comment."""
    finding = anchored.finding
    parts = [markdown.prose(finding.message)]
    parts += _elsewhere(anchored, links)
    parts += _remedy(anchored, grounds.report)
    parts += _related(finding, grounds, links)
    parts.append(signature(finding))
    kept = _fitting(parts, _BODY_BYTES)
    return "\n\n".join((*kept, marker(finding)))


def signature(finding: Finding) -> str:
    """The small line below: severity, rule, and how sure it is where that is not certain."""
    words = [finding.severity.word, markdown.code(finding.rule)]
    if finding.confidence is not Confidence.CERTAIN:
        words.append(finding.confidence.value)
    if finding.pair:
        words.append(markdown.code(finding.pair))
    words.append(markdown.code(short_id(finding)))
    return f"<sub>{' · '.join(words)}</sub>"


def _fitting(parts: list[str], limit: int) -> Iterator[str]:
    for part in parts:
        limit -= markdown.size(part) + 2
        if limit >= 0:
            yield part


def _elsewhere(anchored: Anchored, links: Links) -> Iterator[str]:
    """Where the finding itself is, when its comment had to stand somewhere else."""
    if anchored.via is None:
        return
    if anchored.place is not None:
        yield f"It concerns {links.to_place(anchored.place)}."
    else:
        yield f"It concerns {markdown.code(anchored.finding.origin.path)}."


def _remedy(anchored: Anchored, report: Report) -> Iterator[str]:
    finding = anchored.finding
    if finding.remedy:
        yield markdown.prose(finding.remedy)
    fix = finding.fix
    if anchored.suggestion is not None:
        yield _suggestion(anchored.suggestion)
    elif fix is not None and fix.edits:
        yield markdown.folded(
            f"Edit: {fix.title}", markdown.fenced(edits_as_diff(fix.edits, report), "diff")
        )
    if fix is not None and fix.sql:
        yield markdown.folded(f"SQL: {fix.title}", markdown.fenced(cut_sql(fix.sql), "sql"))


def _suggestion(text: str) -> str:
    """GitHub replaces the commented lines by what stands between the fences, blanks included."""
    longest = max((len(run) for run in re.findall("`+", text)), default=0)
    fence = "`" * max(3, longest + 1)
    return f"{fence}suggestion\n{text}\n{fence}" if text else f"{fence}suggestion\n{fence}"


def cut_sql(sql: str) -> str:
    """The statements, cut between lines where they are too long to be shown."""
    if markdown.size(sql) <= _SQL_BYTES:
        return sql
    kept: list[str] = []
    room = _SQL_BYTES
    for line in sql.splitlines():
        room -= markdown.size(line) + 1
        if room < 0:
            break
        kept.append(line)
    return "\n".join([*kept, "-- (cut: `driftline check` prints all of it)"])


def edits_as_diff(edits: tuple[Edit, ...], report: Report) -> str:
    """Edits as the lines that go and the lines that come."""
    return cut_sql("\n".join(_edit_as_diff(edit, report) for edit in edits))


def _edit_as_diff(edit: Edit, report: Report) -> str:
    source = report.sources.get(edit.path)
    if source is None:
        added = "\n".join(f"+{line}" for line in edit.text.splitlines())
        return f"+++ {edit.path}\n{added}"
    start, end = edit.span.start, min(edit.span.end, len(source.text))
    begin = source.text.rfind("\n", 0, start) + 1
    stop = source.text.find("\n", end)
    stop = len(source.text) if stop < 0 else stop
    old = source.text[begin:stop].splitlines()
    new = (source.text[begin:start] + edit.text + source.text[end:stop]).splitlines()
    line, _ = source.line_and_column(start)
    lines = [f"@@ {edit.path} line {line} @@"]
    lines += [f"-{text}" for text in old] + [f"+{text}" for text in new]
    return "\n".join(lines)


def _related(finding: Finding, grounds: Grounds, links: Links) -> Iterator[str]:
    shown = finding.related[:_MOST_RELATED]
    lines = [related_line(related, grounds, links) for related in shown]
    if len(finding.related) > len(shown):
        lines.append(f"- and {len(finding.related) - len(shown)} more places")
    if lines:
        yield "\n".join(lines)


def related_line(related: Related, grounds: Grounds, links: Links) -> str:
    """One related place as a line of a list."""
    place = grounds.place(related.origin)
    where = links.to_place(place) if place else markdown.code(related.origin.path)
    return f"- {where}: {markdown.prose(related.message)}"
