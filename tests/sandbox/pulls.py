"""What happens to pull requests: opened, pushed to, closed, edited, queued for merging."""

from __future__ import annotations

from typing import Any

from tests.sandbox.diff import hunks, moved_line
from tests.sandbox.git import ZERO
from tests.sandbox.pull_shapes import pull_json
from tests.sandbox.shapes import hook_commit_json
from tests.sandbox.state import Account, PullRequest, Repository, ReviewComment
from tests.sandbox.webhooks import emit
from tests.sandbox.world import World

NEW_HEADS = ("opened", "reopened", "synchronize")


def open_pull(
    world: World,
    repository: Repository,
    head_repository: Repository,
    head_ref: str,
    base_ref: str,
    title: str,
    body: str,
    user: Account,
    draft: bool = False,
) -> PullRequest:
    """Opens a pull request between two branches that exist."""
    with world.lock:
        head = head_repository.git.resolve(f"refs/heads/{head_ref}")
        base = repository.git.resolve(f"refs/heads/{base_ref}")
        if head is None or base is None:
            raise ValueError(f"no branch {head_ref if head is None else base_ref}")
        number = repository.next_number
        pull = PullRequest(
            id=world.new_id(),
            number=number,
            repository=repository,
            title=title,
            body=body,
            user=user,
            base_ref=base_ref,
            base_sha=base,
            head_repository=head_repository,
            head_ref=head_ref,
            head_sha=head,
            created_at=world.now(),
            updated_at=world.now(),
            draft=draft,
        )
        repository.pulls[number] = pull
        point_refs(world, pull)
        pull.pushes.append((world.now(), ZERO, head))
        emit_pull(world, pull, "opened", user)
        return pull


def emit_pull(world: World, pull: PullRequest, action: str, user: Account, **more: Any) -> None:
    """Sends a `pull_request` webhook."""
    pull.updated_at = world.now()
    shape = pull_json(world, pull)
    if action in NEW_HEADS:
        # Mergeability is computed later, after the webhook has gone out.
        unknown = {"mergeable": None, "rebaseable": None, "merge_commit_sha": None}
        shape |= unknown | {"mergeable_state": "unknown"}
    payload = {"number": pull.number, "pull_request": shape} | more
    emit(world, "pull_request", action, payload, user, pull.repository)


def point_refs(world: World, pull: PullRequest) -> None:
    """Brings the head into the base's repository and moves `refs/pull/N/head` and `merge`."""
    git = pull.repository.git
    source = pull.head_repository
    if source is not None and source is not pull.repository:
        git.run("fetch", "--quiet", "--no-tags", str(source.git.path), pull.head_sha)
    git.set_ref(f"refs/pull/{pull.number}/head", pull.head_sha)
    point_merge(world, pull)


def point_merge(world: World, pull: PullRequest) -> None:
    """Moves `refs/pull/N/merge` to a merge with the base's tip; a conflict removes it."""
    git = pull.repository.git
    ref = f"refs/pull/{pull.number}/merge"
    base = git.resolve(f"refs/heads/{pull.base_ref}") or pull.base_sha
    message = f"Merge {pull.head_sha} into {base}"
    merged = git.merge(base, pull.head_sha, message, int(world.now().timestamp()))
    pull.mergeable = merged is not None
    pull.merge_sha = merged
    if merged or git.resolve(ref):
        git.set_ref(ref, merged)


def synchronize(world: World, pull: PullRequest, after: str, user: Account) -> None:
    """The head moved: refs, base, the places of comments, then the webhook."""
    before, pull.head_sha = pull.head_sha, after
    tip = pull.repository.git.resolve(f"refs/heads/{pull.base_ref}")
    pull.base_sha = tip or pull.base_sha
    pull.pushes.append((world.now(), before, after))
    point_refs(world, pull)
    for thread in pull.threads:
        for comment in thread.comments:
            move_comment(world, pull, comment)
    emit_pull(world, pull, "synchronize", user, before=before, after=after)


def pull_changed_base(world: World, pull: PullRequest) -> None:
    """The base branch moved: only mergeability changes, and GitHub sends nothing."""
    point_merge(world, pull)


def move_comment(world: World, pull: PullRequest, comment: ReviewComment) -> None:
    """Puts a comment where its line now stands in the diff, or marks it outdated."""
    if comment.subject_type == "file" or comment.original_line is None:
        return
    git = pull.repository.git
    lines: list[int | None] = [comment.original_line, comment.original_start_line]
    if comment.side == "RIGHT":
        old, new = comment.original_commit_id, pull.head_sha
        lines = [n and moved_line(git, old, new, comment.path, n) for n in lines]
    position = place(world, pull, comment.path, lines[0], comment.side)
    lost_start = comment.original_start_line is not None and lines[1] is None
    if position is None or lost_start:
        comment.line = comment.start_line = comment.position = None
        return
    comment.line, comment.start_line, comment.position = lines[0], lines[1], position
    comment.commit_id = pull.head_sha


def place(world: World, pull: PullRequest, path: str, line: int | None, side: Any) -> int | None:
    """The position of a line in the pull request's diff, None where it is not in it."""
    for file in world.files(pull):
        if file.path == path and file.patch is not None and line is not None:
            for hunk in hunks(file.patch):
                index = hunk.find(line, side)
                if index is not None:
                    return hunk.lines[index].position
    return None


def close(world: World, pull: PullRequest, user: Account) -> None:
    """Closes without merging."""
    with world.lock:
        pull.state, pull.closed_at = "closed", world.now()
        emit_pull(world, pull, "closed", user)


def reopen(world: World, pull: PullRequest, user: Account) -> None:
    """Opens a closed pull request again."""
    with world.lock:
        pull.state, pull.closed_at = "open", None
        emit_pull(world, pull, "reopened", user)


def merge(world: World, pull: PullRequest, user: Account) -> str:
    """Merges into the base branch with a merge commit; raises ValueError on a conflict."""
    with world.lock:
        point_merge(world, pull)
        if pull.merge_sha is None:
            raise ValueError("the pull request conflicts with its base")
        pull.repository.git.set_ref(f"refs/heads/{pull.base_ref}", pull.merge_sha)
        pull.state, pull.closed_at, pull.merged_at = "closed", world.now(), world.now()
        emit_pull(world, pull, "closed", user)
        return pull.merge_sha


def set_draft(world: World, pull: PullRequest, draft: bool, user: Account) -> None:
    """Makes it a draft, or ready for review."""
    with world.lock:
        pull.draft = draft
        emit_pull(world, pull, "converted_to_draft" if draft else "ready_for_review", user)


def edit(
    world: World,
    pull: PullRequest,
    user: Account,
    title: str | None = None,
    body: str | None = None,
    base: str | None = None,
) -> None:
    """Changes title, body or base branch."""
    with world.lock:
        changes: dict[str, Any] = {}
        if title is not None and title != pull.title:
            changes["title"], pull.title = {"from": pull.title}, title
        if body is not None and body != pull.body:
            changes["body"], pull.body = {"from": pull.body}, body
        if base is not None and base != pull.base_ref:
            changes["base"] = {"ref": {"from": pull.base_ref}, "sha": {"from": pull.base_sha}}
            sha = pull.repository.git.resolve(f"refs/heads/{base}")
            if sha is None:
                raise ValueError(f"no branch {base}")
            pull.base_ref, pull.base_sha = base, sha
            point_refs(world, pull)
        if changes:
            emit_pull(world, pull, "edited", user, changes=changes)


def enqueue(world: World, pull: PullRequest, user: Account) -> str:
    """Puts it into the merge queue; the merge group's head is made and checks are asked for."""
    with world.lock:
        git = pull.repository.git
        base = git.resolve(f"refs/heads/{pull.base_ref}")
        assert base is not None
        title = f"Merge pull request #{pull.number} from {pull.head_ref}"
        sha = git.merge(base, pull.head_sha, title, int(world.now().timestamp()))
        if sha is None:
            raise ValueError("the pull request conflicts with its base")
        ref = f"refs/heads/gh-readonly-queue/{pull.base_ref}/pr-{pull.number}-{base}"
        git.set_ref(ref, sha)
        payload = {"merge_group": merge_group_json(pull, ref, sha, base)}
        emit(world, "merge_group", "checks_requested", payload, user, pull.repository)
        return sha


def dequeue(world: World, pull: PullRequest, user: Account, reason: str = "dequeued") -> None:
    """Takes it out of the merge queue; its merge group is destroyed."""
    with world.lock:
        git = pull.repository.git
        prefix = f"refs/heads/gh-readonly-queue/{pull.base_ref}/"
        for ref, sha in git.refs(prefix).items():
            if ref.startswith(f"{prefix}pr-{pull.number}-"):
                group = merge_group_json(pull, ref, sha, ref.rsplit("-", 1)[1])
                git.set_ref(ref, None)
                payload = {"merge_group": group, "reason": reason}
                emit(world, "merge_group", "destroyed", payload, user, pull.repository)


def merge_group_json(pull: PullRequest, ref: str, sha: str, base: str) -> dict[str, Any]:
    """A `merge_group`."""
    return {
        "head_sha": sha,
        "head_ref": ref,
        "base_ref": f"refs/heads/{pull.base_ref}",
        "base_sha": base,
        "head_commit": hook_commit_json(pull.repository.git.read_commit(sha)),
    }
