"""What a repository's configuration wishes of the engine: the command line's and GitHub's alike."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date

from workers.engine.config.configuration import Configuration
from workers.engine.config.place import configuration_in, path_in
from workers.engine.settings import Settings
from workers.engine.snapshot import Snapshot
from workers.engine.source import SourceFile


@dataclass(frozen=True)
class Wishes:
    """The engine's settings, and the configuration that they were read from."""

    settings: Settings
    configuration: Configuration = field(default_factory=lambda: Configuration(""))


def wishes_of(snapshot: Snapshot, today: date | None = None, default: str | None = None) -> Wishes:
    """The wishes of the base; of the head where there is no base.

    `today` tells which exemptions have expired; without it none has. `default` is the text of the
    organisation's own file, which counts where the repository's says nothing.
    """
    tree = snapshot.base if snapshot.base is not None else snapshot.head
    if path_in(tree) is None and default is None:
        return Wishes(Settings(today=today))
    from workers.engine.config.effect import settings_of
    from workers.engine.rules.catalogue import CATALOGUE

    rules = [rule.name for rule in CATALOGUE]
    configuration = configuration_in(tree, rules)
    if default is not None:
        from workers.engine.config.inherit import inherited
        from workers.engine.config.reader import read_configuration

        theirs = read_configuration(SourceFile(configuration.path, default), rules)
        configuration = inherited(configuration, theirs)
    return Wishes(settings_of(configuration, today), configuration)
