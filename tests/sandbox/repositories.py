"""What happens to repositories: made, forked, pushed to."""

from __future__ import annotations

from collections.abc import Mapping

from tests.sandbox.check_shapes import suite_json
from tests.sandbox.git import ZERO, Entry
from tests.sandbox.pulls import pull_changed_base, synchronize
from tests.sandbox.shapes import Json, hook_commit_json, user_json
from tests.sandbox.state import Account, CheckSuite, Repository
from tests.sandbox.webhooks import emit
from tests.sandbox.world import World

Files = Mapping[str, "str | bytes | Entry | None"]


def create_repository(
    world: World, full_name: str, files: Files, private: bool, default_branch: str, message: str
) -> Repository:
    """A repository with one commit on its default branch; without files it stays empty."""
    owner_login, name = full_name.split("/")
    with world.lock:
        owner = world.account(owner_login, "Organization")
        repository = Repository(
            id=world.new_id(),
            owner=owner,
            name=name,
            git=world.create_git(default_branch),
            default_branch=default_branch,
            private=private,
            created_at=world.now(),
            pushed_at=world.now(),
        )
        world.repositories[repository.id] = repository
        if files:
            commit(world, repository, default_branch, files, message, world.account("octocat"))
        return repository


def fork(world: World, parent: Repository, user: Account) -> Repository:
    """The user's fork of a repository, made where there is none."""
    with world.lock:
        for repository in world.repositories.values():
            if repository.parent is parent and repository.owner is user:
                return repository
        git = world.create_git(parent.default_branch)
        git.run("fetch", "--quiet", str(parent.git.path), "+refs/heads/*:refs/heads/*")
        repository = Repository(
            id=world.new_id(),
            owner=user,
            name=parent.name,
            git=git,
            default_branch=parent.default_branch,
            private=parent.private,
            created_at=world.now(),
            pushed_at=world.now(),
            parent=parent,
        )
        world.repositories[repository.id] = repository
        return repository


def commit(
    world: World,
    repository: Repository,
    branch: str,
    files: Files,
    message: str,
    author: Account,
    start: str | None = None,
    replace: bool = False,
) -> str:
    """Commits on a branch without telling anybody; `start` says on what, else on its tip."""
    ref = f"refs/heads/{branch}"
    tip = repository.git.resolve(start or ref)
    email = f"{author.login}@users.noreply.github.com"
    return repository.git.commit(
        ref=ref,
        files=files,
        message=message,
        author=(author.login, email),
        time=int(world.now().timestamp()),
        parents=[tip] if tip else [],
        replace=replace,
    )


def push(
    world: World, repository: Repository, branch: str, before: str | None, user: Account
) -> None:
    """Tells everybody that a branch moved, was made or (if it is gone) was deleted."""
    with world.lock:
        after = repository.git.resolve(f"refs/heads/{branch}")
        repository.pushed_at = world.now()
        emit(
            world, "push", None, push_json(world, repository, branch, before, after, user), user,
            repository,
        )  # fmt: skip
        if after:
            request_suite(world, repository, branch, after, user)
        for other in list(world.repositories.values()):
            for pull in list(other.pulls.values()):
                same = pull.head_repository is repository and pull.head_ref == branch
                if same and after and pull.state == "open" and pull.head_sha != after:
                    synchronize(world, pull, after, user)
                if other is repository and pull.base_ref == branch and pull.state == "open":
                    pull_changed_base(world, pull)


def request_suite(
    world: World, repository: Repository, branch: str | None, sha: str, user: Account
) -> None:
    """Makes the App's check suite for a pushed commit, as GitHub does by itself."""
    if world.installation_for(repository) is None:
        return
    if any(suite.head_sha == sha for suite in repository.check_suites):
        return
    suite = CheckSuite(world.new_id(), sha, branch, world.now(), world.now())
    repository.check_suites.append(suite)
    payload = {"check_suite": suite_json(world, repository, suite)}
    emit(world, "check_suite", "requested", payload, user, repository)


def push_json(
    world: World,
    repository: Repository,
    branch: str,
    before: str | None,
    after: str | None,
    user: Account,
) -> Json:
    """What only a `push` webhook holds; 20 commits at most, as GitHub lists them."""
    git = repository.git
    html = f"{world.url}/{repository.full_name}"
    forced = before is not None and after is not None and git.merge_base(before, after) != before
    shas = []
    if after:
        shas = git.between(before, after) if before else [after]
    commits = [push_commit_json(world, repository, sha) for sha in shas[-20:]]
    head = (
        commits[-1] if commits else (push_commit_json(world, repository, after) if after else None)
    )
    return {
        "ref": f"refs/heads/{branch}",
        "before": before or ZERO,
        "after": after or ZERO,
        "created": before is None,
        "deleted": after is None,
        "forced": forced,
        "base_ref": None,
        "compare": f"{html}/compare/{before or ZERO}...{after or ZERO}",
        "commits": commits,
        "head_commit": head,
        "pusher": {"name": user.login, "email": f"{user.login}@users.noreply.github.com"},
    }


def push_commit_json(world: World, repository: Repository, sha: str) -> Json:
    """A `commit` of a `push` webhook."""
    one = repository.git.read_commit(sha)
    changes = world.changes(repository, one.parents[0], sha) if one.parents else []
    return hook_commit_json(one) | {
        "distinct": True,
        "url": f"{world.url}/{repository.full_name}/commit/{sha}",
        "added": [file.path for file in changes if file.status == "added"],
        "removed": [file.path for file in changes if file.status == "removed"],
        "modified": [file.path for file in changes if file.status not in ("added", "removed")],
    }


def rename(world: World, repository: Repository, name: str, user: Account) -> None:
    """Gives the repository another name; the old one leads here from now on."""
    with world.lock:
        old = repository.name
        repository.old_names.add(repository.full_name.lower())
        repository.name = name
        changes = {"repository": {"name": {"from": old}}}
        emit(world, "repository", "renamed", {"changes": changes}, user, repository)


def transfer(world: World, repository: Repository, owner: str, user: Account) -> None:
    """Gives the repository to another owner; the old name leads here from now on."""
    with world.lock:
        old = repository.owner
        repository.old_names.add(repository.full_name.lower())
        repository.owner = world.account(owner, "Organization")
        changes = {"owner": {"from": {"user": user_json(world, old)}}}
        emit(world, "repository", "transferred", {"changes": changes}, user, repository)


def archive(world: World, repository: Repository, archived: bool, user: Account) -> None:
    """Makes the repository read-only, or lets it be written to again."""
    with world.lock:
        repository.archived = archived
        action = "archived" if archived else "unarchived"
        emit(world, "repository", action, {}, user, repository)


def delete(world: World, repository: Repository, user: Account) -> None:
    """Deletes the repository; pull requests from it stay, with a null head repository."""
    with world.lock:
        emit(world, "repository", "deleted", {}, user, repository)
        repository.deleted = True
