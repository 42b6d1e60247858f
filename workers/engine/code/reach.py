"""What a query in code has in reach, and what is wrong with it."""

from __future__ import annotations

from typing import Literal

from msgspec import Struct, field

from workers.engine.schema.model import Column, QualifiedName

OWN_TABLES = frozenset(
    {"_prisma_migrations", "spatial_ref_sys", "geometry_columns", "pg_stat_statements"}
)
"""Tables that Prisma and extensions make."""
Columns = dict[str, Column | None] | None
"""The columns of some rows by name, with what is known of them; None where they are not known."""


class Trouble(Struct, frozen=True):
    """Something wrong in a query: what, with whom, and the byte where it stands."""

    kind: Literal["table", "column", "types"]
    at: int
    name: str
    """The missing name, or the two types."""
    table: QualifiedName | None = None
    detail: str = ""


class Found(Struct, frozen=True):
    """A table, or a column of one, that a query names: the byte where its name stands."""

    table: QualifiedName
    column: str
    """Empty for the table itself."""
    at: int
    is_written: bool = False


class Source(Struct):
    """Rows in reach under a label."""

    label: str
    columns: Columns
    table: QualifiedName | None = None


class Scope(Struct):
    """The rows in reach of an expression, and the scope around it."""

    sources: list[Source] = field(default_factory=list)
    outer: Scope | None = None
    labels: frozenset[str] = frozenset()
    """Names of the query's own output, which ORDER BY and GROUP BY may use."""

    @property
    def has_sources(self) -> bool:
        """Whether anything is in reach, here or around."""
        at: Scope | None = self
        while at is not None:
            if at.sources:
                return True
            at = at.outer
        return False

    def owner(self, path: tuple[str, ...]) -> QualifiedName | None:
        """The table that lacks a column: the one that is named, or the only one there is."""
        named = [s for s in self.sources if len(path) == 1 or s.label == path[-2]]
        return named[0].table if len(named) == 1 else None

    def source(self, path: tuple[str, ...]) -> Source | None:
        """The rows that have a column, where they are a table's."""
        at: Scope | None = self
        while at is not None:
            for one in at.sources:
                is_named = len(path) == 1 or one.label == path[-2]
                if is_named and one.columns is not None and path[-1] in one.columns:
                    return one if one.table is not None else None
            at = at.outer
        return None

    def lookup(self, path: tuple[str, ...]) -> tuple[Column | None, bool]:
        """The column that a path means, and whether that is settled: known, or not to be told."""
        at: Scope | None = self
        name = path[-1]
        if len(path) == 1 and name in self.labels:
            return None, True
        while at is not None:
            for source in at.sources:
                if len(path) > 1 and source.label != path[-2]:
                    continue
                if source.columns is None:
                    return None, True
                if name in source.columns:
                    return source.columns[name], True
                if len(path) > 1:
                    return None, False
            if len(path) == 1 and any(source.label == name for source in at.sources):
                return None, True
            at = at.outer
        # A table that is not in FROM, or a composite's attribute, is not judged.
        return None, len(path) > 1 or not self.has_sources


def renamed(columns: Columns, names: tuple[str, ...]) -> Columns:
    """Columns under the names that an alias gives them, in their order."""
    if columns is None or not names:
        return columns
    old = list(columns.items())
    found = {name: old[at][1] if at < len(old) else None for at, name in enumerate(names)}
    return found | dict(old[len(names) :])


def merged(one: Columns, other: Columns) -> Columns:
    """The columns of two rows side by side."""
    return None if one is None or other is None else {**other, **one}
