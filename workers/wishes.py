"""What a repository's configuration wishes of the engine: the command line's and GitHub's alike."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date

from workers.engine.config.configuration import Configuration
from workers.engine.config.place import configuration_in, path_in
from workers.engine.settings import Settings
from workers.engine.snapshot import Snapshot


@dataclass(frozen=True)
class Wishes:
    """The engine's settings, and the configuration that they were read from."""

    settings: Settings
    configuration: Configuration = field(default_factory=lambda: Configuration(""))


def wishes_of(snapshot: Snapshot, today: date | None = None) -> Wishes:
    """The wishes of the base; of the head where there is no base.

    `today` tells which exemptions have expired; without it none has.
    """
    tree = snapshot.base if snapshot.base is not None else snapshot.head
    if path_in(tree) is None:
        return Wishes(Settings(today=today))
    from workers.engine.config.effect import settings_of
    from workers.engine.rules.catalogue import CATALOGUE

    configuration = configuration_in(tree, [rule.name for rule in CATALOGUE])
    return Wishes(settings_of(configuration, today), configuration)
