"""How a finding is waved through: the very line to commit, tried out before it is told.

A comment beside the place counts at once, so it is what is offered. A migration that has landed
must not be edited (its checksum is on record), and some files have no comments: there an
exemption in the configuration does it, once it is merged.
"""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from workers.engine.config.place import PATHS
from workers.engine.findings import Finding, Status
from workers.engine.report import Report
from workers.engine.snapshot import Snapshot
from workers.engine.source import SourceFile
from workers.engine.suppression import MARK, Suppression, suppressions_in
from workers.review import markdown
from workers.review.comments import short_id
from workers.review.lines import LineMap

_MOST_LISTED = 10
_REASON_CHARACTERS = 300
_NUMBER = re.compile(r"(?=[a-f]*[0-9])[0-9a-f]{8,16}")
"""Not a word that is written with a to f alone, such as `facade`."""
_DIGITS = re.compile(r"[0-9a-f]{4,16}")
_SIGNS = (("--", ".sql"), ("///", ".prisma"))
_HOW = "`/driftline ignore FINDING reason`"


@dataclass(frozen=True, slots=True)
class Answer:
    """The reply; `is_found` where it holds the line that was asked for."""

    text: str
    is_found: bool = False


@dataclass(frozen=True)
class Asked:
    """What is asked about: a report, its states, and the way from the judged lines to the head."""

    report: Report
    snapshot: Snapshot
    lines: LineMap = field(default_factory=LineMap)


def ignoring(asked: Asked, wanted: str, reason: str) -> Answer:
    """The answer to `/driftline ignore WANTED REASON`."""
    report = asked.report
    wanted = _bare(wanted)
    if not wanted:
        return Answer(f"Say which finding, and why it may stand: {_HOW}.{_known(report)}")
    waved = [one for one in report.suppressed if _is_meant(one, wanted)]
    found = _meant(report, wanted)
    if not found and waved:
        why = f": {markdown.prose(waved[0].waiver)}" if waved[0].waiver else ""
        return Answer(f"{markdown.code(wanted)} is waved through already{why}.", True)
    if not found:
        return Answer(f"There is no finding {markdown.code(wanted[:60])} here.{_known(report)}")
    if len({one.fingerprint for one in found}) > 1:
        more = _listed(found)
        return Answer(f"{markdown.code(wanted[:60])} could be any of {len(found)}.{more}")
    clean = _one_line(reason)
    if not clean:
        return Answer(f"A reason is mandatory: `/driftline ignore {short_id(found[0])} reason`.")
    return Answer(_told(asked, found[0], clean), True)


def _bare(wanted: str) -> str:
    return wanted.strip("`#:*()").casefold()


def names_finding(word: str) -> bool:
    """A word that can only be meant as a finding: its number, or a rule's name."""
    from workers.engine.rules.catalogue import CATALOGUE

    bare = _bare(word)
    return bare in CATALOGUE or bool(_NUMBER.fullmatch(bare))


def _one_line(reason: str) -> str:
    return " ".join(markdown.visible(reason).split())[:_REASON_CHARACTERS]


def _candidates(report: Report) -> list[Finding]:
    return [
        part for one in report.findings if one.status is not Status.MENDED for part in one.parts
    ]


def _meant(report: Report, wanted: str) -> list[Finding]:
    """By fingerprint or its beginning; by the rule's name, where that is not ambiguous."""
    return [one for one in _candidates(report) if _is_meant(one, wanted)]


def _is_meant(finding: Finding, wanted: str) -> bool:
    if finding.rule == wanted:
        return True
    return bool(_DIGITS.fullmatch(wanted)) and finding.fingerprint.startswith(wanted)


def _known(report: Report) -> str:
    found = _candidates(report)
    if not found:
        return " Nothing was found that could be waved through."
    return _listed(found)


def _listed(found: Sequence[Finding]) -> str:
    lines = [_line(one) for one in found[:_MOST_LISTED]]
    if len(found) > _MOST_LISTED:
        lines.append(f"- and {len(found) - _MOST_LISTED} more")
    return "\n\n" + "\n".join(["These stand:", "", *lines])


def _line(finding: Finding) -> str:
    called = f"{markdown.code(short_id(finding))} ({markdown.code(finding.rule)})"
    return f"- {called} {markdown.prose(finding.message)}"


def _told(asked: Asked, finding: Finding, reason: str) -> str:
    head = (
        f"> {markdown.prose(finding.message)}\n\nTo wave {markdown.code(short_id(finding))} through"
    )
    beside = _beside(asked, finding, reason)
    if beside is not None:
        line, number = beside
        where = f"above line {number} of {markdown.code(finding.origin.path)}"
        return f"{head}, commit this line {where}:\n\n{markdown.fenced(line)}"
    entry = "\n".join(
        (
            "exempt:",
            f"  - rule: {finding.rule}",
            f"    subject: {json.dumps(finding.subject)}",
            f"    reason: {json.dumps(reason)}",
        )
    )
    return (
        f"{head}, add this to {markdown.code(PATHS[0])}. It counts once it is merged, since a pull"
        f" request is judged by the configuration of its base:\n\n{markdown.fenced(entry, 'yaml')}"
    )


def _beside(asked: Asked, finding: Finding, reason: str) -> tuple[str, int] | None:
    """The comment and the line above which it belongs; None where none would do."""
    path = finding.origin.path
    source = asked.report.sources.get(path)
    base = asked.snapshot.base
    has_landed = base is not None and path in base.files
    if source is None or path not in asked.snapshot.head.files:
        return None
    if path.lower().endswith(".sql") and has_landed:
        return None
    sign = next((sign for sign, end in _SIGNS if path.lower().endswith(end)), "#")
    number, column = source.line_and_column(finding.origin.span.start)
    start = finding.origin.span.start - column + 1
    indent = re.match(r"[ \t]*", source.text[start:])
    line = f"{indent[0] if indent else ''}{sign} {MARK} {finding.rule}: {reason}"
    shown = asked.lines.in_head(path, number)
    if shown is None or not _does(source, start, line, finding):
        return None
    return line, shown


def _does(source: SourceFile, start: int, line: str, finding: Finding) -> bool:
    """With the line in its place a suppression covers the finding."""
    end = "\r\n" if "\r\n" in source.text else "\n"
    tried = SourceFile(source.path, f"{source.text[:start]}{line}{end}{source.text[start:]}")
    at = finding.origin.span.start + len(line) + len(end)
    return any(_covers(one, finding, at) for one in suppressions_in(tried))


def _covers(one: Suppression, finding: Finding, at: int) -> bool:
    is_within = one.covers.start <= at < one.covers.end
    return one.name == finding.rule and bool(one.reason) and is_within
