"""The token that opens an owner's `.github` repository, where an organisation keeps its default.

One further token, with `contents: read` on that repository alone.
https://docs.github.com/en/rest/apps/apps#create-an-installation-access-token-for-an-app
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from bot.github.auth import Purpose
from bot.github.tokens import Tokens

if TYPE_CHECKING:
    from redis import Redis

    from bot.settings import Settings

REPOSITORY = ".github"


class DefaultTokens(Tokens):
    """Tokens for the owner's `.github` repository, by its name."""

    def __init__(self, settings: Settings, redis: Redis, installation_id: int) -> None:
        super().__init__(settings, redis, installation_id, None)

    def _body(self, purpose: Purpose) -> dict[str, Any]:
        return {"repositories": [REPOSITORY], "permissions": dict(purpose.permissions or {})}
