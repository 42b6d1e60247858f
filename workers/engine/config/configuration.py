"""What a configuration file says, as data."""

from __future__ import annotations

from collections.abc import Mapping

from msgspec import Struct, field

from workers.engine.exemption import Exemption
from workers.engine.findings import Severity
from workers.engine.source import Origin

Value = str | int | bool | tuple[str, ...]


class InvalidSetting(Struct, frozen=True):
    """A key or value that makes no sense, and is passed over.

    `key` is the way to it (`rules.column-missing`), `nearest` the word that was probably meant,
    which may take the place of what stands at `origin`.
    """

    key: str
    message: str
    origin: Origin
    nearest: str | None = None


class UnreasonedExemption(Struct, frozen=True):
    """An exemption without a reason: it does not count."""

    exemption: Exemption


Trouble = InvalidSetting | UnreasonedExemption


class Configuration(Struct, frozen=True):
    """One file, as far as it makes sense.

    `values` holds the plain keys that are given, by name; `severities` those of rules and families
    together (None is off); `places` tells where each is written: `fail-on`, `rules.NAME`,
    `families.NAME`, `exempt.NAME:SUBJECT`.
    """

    path: str
    values: Mapping[str, Value] = field(default_factory=dict)
    severities: Mapping[str, Severity | None] = field(default_factory=dict)
    exemptions: tuple[Exemption, ...] = ()
    pairs: tuple[tuple[str, str | None], ...] = ()
    places: Mapping[str, Origin] = field(default_factory=dict)
    troubles: tuple[Trouble, ...] = ()

    @property
    def invalid(self) -> tuple[InvalidSetting, ...]:
        """What makes no sense, in the order of the file."""
        return tuple(one for one in self.troubles if isinstance(one, InvalidSetting))
