"""What the migrations made and dropped again: it is missing, and it is known who took it away."""

from __future__ import annotations

from collections.abc import Iterator

from workers.engine.findings import Related
from workers.engine.rules.context import Context
from workers.engine.rules.wording import ticked
from workers.engine.sql.replay import Step


def dropping(context: Context, key: str) -> Step | None:
    """The last statement that dropped an object, by its key in a `Step`; None where none did."""
    return next((step for step in reversed(context.replay.steps) if key in step.drops), None)


def clause(step: Step | None, otherwise: str, what: str) -> str:
    """The second half of the message: "no migration adds ..." or "the migration ... drops ..."."""
    if step is None:
        return f"no migration {otherwise} {what}"
    return f"the migration {ticked(step.migration)} drops {what}"


def places(step: Step | None, what: str) -> Iterator[Related]:
    """Where it went."""
    if step is not None:
        yield Related(f"{what} is dropped here", step.origin)
