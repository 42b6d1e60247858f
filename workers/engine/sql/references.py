"""What an expression refers to: columns, functions, types, relations."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from msgspec import Struct, field

from workers.engine.sql.postgres import Node, SqlSyntaxError, parse_expression
from workers.engine.sql.resolve import strings


class References(Struct):
    """The nodes that name something, in the order in which they stand."""

    columns: list[tuple[tuple[str, ...], int]] = field(default_factory=list)
    functions: list[tuple[tuple[str, ...], Node]] = field(default_factory=list)
    types: list[Node] = field(default_factory=list)
    relations: list[Node] = field(default_factory=list)
    texts: list[str] = field(default_factory=list)
    literals: list[Node] = field(default_factory=list)
    """The casts of literals: `'text'::type`."""
    standard: list[tuple[str, Node]] = field(default_factory=list)
    """The nodes of SQL/JSON, with their kinds."""
    has_query: bool = False
    """Whether a subquery stands in it: then columns may belong to its own tables."""

    @property
    def names(self) -> frozenset[str]:
        """The last part of each column's name."""
        return frozenset(path[-1] for path, _ in self.columns)


def walk(node: Any) -> Iterator[tuple[str, Node]]:
    """Every typed node in a tree with its type, parents first, without recursion."""
    stack = [node]
    while stack:
        current = stack.pop()
        if isinstance(current, list):
            stack.extend(reversed(current))
        elif isinstance(current, dict):
            for key, value in reversed(current.items()):
                if isinstance(value, (dict, list)):
                    stack.append(value)
                    if isinstance(value, dict):
                        yield key, value


def references(node: Any) -> References:
    """All that a tree refers to."""
    found = References()
    for kind, fields in walk(node):
        if kind == "ColumnRef":
            found.columns.append((strings(fields["fields"]), fields.get("location", 0)))
        elif kind == "FuncCall":
            found.functions.append((strings(fields["funcname"]), fields))
        elif kind == "TypeCast":
            if "sval" in fields["arg"].get("A_Const", ()):
                found.literals.append(fields)
        elif kind == "typeName" or kind == "TypeName":
            found.types.append(fields)
        elif kind == "RangeVar":
            found.relations.append(fields)
        elif kind.startswith("Json"):
            found.standard.append((kind, fields))
        elif kind == "SubLink":
            found.has_query = True
        elif kind == "sval":
            found.texts.append(str(fields.get("sval", "")))
    return found


def columns_in(expression: str) -> frozenset[str]:
    """The names of the columns in the text of an expression; empty if it cannot be read."""
    try:
        return references(parse_expression(expression)).names
    except SqlSyntaxError:
        return frozenset()
