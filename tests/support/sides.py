"""Both sides of a comparison from short texts."""

from __future__ import annotations

from workers.engine.compare.changes import Comparison
from workers.engine.compare.differ import compare
from workers.engine.compare.options import Options
from workers.engine.compare.subjects import subject_of
from workers.engine.prisma.describe import Declaration, Dialect, describe
from workers.engine.schema.model import Schema
from workers.engine.source import SourceFile
from workers.engine.sql.replay import Migration, replay

SCHEMA_PATH = "prisma/schema.prisma"


def schema_text(models: str, preview: str = "", datasource: str = "") -> str:
    """A whole Prisma schema around some models."""
    features = f"  previewFeatures = [{preview}]\n" if preview else ""
    return (
        'generator client {\n  provider = "prisma-client"\n  output = "../generated"\n'
        f'{features}}}\n\ndatasource db {{\n  provider = "postgresql"\n{datasource}}}\n\n{models}'
    )


def declared(
    models: str, preview: str = "", datasource: str = "", dialect: Dialect | None = None
) -> Declaration:
    """What a Prisma schema declares; it must be without errors."""
    source = SourceFile(SCHEMA_PATH, schema_text(models, preview, datasource))
    declaration = describe([source], dialect or Dialect())
    assert not declaration.diagnostics
    return declaration


def migration(sql: str, name: str = "20250101000000_init") -> Migration:
    """A migration in the folder of its name."""
    return Migration(name, SourceFile(f"prisma/migrations/{name}/migration.sql", sql))


def replayed(*scripts: str) -> Schema:
    """What scripts make of an empty database; they must run."""
    migrations = [migration(sql, f"2025010100000{at}_step") for at, sql in enumerate(scripts)]
    outcome = replay(migrations)
    assert not outcome.failures
    return outcome.schema


def compared(models: str, *scripts: str, preview: str = "", datasource: str = "") -> Comparison:
    """The comparison of some models with some scripts."""
    return compare(declared(models, preview, datasource), replayed(*scripts), Options())


def told(comparison: Comparison) -> list[str]:
    """The changes in short: `ColumnMissing public.T.a`."""
    return [f"{type(change).__name__} {subject_of(change)}" for change in comparison.changes]
