"""`/driftline fix` and *Propose fix*, from the comment to the commit on the branch."""

from __future__ import annotations

from tests.e2e.projects import DRIFT, PROJECT, SCHEMA_PATH
from tests.e2e.quiet import settle
from tests.sandbox.handles import PullHandle, RepositoryHandle, wait_until
from tests.support.stack import Stack


def replies(pull: PullHandle, count: int = 1) -> list[str]:
    """What the App said in the conversation."""

    def said() -> list[str]:
        return [one.body for one in pull.comments() if one.by_app]

    wait_until(lambda: len(said()) >= count, f"{count} replies")
    return said()


def drifted(stack: Stack, *, fork: bool = False, **permissions: str) -> PullHandle:
    """A pull request with drift, reviewed, where the owner has granted what is named."""
    repository = stack.new_repository(PROJECT)
    grant(stack, repository, **permissions)
    pull = repository.open_pull_request("feature/email", DRIFT, fork=fork)
    pull.wait_for_check()
    return pull


def grant(stack: Stack, repository: RepositoryHandle, **permissions: str) -> None:
    """The repository's installation grants more."""
    for installation in stack.sandbox.world.installations.values():
        if permissions and installation.account == repository.state.owner:
            stack.sandbox.grant(installation, **permissions)


def files_at(pull: PullHandle, sha: str) -> dict[str, str]:
    """The files of a commit of the pull request's repository."""
    git = pull.state.head_repository.git
    return {
        path: git.blob(blob).decode()
        for _, kind, blob, _, path in git.tree(sha, True)
        if kind == "blob"
    }


def test_a_fix_is_one_commit_and_the_check_that_follows_is_green(stack: Stack) -> None:
    pull = drifted(stack, contents="write")
    before = pull.head_sha

    pull.comment("alice", "/driftline fix")

    (reply,) = replies(pull)
    assert reply.startswith(f"Committed {pull.head_sha} to `feature/email`.")
    git = pull.state.head_repository.git
    commit = git.read_commit(pull.head_sha)
    assert commit.parents == [before] or tuple(commit.parents) == (before,)
    added = files_at(pull, pull.head_sha).keys() - files_at(pull, before).keys()
    (script,) = [path for path in added if path.endswith("/migration.sql")]
    text = files_at(pull, pull.head_sha)[script]
    assert 'ALTER TABLE "users" ADD COLUMN "email" TEXT;' in text
    assert pull.wait_for_check().conclusion == "success"
    settle(stack)
    assert len(replies(pull)) == 1


def test_without_the_permission_the_reply_is_a_patch(stack: Stack) -> None:
    pull = drifted(stack)
    before = pull.head_sha

    pull.comment("alice", "/driftline fix")

    (reply,) = replies(pull)
    assert "git apply" in reply
    assert '\n+ALTER TABLE "users" ADD COLUMN "email" TEXT;\n' in reply
    assert pull.head_sha == before


def test_a_fork_is_never_written_to(stack: Stack) -> None:
    pull = drifted(stack, fork=True, contents="write")
    before = pull.head_sha

    pull.comment("alice", "/driftline fix")

    (reply,) = replies(pull)
    assert reply.startswith("Driftline does not write to forks.")
    assert pull.head_sha == before


def test_a_second_fix_finds_nothing_to_mend(stack: Stack) -> None:
    pull = drifted(stack, contents="write")
    pull.comment("alice", "/driftline fix")
    replies(pull)
    head = pull.head_sha

    pull.comment("alice", "/driftline fix")

    told = replies(pull, 2)
    assert told[1].startswith("Nothing that this pull request brings")
    assert pull.head_sha == head


def test_nobody_without_write_permission_gets_a_commit(stack: Stack) -> None:
    pull = drifted(stack, contents="write")
    before = pull.head_sha

    pull.comment("mallory", "/driftline fix")
    settle(stack)

    assert pull.head_sha == before
    assert SCHEMA_PATH in files_at(pull, before)
