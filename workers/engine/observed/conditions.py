"""What must be true of rows that nobody reads, in sentences."""

from __future__ import annotations

from collections.abc import Iterable

from msgspec import Struct

from workers.engine.source import Origin


class Condition(Struct, frozen=True):
    """What must be true of the rows of a table for a migration to go through."""

    migration: str
    origin: Origin
    text: str


def filled(table: str, column: str) -> str:
    """No row leaves a column empty."""
    return f"no row of `{table}` lacks `{column}`"


def distinct(table: str, columns: Iterable[str]) -> str:
    """No two rows agree in these columns."""
    return f"no two rows of `{table}` have the same {_list(columns)}"


def partnered(table: str, other: str, columns: Iterable[str]) -> str:
    """What the rows refer to is there."""
    return f"each row of `{table}` has its partner in `{other}` ({_list(columns)})"


def satisfying(table: str, what: str) -> str:
    """The rows satisfy a constraint, by its name or its text."""
    return f"the rows of `{table}` satisfy `{what}`"


def _list(columns: Iterable[str]) -> str:
    return ", ".join(f"`{one}`" for one in columns)
