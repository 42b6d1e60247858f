"""Who speaks: the App by its JWT, an installation by a token that all processes share.

An installation token lives an hour. It is kept in Redis, encrypted under a key that only holders
of the App's private key can derive, so that neither a dump of Redis nor its backups open a
repository. Each is asked for with the narrowest permissions and for one repository.
https://docs.github.com/en/rest/apps/apps#create-an-installation-access-token-for-an-app
"""

from __future__ import annotations

import base64
import hashlib
import json
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from enum import Enum
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

import jwt
from cryptography.fernet import Fernet, InvalidToken
from github.Auth import AppAuth, Auth

from bot.private_key import load_private_key

if TYPE_CHECKING:
    from redis import Redis

    from bot.settings import Settings

_ENOUGH_LEFT = timedelta(minutes=10)
"""A token with less life left is not handed out: a review that begins now must end under it."""
_UNGRANTED_SECONDS = 600


class Purpose(Enum):
    """What a token is for, with the narrowest permissions that it needs."""

    FETCH = "fetch"
    REVIEW = "review"
    RESOLVE = "resolve"
    WRITE = "write"
    DEFAULTS = "defaults"
    """To read the organisation's default in its `.github` repository."""
    ISSUES = "issues"
    EVERYTHING = "everything"
    """All that the owner granted, in every repository: to list the repositories."""

    @property
    def permissions(self) -> Mapping[str, str] | None:
        """The `permissions` of the token request; None asks for all."""
        return _PERMISSIONS[self]


_PERMISSIONS: Mapping[Purpose, Mapping[str, str] | None] = MappingProxyType(
    {
        Purpose.FETCH: {"contents": "read", "metadata": "read"},
        Purpose.REVIEW: {
            "checks": "write",
            "contents": "read",
            "metadata": "read",
            "pull_requests": "write",
        },
        # resolveReviewThread is FORBIDDEN without contents: write (community discussion 44650).
        Purpose.RESOLVE: {"contents": "write", "metadata": "read", "pull_requests": "write"},
        Purpose.DEFAULTS: {"contents": "read"},
        Purpose.WRITE: {"contents": "write", "metadata": "read", "pull_requests": "write"},
        Purpose.ISSUES: {"issues": "write", "metadata": "read"},
        Purpose.EVERYTHING: None,
    }
)


@dataclass(frozen=True, slots=True)
class Token:
    """An installation token; never in a repr, a log, a URL or an argument of a process."""

    secret: str
    expires_at: datetime
    repository: str | None = None
    """What GitHub called the one repository when it gave the token: its name after renames."""

    def __repr__(self) -> str:
        return f"Token(expires_at={self.expires_at.isoformat()})"

    def has_life(self, now: datetime) -> bool:
        """It will outlast a review that begins now."""
        return self.expires_at - now > _ENOUGH_LEFT


class TokenStore:
    """Tokens in Redis by installation, repository and purpose; they leave it before they end."""

    def __init__(self, redis: Redis, settings: Settings) -> None:
        self._redis = redis
        self._app = settings.app_id
        digest = hashlib.sha256(b"driftline token store\0" + settings.private_key.encode())
        self._box = Fernet(base64.urlsafe_b64encode(digest.digest()))

    def load(self, installation_id: int, repository_id: int | None, use: Purpose) -> Token | None:
        """The token that another job left, if it has life in it and we can read it."""
        sealed = self._redis.get(self._key(installation_id, repository_id, use))
        if not isinstance(sealed, (bytes, str)):
            return None
        try:
            value = json.loads(self._box.decrypt(sealed))
        except InvalidToken:
            return None
        token = Token(
            value["secret"], datetime.fromisoformat(value["expires_at"]), value["repository"]
        )
        return token if token.has_life(datetime.now(UTC)) else None

    def save(
        self, installation_id: int, repository_id: int | None, use: Purpose, token: Token
    ) -> None:
        """Leave the token for other jobs, for as long as it has life in it."""
        life = token.expires_at - _ENOUGH_LEFT - datetime.now(UTC)
        if life <= timedelta(seconds=1):
            return
        value = {
            "secret": token.secret,
            "expires_at": token.expires_at.isoformat(),
            "repository": token.repository,
        }
        self._redis.set(
            self._key(installation_id, repository_id, use),
            self._box.encrypt(json.dumps(value).encode()),
            ex=int(life.total_seconds()),
        )

    def drop(self, installation_id: int, repository_id: int | None, use: Purpose) -> None:
        """Forget a token that GitHub refused."""
        self._redis.delete(self._key(installation_id, repository_id, use))

    def mark_ungranted(self, installation_id: int, use: Purpose) -> None:
        """Remember for ten minutes that the owner did not grant what this purpose needs."""
        self._redis.set(self._refusal(installation_id, use), "1", ex=_UNGRANTED_SECONDS)

    def is_ungranted(self, installation_id: int, use: Purpose) -> bool:
        """The owner was found not to grant it within the last ten minutes."""
        return bool(self._redis.exists(self._refusal(installation_id, use)))

    def _key(self, installation_id: int, repository_id: int | None, use: Purpose) -> str:
        return f"driftline:token:{self._app}:{installation_id}:{repository_id or 0}:{use.value}"

    def _refusal(self, installation_id: int, use: Purpose) -> str:
        return f"driftline:ungranted:{self._app}:{installation_id}:{use.value}"


class Signer:
    """Signs JWTs by RS256, on GitHub's clock once GitHub said that ours is wrong."""

    def __init__(self, private_key: str) -> None:
        self._private_key = load_private_key(private_key)
        self.skew = 0

    def __call__(self, payload: dict[str, Any]) -> str:
        """The JWT that carries PyGithub's payload, its times moved by the skew."""
        moved = {
            **payload,
            "iat": payload["iat"] + self.skew,
            "exp": payload["exp"] + self.skew,
        }
        return jwt.encode(moved, self._private_key, algorithm="RS256")

    def learn_clock(self, headers: Mapping[str, str]) -> bool:
        """Take the time out of an answer's `date`; True where ours differs enough to matter."""
        try:
            there = parsedate_to_datetime(headers.get("date", ""))
        except ValueError:
            return False
        if there.tzinfo is None:
            there = there.replace(tzinfo=UTC)
        skew = round((there - datetime.now(UTC)).total_seconds())
        if abs(skew - self.skew) < 10:
            return False
        self.skew = skew
        return True


def app_auth(settings: Settings, signer: Signer) -> AppAuth:
    """PyGithub's App authentication, signing with `signer`."""
    return AppAuth(settings.app_id, sign_func=signer)


class InstallationAuth(Auth):
    """PyGithub's authentication by whatever token `give` hands out at the time of the request."""

    def __init__(self, give: Callable[[], Token]) -> None:
        self._give = give
        self._lock = threading.Lock()

    @property
    def token_type(self) -> str:
        """The word before the token in the Authorization header."""
        return "Bearer"

    @property
    def token(self) -> str:
        """The token in force now."""
        with self._lock:
            return self._give().secret
