"""The names that Prisma gives to keys, indexes and foreign keys.

`{table}_{columns}_{suffix}` with the suffix of PostgreSQL's own convention, cut to the database's
limit in bytes so that the suffix is kept. Before Prisma 3 an index was `{table}.{columns}_index`.
https://www.prisma.io/docs/orm/prisma-schema/data-model/database-mapping
"""

from __future__ import annotations

from collections.abc import Sequence

from workers.engine.schema.model import Provider

_LIMITS: dict[Provider, int] = {
    "postgresql": 63,
    "cockroachdb": 63,
    "mysql": 64,
    "sqlserver": 128,
    "sqlite": 10_000,
    "mongodb": 127,
}
NAMED_CONSTRAINTS = (3, 0)
"""The version from which the names of constraints are part of the schema."""


class Namer:
    """Makes names for one provider and one Prisma version."""

    def __init__(self, provider: Provider, version: tuple[int, int]) -> None:
        self.limit = _LIMITS[provider]
        self.is_old = version < NAMED_CONSTRAINTS

    def primary_key(self, table: str) -> str:
        """`User_pkey`."""
        return self._cut(table, "_pkey")

    def unique(self, table: str, columns: Sequence[str]) -> str:
        """`User_email_key`."""
        if self.is_old:
            return f"{table}.{'_'.join(columns)}_unique"
        return self._cut("_".join((table, *columns)), "_key")

    def index(self, table: str, columns: Sequence[str]) -> str:
        """`User_name_idx`."""
        if self.is_old:
            return f"{table}.{'_'.join(columns)}_index"
        return self._cut("_".join((table, *columns)), "_idx")

    def foreign_key(self, table: str, columns: Sequence[str]) -> str:
        """`Post_authorId_fkey`."""
        return self._cut("_".join((table, *columns)), "_fkey")

    def join_part(self, table: str, suffix: str) -> str:
        """A name that belongs to a join table: `_AToB_A_fkey`, `_AToB_AB_pkey`, `_AToB_B_index`."""
        return self._cut(table, suffix)

    def join_table(self, relation: str) -> str:
        """`_AToB`; Prisma counts characters here, not bytes."""
        return f"_{relation}"[: self.limit]

    def _cut(self, name: str, suffix: str) -> str:
        room = self.limit - len(suffix)
        data = name.encode("utf-8", "surrogatepass")
        if len(data) > room:
            name = data[:room].decode("utf-8", "ignore")
        return name + suffix
