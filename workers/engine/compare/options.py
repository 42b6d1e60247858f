"""What decides how two schemas are compared, besides the schemas."""

from __future__ import annotations

from collections.abc import Collection
from typing import TYPE_CHECKING

from msgspec import Struct

from workers.engine.prisma.describe import Declaration
from workers.engine.schema.model import Provider, QualifiedName

if TYPE_CHECKING:
    from workers.engine.code.renaming import Replacements

_POSTGIS = frozenset(
    (
        "spatial_ref_sys",
        "geometry_columns",
        "geography_columns",
        "raster_columns",
        "raster_overviews",
    )
)
"""Tables and views of PostGIS, which Prisma's engine passes over, in any case of letters."""


class Options(Struct, frozen=True):
    """How to compare.

    `default_schema` is where unqualified names of the connection go (`?schema=`).
    `external_tables` are Prisma's `tables.external`: names, or `schema.name`.
    `unknown` names objects (`schema.table`, `schema.table.column`, `schema.enum`) about which
    nothing may be said, because what made them could not be read.
    `is_plain` compares two schemas that were both written in SQL: then partial and expression
    indexes, which Prisma cannot see, count as well.
    """

    default_schema: str = "public"
    external_tables: Collection[str] = ()
    unknown: Collection[str] = ()
    is_plain: bool = False
    is_join_key_told: bool = False
    """Whether a join table's unique index in place of its primary key counts as a difference."""
    in_code: Replacements | None = None
    """The names that the code has given up for others since the base."""


class Ground(Struct, frozen=True):
    """The schemas that are compared, and what is passed over in them."""

    provider: Provider
    schemas: frozenset[str]
    default_schema: str
    external_tables: frozenset[str]
    unknown: frozenset[str]
    sees_partial_indexes: bool
    is_plain: bool
    is_join_key_told: bool
    foreign: frozenset[str] = frozenset()
    """Schemas of which the tables are an extension's."""

    def has(self, schema: str) -> bool:
        """Whether objects of a schema are looked at; SQLite and MySQL have but one."""
        return self.provider in ("sqlite", "mysql") or schema in self.schemas

    def is_compared(self, name: QualifiedName) -> bool:
        """Whether a table of this name is looked at."""
        return (
            self.has(name.schema)
            and name.schema not in self.foreign
            and name.name != "_prisma_migrations"
            and not (self.provider == "sqlite" and _is_sqlites_own(name.name))
            and name.name.lower() not in _POSTGIS
            and name.name not in self.external_tables
            and str(name) not in self.external_tables
        )


def _is_sqlites_own(name: str) -> bool:
    """Whether SQLite, or Cloudflare's D1, keeps the table for itself."""
    return name == "d1_migrations" or name.startswith(("sqlite_", "_cf_"))


def ground_of(
    declaration: Declaration, options: Options, foreign: frozenset[str] = frozenset()
) -> Ground:
    """What the declaration and the options decide together."""
    default_schema = options.default_schema
    if declaration.schema.provider == "sqlserver" and default_schema == "public":
        default_schema = "dbo"
    return Ground(
        provider=declaration.schema.provider,
        schemas=frozenset(declaration.schemas or (default_schema,)),
        default_schema=default_schema,
        external_tables=frozenset(options.external_tables),
        unknown=frozenset(options.unknown),
        sees_partial_indexes=options.is_plain or "partialIndexes" in declaration.preview_features,
        is_plain=options.is_plain,
        is_join_key_told=options.is_join_key_told,
        foreign=foreign,
    )
