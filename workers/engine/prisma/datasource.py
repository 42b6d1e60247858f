"""What the configuration blocks say: provider, schemas, extensions, relation mode, features."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from msgspec import Struct, field

from workers.engine.prisma.ast import (
    Call,
    Config,
    Constant,
    Expression,
    ListOf,
    Number,
    Text,
)
from workers.engine.prisma.document import Document
from workers.engine.schema.model import Provider
from workers.engine.source import Origin

_PROVIDERS: dict[str, Provider] = {
    "postgresql": "postgresql",
    "postgres": "postgresql",
    "prisma+postgres": "postgresql",
    "mysql": "mysql",
    "sqlite": "sqlite",
    "sqlserver": "sqlserver",
    "mongodb": "mongodb",
    "cockroachdb": "cockroachdb",
}


class DeclaredExtension(Struct, frozen=True):
    """An entry of `extensions = [...]`."""

    name: str
    schema: str | None
    origin: Origin


class Configuration(Struct, frozen=True):
    """The datasource and the generators, read. `origin` is the datasource's, if there is one."""

    provider: Provider = "postgresql"
    unknown_provider: str | None = None
    properties: dict[str, str] = field(default_factory=dict)
    relation_mode: str = "foreignKeys"
    preview_features: tuple[str, ...] = ()
    schemas: tuple[tuple[str, Origin], ...] = ()
    extensions: tuple[DeclaredExtension, ...] = ()
    origin: Origin | None = None
    others: tuple[Origin, ...] = ()
    """Further datasources, which Prisma refuses."""


def read_configuration(documents: Iterable[Document]) -> Configuration:
    """The configuration of a schema; the first datasource counts."""
    configs = [config for document in documents for config in document.configs]
    sources = [config for config in configs if config.kind == "datasource"]
    features = tuple(
        dict.fromkeys(
            name
            for config in configs
            for key in ("previewFeatures", "experimentalFeatures")
            for name in _texts(config, key)
        )
    )
    if not sources:
        return Configuration(preview_features=features)
    source = sources[0]
    written = _provider(source)
    return Configuration(
        provider=_PROVIDERS.get(written, "postgresql"),
        unknown_provider=None if written in _PROVIDERS else written,
        properties={one.name: written_out(one.value) for one in source.properties},
        relation_mode=_relation_mode(source),
        preview_features=features,
        schemas=tuple(_schemas(source)),
        extensions=tuple(_extensions(source)),
        origin=Origin(source.path, source.span),
        others=tuple(Origin(other.path, other.span) for other in sources[1:]),
    )


def generators(documents: Iterable[Document]) -> tuple[tuple[str, str, str], ...]:
    """The file, provider and output of each generator; the output is empty where none is said."""
    found = []
    for document in documents:
        for config in document.configs:
            if config.kind == "generator":
                values = (config.property("provider"), config.property("output"))
                provider, output = (written_out(one.value) if one else "" for one in values)
                found.append((document.path, provider, output))
    return tuple(found)


def written_out(value: Expression) -> str:
    """A value as one text: a string without its quotation marks, `env("X")` as `env:X`."""
    if isinstance(value, Text):
        return value.value
    if isinstance(value, Constant):
        return value.name
    if isinstance(value, Call):
        inner = ", ".join(written_out(argument.value) for argument in value.arguments)
        return f"env:{inner}" if value.name == "env" else f"{value.name}({inner})"
    if isinstance(value, ListOf):
        return f"[{', '.join(written_out(item) for item in value.items)}]"
    return value.text if isinstance(value, Number) else ""


def _provider(source: Config) -> str:
    found = source.property("provider")
    if found is None:
        return ""
    value = found.value
    if isinstance(value, ListOf):  # Prisma 2 to 2.21: several providers, one of them in use
        names = [item.value for item in value.items if isinstance(item, Text)]
        return next((name for name in names if name != "sqlite"), names[0] if names else "")
    return value.value if isinstance(value, Text) else written_out(value)


def _relation_mode(source: Config) -> str:
    for key in ("relationMode", "referentialIntegrity"):
        found = source.property(key)
        if found is not None:
            return written_out(found.value)
    return "foreignKeys"


def _texts(config: Config, key: str) -> Iterator[str]:
    found = config.property(key)
    if found is not None and isinstance(found.value, ListOf):
        for item in found.value.items:
            if isinstance(item, Text):
                yield item.value


def _schemas(source: Config) -> Iterator[tuple[str, Origin]]:
    found = source.property("schemas")
    if found is not None and isinstance(found.value, ListOf):
        for item in found.value.items:
            if isinstance(item, Text):
                yield item.value, Origin(source.path, item.span)


def _extensions(source: Config) -> Iterator[DeclaredExtension]:
    found = source.property("extensions")
    if found is None or not isinstance(found.value, ListOf):
        return
    for item in found.value.items:
        origin = Origin(source.path, item.span)
        if isinstance(item, Constant):
            yield DeclaredExtension(item.name, None, origin)
        elif isinstance(item, Call):
            mapped, schema = item.argument("map"), item.argument("schema")
            name = mapped.value if isinstance(mapped, Text) else item.name
            yield DeclaredExtension(
                name, schema.value if isinstance(schema, Text) else None, origin
            )
