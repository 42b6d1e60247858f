"""The JSON of pull requests, their files and commits, as GitHub writes it."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import quote

from tests.sandbox.diff import ChangedFile
from tests.sandbox.shapes import (
    Json,
    commit_json,
    node_id,
    reactions_json,
    repository_json,
    repository_url,
    stamp,
    user_json,
)
from tests.sandbox.state import (
    Account,
    PullRequest,
    Repository,
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


def pull_commits(world: World, pull: PullRequest) -> list[Json]:
    """The pull request's commits, oldest first; GitHub lists 250 at most."""
    git = pull.repository.git
    base = git.merge_base(pull.base_sha, pull.head_sha)
    shas = git.between(base, pull.head_sha) if base else []
    return [commit_json(world, pull.repository, git.read_commit(sha)) for sha in shas[:250]]
