"""Which branch is deployed where, as the repository's own configuration says it.

The configuration can name a bound environment and a branch, and nothing else: never an address.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from msgspec.structs import replace

from workers.engine.observed.observation import Observation
from workers.engine.snapshot import Snapshot

_KEY = "environments."


def of_branches(
    seen: Sequence[Observation], snapshot: Snapshot, base_ref: str
) -> tuple[Observation, ...]:
    """The observations with their branches, "" where that is the branch of the review's base.

    A name that the operator has not bound is an environment that could not be read.
    """
    wanted = branches(snapshot)
    bound = [
        replace(one, branch=_other(wanted.get(one.environment, one.branch), base_ref))
        for one in seen
    ]
    names = {one.environment for one in seen}
    dark = [
        Observation(
            name,
            "",
            branch=_other(branch, base_ref),
            failure=f"`{name}` could not be read: the operator has bound no environment of that"
            " name",
        )
        for name, branch in wanted.items()
        if name not in names
    ]
    return (*bound, *dark)


def branches(snapshot: Snapshot) -> Mapping[str, str]:
    """The branch of each environment that the base's configuration names."""
    from workers.wishes import wishes_of

    values = wishes_of(snapshot).configuration.values
    return {
        key.removeprefix(_KEY): str(value) for key, value in values.items() if key.startswith(_KEY)
    }


def _other(branch: str, base_ref: str) -> str:
    return "" if branch == base_ref else branch
