"""Installation tokens asked of GitHub, through the store that all processes share."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from bot.github.answers import moment
from bot.github.auth import Purpose, Signer, Token, TokenStore, app_auth
from bot.github.errors import Forbidden, Gone, NotFound, Unprocessable
from bot.github.limits import Limits
from bot.github.transport import Transport

if TYPE_CHECKING:
    from redis import Redis

    from bot.settings import Settings


class AppTransport(Transport):
    """Requests as the App itself; a wrong clock is learned from GitHub's answer."""

    def __init__(self, settings: Settings, redis: Redis) -> None:
        self._signer = Signer(settings.private_key)
        limits = Limits(redis, f"app-{settings.app_id}", counts_writes=False)
        super().__init__(settings, app_auth(settings, self._signer), limits)

    def refresh(self, headers: Mapping[str, str]) -> bool:
        """Set the signer to GitHub's clock; True where ours was wrong."""
        return self._signer.learn_clock(headers)


class Tokens:
    """Tokens of one installation for one repository (None: for all of them)."""

    def __init__(
        self, settings: Settings, redis: Redis, installation_id: int, repository_id: int | None
    ) -> None:
        self._store = TokenStore(redis, settings)
        self._settings = settings
        self._redis = redis
        self._installation_id = installation_id
        self._repository_id = repository_id
        self._app: AppTransport | None = None
        self._held: dict[Purpose, Token] = {}

    @property
    def calls(self) -> int:
        """How many token requests were made."""
        return self._app.calls if self._app is not None else 0

    def give(self, purpose: Purpose) -> Token:
        """A token with at least ten minutes of life: held, stored, or asked of GitHub.

        `Gone` where the installation was removed or suspended, or lost the repository;
        `Forbidden` where its owner did not grant what the purpose needs.
        """
        held = self._held.get(purpose)
        if held is not None and held.has_life(datetime.now(UTC)):
            return held
        token = self._store.load(self._installation_id, self._repository_id, purpose)
        if token is None:
            token = self._ask(purpose)
            self._store.save(self._installation_id, self._repository_id, purpose, token)
        self._held[purpose] = token
        return token

    def drop(self, purpose: Purpose) -> None:
        """Forget a token that GitHub refused."""
        self._held.pop(purpose, None)
        self._store.drop(self._installation_id, self._repository_id, purpose)

    def close(self) -> None:
        """Close the connections."""
        if self._app is not None:
            self._app.close()

    def _ask(self, purpose: Purpose) -> Token:
        if self._store.is_ungranted(self._installation_id, purpose):
            raise Forbidden(f"The installation does not grant what {purpose.value} needs.")
        if self._app is None:
            self._app = AppTransport(self._settings, self._redis)
        path = f"/app/installations/{self._installation_id}/access_tokens"
        try:
            # An unneeded token does no harm and ends by itself: the request may be repeated.
            answer = self._app.write("POST", path, self._body(purpose), may_repeat=True)
        except NotFound as error:
            raise Gone("The App is not installed there any more.", status=404) from error
        except Forbidden as error:
            raise Gone("The installation is suspended.", status=403) from error
        except Unprocessable as error:
            raise self._refusal(purpose, error) from error
        return _token(answer)

    def _body(self, purpose: Purpose) -> dict[str, Any]:
        body: dict[str, Any] = {}
        if self._repository_id is not None:
            body["repository_ids"] = [self._repository_id]
        if purpose.permissions is not None:
            body["permissions"] = dict(purpose.permissions)
        return body

    def _refusal(self, purpose: Purpose, error: Unprocessable) -> Gone | Forbidden:
        """A 422 is about the repository or about the permissions; GitHub's sentence tells."""
        if "permission" in str(error).lower():
            self._store.mark_ungranted(self._installation_id, purpose)
            return Forbidden(
                f"The installation does not grant what {purpose.value} needs.", status=422
            )
        return Gone("The installation does not cover the repository any more.", status=422)


def _token(answer: Any) -> Token:
    expires_at = moment(answer["expires_at"])
    assert expires_at is not None
    repositories = answer.get("repositories") or []
    name = repositories[0]["full_name"] if len(repositories) == 1 else None
    return Token(answer["token"], expires_at, name)
