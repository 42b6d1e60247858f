"""One file, read: its blocks and what is wrong with it."""

from __future__ import annotations

from msgspec import Struct

from workers.engine.prisma.ast import Alias, Config, Enum, Model
from workers.engine.source import Span


class Problem(Struct, frozen=True):
    """Something that the grammar does not allow, and the name of the block that it is in."""

    message: str
    span: Span
    block: str | None = None


class Document(Struct, frozen=True):
    """One file, read."""

    path: str
    models: tuple[Model, ...]
    enums: tuple[Enum, ...]
    configs: tuple[Config, ...]
    aliases: tuple[Alias, ...]
    problems: tuple[Problem, ...]
    contract: Span | None = None
    """Where something stands that only a contract of Prisma 8 has."""
