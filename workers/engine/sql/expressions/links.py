"""Subqueries in expressions."""

from __future__ import annotations

from typing import TYPE_CHECKING

from workers.engine.sql.expressions.typed import Typed, UnprintableError
from workers.engine.sql.postgres import Node

if TYPE_CHECKING:
    from workers.engine.sql.expressions.analysis import Analysis


def link(analysis: Analysis, fields: Node) -> Typed:
    """A SubLink."""
    raise UnprintableError("a subquery")
