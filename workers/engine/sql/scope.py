"""What the printer of expressions may ask about the database that an expression stands in."""

from __future__ import annotations

from typing import Protocol

from msgspec import Struct

from workers.engine.schema.model import Column, QualifiedName, SqlType
from workers.engine.sql.postgres import Node


class KnownFunction(Struct, frozen=True):
    """A function that a name resolves to; `schema` is None for one of pg_catalog's."""

    schema: str | None
    name: str
    arguments: tuple[SqlType, ...]
    returns: SqlType | None
    optional: int = 0
    """How many arguments, from the last, have a default."""
    kind: str = "function"
    is_set: bool = False
    """Whether it answers with rows."""
    is_variadic: bool = False
    signature: str = ""
    """Of the history's own functions."""
    is_mutable: bool = False
    """Whether it is certain that PostgreSQL does not take a call for immutable."""


class Scope(Protocol):
    """Names as they resolve where an expression stands; the replayed state implements it.

    Every method answers None where the name is unknown; then the printer writes it as it stands.
    """

    @property
    def server_version(self) -> int:
        """The major version of PostgreSQL."""

    @property
    def table(self) -> str:
        """The table that an expression is on: its columns' prefix inside a subquery."""

    @property
    def is_domain(self) -> bool:
        """Whether the expression is a domain's: its only name is VALUE."""

    def shown(self, path: tuple[str, ...]) -> tuple[str, ...]:
        """A column's name as it is printed here."""

    def row(self, name: QualifiedName) -> tuple[Column, ...] | None:
        """The columns of a table or view, or None if they are not known."""

    def column(self, path: tuple[str, ...]) -> SqlType | None:
        """The type of a column, by `("name",)` or `("table", "name")`."""

    def type_of(self, type_name: Node) -> SqlType | None:
        """The type that the fields of a TypeName node mean: aliases and search path resolved."""

    def domain(self, kind: SqlType) -> SqlType | None:
        """The base type of a domain, or None if the type is no domain."""

    def enum(self, kind: SqlType) -> tuple[str, ...] | None:
        """The values of an enum in order, or None if the type is no enum."""

    def is_fresh(self, kind: SqlType, value: str) -> bool:
        """Whether this very transaction has added the value to an enum that was there before."""

    def relation(self, path: tuple[str, ...]) -> QualifiedName | None:
        """The table, view or sequence that a possibly unqualified name means."""

    def has_foreign_function(self, path: tuple[str, ...]) -> bool:
        """Whether an extension brings functions of that name, whatever their arguments."""

    def has_function(self, path: tuple[str, ...]) -> bool:
        """Whether others than pg_catalog may have functions of that name."""

    def note_call(self, signature: str) -> None:
        """One of the history's functions is what a call means."""

    def has_cast(self, source: SqlType, target: SqlType) -> bool:
        """Whether the history or an extension brings a cast between two types."""

    def has_operator(self, name: str) -> bool:
        """Whether others than pg_catalog may have operators of that name."""

    def own_operator(
        self, name: str, types: tuple[SqlType, ...]
    ) -> tuple[str, tuple[SqlType, ...], SqlType] | None:
        """The history's own operator of just these types: its schema, operands and result."""

    def functions(self, path: tuple[str, ...]) -> tuple[KnownFunction, ...]:
        """The user's and the extensions' functions of a name."""
