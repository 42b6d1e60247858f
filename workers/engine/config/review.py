"""What is to be said of the configuration in a review."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass

from workers.engine.config.configuration import Configuration, Trouble
from workers.engine.config.difference import ConfigurationChange, difference
from workers.engine.config.place import configuration_in, path_in
from workers.engine.exemption import ExpiredExemption, UnusedExemption
from workers.engine.settings import Settings
from workers.engine.snapshot import Tree


@dataclass(frozen=True, slots=True)
class Reviewed:
    """The configuration of the state under review, and how it differs from the base's."""

    configuration: Configuration
    change: ConfigurationChange | None = None

    @property
    def subjects(self) -> Iterator[Trouble | ConfigurationChange]:
        """What rules may say something of."""
        yield from self.configuration.troubles
        if self.change is not None:
            yield self.change

    def placed(
        self, troubles: Iterable[ExpiredExemption | UnusedExemption], settings: Settings
    ) -> Iterator[ExpiredExemption | UnusedExemption]:
        """Exemptions in trouble, where the state under review has them; it may have left them out
        or prolonged them."""
        here = {one.identity: one for one in self.configuration.exemptions}
        for trouble in troubles:
            now = here.get(trouble.exemption.identity)
            if now is None:
                continue
            if isinstance(trouble, UnusedExemption):
                yield UnusedExemption(now)
            elif now.is_over(settings.today):
                yield ExpiredExemption(now, trouble.returned)


def review_configuration(tree: Tree, base: Tree | None, rules: Collection[str]) -> Reviewed:
    """Review a state's configuration, against its base's where there is one."""
    if path_in(tree) is None and (base is None or path_in(base) is None):
        return Reviewed(Configuration(""))
    now = configuration_in(tree, rules)
    if base is None:
        return Reviewed(now)
    return Reviewed(now, difference(configuration_in(base, rules), now))
