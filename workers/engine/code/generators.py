"""The clients that a repository's schemas generate, and which of them is nearest to a file."""

from __future__ import annotations

from collections.abc import Iterable

from msgspec import Struct

from workers.engine.code.client import ClientSchema
from workers.engine.project.paths import folder_of, join
from workers.engine.schema.model import Provider

_PROVIDERS = frozenset({"prisma-client-js", "prisma-client"})
DEFAULT = "@prisma/client"


class Generator(Struct, frozen=True):
    """One schema's client: the schema by its pair's name, its folder, and where it is generated."""

    pair: str
    folder: str
    schema: ClientSchema
    sources: frozenset[str]
    """`@prisma/client` or output folders, from the root."""
    provider: Provider = "postgresql"


def generator_of(
    pair: str,
    folder: str,
    schema: ClientSchema,
    generators: Iterable[tuple[str, str, str]],
    provider: Provider = "postgresql",
) -> Generator:
    """The client of a schema, by what its generator blocks say."""
    sources = set()
    for path, kind, output in generators:
        if kind not in _PROVIDERS and "prisma-client" not in kind:
            continue
        joined = join(folder_of(path), output) if output else None
        sources.add(_package_of(joined) if joined is not None else DEFAULT)
    return Generator(pair, folder, schema, frozenset(sources or {DEFAULT}), provider)


def _package_of(output: str) -> str:
    return DEFAULT if output.endswith("node_modules/@prisma/client") else output


def shared_folders(folder: str, path: str) -> int:
    """How many folders two paths have in common from the root."""
    count = 0
    for one, other in zip(folder.split("/"), path.split("/"), strict=False):
        if one != other:
            break
        count += 1
    return count


def nearest_first(generators: Iterable[Generator], path: str) -> list[Generator]:
    """The clients by how near their schemas lie to a file; of equal ones the first stays first."""
    return sorted(generators, key=lambda one: -shared_folders(one.folder, path))
