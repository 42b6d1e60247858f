"""`App`: what is asked as the App itself, by JWT: installations and webhook deliveries."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from bot.github.facts import Delivery, Installation, RepositoryFacts, User

if TYPE_CHECKING:
    from redis import Redis

    from bot.settings import Settings


class App:
    """The App's own view of GitHub."""

    @classmethod
    def connect(cls, settings: Settings, redis: Redis) -> App:
        """Prepare, without a request."""
        raise NotImplementedError

    def me(self) -> User:
        """The bot account that the App writes as: `<slug>[bot]` (remembered in Redis)."""
        raise NotImplementedError

    def installations(self) -> tuple[Installation, ...]:
        """Every installation, suspended ones included."""
        raise NotImplementedError

    def installation(self, installation_id: int) -> Installation:
        """One installation; `Gone` where it was removed."""
        raise NotImplementedError

    def installation_of(self, repository: str) -> Installation:
        """The installation that covers `owner/name`; `NotFound` where none does."""
        raise NotImplementedError

    def repositories(self, installation_id: int) -> tuple[RepositoryFacts, ...]:
        """Every repository that an installation covers."""
        raise NotImplementedError

    def deliveries(self) -> Iterator[Delivery]:
        """Webhook deliveries, the newest first, a page of 100 at a time, as far as GitHub keeps."""
        raise NotImplementedError

    def redeliver(self, delivery_id: int) -> None:
        """Have GitHub send a delivery again, under the same X-GitHub-Delivery."""
        raise NotImplementedError
