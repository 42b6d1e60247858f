"""Check runs and suites, with the limits that GitHub's description cannot state."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from tests.sandbox.check_shapes import check_run_json, suite_json, suite_state
from tests.sandbox.errors import ApiError, invalid, not_found
from tests.sandbox.state import Account, CheckRun, CheckSuite, PullRequest, Repository
from tests.sandbox.webhooks import emit
from tests.sandbox.world import World

MAX_BYTES = 65535  # of summary and of text; the description says characters, GitHub counts bytes
MAX_DETAILS = 64 * 1024  # bytes of an annotation's message and raw_details
MAX_TITLE = 255


def suite_for(world: World, repository: Repository, sha: str) -> CheckSuite:
    """The App's suite for the commit, made where there is none."""
    for suite in repository.check_suites:
        if suite.head_sha == sha:
            return suite
    pulls = repository.pulls.values()
    own = (p.head_ref for p in pulls if p.head_sha == sha and p.head_repository is repository)
    suite = CheckSuite(world.new_id(), sha, next(own, None), world.now(), world.now())
    repository.check_suites.append(suite)
    return suite


def create_run(world: World, repository: Repository, request: dict[str, Any]) -> CheckRun:
    """Makes a check run."""
    with world.lock:
        sha = repository.git.resolve(request["head_sha"])
        if sha is None or sha != request["head_sha"]:
            raise ApiError(422, f"No commit found for SHA: {request['head_sha']}")
        check_limits(request)
        run = CheckRun(
            id=world.new_id(),
            suite=suite_for(world, repository, sha),
            name=request["name"],
            head_sha=sha,
            external_id=request.get("external_id", ""),
            details_url=request.get("details_url"),
            status="queued",
            conclusion=None,
            started_at=moment(request.get("started_at")) or world.now(),
            completed_at=None,
        )
        apply(world, run, request)
        repository.check_runs.append(run)
        emit_run(world, repository, run, "created", world.app.bot)
        after_change(world, repository, run, was_complete=False)
        return run


def update_run(
    world: World, repository: Repository, run: CheckRun, request: dict[str, Any]
) -> None:
    """Changes a check run; annotations are added to those it has."""
    with world.lock:
        check_limits(request)
        was_complete = run.status == "completed"
        run.name = request.get("name", run.name)
        run.external_id = request.get("external_id", run.external_id)
        run.details_url = request.get("details_url", run.details_url)
        run.started_at = moment(request.get("started_at")) or run.started_at
        apply(world, run, request)
        after_change(world, repository, run, was_complete)


def apply(world: World, run: CheckRun, request: dict[str, Any]) -> None:
    """Status, conclusion, output and actions, the same for a new and an old run."""
    status = "completed" if request.get("conclusion") else request.get("status", run.status)
    if status == "completed":
        run.conclusion = request.get("conclusion", run.conclusion)
        done = moment(request.get("completed_at"))
        run.completed_at = done or run.completed_at or world.now()
        if run.conclusion is None:
            raise invalid("CheckRun", "conclusion", "missing_field")
    else:
        run.conclusion = run.completed_at = None
    run.status = status
    output = request.get("output")
    if output:
        run.title = output.get("title", run.title)
        run.summary = output.get("summary", run.summary)
        run.text = output.get("text", run.text)
        run.annotations.extend(output.get("annotations", []))
    if "actions" in request:
        run.actions = list(request["actions"])


def check_limits(request: dict[str, Any]) -> None:
    """Raises 422 where the output or a button is longer than GitHub takes."""
    output = request.get("output") or {}
    for key in ("summary", "text"):
        size = len((output.get(key) or "").encode())
        if size > MAX_BYTES:
            raise ApiError(
                422, f"Invalid request.\n\n{key} exceeds a maximum bytesize of {MAX_BYTES}"
            )
    for annotation in output.get("annotations", []):
        check_annotation(annotation)
    if len(request.get("actions", [])) > 3:
        raise ApiError(
            422, "Invalid request.\n\nNo more than 3 items are allowed; more were supplied."
        )


def check_annotation(annotation: dict[str, Any]) -> None:
    """Raises 422 for an annotation that GitHub would refuse."""
    for key in ("message", "raw_details"):
        if len((annotation.get(key) or "").encode()) > MAX_DETAILS:
            raise ApiError(422, f"Invalid request.\n\n{key} is too large (maximum is 64 KB)")
    if len(annotation.get("title") or "") > MAX_TITLE:
        raise ApiError(422, "Invalid request.\n\ntitle is too long (maximum is 255 characters)")
    start, end = annotation["start_line"], annotation["end_line"]
    columns = "start_column" in annotation or "end_column" in annotation
    if end < start or (columns and start != end):
        raise ApiError(422, "Invalid request.\n\nInvalid line or column of an annotation.")


def moment(text: str | None) -> datetime | None:
    """A moment out of a request, in UTC."""
    return datetime.fromisoformat(text).astimezone(UTC) if text else None


def after_change(world: World, repository: Repository, run: CheckRun, was_complete: bool) -> None:
    """Sends what a completed run makes GitHub send."""
    run.suite.updated_at = world.now()
    if run.status == "completed" and not was_complete:
        emit_run(world, repository, run, "completed", world.app.bot)
        runs = [one for one in repository.check_runs if one.suite is run.suite]
        if suite_state(runs)[0] == "completed":
            emit_suite(world, repository, run.suite, "completed", world.app.bot)


def emit_run(
    world: World, repository: Repository, run: CheckRun, action: str, user: Account, **more: Any
) -> None:
    """Sends a `check_run` webhook."""
    payload = {"check_run": check_run_json(world, repository, run)} | more
    emit(world, "check_run", action, payload, user, repository)


def emit_suite(
    world: World, repository: Repository, suite: CheckSuite, action: str, user: Account
) -> None:
    """Sends a `check_suite` webhook."""
    payload = {"check_suite": suite_json(world, repository, suite)}
    emit(world, "check_suite", action, payload, user, repository)


def rerequest_run(world: World, repository: Repository, run: CheckRun, user: Account) -> None:
    """Somebody pressed Re-run; the run itself does not change."""
    with world.lock:
        emit_run(world, repository, run, "rerequested", user)


def rerequest_suite(world: World, repository: Repository, suite: CheckSuite, user: Account) -> None:
    """Somebody pressed Re-run all checks."""
    with world.lock:
        emit_suite(world, repository, suite, "rerequested", user)


def request_action(
    world: World, repository: Repository, run: CheckRun, identifier: str, user: Account
) -> None:
    """Somebody pressed one of the run's buttons."""
    with world.lock:
        if identifier not in {action["identifier"] for action in run.actions}:
            raise ValueError(f"the check run has no button {identifier!r}")
        more = {"requested_action": {"identifier": identifier}}
        emit_run(world, repository, run, "requested_action", user, **more)


def find_run(repository: Repository, number: int) -> CheckRun:
    """The check run with that id."""
    for run in repository.check_runs:
        if run.id == number:
            return run
    raise not_found()


def latest_runs(repository: Repository, sha: str) -> list[CheckRun]:
    """The newest run of each name for a commit."""
    newest = {run.name: run for run in repository.check_runs if run.head_sha == sha}
    return list(newest.values())


def runs_of(pull: PullRequest) -> list[CheckRun]:
    """The newest runs for the pull request's head."""
    return latest_runs(pull.repository, pull.head_sha)
