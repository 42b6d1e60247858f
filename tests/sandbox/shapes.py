"""The JSON of accounts, the App, repositories, commits and deliveries, as GitHub writes it."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from tests.sandbox.git import Commit
from tests.sandbox.state import Account, App, Delivery, Installation, Reaction, Repository

if TYPE_CHECKING:
    from tests.sandbox.world import World

Json = dict[str, Any]

REACTIONS = ("+1", "-1", "laugh", "hooray", "confused", "heart", "rocket", "eyes")

REPOSITORY_LINKS = {
    "archive_url": "/{archive_format}{/ref}",
    "assignees_url": "/assignees{/user}",
    "blobs_url": "/git/blobs{/sha}",
    "branches_url": "/branches{/branch}",
    "collaborators_url": "/collaborators{/collaborator}",
    "comments_url": "/comments{/number}",
    "commits_url": "/commits{/sha}",
    "compare_url": "/compare/{base}...{head}",
    "contents_url": "/contents/{+path}",
    "contributors_url": "/contributors",
    "deployments_url": "/deployments",
    "downloads_url": "/downloads",
    "events_url": "/events",
    "forks_url": "/forks",
    "git_commits_url": "/git/commits{/sha}",
    "git_refs_url": "/git/refs{/sha}",
    "git_tags_url": "/git/tags{/sha}",
    "hooks_url": "/hooks",
    "issue_comment_url": "/issues/comments{/number}",
    "issue_events_url": "/issues/events{/number}",
    "issues_url": "/issues{/number}",
    "keys_url": "/keys{/key_id}",
    "labels_url": "/labels{/name}",
    "languages_url": "/languages",
    "merges_url": "/merges",
    "milestones_url": "/milestones{/number}",
    "notifications_url": "/notifications{?since,all,participating}",
    "pulls_url": "/pulls{/number}",
    "releases_url": "/releases{/id}",
    "stargazers_url": "/stargazers",
    "statuses_url": "/statuses/{sha}",
    "subscribers_url": "/subscribers",
    "subscription_url": "/subscription",
    "tags_url": "/tags",
    "teams_url": "/teams",
    "trees_url": "/git/trees{/sha}",
}


def stamp(moment: datetime | None) -> str | None:
    """A moment as GitHub writes it: UTC, whole seconds, `Z`."""
    return None if moment is None else moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def node_id(kind: str, number: int) -> str:
    """A GraphQL id, `PRRT_42`."""
    return f"{kind}_{number}"


def repository_url(world: World, repository: Repository) -> str:
    """The repository's address in the REST API."""
    return f"{world.api_url}/repos/{repository.full_name}"


def user_json(world: World, account: Account) -> Json:
    """A `simple-user`."""
    url = f"{world.api_url}/users/{quote(account.login)}"
    lists = {
        "followers_url": "/followers",
        "following_url": "/following{/other_user}",
        "gists_url": "/gists{/gist_id}",
        "starred_url": "/starred{/owner}{/repo}",
        "subscriptions_url": "/subscriptions",
        "organizations_url": "/orgs",
        "repos_url": "/repos",
        "events_url": "/events{/privacy}",
        "received_events_url": "/received_events",
    }
    page = account.login.removesuffix("[bot]")
    prefix = "apps/" if account.type == "Bot" else ""
    return {
        "login": account.login,
        "id": account.id,
        "node_id": node_id("U", account.id),
        "avatar_url": f"{world.url}/avatars/u/{account.id}",
        "gravatar_id": "",
        "url": url,
        "html_url": f"{world.url}/{prefix}{page}",
        "type": account.type,
        "site_admin": False,
    } | {key: url + path for key, path in lists.items()}


def organization_json(world: World, account: Account) -> Json:
    """The `organization` of a webhook."""
    url = f"{world.api_url}/orgs/{account.login}"
    lists = ("repos_url", "events_url", "hooks_url", "issues_url")
    return {
        "login": account.login,
        "id": account.id,
        "node_id": node_id("O", account.id),
        "url": url,
        "members_url": url + "/members{/member}",
        "public_members_url": url + "/public_members{/member}",
        "avatar_url": f"{world.url}/avatars/u/{account.id}",
        "description": None,
    } | {key: f"{url}/{key.removesuffix('_url')}" for key in lists}


def app_json(world: World, app: App) -> Json:
    """An `integration`, as `GET /app` gives it."""
    return {
        "id": app.id,
        "client_id": app.client_id,
        "slug": app.slug,
        "node_id": node_id("A", app.id),
        "owner": user_json(world, app.owner),
        "name": app.name,
        "description": "",
        "external_url": f"{world.url}/external/{app.slug}",
        "html_url": f"{world.url}/apps/{app.slug}",
        "created_at": stamp(app.created_at),
        "updated_at": stamp(app.created_at),
        "permissions": dict(app.permissions),
        "events": list(app.events),
    }


def installation_json(world: World, installation: Installation) -> Json:
    """An `installation`."""
    url = f"{world.api_url}/app/installations/{installation.id}"
    suspended = installation.suspended_at is not None
    return {
        "id": installation.id,
        "client_id": world.app.client_id,
        "account": user_json(world, installation.account),
        "repository_selection": "all" if installation.repositories is None else "selected",
        "access_tokens_url": f"{url}/access_tokens",
        "repositories_url": f"{world.api_url}/installation/repositories",
        "html_url": f"{world.url}/settings/installations/{installation.id}",
        "app_id": world.app.id,
        "app_slug": world.app.slug,
        "target_id": installation.account.id,
        "target_type": installation.account.type,
        "permissions": dict(installation.permissions),
        "events": list(installation.events),
        "created_at": stamp(installation.created_at),
        "updated_at": stamp(installation.created_at),
        "single_file_name": None,
        "has_multiple_single_files": False,
        "single_file_paths": [],
        "suspended_by": user_json(world, installation.account) if suspended else None,
        "suspended_at": stamp(installation.suspended_at),
    }


def repository_json(world: World, repository: Repository) -> Json:
    """A `full-repository`; smaller shapes are this one with keys left out."""
    url = repository_url(world, repository)
    html = f"{world.url}/{repository.full_name}"
    host = world.url.split("://")[1]
    open_pulls = sum(pull.state == "open" for pull in repository.pulls.values())
    forks = sum(other.parent is repository for other in world.repositories.values())
    counts = dict.fromkeys(
        ("stargazers_count", "watchers_count", "watchers", "network_count", "subscribers_count"), 0
    )
    return {
        "id": repository.id,
        "node_id": node_id("R", repository.id),
        "name": repository.name,
        "full_name": repository.full_name,
        "private": repository.private,
        "visibility": "private" if repository.private else "public",
        "owner": user_json(world, repository.owner),
        "html_url": html,
        "description": None,
        "fork": repository.parent is not None,
        "url": url,
        "created_at": stamp(repository.created_at),
        "updated_at": stamp(repository.pushed_at),
        "pushed_at": stamp(repository.pushed_at),
        "git_url": f"git://{host}/{repository.full_name}.git",
        "ssh_url": f"git@{host.split(':')[0]}:{repository.full_name}.git",
        "clone_url": f"{html}.git",
        "svn_url": html,
        "mirror_url": None,
        "homepage": None,
        "size": 0,
        "language": None,
        "license": None,
        "topics": [],
        "archived": repository.archived,
        "disabled": repository.disabled,
        "has_issues": True,
        "has_projects": True,
        "has_downloads": True,
        "has_wiki": True,
        "has_pages": False,
        "has_discussions": False,
        "is_template": False,
        "allow_forking": True,
        "web_commit_signoff_required": False,
        "forks": forks,
        "forks_count": forks,
        "open_issues": open_pulls,
        "open_issues_count": open_pulls,
        "default_branch": repository.default_branch,
        "custom_properties": {},
    } | counts | {key: url + path for key, path in REPOSITORY_LINKS.items()}  # fmt: skip


def reactions_json(url: str, reactions: list[Reaction]) -> Json:
    """The `reaction-rollup` of a comment."""
    counts = {name: sum(r.content == name for r in reactions) for name in REACTIONS}
    return {"url": f"{url}/reactions", "total_count": len(reactions)} | counts


def reaction_json(world: World, reaction: Reaction) -> Json:
    """A `reaction`."""
    return {
        "id": reaction.id,
        "node_id": node_id("REA", reaction.id),
        "user": user_json(world, reaction.user),
        "content": reaction.content,
        "created_at": stamp(reaction.created_at),
    }


def moment(seconds: int) -> str:
    """Seconds since 1970 as GitHub writes a moment."""
    return datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def git_commit_json(world: World, repository: Repository, commit: Commit) -> Json:
    """A `git-commit`, as the Git data API gives it."""
    url = repository_url(world, repository)
    html = f"{world.url}/{repository.full_name}/commit"
    who = {"name": commit.author[0], "email": commit.author[1], "date": moment(commit.time)}
    return {
        "sha": commit.sha,
        "node_id": f"C_{commit.sha}",
        "url": f"{url}/git/commits/{commit.sha}",
        "html_url": f"{html}/{commit.sha}",
        "author": who,
        "committer": who,
        "message": commit.message,
        "tree": {"sha": commit.tree, "url": f"{url}/git/trees/{commit.tree}"},
        "parents": [
            {"sha": sha, "url": f"{url}/commits/{sha}", "html_url": f"{html}/{sha}"}
            for sha in commit.parents
        ],
        "verification": {
            "verified": False,
            "reason": "unsigned",
            "signature": None,
            "payload": None,
            "verified_at": None,
        },
    }


def commit_json(world: World, repository: Repository, commit: Commit) -> Json:
    """A `commit`, as lists of commits give it."""
    url = repository_url(world, repository)
    data = git_commit_json(world, repository, commit)
    author = world.account_of(commit.author[0])
    user = user_json(world, author) if author else None
    kept = ("author", "committer", "message", "tree", "url", "verification")
    return {
        "sha": commit.sha,
        "node_id": data["node_id"],
        "url": f"{url}/commits/{commit.sha}",
        "html_url": data["html_url"],
        "comments_url": f"{url}/commits/{commit.sha}/comments",
        "commit": {key: data[key] for key in kept} | {"comment_count": 0},
        "author": user,
        "committer": user,
        "parents": data["parents"],
    }


def hook_commit_json(commit: Commit) -> Json:
    """A commit inside a webhook (`commit-simple`)."""
    who = {"name": commit.author[0], "email": commit.author[1]}
    return {
        "id": commit.sha,
        "tree_id": commit.tree,
        "message": commit.message,
        "timestamp": moment(commit.time),
        "author": who,
        "committer": who,
    }


def delivery_json(delivery: Delivery, full: bool = False) -> Json:
    """A `hook-delivery-item`, or with `full` a `hook-delivery`."""
    item = {
        "id": delivery.id,
        "guid": delivery.guid,
        "delivered_at": stamp(delivery.delivered_at),
        "redelivery": delivery.redelivery,
        "duration": round(delivery.duration, 2),
        "status": delivery.status,
        "status_code": delivery.status_code,
        "event": delivery.event,
        "action": delivery.action,
        "installation_id": delivery.installation_id,
        "repository_id": delivery.repository_id,
        "throttled_at": None,
    }
    if full:
        item["url"] = ""
        item["request"] = {"headers": delivery.request_headers, "payload": delivery.payload}
        item["response"] = {"headers": delivery.response_headers, "payload": delivery.response_body}
    return item
