"""Reading one side of a pair: what its schema declares, and on what its migrations stand."""

from __future__ import annotations

from collections.abc import Mapping

from workers.engine.prisma.describe import Declaration, Dialect, describe
from workers.engine.project.discovery import Pair
from workers.engine.schema.model import Schema
from workers.engine.settings import Settings
from workers.engine.source import SourceFile
from workers.engine.sql.replay import Ground

_POSTGRES = frozenset({"postgresql", "postgres", "cockroachdb"})


def declare(pair: Pair, sources: Mapping[str, SourceFile]) -> Declaration:
    """What a pair's Prisma schema says; an empty declaration where it has none."""
    if pair.schema is None:
        return Declaration(Schema())
    files = [sources[path] for path in pair.schema.files if path in sources]
    return describe(files, Dialect(pair.prisma_version, pair.default_schema))


def ground_of(pair: Pair, settings: Settings) -> Ground:
    """What the first migration of a pair finds."""
    return Ground(
        search_path=(pair.default_schema,),
        is_supabase=pair.is_supabase,
        server_version=settings.server_version,
    )


def is_replayable(declaration: Declaration) -> bool:
    """Whether the migrations are in PostgreSQL's language."""
    provider = declaration.datasource.get("provider", "postgresql").strip('"')
    return provider in _POSTGRES or provider.startswith("env:")
