"""What is to be said of the configuration in a review."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from datetime import date

from msgspec import Struct

from workers.engine.config.configuration import Configuration, Trouble
from workers.engine.config.difference import ConfigurationChange, difference
from workers.engine.config.place import configuration_in, path_in
from workers.engine.exemption import Exemption, ExpiredExemption, UnusedExemption
from workers.engine.findings import Finding
from workers.engine.snapshot import Tree

_OF_A_MOMENT = frozenset({"data-loss", "locking", "history"})


class Reviewed(Struct, frozen=True):
    """The configuration of the state under review, and how it differs from the base's."""

    configuration: Configuration
    change: ConfigurationChange | None = None

    @property
    def subjects(self) -> Iterator[Trouble | ConfigurationChange]:
        """What rules may say something of."""
        yield from self.configuration.troubles
        if self.change is not None:
            yield self.change

    def expired(self, standing: Iterable[Finding], today: date | None) -> Iterator[object]:
        """The exemptions whose last day is past."""
        over = [one for one in self.configuration.exemptions if one.is_over(today)]
        if over:
            found = list(standing)
            for one in over:
                yield ExpiredExemption(one, sum(one.covers(finding) for finding in found))

    def unused(self, unused: Iterable[Exemption], families: Mapping[str, str]) -> Iterator[object]:
        """The exemptions that wave nothing through, where the state under review still has them.

        Some families judge what a pull request does, so their findings come and go, and an
        exemption from them waits for the next one.
        """
        here = {one.identity: one for one in self.configuration.exemptions}
        for one in unused:
            now = here.get(one.identity)
            if now is not None and families.get(one.name, one.name) not in _OF_A_MOMENT:
                yield UnusedExemption(now)


def review_configuration(tree: Tree, base: Tree | None, rules: Collection[str]) -> Reviewed:
    """Review a state's configuration, against its base's where there is one."""
    if path_in(tree) is None and (base is None or path_in(base) is None):
        return Reviewed(Configuration(""))
    now = configuration_in(tree, rules)
    if base is None:
        return Reviewed(now)
    return Reviewed(now, difference(configuration_in(base, rules), now))
