"""The declared side of a schema that is written in SQL: what its files make of an empty database.

A file named `schema.sql` may be many things: a dump of the database, the start that migrations
build on, an example. It is compared only where what it holds shows that it declares the very
database that the migrations make.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from workers.engine.errors import Diagnostic, Effect
from workers.engine.prisma.describe import Declaration
from workers.engine.project.discovery import Pair
from workers.engine.project.plain import PlainSchema
from workers.engine.schema.model import QualifiedName, Schema
from workers.engine.source import SourceFile
from workers.engine.sql.dump import blanked, is_dump
from workers.engine.sql.replay import Failure, Ground, Memo, Migration, Replay, replay

BOOKKEEPING = frozenset(
    (
        *("schema_migrations", "ar_internal_metadata", "goose_db_version", "_sqlx_migrations"),
        *("flyway_schema_history", "knex_migrations", "knex_migrations_lock", "pgmigrations"),
        *("__drizzle_migrations", "_prisma_migrations", "typeorm_metadata", "migrations"),
    )
)
"""Tables in which runners note what has run; a dump shows them, no migration makes them."""
_ALIKE = 0.8
_ALIKE_ENOUGH = 0.5
_ROLE = "role "


def declare_plain(
    pair: Pair,
    made: Replay,
    sources: Mapping[str, SourceFile],
    ground: Ground,
    memo: Memo | None = None,
) -> tuple[Declaration | None, list[Diagnostic]]:
    """What the files declare; None where they declare nothing that is made for certain."""
    plain = pair.plain
    if plain is None:
        return None, []
    run = run_plain(plain, sources, ground, memo)
    failures = [failure for failure in run.failures if not _is_about_roles(failure)]
    text = "\n".join(sources[path].text for path in plain.files if path in sources)
    if not _declares(run.schema, made.schema, plain, is_dumped=is_dump(text)):
        return None, _unlike(plain)
    if failures and plain.warrant == "beside":
        return None, []
    if failures:
        return None, [_broken(plain, failures[0])]
    schemas = dict.fromkeys((pair.default_schema, *(name.schema for name in run.schema.tables)))
    declared = Declaration(run.schema, schemas=tuple(schemas))
    return declared, [d for d in run.diagnostics if d.effect is Effect.UNKNOWN]


def run_plain(
    plain: PlainSchema,
    sources: Mapping[str, SourceFile],
    ground: Ground,
    memo: Memo | None = None,
) -> Replay:
    """What the files make of an empty database, statement by statement, as psql would run them."""
    files = [sources[path] for path in plain.files if path in sources]
    run = [Migration(f.path, SourceFile(f.path, blanked(f.text))) for f in files]
    return replay(run, ground, memo, lenient=True)


def _is_about_roles(failure: Failure) -> bool:
    """Owners and grantees are of the cluster, and a dump does not make them."""
    return failure.sqlstate == "42704" and failure.message.startswith(_ROLE)


def _declares(declared: Schema, made: Schema, plain: PlainSchema, *, is_dumped: bool) -> bool:
    """Whether both make the same tables, but for what has drifted."""
    wanted, there = set(_tables(declared)), set(_tables(made))
    shared = len(wanted & there)
    if not shared:
        return False
    if plain.warrant == "named":
        return True
    least = min(shared / len(wanted), shared / len(there))
    if plain.warrant == "supabase" or is_dumped:
        return least >= _ALIKE_ENOUGH
    return least >= _ALIKE


def _tables(schema: Schema) -> Iterator[QualifiedName]:
    return (name for name in schema.tables if name.name not in BOOKKEEPING)


def _unlike(plain: PlainSchema) -> list[Diagnostic]:
    if plain.warrant == "beside":
        return []
    message = (
        f"`{plain.root}` and the migrations make different tables for the most part, so the one "
        "was not taken for a declaration of the other."
    )
    return [Diagnostic("plain-schema-unlike", message, None, Effect.INFORMATION)]


def _broken(plain: PlainSchema, failure: Failure) -> Diagnostic:
    return Diagnostic(
        "plain-schema-fails",
        f"`{plain.root}` does not run on an empty database in the order of its files "
        f"({failure.message}), so what it declares was not compared.",
        failure.origin,
        Effect.INFORMATION,
    )
