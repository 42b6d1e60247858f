"""What a reply says of a fix: what waits for people, what was left and why, what is known."""

from __future__ import annotations

from collections.abc import Sequence

from workers.engine.findings import Finding, Status
from workers.engine.repair.proposal import Proposal
from workers.engine.report import Report
from workers.review import markdown
from workers.review.comments import cut_sql, edits_as_diff, short_id

REPLY_BYTES = 60_000
_SHOWN = 20


def told(found: Sequence[Proposal]) -> list[str]:
    """What a reader has to know of repairs that are shown."""
    parts = []
    todos = list(dict.fromkeys(todo for one in found for todo in one.todos))
    if todos:
        listed = "\n".join(f"- {markdown.prose(todo)}" for todo in todos)
        parts.append(
            f"Only people can know, and the migration stops until it is settled:\n\n{listed}"
        )
    parts += _left(found)
    parts += [markdown.prose(note) for note in dict.fromkeys(n for one in found for n in one.notes)]
    parts.append("Proven by replay: what it mends is gone, and nothing else moved.")
    return parts


def _left(found: Sequence[Proposal]) -> list[str]:
    """What was left alone, by the reason."""
    by_reason: dict[str, list[str]] = {}
    for one in (mended for each in found for mended in each.mended if mended.side == "none"):
        by_reason.setdefault(one.why, []).append(markdown.code(one.subject))
    lines = []
    for why, subjects in by_reason.items():
        more = f" and {len(subjects) - _SHOWN} more" if len(subjects) > _SHOWN else ""
        lines.append(f"- {', '.join(subjects[:_SHOWN])}{more}: {markdown.prose(why)}")
    return ["Left alone:\n\n" + "\n".join(lines)] if lines else []


def refusals(refused: Sequence[Proposal]) -> list[str]:
    """Why there is no repair for a pair."""
    return [
        f"No fix is shown for {markdown.code(one.pair or one.migrations_path)}: "
        f"{markdown.prose(one.refusal or one.mended[0].why)}"
        for one in refused
    ]


def cut(text: str) -> str:
    """A reply of no more than GitHub takes."""
    return (
        text
        if markdown.size(text) <= REPLY_BYTES
        else text.encode()[:REPLY_BYTES].decode(errors="ignore")
    )


def fixes_told(report: Report) -> str:
    """Every remedy that is known for what is new, the worst first."""
    found = [one for one in report.of_status(Status.NEW) if one.fix is not None]
    told: dict[str, str] = {}
    for finding in found:
        told.setdefault(_remedy(finding, report), markdown.code(short_id(finding)))
    parts = [f"{each} {remedy}" for remedy, each in told.items() if remedy]
    if not parts:
        return "Nothing that this pull request brings has a fix that could be proposed."
    noun = "fix is" if len(parts) == 1 else "fixes are"
    head = f"{len(parts)} {noun} known for what this pull request brings."
    return "\n\n".join((head, *_fitting(parts)))


def _remedy(finding: Finding, report: Report) -> str:
    fix = finding.fix
    if fix is None:
        return ""
    caution = "" if fix.safe else " Read it before you apply it."
    title = f"{markdown.prose(fix.title)}.{caution}"
    if fix.sql:
        return f"{title}\n\n{markdown.fenced(cut_sql(fix.sql), 'sql')}"
    if fix.edits:
        return f"{title}\n\n{markdown.fenced(edits_as_diff(fix.edits, report), 'diff')}"
    return ""


def _fitting(parts: list[str]) -> list[str]:
    room = REPLY_BYTES
    kept: list[str] = []
    for part in parts:
        room -= markdown.size(part) + 2
        if room < 0:
            kept.append(f"… and {len(parts) - len(kept)} more, which `driftline check` prints.")
            break
        kept.append(part)
    return kept
