"""Who calls: the App by its JWT, or an installation by its token; and what it may do."""

from __future__ import annotations

import base64
import binascii
from dataclasses import dataclass
from typing import Any

import jwt

from tests.sandbox.errors import ApiError, forbidden, not_found
from tests.sandbox.state import Installation, Repository, Token
from tests.sandbox.world import World

LEVELS = {"read": 1, "write": 2, "admin": 3}
MAX_JWT_LIFE = 600  # seconds
SKEW = 60  # seconds that GitHub forgives a clock

JWT_DECODE = "A JSON web token could not be decoded"
JWT_EXPIRED = (
    "'Expiration time' claim ('exp') must be a numeric value representing the future time at "
    "which the assertion expires"
)
JWT_TOO_LONG = "'Expiration time' claim ('exp') is too far in the future"
JWT_ISSUED = (
    "'Issued at' claim ('iat') must be an Integer representing the time that the assertion "
    "was issued"
)
JWT_ISSUER = "'Issuer' claim ('iss') must be an Integer"


@dataclass(frozen=True, slots=True)
class Caller:
    """Who makes a request: the App itself, an installation's token, or nobody."""

    world: World
    is_app: bool = False
    token: Token | None = None

    def app_only(self) -> None:
        """Raises 401 for anybody but the App's JWT."""
        if not self.is_app:
            raise ApiError(401, JWT_DECODE)

    def installation(self) -> Installation:
        """The caller's installation; raises 401 or 403 where it has none that works."""
        if self.is_app:
            raise forbidden()
        if self.token is None:
            raise ApiError(401, "Requires authentication")
        installation = self.token.installation
        if installation.suspended_at:
            raise ApiError(403, "This installation has been suspended")
        return installation

    def repository(
        self, owner: str, name: str, permission: str = "metadata", level: str = "read"
    ) -> Repository:
        """The repository, where the caller may do that to it; raises 301, 403, 404."""
        repository = self.world.repository(owner, name)
        if repository is None:
            raise not_found()
        if repository.full_name.lower() != f"{owner}/{name}".lower():
            url = f"{self.world.api_url}/repositories/{repository.id}"
            raise ApiError(301, "Moved Permanently", headers={"Location": url})
        return self.allowed(repository, [permission], level)

    def allowed(self, repository: Repository, permissions: list[str], level: str) -> Repository:
        """The repository, where one of the permissions is granted at that level."""
        installation = self.installation()
        assert self.token is not None
        if not self._covers(installation, repository):
            if repository.private:
                raise not_found()
            if level == "read":
                return repository
            raise forbidden()
        if not any(self.grants(permission, level) for permission in permissions):
            raise forbidden()
        if repository.disabled:
            raise ApiError(403, "Repository access blocked")
        if repository.archived and level != "read":
            raise ApiError(403, "Repository was archived so is read-only.")
        return repository

    def grants(self, permission: str, level: str) -> bool:
        """Whether the token carries the permission."""
        granted = dict(self.token.permissions) if self.token else {}
        granted.setdefault("metadata", "read")
        return LEVELS.get(granted.get(permission, ""), 0) >= LEVELS[level]

    def _covers(self, installation: Installation, repository: Repository) -> bool:
        if self.world.installation_for(repository) is not installation:
            return False
        narrowed = self.token.repositories if self.token else None
        return narrowed is None or repository.id in narrowed


def identify(world: World, header: str | None) -> Caller:
    """The caller that an Authorization header stands for; raises 401."""
    if not header:
        return Caller(world)
    scheme, _, value = header.partition(" ")
    if scheme.lower() == "basic":
        value = basic_password(value)
    elif scheme.lower() not in ("bearer", "token"):
        raise ApiError(401, "Bad credentials")
    if value.startswith("ghs_"):
        return Caller(world, token=live_token(world, value))
    if value.count(".") == 2:
        check_jwt(world, value)
        return Caller(world, is_app=True)
    raise ApiError(401, "Bad credentials")


def basic_password(value: str) -> str:
    """The password of a Basic header, which git sends as `x-access-token:TOKEN`."""
    try:
        user, _, password = base64.b64decode(value).decode().partition(":")
    except (binascii.Error, UnicodeDecodeError):
        raise ApiError(401, "Bad credentials") from None
    return password if user else ""


def live_token(world: World, value: str) -> Token:
    """The token, unless it is unknown, expired, or its installation is gone."""
    token = world.tokens.get(value)
    if token is None or token.expires_at <= world.now() or token.installation.deleted:
        raise ApiError(401, "Bad credentials")
    return token


def check_jwt(world: World, value: str) -> None:
    """Raises 401 for a JWT that GitHub would refuse."""
    claims: dict[str, Any] | None = None
    for key in world.app.public_keys:
        try:
            options = {"verify_exp": False, "verify_iat": False, "verify_nbf": False}
            claims = jwt.decode(value, key, algorithms=["RS256"], options=options)  # type: ignore[arg-type]
            break
        except jwt.PyJWTError:
            continue
    if claims is None:
        raise ApiError(401, JWT_DECODE)
    now = world.now().timestamp()
    expires, issued = claims.get("exp"), claims.get("iat")
    if not isinstance(issued, int | float) or issued > now + SKEW:
        raise ApiError(401, JWT_ISSUED)
    if not isinstance(expires, int | float) or expires <= now:
        raise ApiError(401, JWT_EXPIRED)
    if expires - now > MAX_JWT_LIFE + SKEW or expires - issued > MAX_JWT_LIFE + SKEW:
        raise ApiError(401, JWT_TOO_LONG)
    if str(claims.get("iss")) not in (str(world.app.id), world.app.client_id):
        raise ApiError(401, JWT_ISSUER)
