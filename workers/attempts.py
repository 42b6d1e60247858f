"""One attempt at a review, and what becomes of it when it fails."""

from __future__ import annotations

import traceback
from collections.abc import Callable

from bot.github.errors import (
    Forbidden,
    GitHubError,
    Gone,
    NotFound,
    RateLimited,
    Unavailable,
    UnknownOutcome,
)
from bot.leases import LeaseLost
from bot.sentry import tell
from workers.bounded import Died, Failed, TookTooMuch
from workers.git import GitError
from workers.reviewing import Reviewing, conclude_as_ours
from workers.timelimit import TookTooLong
from workers.turn import Superseded

_BACKOFF = (2, 5, 15, 30)
"""Seconds; the last one holds for as long as it takes. A check run is to be concluded within a
minute once GitHub answers again."""
_MOST_FAILURES = 3
"""Attempts that may fail by a fault of ours before the check says so."""
_HOPELESS = (TookTooLong, TookTooMuch, Died)
"""Another attempt would end in the same way."""
_MOST_FETCHES = 12
"""Attempts to fetch by git, five minutes' worth, where GitHub's API answers all the while."""


class PutOff(Exception):
    """Try again in so many seconds."""

    def __init__(self, seconds: float) -> None:
        super().__init__(f"put off by {seconds:.0f} s")
        self.seconds = seconds


def carry_out(reviewing: Reviewing, review: Callable[[], None]) -> None:
    """Make the review; after failures try again, and in the end say on the check that we failed."""
    record = reviewing.turn.record
    attempts = record.attempts if record else 1
    try:
        review()
    except (Superseded, LeaseLost):
        raise
    except NotFound as error:
        # GitHub tells of a push before every one of its servers has it.
        if attempts < _MOST_FAILURES:
            reviewing.log.info("not there yet", error=str(error), attempt=attempts)
            _put_off(reviewing, attempts, error)
        reviewing.turn.give_up()
        raise
    except (Gone, Forbidden):
        reviewing.turn.give_up()
        raise
    except RateLimited as error:
        reviewing.turn.wait(error.retry_after, counts=False)
        raise
    except (Unavailable, UnknownOutcome, GitError) as error:
        reviewing.log.warning("GitHub does not answer", error=str(error), attempt=attempts)
        if isinstance(error, GitError) and attempts >= _MOST_FETCHES:
            _admitted(reviewing, error)
        else:
            _put_off(reviewing, attempts, error)
    except Exception as error:
        # Without the message: it may quote the repository's own text.
        trace = "".join(traceback.format_tb(error.__traceback__))
        kind = type(error).__name__
        if isinstance(error, Failed):
            kind, trace = error.kind, error.trace
        reviewing.log.error("failed", attempt=attempts, error=kind, trace=trace)
        tell(error)
        if attempts >= _MOST_FAILURES or isinstance(error, _HOPELESS):
            _admitted(reviewing, error)
        else:
            _put_off(reviewing, attempts, error)
    else:
        _count(reviewing)
        reviewing.log.info(
            "reviewed",
            calls=reviewing.github.calls,
            limit_left=reviewing.github.limit_left,
            posted=reviewing.published.posted,
            kept=reviewing.published.kept,
            mended=reviewing.published.mended,
            resolved=reviewing.published.resolved,
            doubled=reviewing.doubled,
        )


def _count(reviewing: Reviewing) -> None:
    tally, github = reviewing.place.tally, reviewing.github
    tally.add("driftline_github_calls_total", github.calls, kind="review")
    if github.limit_left is not None:
        tally.limit(reviewing.installation_id, github.limit_left)


def _put_off(reviewing: Reviewing, attempts: int, error: Exception) -> None:
    seconds = _BACKOFF[min(attempts, len(_BACKOFF)) - 1]
    reviewing.turn.wait(seconds)
    raise PutOff(seconds) from error


def _admitted(reviewing: Reviewing, error: Exception) -> None:
    """Say on the check that the fault is ours; where even that fails, later."""
    try:
        conclude_as_ours(reviewing, error)
    except GitHubError as trouble:
        seconds = trouble.retry_after if isinstance(trouble, RateLimited) else _BACKOFF[-1]
        reviewing.turn.wait(seconds)
        raise PutOff(seconds) from trouble
    reviewing.turn.give_up()
