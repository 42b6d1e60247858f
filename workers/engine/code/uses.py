"""What code does with a schema: every name that it uses, resolved or not, with its place."""

from __future__ import annotations

from typing import Literal

from msgspec import Struct, field

How = Literal["reads", "filters by", "sorts by", "writes", "names"]


IN_SQL = "SQL"
"""The method of a use that stands in a query written out in SQL."""
IN_BUILDER = "query builder"
"""The method of a use that stands in a query which Kysely builds."""


class Use(Struct, frozen=True, array_like=True, gc=False):
    """A field, a relation, or (no field) the rows of a model, used at a place."""

    path: str
    start: int
    end: int
    model: str
    field: str | None
    how: How
    is_whole: bool = False
    """Whether every column is read or returned, because nothing selects some."""
    method: str = ""
    leaves_out: tuple[str, ...] = ()
    """What `omit` takes out of the whole."""

    @property
    def is_by_client(self) -> bool:
        """Whether the generated client is asked, which knows nothing but its schema."""
        return self.method not in (IN_SQL, IN_BUILDER)


class ValueUse(Struct, frozen=True, array_like=True, gc=False):
    """A value of an enum, by its name in code."""

    path: str
    start: int
    end: int
    enum: str
    member: str


class Undeclared(Struct, frozen=True, array_like=True, gc=False):
    """A name that a client of this schema does not know."""

    path: str
    start: int
    end: int
    what: Literal["model", "field", "value"]
    owner: str
    """The model or the enum; empty for a model."""
    name: str


class Creation(Struct, frozen=True, array_like=True, gc=False):
    """A row that is created, with the names of all that it is given."""

    path: str
    start: int
    end: int
    model: str
    given: frozenset[str]
    is_certain: bool
    parent: str = ""
    """The model through whose relation the row is created: that link is set by itself."""
    relation: str = ""


class Search(Struct, frozen=True, array_like=True, gc=False):
    """A query by its columns: equalities, ranges, and the order, as fields of the model."""

    path: str
    start: int
    end: int
    model: str
    equal: frozenset[str]
    ranged: frozenset[str]
    order: tuple[tuple[str, bool], ...]
    """Fields with whether they descend."""
    is_open: bool
    """Whether there are conditions that were not understood."""
    is_limited: bool = False


class Usage(Struct, array_like=True):
    """All of that for some code."""

    uses: list[Use] = field(default_factory=list)
    values: list[ValueUse] = field(default_factory=list)
    undeclared: list[Undeclared] = field(default_factory=list)
    creations: list[Creation] = field(default_factory=list)
    searches: list[Search] = field(default_factory=list)
    unread: int = 0
    """Calls and queries that are put together at run time, or whose client is not known."""

    @property
    def is_any(self) -> bool:
        """Whether there is anything."""
        return bool(self.uses or self.values or self.undeclared)

    def add(self, other: Usage) -> None:
        """Take in what another piece of code does."""
        self.uses += other.uses
        self.values += other.values
        self.undeclared += other.undeclared
        self.creations += other.creations
        self.searches += other.searches
        self.unread += other.unread
