"""`App`: what is asked as the App itself, by JWT: installations and webhook deliveries."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

from bot.github import answers
from bot.github.auth import InstallationAuth, Purpose
from bot.github.errors import Gone, NotFound
from bot.github.facts import AppFacts, Delivery, Installation, RepositoryFacts
from bot.github.limits import Limits
from bot.github.tokens import AppTransport, Tokens
from bot.github.transport import Transport

if TYPE_CHECKING:
    from redis import Redis

    from bot.settings import Settings

_SLUG_SECONDS = 86_400


class _OfInstallation(Transport):
    """Speaks as an installation; a token that GitHub no longer takes is replaced once."""

    tokens: Tokens

    def refresh(self, headers: Mapping[str, str]) -> bool:
        """Have the next try ask for a new token."""
        self.tokens.drop(Purpose.EVERYTHING)
        return True


class App:
    """The App's own view of GitHub."""

    def __init__(self, settings: Settings, redis: Redis) -> None:
        self._settings = settings
        self._redis = redis
        self._transport = AppTransport(settings, redis)

    @classmethod
    def connect(cls, settings: Settings, redis: Redis) -> App:
        """Prepare, without a request."""
        return cls(settings, redis)

    @property
    def calls(self) -> int:
        """How many requests this object has made."""
        return self._transport.calls

    def close(self) -> None:
        """Close the connections."""
        self._transport.close()

    def me(self) -> str:
        """The login that the App writes as: `<slug>[bot]`, remembered in Redis for a day."""
        key = f"driftline:slug:{self._settings.app_id}"
        slug = self._redis.get(key)
        if isinstance(slug, bytes):
            slug = slug.decode()
        if not isinstance(slug, str):
            slug = str(self._transport.get("/app")["slug"])
            self._redis.set(key, slug, ex=_SLUG_SECONDS)
        return f"{slug}[bot]"

    def about(self) -> AppFacts:
        """The App as GitHub has it registered."""
        date, item = self._transport.dated("/app")
        return answers.app(item, date)

    def hook(self) -> Mapping[str, str]:
        """Where its webhook goes: `url`, `content_type`, `insecure_ssl`; no secret."""
        answer = self._transport.get("/app/hook/config")
        return {key: str(answer.get(key, "")) for key in ("url", "content_type", "insecure_ssl")}

    def installations(self) -> tuple[Installation, ...]:
        """Every installation, suspended ones included."""
        items = self._transport.pages("/app/installations")
        return tuple(answers.installation(item) for item in items)

    def installation(self, installation_id: int) -> Installation:
        """One installation; `Gone` where it was removed."""
        try:
            answer = self._transport.get(f"/app/installations/{installation_id}")
        except NotFound as error:
            raise Gone("The App is not installed there any more.", status=404) from error
        return answers.installation(answer)

    def installation_of(self, repository: str) -> Installation:
        """The installation that covers `owner/name`; `NotFound` where none does."""
        return answers.installation(self._transport.get(f"/repos/{repository}/installation"))

    def repositories(self, installation_id: int) -> tuple[RepositoryFacts, ...]:
        """Every repository that an installation covers."""
        tokens = Tokens(self._settings, self._redis, installation_id, None)
        limits = Limits(self._redis, str(installation_id))
        auth = InstallationAuth(lambda: tokens.give(Purpose.EVERYTHING))
        transport = _OfInstallation(self._settings, auth, limits)
        transport.tokens = tokens
        try:
            items = transport.pages("/installation/repositories", key="repositories")
            return tuple(answers.repository(item) for item in items)
        finally:
            transport.close()
            tokens.close()

    def deliveries(self, *, only_failed: bool = False) -> Iterator[Delivery]:
        """Webhook deliveries, the newest first, a page of 100 at a time, as far as GitHub keeps.

        One that failed stays failed although another attempt (of the same `guid`) got through.
        """
        status = "failure" if only_failed else None
        for item in self._transport.pages("/app/hook/deliveries", status=status):
            delivery = answers.delivery(item)
            # An older Enterprise Server does not know the parameter and lists them all.
            if not (only_failed and delivery.is_ok):
                yield delivery

    def redeliver(self, delivery_id: int) -> None:
        """Have GitHub send a delivery again, under the same X-GitHub-Delivery."""
        path = f"/app/hook/deliveries/{delivery_id}/attempts"
        self._transport.write("POST", path, None, may_repeat=True)
