"""Where the code makes the rename that a finding tells of."""

from __future__ import annotations

from collections.abc import Iterator

from workers.engine.compare.changes import Evidence
from workers.engine.findings import Related
from workers.engine.rules.wording import ticked

_MOST = 3


def in_code(evidence: Evidence) -> Iterator[Related]:
    """The first places where the code says the new name for the old one."""
    found = evidence.in_code
    if found is None:
        return
    for place in found.places[:_MOST]:
        yield Related(
            f"The code says {ticked(found.new)} here; the base says {ticked(found.old)}", place
        )
