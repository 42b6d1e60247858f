"""`GitHub`: one repository through one installation, for one job.

Not shared between threads or jobs: PyGithub promises no thread safety. It implements the ports
`PullRequests`, `Checks` and `Conversation`, and hands out the token that git fetches with.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from types import TracebackType
from typing import TYPE_CHECKING

from bot.github.app import App
from bot.github.auth import InstallationAuth, Purpose
from bot.github.checks import CheckRuns
from bot.github.commits import Changes, Commits
from bot.github.conversation import Conversations, done, resolutions
from bot.github.defaults import REPOSITORY, DefaultTokens
from bot.github.errors import Forbidden
from bot.github.issues import Issues
from bot.github.limits import Limits
from bot.github.pulls import Pulls
from bot.github.tokens import Tokens
from bot.github.transport import Transport

if TYPE_CHECKING:
    from redis import Redis

    from bot.github.ports import Checks, Conversation, PullRequests
    from bot.settings import Settings


class InstallationTransport(Transport):
    """Requests under an installation's token for one purpose; a refused token is renewed once."""

    def __init__(
        self, settings: Settings, limits: Limits, tokens: Tokens, purpose: Purpose
    ) -> None:
        self._tokens = tokens
        self._purpose = purpose
        super().__init__(settings, InstallationAuth(lambda: tokens.give(purpose)), limits)

    def refresh(self, headers: Mapping[str, str]) -> bool:
        """Have the next try ask for a new token."""
        self._tokens.drop(self._purpose)
        return True

    def prepare(self) -> None:
        """Take the token before the request is counted."""
        self._tokens.give(self._purpose)

    def relocate(self, url: str) -> str | None:
        """The same under the repository's new name, which a new token tells."""
        old = self._tokens.give(self._purpose).repository
        self._tokens.drop(self._purpose)
        new = self._tokens.give(self._purpose).repository
        if old is None or new is None or old == new:
            return None
        before, found, after = url.partition(f"/repos/{old}")
        return f"{before}/repos/{new}{after}" if found else None


class GitHub(Pulls, CheckRuns, Conversations):
    """Everything a job asks of GitHub about one repository; a context that closes connections."""

    def __init__(
        self,
        settings: Settings,
        redis: Redis,
        installation_id: int,
        repository_id: int,
        name: str,
    ) -> None:
        self._settings = settings
        self._redis = redis
        self._name = name
        self._app_id = settings.app_id
        self._limits = Limits(redis, str(installation_id))
        self._tokens = Tokens(settings, redis, installation_id, repository_id)
        self._default_tokens = DefaultTokens(settings, redis, installation_id)
        self._transport = InstallationTransport(
            settings, self._limits, self._tokens, Purpose.REVIEW
        )
        self._resolver: Transport | None = None
        self._writer: Transport | None = None
        self._keeper: Transport | None = None
        self._app: App | None = None

    @classmethod
    def connect(
        cls, settings: Settings, redis: Redis, installation_id: int, repository_id: int, name: str
    ) -> GitHub:
        """Prepare, without a request: tokens are taken from Redis or GitHub when first needed.

        `name` is `owner/name` of the event. The token's answer says what the repository is
        called now, so a rename in between does no harm.
        """
        return cls(settings, redis, installation_id, repository_id, name)

    def __enter__(self) -> GitHub:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    @property
    def name(self) -> str:
        """`owner/name`, as GitHub calls it now."""
        return self._tokens.give(Purpose.REVIEW).repository or self._name

    def me(self) -> str:
        """The login that this App writes as (`driftline[bot]`): to know own comments by."""
        if self._app is None:
            self._app = App.connect(self._settings, self._redis)
        return self._app.me()

    def git_token(self) -> str:
        """A token that may read this one repository's contents, for fetching with git.

        The user name to go with it is `x-access-token`. It lives at least ten minutes more.
        """
        return self._tokens.give(Purpose.FETCH).secret

    def forget_git_token(self) -> None:
        """Have the next `git_token` be a new one: git does not tell a refusal from the weather."""
        self._tokens.drop(Purpose.FETCH)

    @property
    def git_url(self) -> str:
        """Where to fetch the repository from, without a token in it."""
        return self._settings.git_url(self.name)

    def defaults_token(self) -> str:
        """A token that may read the owner's `.github` repository, for fetching with git.

        `Gone` where the installation does not cover that repository, or there is none.
        """
        return self._default_tokens.give(Purpose.DEFAULTS).secret

    def forget_defaults_token(self) -> None:
        """Have the next `defaults_token` be a new one."""
        self._default_tokens.drop(Purpose.DEFAULTS)

    @property
    def defaults_url(self) -> str:
        """Where to fetch the owner's `.github` repository from."""
        return self._settings.git_url(f"{self.name.partition('/')[0]}/{REPOSITORY}")

    def resolve_threads(self, thread_ids: Sequence[str]) -> frozenset[str]:
        """Resolve threads; those that are resolved now, none where that is not granted."""
        if self._resolver is None:
            self._resolver = InstallationTransport(
                self._settings, self._limits, self._tokens, Purpose.RESOLVE
            )
        try:
            return done(self._resolver, resolutions(thread_ids))
        except Forbidden:  # of the token
            return frozenset()

    def commit(self, branch: str, head_sha: str, changes: Changes, message: str) -> str:
        """One commit on a branch, by the App; its sha. `Forbidden` where that is not granted.

        `commits.HeadMoved` where the branch is not at `head_sha` any more.
        """
        if self._writer is None:
            self._writer = InstallationTransport(
                self._settings, self._limits, self._tokens, Purpose.WRITE
            )
        return Commits(self._writer, self._path()).commit(branch, head_sha, changes, message)

    def issues(self) -> Issues:
        """The App's own issues here; its methods raise `Forbidden` where that is not granted."""
        if self._keeper is None:
            self._keeper = InstallationTransport(
                self._settings, self._limits, self._tokens, Purpose.ISSUES
            )
        return Issues(self._keeper, self._path(), self.me())

    @property
    def calls(self) -> int:
        """How many requests this object has made, token requests included."""
        resolver = self._resolver.calls if self._resolver is not None else 0
        app = self._app.calls if self._app is not None else 0
        writer = self._writer.calls if self._writer is not None else 0
        keeper = self._keeper.calls if self._keeper is not None else 0
        tokens = self._tokens.calls + self._default_tokens.calls
        return self._transport.calls + tokens + resolver + writer + keeper + app

    @property
    def limit_left(self) -> int | None:
        """What `x-ratelimit-remaining` said last."""
        return self._transport.limit_left

    def close(self) -> None:
        """Close the connections."""
        self._transport.close()
        self._tokens.close()
        self._default_tokens.close()
        for each in (self._resolver, self._writer, self._keeper, self._app):
            if each is not None:
                each.close()


if TYPE_CHECKING:

    def _fits(github: GitHub) -> tuple[PullRequests, Checks, Conversation]:
        """mypy holds the adapter against its ports."""
        return github, github, github
