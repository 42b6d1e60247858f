"""What a job has at hand: settings, Redis, the queue, GitHub. The composition root of a worker."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from bot.metrics import Tally

if TYPE_CHECKING:
    from redis import Redis

    from bot.github.client import GitHub
    from bot.queue import Queue
    from bot.requests import Repository
    from bot.settings import Settings


@dataclass(frozen=True)
class Workplace:
    """One process' connections; made anew for each job, since a work horse is a fork."""

    settings: Settings
    redis: Redis
    queue: Queue
    tally: Tally = field(default_factory=Tally)

    @classmethod
    def from_environment(cls) -> Workplace:
        """As the environment says."""
        from bot.sentry import configure_sentry
        from bot.settings import Settings
        from bot.tracing import traces

        configure_sentry()
        return cls.of(Settings.from_environment(), Tally(traces("worker")))

    @classmethod
    def of(cls, settings: Settings, tally: Tally | None = None) -> Workplace:
        """As the settings say."""
        from bot.queue import Queue
        from bot.redis_connection import connect_for_work

        redis = connect_for_work(settings.redis_url)
        queue = Queue(redis, concurrency=settings.installation_concurrency)
        return cls(settings, redis, queue, tally or Tally())

    def github(self, installation_id: int, repository: Repository) -> GitHub:
        """GitHub for one repository; a context that closes its connections."""
        from bot.github.client import GitHub

        return GitHub.connect(
            self.settings, self.redis, installation_id, repository.id, repository.name
        )
