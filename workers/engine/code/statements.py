"""A query in code as one text, and who reads the SQL of its database."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from types import MappingProxyType
from typing import Protocol

from msgspec import Struct

from workers.engine.code.dialects import DialectQualifier
from workers.engine.code.facts import Query
from workers.engine.code.qualify import Qualifier
from workers.engine.code.reach import Found, Trouble
from workers.engine.schema.model import QualifiedName, Schema
from workers.engine.sql.generic import Dialect, UnreadableQuery
from workers.engine.sql.postgres import SqlSyntaxError

_DIALECTS: Mapping[str, Dialect] = MappingProxyType(
    {"mysql": "mysql", "sqlite": "sqlite", "sqlserver": "tsql"}
)
PROVIDERS = frozenset({"postgresql", "cockroachdb", *_DIALECTS})
"""The databases whose SQL is read."""


class Qualifying(Protocol):
    """What is told of the statements that were read."""

    troubles: list[Trouble]
    tables: set[QualifiedName]
    found: list[Found]

    @property
    def parameters(self) -> Collection[int]:
        """The substitutions that were met, each once."""

    def read(self, sql: bytes) -> None:
        """Judge a text; raises `SqlSyntaxError` or `UnreadableQuery`."""


class Statement(Struct, frozen=True):
    """The text of a query, what was found in it, and the place of each of its characters."""

    data: bytes
    offsets: list[int]
    said: Qualifying

    def place(self, at: int) -> int:
        """The character of the file where a byte of the text stands."""
        return self.offsets[min(self._character(at), len(self.offsets) - 1)]

    def _character(self, at: int) -> int:
        return len(self.data[: max(at, 0)].decode("utf-8", "replace"))


def read_query(
    query: Query,
    schema: Schema,
    search_path: tuple[str, ...],
    others: frozenset[str] = frozenset(),
) -> Statement | None:
    """A query read as its database does it; None where it cannot be read as it stands."""
    dialect = _DIALECTS.get(schema.provider)
    said: Qualifying
    if dialect is not None:
        said = DialectQualifier(schema, dialect, others)
    else:
        said = Qualifier(schema, search_path, others)
    text, offsets, holes = _whole(query, is_numbered=dialect is None)
    data = text.encode("utf-8", "surrogatepass")
    try:
        said.read(data)
    except (SqlSyntaxError, UnreadableQuery, RecursionError):
        return None
    return Statement(data, offsets, said) if len(said.parameters) >= holes else None


def _whole(query: Query, *, is_numbered: bool) -> tuple[str, list[int], int]:
    """The query as one text with `$1` or `?` for each substitution, and each character's place."""
    letters: list[str] = []
    offsets: list[int] = []
    holes = 0
    for text, start in query.parts:
        if start < 0:
            holes += 1
            hole = f"${holes}" if is_numbered else "?"
            at = offsets[-1] + 1 if offsets else query.start
            letters.append(hole)
            offsets += [at] * len(hole)
        else:
            letters.append(text)
            offsets += [start + number for number in range(len(text))]
    return "".join(letters), offsets or [query.start], holes
