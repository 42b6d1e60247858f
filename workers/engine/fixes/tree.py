"""Statements as trees: a pattern of PostgreSQL's grammar with the user's names put in as values.

A pattern is a constant text of ours. It is parsed once, and its places (`"$table"`, `'$label'`)
are then filled in the tree, so that no text of the user's is ever joined to SQL. A place is filled
by what it stands for:

- a relation: a `QualifiedName`, whose schema is left out where `Names` says so
- an identifier or a text: a `str`; in a list of names also a tuple of them, or a `QualifiedName`
- a type: an `SqlType`, or the fields of its node
- an expression: a `Node`
"""

from __future__ import annotations

import json
from functools import cache
from typing import Any

from msgspec import Struct

from workers.engine.errors import EngineError
from workers.engine.fixes.spelling import spelled
from workers.engine.schema.model import QualifiedName, SqlType
from workers.engine.sql.postgres import Node, SqlSyntaxError, parse

_PLACE_WORDS = """
    location stmt_location stmt_len list_start list_end rexpr_list_start rexpr_list_end
    name_location
    """
_PLACES = frozenset(_PLACE_WORDS.split())


class Names(Struct, frozen=True):
    """How objects are named: unqualified where they lie in the connection's own schema."""

    default_schema: str = "public"
    is_qualified: bool = False
    """Whether the project writes the schema before every name, as with Prisma's `schemas`."""

    def shown(self, name: QualifiedName) -> tuple[str, ...]:
        """The parts of a name."""
        if not self.is_qualified and name.schema == self.default_schema:
            return (name.name,)
        return tuple(name)


class Statement(Struct, frozen=True):
    """One statement's tree: its node type and its fields, without places in any text."""

    kind: str
    fields: Node


class NotAnExpression(Exception):
    """A text of the schema's that was to be an expression or a type is none."""


def statement(pattern: str, names: Names, **values: Any) -> Statement:
    """The statement that the pattern makes with these values."""
    parsed = parse(pattern.encode())
    if len(parsed) != 1:
        raise EngineError(f"a pattern of {len(parsed)} statements: {pattern}")
    fields = bare(parsed[0].fields)
    return Statement(parsed[0].kind, _Filler(names, values).fill(fields))


def bare(node: Any) -> Any:
    """A copy of a tree without the places where its parts were written."""
    if isinstance(node, dict):
        return {key: bare(value) for key, value in node.items() if key not in _PLACES}
    if isinstance(node, list):
        return [bare(value) for value in node]
    return node


def expression(text: str) -> Node:
    """The tree of an expression; raises NotAnExpression for anything more or less."""
    return _expression(text)


@cache
def _parsed_expression(text: str) -> str:
    try:
        parsed = parse(f"SELECT ({text}\n)".encode())
    except SqlSyntaxError as error:
        raise NotAnExpression(f"`{text}` is no expression: {error.message}") from error
    if len(parsed) != 1 or parsed[0].kind != "SelectStmt":
        raise NotAnExpression(f"`{text}` is no expression")
    fields = dict(parsed[0].fields)
    targets = fields.pop("targetList", ())
    if len(targets) != 1 or set(fields) - {"limitOption", "op"}:
        raise NotAnExpression(f"`{text}` is no expression")
    return json.dumps(bare(targets[0]["ResTarget"]["val"]))


def _expression(text: str) -> Node:
    found: Node = json.loads(_parsed_expression(text))
    return found


@cache
def _parsed_type(text: str) -> str:
    try:
        parsed = parse(f"SELECT NULL::{text}".encode())
        (target,) = parsed[0].fields["targetList"]
        cast = target["ResTarget"]["val"]["TypeCast"]
    except (SqlSyntaxError, KeyError, ValueError, IndexError) as error:
        raise NotAnExpression(f"`{text}` is no type") from error
    rest = set(parsed[0].fields) - {"targetList", "limitOption", "op"}
    if len(parsed) != 1 or rest or "A_Const" not in cast["arg"]:
        raise NotAnExpression(f"`{text}` is no type")
    return json.dumps(bare(cast["typeName"]))


def type_of(text: str) -> Node:
    """The fields of the TypeName node that a text names; raises NotAnExpression."""
    found: Node = json.loads(_parsed_type(text))
    return found


def type_fields(kind: SqlType, names: Names) -> Node:
    """The fields of the TypeName node that a column type is written as."""
    if kind.schema is None:
        return type_of(spelled(kind))
    shown = names.shown(QualifiedName(kind.schema, kind.name))
    fields: Node = {"names": [string(part) for part in shown], "typemod": -1}
    if kind.arguments:
        fields["typmods"] = [_modifier(text) for text in kind.arguments]
    if kind.is_array:
        fields["arrayBounds"] = [{"Integer": {"ival": -1}}]
    return fields


def _modifier(text: str) -> Node:
    return _expression(text)


def string(text: str) -> Node:
    """A String node."""
    return {"String": {"sval": text}}


def column(*path: str) -> Node:
    """A reference to a column."""
    return {"ColumnRef": {"fields": [string(part) for part in path]}}


def cast(node: Node, kind: SqlType, names: Names) -> Node:
    """`node::kind`."""
    return {"TypeCast": {"arg": node, "typeName": type_fields(kind, names)}}


class _Filler:
    """Fills the places of one pattern."""

    def __init__(self, names: Names, values: dict[str, Any]) -> None:
        self._names = names
        self._values = values

    def fill(self, node: Any) -> Any:
        """A copy of the tree with its places filled."""
        if isinstance(node, dict):
            return self._filled(node)
        if isinstance(node, list):
            return [part for item in node for part in self._items(item)]
        if isinstance(node, str) and node.startswith("$"):
            return self._value(node)
        return node

    def _value(self, place: str) -> Any:
        return self._values[place[1:]]

    def _filled(self, node: Node) -> Any:
        relation = node.get("relname")
        if isinstance(relation, str) and relation.startswith("$"):
            return self._relation(node, self._value(relation))
        reference = node.get("ColumnRef")
        if reference is not None:
            value = self._lone(reference["fields"])
            if isinstance(value, dict):
                return value
        if "names" in node and "typemod" in node:
            value = self._lone(node["names"])
            if isinstance(value, SqlType):
                return type_fields(value, self._names)
            if isinstance(value, dict):
                return value
        return {key: self.fill(value) for key, value in node.items()}

    def _relation(self, node: Node, value: Any) -> Node:
        if isinstance(value, str):
            return {**node, "relname": value}
        *schema, name = self._names.shown(value)
        return {**node, "relname": name, **({"schemaname": schema[0]} if schema else {})}

    def _lone(self, parts: list[Any]) -> Any:
        """The value of a place that is the whole of a dotted name, or None."""
        if len(parts) != 1 or "String" not in parts[0]:
            return None
        text = parts[0]["String"].get("sval", "")
        return self._value(text) if text.startswith("$") else None

    def _items(self, item: Any) -> list[Any]:
        """What an item of a list becomes: a name may stand for several."""
        text = item.get("String", {}).get("sval", "") if isinstance(item, dict) else ""
        if not text.startswith("$"):
            return [self.fill(item)]
        value = self._value(text)
        if isinstance(value, QualifiedName):
            value = self._names.shown(value)
        return [string(part) for part in ((value,) if isinstance(value, str) else value)]
