"""Rewrite rules and extended statistics: what they are on must exist."""

from __future__ import annotations

from workers.engine.sql import resolve
from workers.engine.sql.postgres import Node
from workers.engine.sql.run import Run


def create_rule(run: Run, node: Node) -> None:
    """CREATE RULE."""
    resolve.need_relation(run.state, node["relation"])


def create_statistics(run: Run, node: Node) -> None:
    """CREATE STATISTICS."""
    for one in node.get("relations", ()):
        if "RangeVar" in one:
            resolve.need_relation(run.state, one["RangeVar"])
