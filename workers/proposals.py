"""What mends a pull request, on demand: `/driftline fix` and the button *Propose fix*.

The repair goes onto the pull request's branch as one commit by the App where that is granted and
the branch is in the same repository; else the reply holds it as a patch. It is asked for by people
only, so a commit of Driftline's own never leads to another. It is made and rehearsed in children
that the operating system bounds, since it works on a stranger's texts.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, Any, TypeVar

from bot.github.commits import Changes, HeadMoved
from bot.github.errors import Forbidden, NotFound, Unprocessable
from workers.bounded import Died, TookTooMuch, bounded
from workers.cache import RedisMemo
from workers.engine.repair.proposal import Proposal, Wish
from workers.engine.settings import Settings
from workers.engine.snapshot import Snapshot
from workers.fixes_told import REPLY_BYTES, cut, fixes_told, refusals, told
from workers.output.patch import renamed_paths, render_patch
from workers.review import markdown
from workers.timelimit import TookTooLong

if TYPE_CHECKING:
    from bot.github.client import GitHub
    from workers.judging import Judged
    from workers.shadow.trial import Trial
    from workers.workplace import Workplace

T = TypeVar("T")

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

    def bounded(self, work: Callable[[], T]) -> T:
        """What work on the pull request's texts returns, done in a child."""
        return bounded(work, seconds=_SECONDS, megabytes=self.place.settings.job_megabytes)


def propose_fix(request: FixRequest) -> str:
    """Commit a fix, or propose it as a patch; the one reply to whoever asked, in Markdown."""
    try:
        return _answer(request)
    except TookTooLong:
        return "Driftline did not finish a fix for this pull request in time."
    except (TookTooMuch, Died):
        return "A fix for this pull request is more than Driftline can make: it was broken off."


def _answer(request: FixRequest) -> str:
    from workers.judging import judged_now

    most = request.place.settings.job_megabytes
    judged = judged_now(request.github, request.place.redis, request.number, megabytes=most)
    if request.head_sha not in (None, judged.pull.head.sha):
        return "The head has moved on since: ask again on its check run."
    if not judged.pull.is_open:
        return "This pull request is closed: there is no branch to mend."
    snapshot, url = judged.checkout.snapshot, request.place.settings.redis_url
    found = request.bounded(lambda: _proposed(snapshot, url))
    sound = [one for one in found if not one.is_empty]
    refused = [one for one in found if one.refusal or (one.is_empty and one.remaining)]
    if not sound:
        return "\n\n".join((*refusals(refused), fixes_told(judged.report)))
    trials = _rehearsed(request, judged, sound)
    rehearsed = [markdown.prose(one.told) for one in trials]
    if not all(one.is_sound for one in trials):
        return cut("\n\n".join(("No fix is shown: it fails where it was tried.", *rehearsed)))
    answer = _committed(request, judged, sound)
    return cut("\n\n".join((answer, *rehearsed, *told(sound), *refusals(refused))))


def _proposed(snapshot: Snapshot, redis_url: str) -> tuple[Proposal, ...]:
    """In a child, which has a connection of its own."""
    from bot.redis_connection import connect_for_work
    from workers.engine.repair.propose import propose

    wish = Wish(stamp=datetime.now(UTC).strftime("%Y%m%d%H%M%S"))
    memo = RedisMemo(connect_for_work(redis_url))
    return propose(snapshot, _settings(snapshot), wish, memo)


def _settings(snapshot: Snapshot) -> Settings:
    from workers.preferences import preferences

    return preferences(snapshot, date.today()).settings


def _committed(request: FixRequest, judged: Judged, found: Sequence[Proposal]) -> str:
    """Put the repair on the branch, or show it as a patch; what to say of it."""
    pull = judged.pull
    if pull.is_fork:
        return _as_patch(judged, found, "Driftline does not write to forks")
    changes = changes_of(found, sorted(judged.checkout.snapshot.head.paths))
    try:
        sha = request.github.commit(pull.head.ref, pull.head.sha, changes, message_of(found))
    except (Forbidden, NotFound, Unprocessable) as error:
        request.log.info("not committed", error=str(error))
        return _as_patch(judged, found, "Driftline may not write to this branch")
    except HeadMoved as error:
        request.log.info("not committed", error=str(error))
        return _as_patch(
            judged, found, "The branch is not what was judged, so nothing was committed"
        )
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


def _as_patch(judged: Judged, found: Sequence[Proposal], why: str) -> str:
    text = render_patch(found, sorted(judged.checkout.snapshot.head.paths))
    if markdown.size(text) > REPLY_BYTES * 3 // 4:
        return f"{why}, and the patch is too long for a reply: `driftline fix --write` makes it."
    fold = f"<details><summary>The patch</summary>\n\n{markdown.fenced(text, 'diff')}\n</details>"
    return f"{why}. Save this patch and run `git apply` on it.\n\n{fold}"


def _rehearsed(request: FixRequest, judged: Judged, found: Sequence[Proposal]) -> list[Trial]:
    """What a throwaway database made of it. SQL out of a fork is never executed."""
    url = os.environ.get("DRIFTLINE_SHADOW_URL", "")
    if not url or judged.pull.is_fork:
        return []
    from workers.shadow.trial import Trial, trial

    snapshot = judged.checkout.snapshot

    def tried() -> list[Trial]:
        settings = _settings(snapshot)
        return [trial(snapshot, one, url, settings) for one in found]

    try:
        return request.bounded(tried)
    except (TookTooLong, TookTooMuch, Died):
        return [Trial("The rehearsal on the shadow database did not finish.")]
