"""The JSON of check runs and suites, as GitHub writes it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.sandbox.pull_shapes import pull_url
from tests.sandbox.shapes import (
    Json,
    app_json,
    hook_commit_json,
    node_id,
    repository_json,
    repository_url,
    stamp,
)
from tests.sandbox.state import CheckRun, CheckSuite, Repository

if TYPE_CHECKING:
    from tests.sandbox.world import World


def matching_pulls(world: World, repository: Repository, sha: str) -> list[Json]:
    """The `pull_requests` of a check run: none of a fork, as GitHub has it."""
    return [
        {
            "url": pull_url(world, pull),
            "id": pull.id,
            "number": pull.number,
            "head": reference_json(world, repository, pull.head_ref, pull.head_sha),
            "base": reference_json(world, repository, pull.base_ref, pull.base_sha),
        }
        for pull in repository.pulls.values()
        if pull.head_sha == sha and pull.state == "open" and pull.head_repository is repository
    ]


def reference_json(world: World, repository: Repository, ref: str, sha: str) -> Json:
    """A branch inside `pull_requests`."""
    url = repository_url(world, repository)
    return {
        "ref": ref,
        "sha": sha,
        "repo": {"id": repository.id, "url": url, "name": repository.name},
    }


def check_run_json(world: World, repository: Repository, run: CheckRun) -> Json:
    """A `check-run`, with the whole suite inside as webhooks have it."""
    url = f"{repository_url(world, repository)}/check-runs/{run.id}"
    html = f"{world.url}/{repository.full_name}/runs/{run.id}"
    return {
        "id": run.id,
        "name": run.name,
        "node_id": node_id("CR", run.id),
        "head_sha": run.head_sha,
        "external_id": run.external_id,
        "url": url,
        "html_url": html,
        "details_url": run.details_url or html,
        "status": run.status,
        "conclusion": run.conclusion,
        "started_at": stamp(run.started_at),
        "completed_at": stamp(run.completed_at),
        "output": {
            "title": run.title,
            "summary": run.summary,
            "text": run.text,
            "annotations_count": len(run.annotations),
            "annotations_url": f"{url}/annotations",
        },
        "check_suite": suite_json(world, repository, run.suite),
        "app": app_json(world, world.app),
        "pull_requests": matching_pulls(world, repository, run.head_sha),
    }


def suite_json(world: World, repository: Repository, suite: CheckSuite) -> Json:
    """A `check-suite`."""
    url = f"{repository_url(world, repository)}/check-suites/{suite.id}"
    runs = [run for run in repository.check_runs if run.suite is suite]
    commit = repository.git.read_commit(suite.head_sha)
    status, conclusion = suite_state(runs)
    return {
        "id": suite.id,
        "node_id": node_id("CS", suite.id),
        "head_branch": suite.head_branch,
        "head_sha": suite.head_sha,
        "status": status,
        "conclusion": conclusion,
        "url": url,
        "before": commit.parents[0] if commit.parents else None,
        "after": suite.head_sha,
        "pull_requests": matching_pulls(world, repository, suite.head_sha),
        "app": app_json(world, world.app),
        "created_at": stamp(suite.created_at),
        "updated_at": stamp(suite.updated_at),
        "head_commit": hook_commit_json(commit),
        "latest_check_runs_count": len(runs),
        "check_runs_url": f"{url}/check-runs",
        "repository": repository_json(world, repository),
    }


def suite_state(runs: list[CheckRun]) -> tuple[str, str | None]:
    """Status and conclusion of a suite, out of its runs."""
    if not runs:
        return "queued", None
    if any(run.status != "completed" for run in runs):
        return "in_progress", None
    order = ("failure", "timed_out", "action_required", "cancelled", "neutral", "success")
    conclusions = {run.conclusion for run in runs}
    return "completed", next((word for word in order if word in conclusions), "neutral")
