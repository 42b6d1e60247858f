"""Reading one side of a pair: what its schema declares, and on what its migrations stand."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from workers.engine.project.discovery import Pair
from workers.engine.schema.model import Provider, Schema
from workers.engine.settings import Settings
from workers.engine.source import SourceFile
from workers.engine.sql.replay import Ground

if TYPE_CHECKING:
    from workers.engine.prisma.describe import Declaration

_POSTGRES = frozenset({"postgresql", "postgres"})
_OTHERS: dict[str, Provider] = {
    "sqlite": "sqlite",
    "mysql": "mysql",
    "cockroachdb": "cockroachdb",
    "sqlserver": "sqlserver",
}
"""Providers whose SQL is read in a language of its own."""


def declare(pair: Pair, sources: Mapping[str, SourceFile]) -> Declaration:
    """What a pair's Prisma schema says; an empty declaration where it has none."""
    # Imported here, since a replay of migrations alone needs none of it.
    from workers.engine.prisma.describe import Declaration, Dialect, describe

    if pair.schema is None:
        return Declaration(Schema())
    files = [sources[path] for path in pair.schema.files if path in sources]
    # A database of these has no schemas within it, whatever its connection says.
    home = "public" if pair.provider in ("mysql", "sqlite") else pair.default_schema
    if pair.provider == "sqlserver" and home == "public":
        home = "dbo"
    return describe(files, Dialect(pair.prisma_version, home))


def ground_of(pair: Pair, settings: Settings, declaration: Declaration | None = None) -> Ground:
    """What the first migration of a pair finds; the declaration tells the provider where no lock
    file does."""
    version, is_told = settings.server_version, settings.is_version_told
    if not is_told and pair.server_version is not None:
        version, is_told = pair.server_version, True
    return Ground(
        search_path=(pair.default_schema,),
        is_supabase=pair.is_supabase,
        server_version=version,
        provider=language_of(pair, declaration),
        is_version_told=is_told,
    )


def language_of(pair: Pair, declaration: Declaration | None = None) -> Provider:
    """The database whose SQL a pair's migrations are written in."""
    return _OTHERS.get(_written_for(pair, declaration), "postgresql")


def _written_for(pair: Pair, declaration: Declaration | None) -> str:
    """Whose SQL the migrations are: what their lock file says, else what the schema says.

    Where the two disagree, a lock file is not believed that says MySQL over migrations without a
    single name in MySQL's quotation marks.
    """
    declared = declaration.datasource.get("provider", "").strip('"') if declaration else ""
    folder = pair.migrations
    if folder is None or not folder.lock_provider:
        return declared
    if folder.lock_provider == "mysql" and declared not in ("", "mysql"):
        is_mysql = any("`" in migration.source.text for migration in folder.migrations)
        return "mysql" if is_mysql else declared
    return folder.lock_provider


def is_told_by_lock(pair: Pair) -> bool:
    """Whether the migrations' lock file names their language, so that no schema need be read."""
    lock = pair.migrations.lock_provider if pair.migrations is not None else None
    return lock in _POSTGRES or lock in _OTHERS


def is_replayable(declaration: Declaration, pair: Pair | None = None) -> bool:
    """Whether the migrations are in a language that can be replayed.

    A lock file counts for more than the schema: it was written with the migrations.
    """
    provider = declaration.datasource.get("provider", "postgresql").strip('"')
    if pair is not None and pair.migrations is not None and pair.migrations.lock_provider:
        provider = pair.migrations.lock_provider
    return provider in _POSTGRES or provider in _OTHERS or provider.startswith("env:")


def is_comparable(pair: Pair, declaration: Declaration) -> bool:
    """Whether both sides speak of one kind of database; a schema that says sqlite over the
    migrations of PostgreSQL is told by a rule of its own."""
    provider = declaration.datasource.get("provider", "postgresql").strip('"')
    written = _OTHERS.get(_written_for(pair, declaration))
    return is_replayable(declaration, pair) and _OTHERS.get(provider) == written
