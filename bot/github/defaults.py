"""The default that an organisation keeps in its `.github` repository for all the others.

One further token is asked for, with `contents: read` on that repository alone; it and what was
read are remembered in Redis.
https://docs.github.com/en/rest/apps/apps#create-an-installation-access-token-for-an-app
"""

from __future__ import annotations

import base64
import json
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

from bot.github.auth import Purpose
from bot.github.client import InstallationTransport
from bot.github.errors import Forbidden, Gone, NotFound
from bot.github.limits import Limits
from bot.github.tokens import AppTransport, Tokens

if TYPE_CHECKING:
    from redis import Redis

    from bot.settings import Settings

REPOSITORY = ".github"
PATH = ".github/driftline.yml"
_FRESH_SECONDS = 600
_SETTLED_SECONDS = 3600
_LARGEST = 64 * 1024


@dataclass(frozen=True, slots=True)
class OrganisationDefault:
    """What was found: the file's text, None where there is none.

    `is_outside` says that the installation has chosen some repositories, and `.github` is not
    among them, so that nobody can tell whether there is one.
    """

    text: str | None = None
    is_outside: bool = False


def organisation_default(
    settings: Settings, redis: Redis, installation_id: int, owner: str
) -> OrganisationDefault:
    """The default of an owner's repositories, at most ten minutes old."""
    key = f"driftline:organisation-default:{installation_id}:{owner.lower()}"
    known = redis.get(key)
    if isinstance(known, (bytes, str)):
        return OrganisationDefault(**json.loads(known))
    found = _read(settings, redis, installation_id, owner)
    seconds = _SETTLED_SECONDS if found.is_outside else _FRESH_SECONDS
    redis.set(key, json.dumps(asdict(found)), ex=seconds)
    return found


def _read(
    settings: Settings, redis: Redis, installation_id: int, owner: str
) -> OrganisationDefault:
    tokens = DefaultTokens(settings, redis, installation_id)
    transport = InstallationTransport(
        settings, Limits(redis, str(installation_id)), tokens, Purpose.DEFAULTS
    )
    try:
        return OrganisationDefault(_text(transport.get(_path(owner))))
    except NotFound:
        return OrganisationDefault()
    except (Gone, Forbidden):
        return OrganisationDefault(is_outside=_is_selective(settings, redis, installation_id))
    finally:
        transport.close()
        tokens.close()


def _path(owner: str) -> str:
    return f"/repos/{owner}/{REPOSITORY}/contents/{PATH}"


def _text(answer: Any) -> str | None:
    """The file behind a content answer; None for a folder, and for what is far too large."""
    if not isinstance(answer, dict) or answer.get("encoding") != "base64":
        return None
    data = base64.b64decode(answer.get("content", ""))
    return data.decode(errors="replace") if len(data) <= _LARGEST else None


def _is_selective(settings: Settings, redis: Redis, installation_id: int) -> bool:
    """Whether the installation covers only some repositories: else there is no `.github`."""
    app = AppTransport(settings, redis)
    try:
        found = app.get(f"/app/installations/{installation_id}")
    except (NotFound, Forbidden):
        return False
    finally:
        app.close()
    return bool(found.get("repository_selection") == "selected")


class DefaultTokens(Tokens):
    """Tokens for the owner's `.github` repository, by its name."""

    def __init__(self, settings: Settings, redis: Redis, installation_id: int) -> None:
        super().__init__(settings, redis, installation_id, None)

    def _body(self, purpose: Purpose) -> dict[str, Any]:
        return {"repositories": [REPOSITORY], "permissions": dict(purpose.permissions or {})}
