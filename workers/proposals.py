"""What mends a pull request, on demand: `/driftline fix` and the button *Propose fix*.

The repair goes onto the pull request's branch as one commit by the App where that is granted and
the branch is in the same repository; else the reply holds it as a patch. It is asked for by people
only, so a commit of Driftline's own never leads to another.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, Any

from bot.github.commits import Changes, HeadMoved
from bot.github.errors import Forbidden, NotFound, Unprocessable
from workers.cache import RedisMemo
from workers.engine.findings import Finding, Status
from workers.engine.repair.proposal import Proposal, Wish
from workers.engine.report import Report
from workers.output.patch import renamed_paths, render_patch
from workers.review import markdown
from workers.review.comments import cut_sql, edits_as_diff, short_id
from workers.timelimit import TookTooLong, time_limit

if TYPE_CHECKING:
    from bot.github.client import GitHub
    from workers.judging import Judged
    from workers.shadow.trial import Trial
    from workers.workplace import Workplace

_REPLY_BYTES = 60_000
_SECONDS = 90.0
_MESSAGE = "Mend schema drift"


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
    """Commit a fix, or propose it as a patch; the one reply to whoever asked, in Markdown."""
    from workers.judging import judged_now

    judged = judged_now(request.github, request.place.redis, request.number)
    if request.head_sha not in (None, judged.pull.head.sha):
        return "The head has moved on since: ask again on its check run."
    if not judged.pull.is_open:
        return "This pull request is closed: there is no branch to mend."
    try:
        with time_limit(_SECONDS):
            found = _proposed(request, judged)
    except TookTooLong:
        return "Driftline did not finish a fix for this pull request in time."
    sound = [one for one in found if not one.is_empty]
    refused = [one for one in found if one.refusal or (one.is_empty and one.remaining)]
    if not sound:
        told = fixes_told(judged.report)
        return "\n\n".join((*_refusals(refused), told))
    trials = _rehearsed(request, judged, sound)
    rehearsed = [markdown.prose(one.told) for one in trials]
    if not all(one.is_sound for one in trials):
        return _cut("\n\n".join(("No fix is shown: it fails where it was tried.", *rehearsed)))
    answer = _committed(request, judged, sound) or _as_patch(judged, sound)
    return _cut("\n\n".join((answer, *rehearsed, *_told(sound), *_refusals(refused))))


def _proposed(request: FixRequest, judged: Judged) -> tuple[Proposal, ...]:
    from workers.engine.repair.propose import propose
    from workers.preferences import preferences

    snapshot = judged.checkout.snapshot
    wishes = preferences(snapshot, date.today())
    wish = Wish(stamp=datetime.now(UTC).strftime("%Y%m%d%H%M%S"))
    return propose(snapshot, wishes.settings, wish, RedisMemo(request.place.redis))


def _committed(request: FixRequest, judged: Judged, found: Sequence[Proposal]) -> str:
    """Put the repair on the branch; what to say of it, or "" where it has to be a patch."""
    pull = judged.pull
    if pull.is_fork:
        return ""
    changes = changes_of(found, sorted(judged.checkout.snapshot.head.paths))
    try:
        sha = request.github.commit(pull.head.ref, pull.head.sha, changes, message_of(found))
    except (Forbidden, NotFound, Unprocessable, HeadMoved) as error:
        request.log.info("not committed", error=str(error))
        return ""
    request.log.info("committed", sha=sha)
    return (
        f"Committed {sha} to {markdown.code(pull.head.ref)}. "
        "Its check run follows. Read the migration before you merge: what it could not know stands "
        "there as a TODO that stops it."
    )


def changes_of(found: Sequence[Proposal], paths: Sequence[str]) -> Changes:
    """The repairs of all pairs as one commit."""
    files: dict[str, str] = {}
    before: dict[str, str] = {}
    renamed: dict[str, str] = {}
    for one in found:
        files |= {file.path: file.text for file in one.files}
        files |= {edit.path: edit.after for edit in one.edits}
        before |= {edit.path: edit.before for edit in one.edits}
        for move in one.moves:
            renamed |= dict(renamed_paths(move, paths))
    return Changes(files, before, renamed)


def message_of(found: Sequence[Proposal]) -> str:
    """The commit's message: what it does, and to what."""
    lines = [f"- {one.subject} ({one.side})" for each in found for one in each.mended]
    lines += [f"- {move.old} becomes {move.new}" for each in found for move in each.moves]
    shown = lines[:40] + (["- and more"] if len(lines) > 40 else [])
    return "\n".join((_MESSAGE, "", *shown))


def _as_patch(judged: Judged, found: Sequence[Proposal]) -> str:
    text = render_patch(found, sorted(judged.checkout.snapshot.head.paths))
    why = (
        "Driftline does not write to forks"
        if judged.pull.is_fork
        else "Driftline may not write to this branch"
    )
    if markdown.size(text) > _REPLY_BYTES * 3 // 4:
        return f"{why}, and the patch is too long for a reply: `driftline fix --write` makes it."
    fold = f"<details><summary>The patch</summary>\n\n{markdown.fenced(text, 'diff')}\n</details>"
    return f"{why}. Save this patch and run `git apply` on it.\n\n{fold}"


def _rehearsed(request: FixRequest, judged: Judged, found: Sequence[Proposal]) -> list[Trial]:
    """What a throwaway database made of it. SQL out of a fork is never executed."""
    url = os.environ.get("DRIFTLINE_SHADOW_URL", "")
    if not url or judged.pull.is_fork:
        return []
    from workers.shadow.trial import Trial, trial

    try:
        with time_limit(_SECONDS):
            return [trial(judged.checkout.snapshot, one, url) for one in found]
    except TookTooLong:
        return [Trial("The rehearsal on the shadow database did not finish in time.")]


def _told(found: Sequence[Proposal]) -> list[str]:
    parts = []
    todos = list(dict.fromkeys(todo for one in found for todo in one.todos))
    if todos:
        listed = "\n".join(f"- {markdown.prose(todo)}" for todo in todos)
        parts.append(
            f"Only people can know, and the migration stops until it is settled:\n\n{listed}"
        )
    remaining = list(dict.fromkeys(name for one in found for name in one.remaining))
    if remaining:
        listed = ", ".join(markdown.code(name) for name in remaining)
        parts.append(f"Left alone, because nothing says which side is right: {listed}.")
    parts += [markdown.prose(note) for note in dict.fromkeys(n for one in found for n in one.notes)]
    parts.append("Proven by replay: what it mends is gone, and nothing else moved.")
    return parts


def _refusals(refused: Sequence[Proposal]) -> list[str]:
    return [
        f"No fix is shown for {markdown.code(one.pair or one.migrations_path)}: "
        f"{markdown.prose(one.refusal or one.mended[0].why)}"
        for one in refused
    ]


def _cut(text: str) -> str:
    return (
        text
        if markdown.size(text) <= _REPLY_BYTES
        else text.encode()[:_REPLY_BYTES].decode(errors="ignore")
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
    room = _REPLY_BYTES
    kept: list[str] = []
    for part in parts:
        room -= markdown.size(part) + 2
        if room < 0:
            kept.append(f"… and {len(parts) - len(kept)} more, which `driftline check` prints.")
            break
        kept.append(part)
    return kept
