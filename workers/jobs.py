"""The jobs, by the names under which `bot.queue` enqueues them; each takes a request as JSON.

A job ends well, or is put off: RQ runs it again when it returns a `Retry`, so that waiting costs
no worker. What goes wrong is told apart here, in one place.
"""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

import structlog
from rq import Retry, get_current_job

from bot.github.errors import (
    Forbidden,
    Gone,
    NotFound,
    RateLimited,
)
from bot.leases import LeaseHeld, LeaseLost
from bot.requests import (
    ActionRequest,
    CancelRequest,
    InstallationRequest,
    MergeGroupGone,
    MergeGroupRequest,
    Reason,
    Request,
    ReviewRequest,
    from_json,
    to_json,
)
from workers.asking import act, answer_to, rerun
from workers.attempts import PutOff, carry_out
from workers.bases import Bringers, look_at_bases
from workers.heads import SharedHeads
from workers.pull_review import review_pull
from workers.reviewing import Reviewing, review_group
from workers.turn import AlreadyServed, Superseded, Turn
from workers.workplace import Workplace

if TYPE_CHECKING:
    from bot.github.client import GitHub

_MOST_RETRIES = 3_000
_LEASE_WAIT = 1

Job = Mapping[str, Any]


def review_pull_request(payload: Job) -> Retry | None:
    """Review a pull request as it is when the job begins."""
    return _served(payload, _review)


def review_merge_group(payload: Job) -> Retry | None:
    """Review a merge group against its own base."""
    return _served(payload, _review_group)


def cancel_review(payload: Job) -> Retry | None:
    """The pull request was closed: what runs for it was told by the serial, and stops itself.

    What it brought into its base may matter to others that are open.
    """
    return _served(payload, _cancel)


def drop_merge_group(payload: Job) -> Retry | None:
    """The merge group is gone: conclude its run where that was not done."""
    return _served(payload, _drop_group)


def rerun_review(payload: Job) -> Retry | None:
    """Re-run was clicked."""
    return _served(payload, rerun)


def take_action(payload: Job) -> Retry | None:
    """A button of the check run was clicked."""
    return _served(payload, _act)


def answer_command(payload: Job) -> Retry | None:
    """Somebody wrote a command."""
    return _served(payload, answer_to)


def change_installation(payload: Job) -> Retry | None:
    """The App was installed, removed, suspended, or given other repositories."""
    return _served(payload, _change_installation)


Story = Callable[[Workplace, Any, Any], None]


def _served(payload: Job, story: Story) -> Retry | None:
    request = from_json(payload)
    log = _log(request)
    place = Workplace.from_environment()
    ending, began = "failed", time.perf_counter()
    try:
        with place.tally.traces.span(
            f"job {request.kind}", parent=str(payload.get("trace", "")), **_ids(request)
        ):
            story(place, request, log)
        ending = "done"
        _note_latency(place, request)
    except LeaseHeld:
        ending = "waits for another"
        return _again(_LEASE_WAIT)
    except (AlreadyServed, Superseded, LeaseLost) as end:
        ending = "stopped"
        log.info("stopped", reason=str(end))
    except Gone as error:
        ending = "gone"
        log.warning("the installation is gone", error=str(error))
    except (NotFound, Forbidden) as error:
        ending = "dropped"
        log.warning("dropped", error=str(error), status=error.status)
    except RateLimited as error:
        ending = "limited"
        log.info("put off", reason=str(error), seconds=round(error.retry_after))
        return _again(error.retry_after + random.uniform(0.5, 3.0))
    except PutOff as error:
        ending = "put off"
        return _again(error.seconds)
    finally:
        place.tally.add("driftline_jobs_total", kind=request.kind, ending=ending)
        seconds = time.perf_counter() - began
        place.tally.time("driftline_job_seconds", seconds, kind=request.kind)
        place.tally.flush(place.redis)
        place.tally.traces.close()
        place.redis.close()
    return None


def _note_latency(place: Workplace, request: Request) -> None:
    """From the delivery, whose time is in the job's id, to the end of its review."""
    job = get_current_job()
    if job is None or not request.delivery or request.kind not in ("review", "merge-group"):
        return
    digits = job.id.partition("-")[0]
    if len(digits) == 16:
        seconds = time.time() - int(digits, 16) / 1e9
        place.tally.time("driftline_latency_seconds", max(0.0, seconds))


def _ids(request: Request) -> dict[str, str | int]:
    """What a span says of a request: numbers, no names."""
    repository = getattr(request, "repository", None)
    about = {
        "delivery": request.delivery,
        "installation": request.installation_id,
        "repository": repository.id if repository else None,
        "pull": getattr(request, "number", None),
    }
    return {name: value for name, value in about.items() if value is not None}


def _again(seconds: float) -> Retry:
    return Retry(max=_MOST_RETRIES, interval=max(1, round(seconds)))


def _log(request: Request) -> Any:
    """A logger that names what every line is about."""
    repository = getattr(request, "repository", None)
    job = get_current_job()
    about = {
        "job": job.id if job else None,
        "kind": request.kind,
        "delivery": request.delivery,
        "installation": request.installation_id,
        "repository": repository.name if repository else None,
        "pull": getattr(request, "number", None),
        "head": getattr(request, "head_sha", None),
        "reason": getattr(getattr(request, "reason", None), "value", None),
    }
    known = {name: value for name, value in about.items() if value is not None}
    # For the lines of others in this process, too: those of git, of RQ, of the connection.
    structlog.contextvars.clear_contextvars()
    structlog.contextvars.bind_contextvars(**known)
    return structlog.get_logger().bind(**known)


def _review(place: Workplace, request: ReviewRequest, log: Any, *, show_all: bool = False) -> None:
    with_comments = not request.is_first_contact
    turn = Turn(
        place.redis,
        request.repository.id,
        request.number,
        to_json(request),
        with_comments=with_comments,
    )
    with place.github(request.installation_id, request.repository) as github, turn:
        reviewing = Reviewing(
            place,
            github,
            turn,
            log,
            repository_id=request.repository.id,
            installation_id=request.installation_id,
            subject=str(request.number),
            show_all=show_all,
        )
        carry_out(reviewing, lambda: review_pull(reviewing, request))


def _review_group(place: Workplace, request: MergeGroupRequest, log: Any) -> None:
    turn = Turn(place.redis, request.repository.id, request.head_sha, to_json(request))
    with place.github(request.installation_id, request.repository) as github, turn:
        reviewing = _of_group(place, github, turn, log, request)
        carry_out(reviewing, lambda: review_group(reviewing, request))


def _of_group(
    place: Workplace, github: GitHub, turn: Turn, log: Any, request: MergeGroupRequest
) -> Reviewing:
    return Reviewing(
        place,
        github,
        turn,
        log,
        repository_id=request.repository.id,
        installation_id=request.installation_id,
        subject=request.head_sha,
    )


def _cancel(place: Workplace, request: CancelRequest, log: Any) -> None:
    log.info("closed", is_merged=request.is_merged)
    bringers = Bringers(place.redis)
    brought = bringers.get(request.repository.id, request.number)
    bringers.forget(request.repository.id, request.number)
    heads = SharedHeads(place.redis, request.repository.id)
    for other in heads.forget(request.head_sha or "", str(request.number)):
        place.queue.enqueue(
            ReviewRequest(request.installation_id, request.repository, int(other), Reason.SWEEP)
        )
    if brought is not None and request.is_merged and request.base_ref:
        queued = look_at_bases(place, log, only=(request.repository.id, request.base_ref))
        log.info("looked at the base", queued=queued)


def _drop_group(place: Workplace, request: MergeGroupGone, log: Any) -> None:
    turn = Turn(place.redis, request.repository.id, request.head_sha, to_json(request))
    with place.github(request.installation_id, request.repository) as github, turn:
        reviewing = _of_group(place, github, turn, log, request)
        reviewing.conclude_what_stands(request.head_sha, "The merge group is gone.")


def _act(place: Workplace, request: ActionRequest, log: Any) -> None:
    act(place, request, log, _review)


def _change_installation(place: Workplace, request: InstallationRequest, log: Any) -> None:
    from workers.installations import change

    change(place, request, log)
