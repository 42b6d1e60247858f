"""Installing the App on accounts, and what its webhooks say of that."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from tests.sandbox.shapes import installation_json, repository_json
from tests.sandbox.state import Installation, Repository
from tests.sandbox.webhooks import emit
from tests.sandbox.world import World


def install(
    world: World,
    owner: str,
    repositories: Iterable[str] | None = None,
    permissions: dict[str, str] | None = None,
) -> Installation:
    """Installs the App on an account, on all repositories or the named ones; once only."""
    with world.lock:
        account = world.account(owner)
        for installation in world.installations.values():
            if installation.account is account and not installation.deleted:
                return installation
        ids = None
        if repositories is not None:
            ids = {one.id for name in repositories if (one := world.repository(owner, name))}
        installation = Installation(
            id=world.new_id(),
            account=account,
            permissions=dict(permissions or world.app.permissions),
            events=list(world.app.events),
            created_at=world.now(),
            repositories=ids,
        )
        world.installations[installation.id] = installation
        tell(world, installation, "created")
        return installation


def tell(world: World, installation: Installation, action: str) -> None:
    """Sends an `installation` webhook."""
    payload: dict[str, Any] = {
        "installation": installation_json(world, installation),
        "repositories": [short_json(world, one) for one in world.covered(installation)],
    }
    emit(world, "installation", action, payload, installation.account, installation=installation)


def select(
    world: World, installation: Installation, add: Iterable[str], remove: Iterable[str]
) -> None:
    """Adds repositories to an installation on selected ones, or takes some away."""
    with world.lock:
        if installation.repositories is None:
            installation.repositories = {one.id for one in world.covered(installation)}
        for names, action in ((add, "added"), (remove, "removed")):
            owner = installation.account.login
            found = [one for name in names if (one := world.repository(owner, name)) is not None]
            if found:
                ids, old = {one.id for one in found}, installation.repositories
                installation.repositories = old | ids if action == "added" else old - ids
                tell_selection(world, installation, action, found)


def tell_selection(
    world: World, installation: Installation, action: str, repositories: list[Repository]
) -> None:
    """Sends an `installation_repositories` webhook."""
    payload: dict[str, Any] = {
        "installation": installation_json(world, installation),
        "repository_selection": "selected",
        "repositories_added": [],
        "repositories_removed": [],
        "requester": None,
    }
    payload[f"repositories_{action}"] = [short_json(world, one) for one in repositories]
    name = "installation_repositories"
    emit(world, name, action, payload, installation.account, installation=installation)


def short_json(world: World, repository: Repository) -> dict[str, Any]:
    """A repository as the webhooks of installations list it."""
    whole = repository_json(world, repository)
    return {key: whole[key] for key in ("id", "node_id", "name", "full_name", "private")}
