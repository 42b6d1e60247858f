"""The JSON of pull requests, reviews, comments and check runs, as GitHub writes it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from tests.sandbox.diff import ChangedFile
from tests.sandbox.shapes import (
    Json,
    app_json,
    commit_json,
    hook_commit_json,
    node_id,
    reactions_json,
    repository_json,
    repository_url,
    stamp,
    user_json,
)
from tests.sandbox.state import (
    Account,
    CheckRun,
    CheckSuite,
    IssueComment,
    PullRequest,
    Repository,
    Review,
    ReviewComment,
)

if TYPE_CHECKING:
    from tests.sandbox.world import World

ASSOCIATIONS = {"admin": "MEMBER", "maintain": "MEMBER", "write": "COLLABORATOR"}


def association(pull: PullRequest, account: Account) -> str:
    """`author_association`; GitHub does not tell private members from contributors either."""
    if account is pull.repository.owner:
        return "OWNER"
    return ASSOCIATIONS.get(pull.repository.role(account), "NONE")


def pull_url(world: World, pull: PullRequest) -> str:
    """The pull request's address in the REST API."""
    return f"{repository_url(world, pull.repository)}/pulls/{pull.number}"


def pull_html(world: World, pull: PullRequest) -> str:
    """The pull request's page."""
    return f"{world.url}/{pull.repository.full_name}/pull/{pull.number}"


def branch_json(world: World, repository: Repository | None, ref: str, sha: str) -> Json:
    """The `head` or `base` of a pull request; the repository is null when a fork is gone."""
    owner = repository.owner if repository else None
    is_there = repository is not None and not repository.deleted
    return {
        "label": f"{owner.login if owner else 'unknown'}:{ref}",
        "ref": ref,
        "sha": sha,
        "user": user_json(world, owner) if owner else None,
        "repo": repository_json(world, repository) if repository and is_there else None,
    }


def pull_json(world: World, pull: PullRequest, full: bool = True) -> Json:
    """A `pull-request`, or without `full` a `pull-request-simple`."""
    url, html = pull_url(world, pull), pull_html(world, pull)
    repo = repository_url(world, pull.repository)
    links = {
        "self": url,
        "html": html,
        "issue": f"{repo}/issues/{pull.number}",
        "comments": f"{repo}/issues/{pull.number}/comments",
        "review_comments": f"{url}/comments",
        "review_comment": f"{repo}/pulls/comments{{/number}}",
        "commits": f"{url}/commits",
        "statuses": f"{repo}/statuses/{pull.head_sha}",
    }
    shape: Json = {
        "url": url,
        "id": pull.id,
        "node_id": node_id("PR", pull.id),
        "html_url": html,
        "diff_url": f"{html}.diff",
        "patch_url": f"{html}.patch",
        "number": pull.number,
        "state": pull.state,
        "locked": pull.locked,
        "active_lock_reason": "too heated" if pull.locked else None,
        "title": pull.title,
        "user": user_json(world, pull.user),
        "body": pull.body or None,
        "created_at": stamp(pull.created_at),
        "updated_at": stamp(pull.updated_at),
        "closed_at": stamp(pull.closed_at),
        "merged_at": stamp(pull.merged_at),
        "merge_commit_sha": pull.merge_sha,
        "assignee": None,
        "assignees": [],
        "requested_reviewers": [],
        "requested_teams": [],
        "labels": [],
        "milestone": None,
        "draft": pull.draft,
        "head": branch_json(world, pull.head_repository, pull.head_ref, pull.head_sha),
        "base": branch_json(world, pull.repository, pull.base_ref, pull.base_sha),
        "_links": {name: {"href": address} for name, address in links.items()},
        "author_association": association(pull, pull.user),
        "auto_merge": None,
    } | {f"{name}_url": links[name] for name in links if name not in ("self", "html")}
    return shape | pull_counts(world, pull) if full else shape


def pull_counts(world: World, pull: PullRequest) -> Json:
    """What only the full shape of a pull request holds."""
    files = world.files(pull)
    git = pull.repository.git
    base = git.merge_base(pull.base_sha, pull.head_sha)
    commits = git.between(base, pull.head_sha) if base else []
    return {
        "merged": pull.merged_at is not None,
        "mergeable": pull.mergeable,
        "rebaseable": pull.mergeable,
        "mergeable_state": "clean" if pull.mergeable else "dirty",
        "merged_by": user_json(world, pull.user) if pull.merged_at else None,
        "comments": len(pull.comments),
        "review_comments": len(pull.review_comments),
        "maintainer_can_modify": False,
        "commits": len(commits),
        "additions": sum(file.additions for file in files),
        "deletions": sum(file.deletions for file in files),
        "changed_files": len(files),
    }


def issue_json(world: World, pull: PullRequest) -> Json:
    """The pull request as the `issue` of an `issue_comment` webhook."""
    repo = repository_url(world, pull.repository)
    url = f"{repo}/issues/{pull.number}"
    html = pull_html(world, pull)
    return {
        "url": url,
        "repository_url": repo,
        "labels_url": f"{url}/labels{{/name}}",
        "comments_url": f"{url}/comments",
        "events_url": f"{url}/events",
        "timeline_url": f"{url}/timeline",
        "html_url": html,
        "id": pull.id,
        "node_id": node_id("PR", pull.id),
        "number": pull.number,
        "title": pull.title,
        "user": user_json(world, pull.user),
        "labels": [],
        "state": pull.state,
        "locked": pull.locked,
        "assignee": None,
        "assignees": [],
        "milestone": None,
        "comments": len(pull.comments),
        "created_at": stamp(pull.created_at),
        "updated_at": stamp(pull.updated_at),
        "closed_at": stamp(pull.closed_at),
        "author_association": association(pull, pull.user),
        "active_lock_reason": "too heated" if pull.locked else None,
        "draft": pull.draft,
        "body": pull.body or None,
        "reactions": reactions_json(url, []),
        "performed_via_github_app": None,
        "state_reason": None,
        "pull_request": {
            "url": pull_url(world, pull),
            "html_url": html,
            "diff_url": f"{html}.diff",
            "patch_url": f"{html}.patch",
            "merged_at": stamp(pull.merged_at),
        },
    }


def comment_json(world: World, pull: PullRequest, comment: IssueComment) -> Json:
    """An `issue-comment`."""
    repo = repository_url(world, pull.repository)
    url = f"{repo}/issues/comments/{comment.id}"
    return {
        "url": url,
        "html_url": f"{pull_html(world, pull)}#issuecomment-{comment.id}",
        "issue_url": f"{repo}/issues/{pull.number}",
        "id": comment.id,
        "node_id": node_id("IC", comment.id),
        "user": user_json(world, comment.user),
        "created_at": stamp(comment.created_at),
        "updated_at": stamp(comment.updated_at),
        "author_association": association(pull, comment.user),
        "body": comment.body,
        "reactions": reactions_json(url, comment.reactions),
        "performed_via_github_app": app_json(world, world.app) if comment.by_app else None,
    }


def review_json(world: World, pull: PullRequest, review: Review) -> Json:
    """A `pull-request-review`."""
    url = pull_url(world, pull)
    html = f"{pull_html(world, pull)}#pullrequestreview-{review.id}"
    shape = {
        "id": review.id,
        "node_id": node_id("PRR", review.id),
        "user": user_json(world, review.user),
        "body": review.body,
        "state": review.state,
        "html_url": html,
        "pull_request_url": url,
        "author_association": association(pull, review.user),
        "_links": {"html": {"href": html}, "pull_request": {"href": url}},
        "commit_id": review.commit_id,
    }
    if review.submitted_at:
        shape["submitted_at"] = stamp(review.submitted_at)
    return shape


def review_comment_json(world: World, pull: PullRequest, comment: ReviewComment) -> Json:
    """A `pull-request-review-comment`."""
    url = f"{repository_url(world, pull.repository)}/pulls/comments/{comment.id}"
    html = f"{pull_html(world, pull)}#discussion_r{comment.id}"
    address = pull_url(world, pull)
    shape: dict[str, Any] = {
        "url": url,
        "pull_request_review_id": comment.review.id,
        "id": comment.id,
        "node_id": node_id("PRRC", comment.id),
        "diff_hunk": comment.diff_hunk,
        "path": comment.path,
        "position": comment.position,
        "original_position": comment.original_position,
        "commit_id": comment.commit_id,
        "original_commit_id": comment.original_commit_id,
        "user": user_json(world, comment.user),
        "body": comment.body,
        "created_at": stamp(comment.created_at),
        "updated_at": stamp(comment.updated_at),
        "html_url": html,
        "pull_request_url": address,
        "author_association": association(pull, comment.user),
        "_links": {
            "self": {"href": url},
            "html": {"href": html},
            "pull_request": {"href": address},
        },
        "start_line": comment.start_line,
        "original_start_line": comment.original_start_line,
        "start_side": comment.start_side,
        "line": comment.line,
        "original_line": comment.original_line,
        "side": comment.side,
        "subject_type": comment.subject_type,
        "reactions": reactions_json(url, comment.reactions),
    }
    if comment.in_reply_to:
        shape["in_reply_to_id"] = comment.in_reply_to.id
    return shape


def file_json(world: World, pull_repository: Repository, file: ChangedFile, head: str) -> Json:
    """A `diff-entry`."""
    path = quote(file.path)
    html = f"{world.url}/{pull_repository.full_name}"
    shape = {
        "sha": file.sha,
        "filename": file.path,
        "status": file.status,
        "additions": file.additions,
        "deletions": file.deletions,
        "changes": file.additions + file.deletions,
        "blob_url": f"{html}/blob/{head}/{path}",
        "raw_url": f"{html}/raw/{head}/{path}",
        "contents_url": f"{repository_url(world, pull_repository)}/contents/{path}?ref={head}",
    }
    if file.patch is not None:
        shape["patch"] = file.patch
    if file.previous_path:
        shape["previous_filename"] = file.previous_path
    return shape


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


def pull_commits(world: World, pull: PullRequest) -> list[Json]:
    """The pull request's commits, oldest first; GitHub lists 250 at most."""
    git = pull.repository.git
    base = git.merge_base(pull.base_sha, pull.head_sha)
    shas = git.between(base, pull.head_sha) if base else []
    return [commit_json(world, pull.repository, git.read_commit(sha)) for sha in shas[:250]]
