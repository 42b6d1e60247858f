"""`.github/driftline.yml`: what a repository wishes of its reviews.

Read from the base, so that a pull request cannot switch off what it is judged by; what makes no
sense in it is passed over, and the review says so.
"""

from __future__ import annotations

from datetime import date

from msgspec import Struct, field

from workers.engine.config.configuration import Configuration
from workers.engine.settings import Settings
from workers.engine.snapshot import Snapshot
from workers.review.verdict import Conduct
from workers.wishes import wishes_of


class Preferences(Struct, frozen=True):
    """The engine's settings, the conduct on GitHub, and the file that they were read from."""

    settings: Settings = field(default_factory=Settings)
    conduct: Conduct = field(default_factory=Conduct)
    configuration: Configuration = field(default_factory=lambda: Configuration(""))


def preferences(
    snapshot: Snapshot, today: date | None = None, default: str | None = None
) -> Preferences:
    """The wishes of the base; of the head where there is no base (see `wishes_of`)."""
    wishes = wishes_of(snapshot, today, default)
    return Preferences(wishes.settings, conduct_of(wishes.configuration), wishes.configuration)


def conduct_of(configuration: Configuration) -> Conduct:
    """How the repository wants Driftline to behave on GitHub."""
    values = configuration.values
    shipped = Conduct()
    most = values.get("max-comments")
    return Conduct(
        on_unknown="neutral" if values.get("on-unknown") == "neutral" else "failure",
        is_trial=values.get("trial") is True,
        most_comments=shipped.most_comments if most is None else int(str(most)),
    )
