"""A pull request judged as it is now: fetched and analysed, with nothing written anywhere."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from msgspec.structs import replace

from bot.github.errors import NotFound
from bot.github.facts import Comparison, PullRequest
from workers.bounded import bounded
from workers.cache import RedisMemo
from workers.engine.report import Report
from workers.far_annals import FarAnnals
from workers.fetch import Source, fetch_checkout
from workers.git import GitError
from workers.states import Checkout
from workers.timelimit import time_limit

if TYPE_CHECKING:
    from redis import Redis

    from bot.github.client import GitHub
    from workers.preferences import Preferences

ANALYSIS_SECONDS = 45.0
"""A check run is to be concluded within a minute; what takes longer is said, not waited for."""
FETCH_SECONDS = 120.0
_MEGABYTES = 1_024


@dataclass(frozen=True)
class Judged:
    """A pull request, what was read of it, and what was found."""

    pull: PullRequest
    checkout: Checkout
    report: Report


def judged_now(github: GitHub, redis: Redis, number: int, *, megabytes: int = _MEGABYTES) -> Judged:
    """Judge a pull request anew; raises what GitHub, git and `bounded` raise."""
    pull = github.pull_request(number)
    comparison = comparison_of(github, pull.base.ref, pull.head.sha)
    checkout = fetched(github, source_of(github, pull, comparison), redis)
    if not checkout.is_touched:
        return Judged(pull, checkout, Report("pass", is_touched=False))
    # A report holds what cannot be sent between processes. So a child tries first whether this
    # can be judged within the bounds; what it parsed is remembered, and the second time is short.
    bounded(
        lambda: report_on(checkout, redis)[0].verdict,
        seconds=ANALYSIS_SECONDS,
        megabytes=megabytes,
    )
    with time_limit(ANALYSIS_SECONDS):
        report, _ = report_on(checkout, redis)
    return Judged(pull, checkout, report)


def comparison_of(github: GitHub, base: str, head: str) -> Comparison | None:
    """Where both parted; None where GitHub cannot say, so that git finds out."""
    try:
        comparison = github.compare(base, head)
    except NotFound:
        return None
    return comparison if comparison.merge_base_sha else None


def source_of(github: GitHub, pull: PullRequest, comparison: Comparison | None) -> Source:
    """Where the pull request's commits are."""
    return Source(
        url=github.git_url,
        base_sha=pull.base.sha,
        base_ref=f"refs/heads/{pull.base.ref}",
        head_sha=pull.head.sha,
        token=github.git_token(),
        merge_base_sha=comparison.merge_base_sha if comparison else None,
        refs=(f"refs/heads/{pull.base.ref}", f"refs/pull/{pull.number}/head"),
    )


def fetched(github: GitHub, source: Source, redis: Redis) -> Checkout:
    """Fetch by git; whatever went wrong, the next attempt does not use the same token.

    Code whose facts are remembered in Redis is not fetched. Who wrote a line of the schema is
    fetched when a finding asks for it.
    """
    try:
        checkout = fetch_checkout(source, timeout=FETCH_SECONDS, known=RedisMemo(redis).known)
    except GitError:
        github.forget_git_token()
        raise
    return replace(checkout, snapshot=replace(checkout.snapshot, annals=FarAnnals(source)))


def report_on(
    checkout: Checkout, redis: Redis, default: str | None = None, memo: RedisMemo | None = None
) -> tuple[Report, Preferences]:
    """The report on a checkout, by the wishes of its base and the organisation's `default`."""
    from workers.engine.analyze import analyze
    from workers.preferences import preferences

    wishes = preferences(checkout.snapshot, date.today(), default)
    return analyze(checkout.snapshot, wishes.settings, memo or RedisMemo(redis)), wishes
