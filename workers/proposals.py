"""What mends a pull request, on demand: `/driftline fix` and the button *Propose fix*."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from workers.engine.findings import Finding, Status
from workers.engine.report import Report
from workers.review import markdown
from workers.review.comments import cut_sql, edits_as_diff, short_id

if TYPE_CHECKING:
    from bot.github.client import GitHub
    from workers.workplace import Workplace

_REPLY_BYTES = 60_000


@dataclass(frozen=True)
class FixRequest:
    """Who asks for a fix of what. `login` has write permission, and is no bot."""

    place: Workplace
    github: GitHub
    number: int
    login: str
    log: Any
    head_sha: str | None = None
    """The head whose check run's button was pressed; None where a comment asked."""


def propose_fix(request: FixRequest) -> str:
    """Propose a fix; the one reply to whoever asked, in Markdown."""
    from workers.judging import judged_now

    judged = judged_now(request.github, request.place.redis, request.number)
    if request.head_sha not in (None, judged.pull.head.sha):
        return "The head has moved on since: ask again on its check run."
    return fixes_told(judged.report)


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
    room = _REPLY_BYTES
    kept: list[str] = []
    for part in parts:
        room -= markdown.size(part) + 2
        if room < 0:
            kept.append(f"… and {len(parts) - len(kept)} more, which `driftline check` prints.")
            break
        kept.append(part)
    return kept
