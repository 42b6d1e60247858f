"""`GitHub`: one repository through one installation, for one job.

Not shared between threads or jobs: PyGithub promises no thread safety. It implements the ports
`PullRequests`, `Checks` and `Conversation`, and hands out the token that git fetches with.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.github.checks import CheckRuns
from bot.github.conversation import Conversations
from bot.github.pulls import Pulls

if TYPE_CHECKING:
    from redis import Redis

    from bot.settings import Settings


class GitHub(Pulls, CheckRuns, Conversations):
    """Everything a job asks of GitHub about one repository."""

    @classmethod
    def connect(
        cls, settings: Settings, redis: Redis, installation_id: int, repository_id: int, name: str
    ) -> GitHub:
        """Prepare, without a request: tokens are taken from Redis or GitHub when first needed.

        `name` is `owner/name`; where the repository was renamed since, `repository()` finds it
        by its id and the following calls use the new name.
        """
        raise NotImplementedError

    def git_token(self) -> str:
        """A token that may read this one repository's contents, for fetching with git.

        The user name to go with it is `x-access-token`. It lives at least ten minutes more.
        """
        raise NotImplementedError

    @property
    def git_url(self) -> str:
        """Where to fetch the repository from, without a token in it."""
        raise NotImplementedError

    @property
    def calls(self) -> int:
        """How many requests this object has made, token requests included."""
        raise NotImplementedError

    @property
    def limit_left(self) -> int | None:
        """What `x-ratelimit-remaining` said last."""
        raise NotImplementedError
