"""The analysed expression: each node with its type, as PostgreSQL's `primnodes.h` has them.

`type` never has modifiers; they stand beside it in `modifiers`. A cast is `is_implicit` where the
user did not write it.
"""

from __future__ import annotations

from typing import TypeAlias

from msgspec import Struct

from workers.engine.schema.model import SqlType


class UnprintableError(Exception):
    """What PostgreSQL would make of an expression cannot be told: the reason."""


class MismatchError(UnprintableError):
    """PostgreSQL refuses the expression: with what SQLSTATE and message."""

    def __init__(self, sqlstate: str, message: str) -> None:
        super().__init__(message)
        self.sqlstate = sqlstate
        self.message = message


OVERFLOW = ("22003", "value overflows numeric format")


class Const(Struct):
    """A constant by its output text; None is NULL. An untyped literal is of type `unknown`."""

    type: SqlType
    text: str | None
    modifiers: tuple[str, ...] = ()
    shown: SqlType | None = None
    """The type as printed, where it has more to it (`interval day`)."""


class Var(Struct):
    """A column: `path` is its name, after its table's alias where that is printed."""

    type: SqlType
    path: tuple[str, ...]
    modifiers: tuple[str, ...] = ()


class Call(Struct):
    """A function call; `name` is printed as it stands, `frame` around the arguments' text.

    `frame` is a format with one `{}` for each argument, for EXTRACT, AT TIME ZONE and their like.
    """

    type: SqlType
    name: str
    arguments: tuple[Typed, ...]
    frame: str = ""
    is_variadic: bool = False
    is_distinct: bool = False
    is_star: bool = False
    tail: str = ""
    """What follows the closing bracket: FILTER, printed."""
    modifiers: tuple[str, ...] = ()
    is_mutable: bool = False
    """A user's function that is not immutable."""


class Cast(Struct):
    """A cast of any kind; `modifiers` are those that the cast itself applies."""

    type: SqlType
    argument: Typed
    is_implicit: bool
    modifiers: tuple[str, ...] = ()
    shown: SqlType | None = None
    """The type as printed, where it has more to it (`interval day to second`)."""


class Operation(Struct):
    """An operator with one or two operands; `schema` only if it is not in pg_catalog."""

    type: SqlType
    name: str
    operands: tuple[Typed, ...]
    schema: str | None = None
    modifiers: tuple[str, ...] = ()


class ArrayTest(Struct):
    """`left operator ANY|ALL (right)`."""

    type: SqlType
    name: str
    left: Typed
    right: Typed
    word: str
    modifiers: tuple[str, ...] = ()


class Logic(Struct):
    """AND, OR and NOT."""

    type: SqlType
    word: str
    operands: tuple[Typed, ...]
    modifiers: tuple[str, ...] = ()


class Test(Struct):
    """`operand IS [NOT] NULL|TRUE|...`, with the words after the operand."""

    type: SqlType
    operand: Typed
    words: str
    modifiers: tuple[str, ...] = ()


class Case(Struct):
    """CASE; `branches` are pairs of condition (or compared value) and result."""

    type: SqlType
    subject: Typed | None
    branches: tuple[tuple[Typed, Typed], ...]
    default: Typed | None
    modifiers: tuple[str, ...] = ()


class Listed(Struct):
    """COALESCE, GREATEST, LEAST, NULLIF and ROW: a word over a list."""

    type: SqlType
    word: str
    items: tuple[Typed, ...]
    modifiers: tuple[str, ...] = ()


class Array(Struct):
    """ARRAY[...]."""

    type: SqlType
    items: tuple[Typed, ...]
    modifiers: tuple[str, ...] = ()


class Word(Struct):
    """CURRENT_TIMESTAMP and its like, printed as `text`."""

    type: SqlType
    text: str
    modifiers: tuple[str, ...] = ()


class Collated(Struct):
    """`argument COLLATE name`."""

    type: SqlType
    argument: Typed
    collation: str
    modifiers: tuple[str, ...] = ()


class Element(Struct):
    """`argument[index]` and `argument[low:high]`; an index is a text-printing pair."""

    type: SqlType
    argument: Typed
    indexes: tuple[tuple[Typed | None, Typed | None, bool], ...]
    """Lower bound, upper bound (or the index), whether it is a slice."""
    modifiers: tuple[str, ...] = ()


class Attribute(Struct):
    """`(argument).name`."""

    type: SqlType
    argument: Typed
    name: str
    modifiers: tuple[str, ...] = ()


class Link(Struct):
    """A subquery: what stands before its text (`EXISTS `, `x = ANY `)."""

    type: SqlType
    query: object
    """`queries.Select`, printed at the depth where it stands."""
    word: str = ""
    left: Typed | None = None
    name: str = ""
    modifiers: tuple[str, ...] = ()


class Opaque(Struct):
    """An expression of which only the type is known: to print it raises UnprintableError."""

    type: SqlType
    reason: str
    modifiers: tuple[str, ...] = ()


Typed: TypeAlias = (
    "Const | Var | Call | Cast | Operation | ArrayTest | Logic | Test | Case | Listed | Array"
    " | Word | Collated | Element | Attribute | Link | Opaque"
)
