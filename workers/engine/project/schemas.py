"""Where a repository's Prisma schemas are: single files, and folders read as one schema.

Prisma looks where it is told (`--schema`, prisma.config.ts, package.json's `prisma.schema`), then
at `schema.prisma`, `prisma/schema.prisma` and the folder `prisma/schema`. A path that names a
folder means every `.prisma` file in it, at any depth:
https://www.prisma.io/docs/orm/prisma-schema/overview/location.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from msgspec import Struct
from msgspec.structs import replace

from workers.engine.project.manifest import Manifest
from workers.engine.project.paths import folder_of, is_copy, is_generated, is_under, join, name_of
from workers.engine.project.script import properties
from workers.engine.project.texts import Texts

_SCALARS = frozenset(
    {"String", "Boolean", "Int", "BigInt", "Float", "Decimal", "DateTime", "Json", "Bytes"}
)
_BLOCKS = ("model", "enum", "type", "view")
_CONFIG_SUFFIXES = ("ts", "js", "mjs", "cjs", "mts", "cts")


class PrismaSchema(Struct, frozen=True):
    """One schema: its root (a file, or a folder), its files, and what a configuration says of it.

    `files` starts with the file that holds the datasource. `config_path` is the prisma.config file
    that names it; `migrations` the migrations folder that is named there.
    """

    root: str
    files: tuple[str, ...]
    config_path: str | None = None
    migrations: str | None = None
    url: str | None = None
    """The connection that prisma.config names: a URL, or `env:NAME`."""
    is_named: bool = False
    """Whether a configuration or a script names it, so that nothing about it is guessed."""
    fallback_url: str | None = None
    """What prisma.config puts in the place of an environment variable that is not set."""

    @property
    def folder(self) -> str:
        """The folder of the file that holds the datasource."""
        return folder_of(self.files[0])


class PrismaConfig(Struct, frozen=True):
    """What a prisma.config file names, as paths from the root."""

    path: str
    schema: str | None
    migrations: str | None
    url: str | None
    fallback_url: str | None = None

    @property
    def folder(self) -> str:
        """The folder that the configuration is about."""
        folder = folder_of(self.path)
        return folder_of(folder) if name_of(folder) == ".config" else folder


def find_schemas(texts: Texts, manifests: Iterable[Manifest]) -> list[PrismaSchema]:
    """The schemas to judge, those nearest to the root first.

    Examples, fixtures and generated copies count only where there is nothing else.
    """
    manifests = list(manifests)
    found: dict[str, PrismaSchema] = {}
    for config in read_configs(texts):
        schema = _configured(texts, config)
        if schema is not None:
            _add(found, schema)
    for named in _named(manifests):
        schema = schema_at(texts, named)
        if schema is not None:
            _add(found, replace(schema, is_named=True))
    for path in _datasource_files(texts):
        if path not in found:
            _add(found, _unnamed(texts, path))
    return _real_ones(list(dict.fromkeys(found.values())))


def _add(found: dict[str, PrismaSchema], schema: PrismaSchema) -> None:
    """Keep a schema unless one of its files belongs to a schema already."""
    if not any(path in found for path in schema.files):
        found.update(dict.fromkeys(schema.files, schema))


def provider_of(texts: Texts, schema: PrismaSchema) -> str:
    """The provider that a schema's datasource names, "" where that is not a plain word."""
    return texts.datasource(schema.files[0]).get("provider", "").strip("\"'")


def schema_at(texts: Texts, path: str) -> PrismaSchema | None:
    """The schema at a path, a file or a folder; None where neither is."""
    if path in texts.tree.files:
        return PrismaSchema(path, (path,))
    inside = sorted(p for p in texts.tree.files if p.endswith(".prisma") and is_under(p, path))
    if not inside:
        return None
    inside.sort(key=lambda p: not has_block(texts.text(p), "datasource"))
    return PrismaSchema(path, tuple(inside))


def finds_by_itself(schema: PrismaSchema, folder: str = "") -> bool:
    """Whether Prisma, called in a folder, finds the schema: by its place or by a configuration."""
    within = f"{folder}/" if folder else ""
    usual = ("schema.prisma", "prisma/schema.prisma", "prisma/schema")
    return schema.config_path is not None or schema.root in [f"{within}{path}" for path in usual]


def has_block(text: str, keyword: str) -> bool:
    """Whether a schema's text opens a block of this kind."""
    return any(True for _ in _openings(text, (keyword,)))


def read_configs(texts: Texts) -> Iterator[PrismaConfig]:
    """What the prisma.config files say."""
    names = {f"prisma.config.{suffix}" for suffix in _CONFIG_SUFFIXES}
    hidden = {f".config/prisma.{suffix}" for suffix in _CONFIG_SUFFIXES}
    for path in sorted(texts.tree.files, key=lambda p: (p.count("/"), p)):
        if name_of(path) not in names and not any(
            path == name or path.endswith("/" + name) for name in hidden
        ):
            continue
        values = properties(texts.text(path))
        schema = values.get("schema")
        migrations = values.get("migrations.path")
        url = values.get("datasource.url")
        folder = folder_of(path)
        yield PrismaConfig(
            path,
            _resolve(texts, folder, schema.text) if schema else None,
            _resolve(texts, folder, migrations.text) if migrations else None,
            url.text if url else None,
            url.fallback or None if url else None,
        )


def _resolve(texts: Texts, folder: str, written: str) -> str | None:
    beside = join(folder, written)
    if name_of(folder) != ".config" or _exists(texts, beside):
        return beside
    above = join(folder_of(folder), written)
    return above if _exists(texts, above) else beside


def _exists(texts: Texts, path: str | None) -> bool:
    if path is None:
        return False
    return path in texts.tree.paths or any(is_under(p, path) for p in texts.tree.paths)


def _configured(texts: Texts, config: PrismaConfig) -> PrismaSchema | None:
    schema = schema_at(texts, config.schema) if config.schema is not None else None
    if schema is None and config.schema is None:
        for default in ("schema.prisma", "prisma/schema.prisma", "prisma/schema"):
            path = join(config.folder, default)
            schema = schema_at(texts, path) if path else None
            if schema is not None:
                break
    if schema is None:
        return None
    return PrismaSchema(
        schema.root,
        schema.files,
        config.path,
        config.migrations,
        config.url,
        is_named=True,
        fallback_url=config.fallback_url,
    )


def _named(manifests: Iterable[Manifest]) -> Iterator[str]:
    for manifest in manifests:
        if not is_copy(manifest.path):
            yield from manifest.named_schemas()


def _datasource_files(texts: Texts) -> list[str]:
    paths = [path for path in texts.tree.files if path.endswith(".prisma")]
    paths.sort(key=lambda path: (path.count("/"), path))
    whole = [path for path in paths if has_block(texts.text(path), "datasource")]
    return whole + [path for path in paths if _has_lost_its_datasource(texts, path, whole)]


def _has_lost_its_datasource(texts: Texts, path: str, whole: list[str]) -> bool:
    """A schema with migrations beside it must not fall out of sight by a slip of the pen."""
    folder = folder_of(path)
    if name_of(path) != "schema.prisma" or path in whole or is_copy(path):
        return False
    if any(is_under(path, folder_of(other)) or folder_of(other) == folder for other in whole):
        return False
    beside = f"{folder}/migrations/" if folder else "migrations/"
    has_migrations = any(other.startswith(beside) for other in texts.tree.paths)
    return has_migrations and has_block(texts.text(path), "model")


def _unnamed(texts: Texts, path: str) -> PrismaSchema:
    folder = folder_of(path)
    others = [
        other
        for other in sorted(texts.tree.files)
        if other.endswith(".prisma")
        and other != path
        and is_under(other, folder)
        and not has_block(texts.text(other), "datasource")
    ]
    if not others:
        return PrismaSchema(path, (path,))
    text = texts.text(path)
    is_folder = (
        name_of(folder) == "schema"
        or "prismaSchemaFolder" in text
        or not has_block(text, "model")
        or _leans_on(texts, path, others)
    )
    return PrismaSchema(folder, (path, *others)) if is_folder else PrismaSchema(path, (path,))


def _leans_on(texts: Texts, path: str, others: Iterable[str]) -> bool:
    """Whether the file uses a type that only one of the other files makes."""
    made = set(_openings(texts.text(path), _BLOCKS))
    elsewhere = {name for other in others for name in _openings(texts.text(other), _BLOCKS)}
    used = set()
    for line in texts.text(path).splitlines():
        words = line.split("//")[0].split()
        if len(words) >= 2:
            used.add(words[1].rstrip("[]?!"))
    return bool((used & elsewhere) - made - _SCALARS)


def _openings(text: str, keywords: tuple[str, ...]) -> Iterator[str]:
    for line in text.splitlines():
        words = line.split("//")[0].replace("{", " { ").split()
        if len(words) >= 3 and words[0] in keywords and words[2] == "{":
            yield words[1]


def _real_ones(schemas: list[PrismaSchema]) -> list[PrismaSchema]:
    schemas.sort(key=lambda s: (s.files[0].count("/"), not _is_usual(s), s.files[0]))
    for is_aside in (is_generated, is_copy):
        kept = [s for s in schemas if not is_aside(s.files[0])]
        schemas = kept or schemas
    return schemas


def _is_usual(schema: PrismaSchema) -> bool:
    return schema.is_named or name_of(schema.files[0]) == "schema.prisma"
