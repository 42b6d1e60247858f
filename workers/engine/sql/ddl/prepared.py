"""PREPARE, EXECUTE and DEALLOCATE.

What was prepared outlives the transaction, and the file where a runner keeps its session: with one
PREPARE in the history no name is called missing.
"""

from __future__ import annotations

from workers.engine.sql.postgres import Node
from workers.engine.sql.refusal import RefusedError
from workers.engine.sql.run import Run

_SEEN = ("prepared", "")


def prepare(run: Run, node: Node) -> None:
    """PREPARE."""
    run.state.hidden.other[_SEEN] = True


def need(run: Run, node: Node) -> None:
    """Refuse EXECUTE and DEALLOCATE of what certainly nobody prepared."""
    if node.get("isall") or _SEEN in run.state.hidden.other:
        return
    if b"prepare" not in run.text.data.lower():
        raise RefusedError("26000", f'prepared statement "{node["name"]}" does not exist')
