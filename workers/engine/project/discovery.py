"""What a repository holds: its schemas, each with its migrations, and SQL that nobody runs."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import chain

from msgspec import Struct
from msgspec.structs import replace

from workers.engine.errors import Diagnostic, Effect
from workers.engine.project.byhand import hand_run
from workers.engine.project.connection import (
    Connection,
    find_connections,
    is_source,
    is_url,
    named_schema,
    ranked,
    schema_parameter,
)
from workers.engine.project.folders import find_folders, match
from workers.engine.project.locks import Version
from workers.engine.project.manifest import Manifest, read_manifests
from workers.engine.project.migrations import MigrationFolder
from workers.engine.project.paths import is_copy, join
from workers.engine.project.plain import (
    PlainPair,
    PlainSchema,
    find_plain,
    pair_named,
    plain_at,
)
from workers.engine.project.schemas import (
    PrismaSchema,
    find_schemas,
    has_block,
    provider_of,
    schema_at,
)
from workers.engine.project.servers import server_version
from workers.engine.project.texts import Texts
from workers.engine.project.version import prisma_version
from workers.engine.settings import Settings
from workers.engine.source import Origin, SourceFile, Span

_NEWEST: Version = (7, 0)
_DEFAULTS = Settings()
_SUPABASE_SIGNS = ("auth.uid()", "auth.users", "auth.jwt()", "storage.objects", "storage.buckets")


class Pair(Struct, frozen=True):
    """A schema and the migrations that should make it; either may be missing, not both.

    `name` is empty for the first pair and the schema's path for the others.
    """

    name: str
    schema: PrismaSchema | None
    migrations: MigrationFolder | None
    prisma_version: Version = _NEWEST
    default_schema: str = "public"
    is_supabase: bool = False
    provider: str = ""
    """The provider that the schema's datasource names."""
    hand_run: tuple[SourceFile, ...] = ()
    """SQL that no runner reads, near the first pair of a repository."""
    neighbours: tuple[str, ...] = ()
    """Other runners' migrations folders, which may fill the same database."""
    connections: tuple[Connection, ...] = ()
    schemas: tuple[PrismaSchema, ...] = ()
    """All Prisma schemas of the repository, with the first pair."""
    migrated: frozenset[str] = frozenset()
    """The roots of the Prisma schemas that have migrations, with the first pair."""
    plain: PlainSchema | None = None
    """The schema in SQL that may declare what the migrations make."""
    is_tentative: bool = False
    """Whether the migrations are of interest only if such a schema declares what they make."""
    server_version: int | None = None
    """PostgreSQL's major version, where the repository's files speak of one alone."""
    is_second: bool = False
    """Whether another pair has the same migrations, so that only the comparison is news."""

    @property
    def path(self) -> str:
        """The path that stands for the pair."""
        if self.schema is not None:
            return self.schema.root
        if self.is_second and self.plain is not None:
            return self.plain.root
        return self.migrations.path if self.migrations else ""

    @property
    def schema_files(self) -> tuple[str, ...]:
        """The files that declare the schema, the main one first."""
        declared = self.schema or self.plain
        return declared.files if declared is not None else ()

    @property
    def is_postgres(self) -> bool:
        """Whether the schema or the lock file speaks of PostgreSQL, or neither of anything."""
        lock = self.migrations.lock_provider if self.migrations else None
        return (self.provider or lock or "postgresql") in ("postgresql", "postgres", "cockroachdb")

    @property
    def is_prisma(self) -> bool:
        """Whether Prisma runs the migrations."""
        return self.migrations is not None and self.migrations.runner == "prisma"


class Project(Struct, frozen=True):
    """The pairs of a repository, the one nearest to the root first."""

    pairs: tuple[Pair, ...]
    manifests: tuple[Manifest, ...] = ()
    diagnostics: tuple[Diagnostic, ...] = ()


def discover(texts: Texts, settings: Settings = _DEFAULTS) -> Project:
    """The project in a tree of files."""
    manifests = read_manifests(texts)
    schemas: list[PrismaSchema] = []
    matched, folders, diagnostics = _matched(texts, manifests, settings, schemas)
    is_supabase = _is_supabase(texts, manifests)
    connections = list(find_connections(texts, [p for p in texts.tree.files if is_source(p)]))
    pairs = [
        _complete(texts, pair, manifests, connections, is_supabase, settings) for pair in matched
    ]
    pairs = _with_plain(pairs, _plain_pairs(texts, pairs, folders, settings))
    pairs.sort(key=_prominence)
    if pairs:
        runs = [path for path, folder in folders.items() if folder.migrations]
        first = pairs[0]
        pairs[0] = replace(first, hand_run=hand_run(texts, first.schema, first.migrations, runs))
        pairs[0] = replace(
            pairs[0],
            schemas=tuple(schemas),
            migrated=frozenset(p.schema.root for p in pairs if p.schema and p.migrations),
        )
    version = server_version(texts) if pairs else None
    pairs = [
        replace(pair, neighbours=_neighbours(pair, pairs), server_version=version) for pair in pairs
    ]
    named = [pairs[0], *(replace(pair, name=pair.path) for pair in pairs[1:])] if pairs else []
    return Project(tuple(named), tuple(manifests), diagnostics=tuple(diagnostics))


def _matched(
    texts: Texts, manifests: list[Manifest], settings: Settings, seen: list[PrismaSchema]
) -> tuple[list[Pair], dict[str, MigrationFolder], list[Diagnostic]]:
    """The pairs, as far as they are only sides yet; all folders; and what is not there.

    Every schema that was looked at is added to `seen`.
    """
    pairs: list[Pair] = []
    folders: dict[str, MigrationFolder] = {}
    diagnostics: list[Diagnostic] = []
    for each in _each_named(settings):
        schemas, missing = _schemas(texts, manifests, each)
        seen += schemas
        diagnostics += missing
        if missing and settings is not each:
            continue
        found = find_folders(texts, schemas, each)
        if each.migrations_path is not None and not found:
            message = f"There are no migrations at `{each.migrations_path}`; check the path."
            diagnostics.append(Diagnostic("migrations-not-found", message, None))
        folders |= found
        pairs += [Pair("", *sides) for sides in match(texts, schemas, found, each)]
        diagnostics += _without_datasource(texts, schemas)
    return pairs, folders, diagnostics


def _plain_pairs(
    texts: Texts, pairs: list[Pair], folders: dict[str, MigrationFolder], settings: Settings
) -> list[PlainPair]:
    matched = [(pair.schema, pair.migrations) for pair in pairs]
    if settings.schema_path is None:
        return find_plain(texts, matched, folders, settings)
    named = plain_at(texts, join("", settings.schema_path) or "")
    return pair_named(texts, named, folders) if named is not None else []


def _with_plain(pairs: list[Pair], found: Iterable[PlainPair]) -> list[Pair]:
    """The pairs, and the schemas in SQL at or beside those whose migrations they share."""
    whole = list(pairs)
    for each in found:
        path = each.migrations.path
        at = next(
            (n for n, p in enumerate(whole) if p.migrations and p.migrations.path == path), -1
        )
        if at < 0:
            is_tentative = each.schema.warrant == "beside"
            whole.append(
                Pair("", None, each.migrations, plain=each.schema, is_tentative=is_tentative)
            )
        elif whole[at].schema is None and whole[at].plain is None:
            whole[at] = replace(whole[at], plain=each.schema)
        else:
            first = whole[at]
            whole.append(replace(first, schema=None, plain=each.schema, is_second=True))
    return whole


def _without_datasource(texts: Texts, schemas: Iterable[PrismaSchema]) -> Iterable[Diagnostic]:
    for schema in schemas:
        if schema.files and not has_block(texts.text(schema.files[0]), "datasource"):
            yield Diagnostic(
                "datasource-missing",
                f"`{schema.files[0]}` has no datasource block that can be read, so its database is"
                " not known; Prisma refuses the schema.",
                Origin(schema.files[0], Span(0, 0)),
            )


def _each_named(settings: Settings) -> Iterable[Settings]:
    """The settings once for each pair that they name; as they are where they name none."""
    if not settings.pairs or settings.schema_path or settings.migrations_path:
        return [settings]
    return [
        replace(settings, pairs=(), schema_path=schema, migrations_path=migrations)
        for schema, migrations in settings.pairs
    ]


def _neighbours(pair: Pair, pairs: list[Pair]) -> tuple[str, ...]:
    """Another runner's folders; two Prisma schemas have a database each."""
    found = []
    for other in pairs:
        is_alone = (other.schema is None) != (pair.schema is None)
        if other is pair or other.migrations is None or pair.migrations is None or not is_alone:
            continue
        if other.is_tentative or other.is_second:
            continue
        if other.migrations.runner != pair.migrations.runner:
            found.append(other.migrations.path)
    return tuple(found)


def _prominence(pair: Pair) -> tuple[bool, bool, bool, bool, bool, int, str]:
    return (
        pair.is_tentative or pair.is_second,
        pair.schema is None,
        pair.migrations is None,
        not pair.is_postgres,
        is_copy(pair.path),
        pair.path.count("/"),
        pair.path,
    )


def _schemas(
    texts: Texts, manifests: list[Manifest], settings: Settings
) -> tuple[list[PrismaSchema], list[Diagnostic]]:
    if settings.schema_path is None:
        found = find_schemas(texts, manifests)
        return [s for s in found if not settings.is_ignored(s.files[0])], []
    wanted = join("", settings.schema_path) or ""
    for schema in find_schemas(texts, manifests):
        if wanted in (schema.root, schema.files[0]):
            return [schema], []
    named = schema_at(texts, wanted)
    if named is not None:
        return [named], []
    if plain_at(texts, wanted) is not None:
        return [], []
    message = f"There is no Prisma schema at `{settings.schema_path}`; check the path."
    return [], [Diagnostic("schema-not-found", message, None)]


def _complete(
    texts: Texts,
    pair: Pair,
    manifests: list[Manifest],
    connections: list[Connection],
    is_supabase: bool,
    settings: Settings,
) -> Pair:
    folder = pair.schema.folder if pair.schema else pair.path
    fitting = _connections_of(texts, pair, connections)
    return replace(
        pair,
        prisma_version=prisma_version(texts, manifests, folder) or _NEWEST,
        default_schema=settings.default_schema or _default_schema(texts, pair, fitting),
        is_supabase=is_supabase or _names_supabase(pair),
        connections=tuple(fitting),
        provider=provider_of(texts, pair.schema) if pair.schema else "",
    )


def _connections_of(texts: Texts, pair: Pair, connections: list[Connection]) -> list[Connection]:
    if pair.schema is None:
        return []
    wanted = _variables(texts, pair.schema)
    fitting = [connection for connection in connections if connection.variable in wanted]
    return ranked(fitting, pair.schema.folder)


def _variables(texts: Texts, schema: PrismaSchema) -> set[str]:
    """The environment variables that a schema's datasource reads its connection from."""
    found = set()
    for text in (*_urls(texts, schema), schema.url or ""):
        if text.startswith("env:"):
            found.add(text.removeprefix("env:"))
    return found or {"DATABASE_URL"}


def _urls(texts: Texts, schema: PrismaSchema) -> Iterable[str]:
    """The connection properties of the datasource block, `env("X")` as `env:X`."""
    block = texts.datasource(schema.files[0])
    for key in ("url", "directUrl"):
        value = block.get(key, "")
        if value.startswith("env("):
            yield "env:" + value.removeprefix("env(").partition(")")[0].strip("\"' ")
        elif value:
            yield value.partition('"')[2].partition('"')[0]


def _default_schema(texts: Texts, pair: Pair, connections: list[Connection]) -> str:
    if pair.schema is not None:
        for url in (*_urls(texts, pair.schema), pair.schema.url or ""):
            if is_url(url) and (named := named_schema(url)) is not None:
                return named
    if connections:
        return _named_without_being_made(pair, connections) or connections[0].schema
    fallback = pair.schema.fallback_url if pair.schema is not None else None
    return schema_parameter(fallback) if fallback and is_url(fallback) else "public"


def _named_without_being_made(pair: Pair, connections: list[Connection]) -> str | None:
    """Where connections differ: the schema that migrations name and none of them makes."""
    schemas = {connection.schema for connection in connections}
    if len(schemas) < 2 or pair.migrations is None:
        return None
    texts = [migration.source.text for migration in pair.migrations.migrations]
    foreign = sorted(
        schema
        for schema in schemas - {"public"}
        if any(f'"{schema}".' in text for text in texts)
        and not any("CREATE SCHEMA" in text and schema in text for text in texts)
    )
    return foreign[0] if len(foreign) == 1 else None


def disagreement(pair: Pair) -> Diagnostic | None:
    """Says where the sources name different schemas for one connection."""
    chosen = pair.default_schema
    for connection in pair.connections:
        if connection.schema != chosen:
            first = pair.connections[0]
            beside = f" and in `{first.schema}` in `{first.origin.path}`"
            message = (
                f"`{connection.variable}` works in the schema `{connection.schema}` here"
                f"{beside if first is not connection else ''}; Driftline takes `{chosen}`"
                f"{'' if first.schema == chosen else ', as it is configured'}."
            )
            return Diagnostic(
                "default-schema-differs", message, connection.origin, Effect.INFORMATION
            )
    return None


def _is_supabase(texts: Texts, manifests: list[Manifest]) -> bool:
    configs = [path for path in texts.tree.paths if path.endswith("supabase/config.toml")]
    if any(not is_copy(path) for path in configs):
        return True
    real = [manifest for manifest in manifests if not is_copy(manifest.path)]
    if not any(name.startswith("@supabase/") for m in real for name in m.dependencies):
        return False
    return not _is_left_over(texts)


_LISTS = ("package.json", "package-lock.json", "pnpm-lock.yaml", "yarn.lock", "bun.lock")
_WORDS = (b"supabase", b"SUPABASE", b"Supabase")


def _is_left_over(texts: Texts) -> bool:
    """Whether all code was read, and neither it nor any other file speaks of Supabase.

    A package that nobody imports any more is no sign of a database at Supabase.
    """
    code = texts.tree.code
    if not code.names or not code.contents.keys() >= set(code.names.values()):
        return False
    told = (data for path, data in texts.tree.files.items() if not path.endswith((*_LISTS, ".md")))
    return not any(word in data for data in chain(code.contents.values(), told) for word in _WORDS)


def _names_supabase(pair: Pair) -> bool:
    if pair.migrations is None:
        return False
    if pair.migrations.runner == "supabase":
        return True
    return any(
        sign in migration.source.text
        for migration in pair.migrations.migrations
        for sign in _SUPABASE_SIGNS
    )
