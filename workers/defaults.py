"""The default that an organisation keeps in its `.github` repository for all the others.

It is fetched by git, which costs no call of the API, and what was found is remembered in Redis.
"""

from __future__ import annotations

import dataclasses
import json
import time
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING

from bot.github.defaults import REPOSITORY
from bot.github.errors import Forbidden, Gone
from workers.git import GitError
from workers.merge import workshop
from workers.partial import fetch, fetch_objects, remote_of
from workers.trees import REGULAR, list_tree, read_blobs

if TYPE_CHECKING:
    from redis import Redis

    from bot.github.client import GitHub

PATH = ".github/driftline.yml"
_FRESH_SECONDS = 600
_SETTLED_SECONDS = 3600
_SELECTION_SECONDS = 400 * 86_400
_GIT_SECONDS = 30.0
_HEAD = "refs/driftline/default"
_NOT_THERE = ("find remote ref", "no such remote ref", "epository not found", "' not found")
_LARGEST = 64 * 1024


@dataclass(frozen=True, slots=True)
class OrganisationDefault:
    """What was found: the file's text, None where there is none.

    `is_outside` says that the installation has chosen some repositories, and `.github` is not
    among them, so that nobody can tell whether there is one.
    """

    text: str | None = None
    is_outside: bool = False


class Selections:
    """Whether installations cover some repositories only, as GitHub's events told."""

    def __init__(self, redis: Redis) -> None:
        self._redis = redis

    def note(self, installation_id: int, *, is_selective: bool) -> None:
        """An event, or the list of installations, says so; what was read before is old."""
        key = self._key(installation_id)
        value = b"selected" if is_selective else b"all"
        self._redis.set(key, value, ex=_SELECTION_SECONDS)

    def is_selective(self, installation_id: int) -> bool:
        """Only where that is known."""
        return self._redis.get(self._key(installation_id)) == b"selected"

    def _key(self, installation_id: int) -> str:
        return f"driftline:selection:{installation_id}"


def organisation_default(github: GitHub, redis: Redis, installation_id: int) -> OrganisationDefault:
    """The default of the owner's repositories, at most ten minutes old."""
    owner, _, name = github.name.partition("/")
    if name == REPOSITORY:  # which needs none for itself
        return OrganisationDefault()
    key = _key(installation_id, owner)
    known = redis.get(key)
    if isinstance(known, (bytes, str)):
        return OrganisationDefault(**json.loads(known))
    found = _read(github, redis, installation_id)
    seconds = _SETTLED_SECONDS if found.is_outside else _FRESH_SECONDS
    redis.set(key, json.dumps(asdict(found)), ex=seconds)
    return found


def forget_default(redis: Redis, installation_id: int, owner: str) -> None:
    """Have the next review read it anew: the installation covers other repositories now."""
    redis.delete(_key(installation_id, owner))


def _key(installation_id: int, owner: str) -> str:
    return f"driftline:organisation-default:{installation_id}:{owner.lower()}"


def _read(github: GitHub, redis: Redis, installation_id: int) -> OrganisationDefault:
    try:
        token = github.defaults_token()
    except (Gone, Forbidden):
        is_outside = Selections(redis).is_selective(installation_id)
        return OrganisationDefault(is_outside=is_outside)
    try:
        return OrganisationDefault(_fetched(github.defaults_url, token))
    except GitError as error:
        github.forget_defaults_token()
        if any(word in str(error) for word in _NOT_THERE):  # removed, or without a commit
            return OrganisationDefault()
        raise


def _fetched(url: str, token: str) -> str | None:
    """The file at the default branch's tip; None where there is none, or nothing readable."""
    with workshop() as local:
        remote = remote_of(local, url, token, time.monotonic() + _GIT_SECONDS)
        fetch(remote, "--filter=blob:none", "--depth=1", names=[f"HEAD:{_HEAD}"])
        entry = list_tree(remote, _HEAD, lambda path: path == PATH).entries.get(PATH)
        if entry is None or entry.mode not in REGULAR:
            return None
        fetch_objects(remote, [entry.oid])
        here = dataclasses.replace(remote, protocols=(), access=None)
        data = read_blobs(here, [entry.oid]).contents.get(entry.oid, b"")
        return data.decode(errors="replace") if 0 < len(data) <= _LARGEST else None
