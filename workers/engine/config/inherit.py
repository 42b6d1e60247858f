"""A repository's configuration on top of its organisation's default."""

from __future__ import annotations

from msgspec.structs import replace

from workers.engine.config.configuration import Configuration


def inherited(own: Configuration, default: Configuration) -> Configuration:
    """Key by key: what the repository says wins, what it leaves out the default says.

    Exemptions of both count. What makes no sense in the default is not the repository's trouble.
    """
    return replace(
        own,
        values={**default.values, **own.values},
        severities={**default.severities, **own.severities},
        exemptions=(*own.exemptions, *default.exemptions),
        pairs=own.pairs or default.pairs,
    )
