"""What people do on GitHub, as methods: the sandbox's Python face for tests and the demo."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from tests.sandbox import checks, conversation, pulls, reviews
from tests.sandbox import repositories as repos
from tests.sandbox.pull_shapes import pull_html
from tests.sandbox.repositories import Files
from tests.sandbox.state import (
    CheckRun,
    IssueComment,
    Prepared,
    PullRequest,
    Repository,
    Review,
    ReviewComment,
    Role,
    Thread,
)
from tests.sandbox.world import World


@dataclass(frozen=True, slots=True)
class RepositoryHandle:
    """A repository, and what may be done in it."""

    world: World
    state: Repository

    @property
    def full_name(self) -> str:
        """`owner/name`."""
        return self.state.full_name

    def add_collaborator(self, login: str, role: Role) -> None:
        """Gives a user a role here."""
        self.state.collaborators[self.world.account(login).login] = role

    def branch_sha(self, branch: str | None = None) -> str:
        """The branch's tip; raises KeyError."""
        name = branch or self.state.default_branch
        sha = self.state.git.resolve(f"refs/heads/{name}")
        if sha is None:
            raise KeyError(name)
        return sha

    def commit(
        self,
        files: Files,
        branch: str | None = None,
        message: str = "Change",
        user: str = "octocat",
        start: str | None = None,
        replace: bool = False,
    ) -> str:
        """Commits to a branch and pushes: webhooks and pull requests follow."""
        name = branch or self.state.default_branch
        before = self.state.git.resolve(f"refs/heads/{name}")
        account = self.world.account(user)
        origin = start or (None if before else self.state.default_branch)
        with self.world.lock:
            sha = repos.commit(
                self.world, self.state, name, files, message, account, origin, replace
            )
            repos.push(self.world, self.state, name, before, account)
        return sha

    def open_pull_request(
        self,
        branch: str,
        files: Files | None = None,
        title: str = "",
        body: str = "",
        user: str = "octocat",
        base: str | None = None,
        fork: bool = False,
        draft: bool = False,
        replace: bool = False,
        message: str = "",
    ) -> PullHandle:
        """Opens a pull request with `files` committed on a new branch, or from a fork's."""
        account = self.world.account(user)
        target = base or self.state.default_branch
        source = repos.fork(self.world, self.state, account) if fork else self.state
        with self.world.lock:
            if files is not None:
                text = message or title or f"Work on {branch}"
                repos.commit(self.world, source, branch, files, text, account, target, replace)
                repos.push(self.world, source, branch, None, account)
            made = pulls.open_pull(
                self.world,
                self.state,
                source,
                branch,
                target,
                title or branch,
                body,
                account,
                draft,
            )
        return PullHandle(self.world, made)

    def pull(self, number: int) -> PullHandle:
        """A pull request that exists; raises KeyError."""
        return PullHandle(self.world, self.state.pulls[number])

    def rename(self, name: str, user: str = "octocat") -> None:
        """Renames the repository."""
        repos.rename(self.world, self.state, name, self.world.account(user))

    def transfer(self, owner: str, user: str = "octocat") -> None:
        """Gives the repository to another account."""
        repos.transfer(self.world, self.state, owner, self.world.account(user))

    def archive(self, archived: bool = True, user: str = "octocat") -> None:
        """Archives the repository, or ends that."""
        repos.archive(self.world, self.state, archived, self.world.account(user))

    def delete_branch(self, branch: str, user: str = "octocat") -> None:
        """Deletes a branch and tells so."""
        before = self.branch_sha(branch)
        self.state.git.set_ref(f"refs/heads/{branch}", None)
        repos.push(self.world, self.state, branch, before, self.world.account(user))

    def delete(self, user: str = "octocat") -> None:
        """Deletes the repository."""
        repos.delete(self.world, self.state, self.world.account(user))

    def check_runs(self, sha: str) -> list[CheckRun]:
        """The newest check run of each name for a commit."""
        return checks.latest_runs(self.state, sha)


@dataclass(frozen=True, slots=True)
class PullHandle:
    """A pull request, and what people do to it."""

    world: World
    state: PullRequest

    @property
    def number(self) -> int:
        """Its number."""
        return self.state.number

    @property
    def head_sha(self) -> str:
        """Its newest commit."""
        return self.state.head_sha

    @property
    def url(self) -> str:
        """Its page."""
        return pull_html(self.world, self.state)

    def push(
        self,
        files: Files,
        message: str = "Change",
        user: str | None = None,
        force: bool = False,
        replace: bool = False,
    ) -> str:
        """Pushes a commit; with `force` it replaces all commits of the branch so far."""
        source = self.state.head_repository
        assert source is not None
        account = self.world.account(user) if user else self.state.user
        with self.world.lock:
            before = source.git.resolve(f"refs/heads/{self.state.head_ref}")
            start = self.state.repository.git.merge_base(self.state.base_sha, self.state.head_sha)
            sha = repos.commit(
                self.world, source, self.state.head_ref, files, message, account,
                start if force else None, replace,
            )  # fmt: skip
            repos.push(self.world, source, self.state.head_ref, before, account)
        return sha

    def comment(self, user: str, body: str) -> IssueComment:
        """A comment in the conversation."""
        return conversation.add_comment(self.world, self.state, self.world.account(user), body)

    def edit_comment(self, comment: IssueComment, body: str) -> None:
        """Its author changes a comment."""
        conversation.edit_comment(self.world, self.state, comment, body, comment.user)

    def reply(self, user: str, to: ReviewComment, body: str) -> ReviewComment:
        """An answer under a comment on lines."""
        first = to.in_reply_to or to
        return reviews.reply(self.world, self.state, self.world.account(user), first.id, body)

    def review(
        self, user: str, body: str = "", comments: list[dict[str, Any]] | None = None
    ) -> Review:
        """A review by a person."""
        request = {"event": "COMMENT", "body": body, "comments": comments or []}
        account = self.world.account(user)
        return reviews.create_review(self.world, self.state, account, request, by_app=False)

    def resolve(self, thread: Thread, user: str) -> None:
        """A person resolves a thread."""
        account = self.world.account(user)
        reviews.resolve_thread(self.world, self.state, thread, account, account)

    def close(self, user: str = "octocat") -> None:
        """Closes it."""
        pulls.close(self.world, self.state, self.world.account(user))

    def reopen(self, user: str = "octocat") -> None:
        """Opens it again."""
        pulls.reopen(self.world, self.state, self.world.account(user))

    def merge(self, user: str = "octocat") -> str:
        """Merges it and pushes the base branch."""
        account = self.world.account(user)
        with self.world.lock:
            before = self.state.repository.git.resolve(f"refs/heads/{self.state.base_ref}")
            sha = pulls.merge(self.world, self.state, account)
            repos.push(self.world, self.state.repository, self.state.base_ref, before, account)
        return sha

    def set_draft(self, draft: bool, user: str = "octocat") -> None:
        """Makes it a draft or ready for review."""
        pulls.set_draft(self.world, self.state, draft, self.world.account(user))

    def edit(self, user: str = "octocat", **changes: str) -> None:
        """Changes `title`, `body` or `base`."""
        pulls.edit(self.world, self.state, self.world.account(user), **changes)

    def lock(self, locked: bool = True) -> None:
        """Locks the conversation, or opens it."""
        self.state.locked = locked

    def enqueue(self, user: str = "octocat") -> str:
        """Puts it into the merge queue; the merge group's head sha."""
        return pulls.enqueue(self.world, self.state, self.world.account(user))

    def dequeue(self, user: str = "octocat", reason: str = "dequeued") -> None:
        """Takes it out of the merge queue."""
        pulls.dequeue(self.world, self.state, self.world.account(user), reason)

    def check_runs(self) -> list[CheckRun]:
        """The newest check run of each name for the head."""
        return checks.runs_of(self.state)

    def check_run(self, name: str = "Driftline") -> CheckRun | None:
        """The newest check run of that name for the head."""
        return next((run for run in self.check_runs() if run.name == name), None)

    def rerequest(self, run: CheckRun, user: str = "octocat") -> None:
        """Somebody presses Re-run."""
        account = self.world.account(user)
        checks.rerequest_run(self.world, self.state.repository, run, account)

    def rerequest_suite(self, run: CheckRun, user: str = "octocat") -> None:
        """Somebody presses Re-run all checks."""
        account = self.world.account(user)
        checks.rerequest_suite(self.world, self.state.repository, run.suite, account)

    def press(self, run: CheckRun, identifier: str, user: str = "octocat") -> None:
        """Somebody presses one of the check run's buttons."""
        account = self.world.account(user)
        checks.request_action(self.world, self.state.repository, run, identifier, account)

    def prepare(self, title: str, files: Files, note: str = "", force: bool = False) -> None:
        """Puts a push behind a button of the page."""
        prepared = self.world.prepared.setdefault(self.state.id, [])
        prepared.append(Prepared(title, files, note, force))

    def comments(self) -> list[IssueComment]:
        """The conversation's comments, oldest first."""
        return list(self.state.comments)

    def reviews(self) -> list[Review]:
        """The submitted reviews, oldest first."""
        return [one for one in self.state.reviews if one.state != "PENDING"]

    def review_comments(self) -> list[ReviewComment]:
        """The comments on lines, oldest first."""
        return self.state.review_comments

    def threads(self) -> list[Thread]:
        """The threads of comments on lines."""
        return list(self.state.threads)

    def wait_for_check(self, name: str = "Driftline", timeout: float = 30.0) -> CheckRun:
        """The head's check run once it is completed; raises TimeoutError."""

        def done() -> CheckRun | None:
            run = self.check_run(name)
            return run if run and run.status == "completed" else None

        run: CheckRun = wait_until(done, f"no completed check run {name!r}", timeout)
        return run


def wait_until(probe: Callable[[], Any], what: str, timeout: float = 30.0) -> Any:
    """What the probe returns once that is true; raises TimeoutError with `what`."""
    end = time.monotonic() + timeout
    while True:
        found = probe()
        if found:
            return found
        if time.monotonic() > end:
            raise TimeoutError(f"{what} within {timeout} s")
        time.sleep(0.05)
