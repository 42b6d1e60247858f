"""Print an analysed expression as `pg_get_expr` does.

Follows get_rule_expr and its kin in src/backend/utils/adt/ruleutils.c, with its indentation for
CASE and without its pretty parentheses.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from workers.engine.schema.model import SqlType
from workers.engine.schema.names import quote
from workers.engine.schema.types import format_type
from workers.engine.sql.expressions.typed import (
    Array,
    ArrayTest,
    Attribute,
    Call,
    Case,
    Cast,
    Collated,
    Const,
    Element,
    Link,
    Listed,
    Logic,
    Opaque,
    Operation,
    Test,
    Typed,
    UnprintableError,
    Var,
    Word,
)

BREAK = "\0\n"
"""A line break that takes the blanks before it away."""


def text_of(node: Typed) -> str:
    """The whole text of an expression."""
    return settled(show(node))


def settled(text: str) -> str:
    """A text with its line breaks made real."""
    if "\0" not in text:
        return text
    while " \0" in text:
        text = text.replace(" \0", "\0")
    return text.replace("\0", "")


def show(node: Typed, *, implicit: bool = False, depth: int = 0) -> str:
    """The text of an expression.

    `implicit` says whether an implicit cast at its top is shown, `depth` by how much the lines of
    a CASE or subquery in it are indented.
    """
    return _SHOW[type(node)](node, implicit, depth)


def type_text(kind: SqlType, modifiers: tuple[str, ...] = ()) -> str:
    """A type with modifiers as format_type_with_typemod writes it."""
    if kind.name == "bit" and kind.schema is None and not modifiers:
        return '"bit"[]' if kind.is_array else '"bit"'
    return format_type(SqlType(kind.name, modifiers, kind.is_array, kind.schema))


def _const(node: Const, implicit: bool, depth: int) -> str:
    text, needs_label = _literal(node)
    if not needs_label:
        return text
    label = format_type(node.shown) if node.shown else type_text(node.type, node.modifiers)
    return f"{text}::{label}"


def _literal(node: Const) -> tuple[str, bool]:
    """The literal, and whether its type must be told for it to be read back."""
    if node.text is None:
        return "NULL", True
    name = node.type.name if node.type.schema is None and not node.type.is_array else ""
    if name == "integer":
        is_negative = node.text.startswith("-")
        return (f"'{node.text}'" if is_negative else node.text), is_negative
    if name == "numeric":
        is_plain = node.text[:1].isdigit() and any(mark in node.text for mark in "eE.")
        return (node.text if is_plain else f"'{node.text}'"), not is_plain
    if name == "boolean":
        return node.text, False
    # simple_quote_literal: backslashes stand as they are, never in E''.
    return "'" + node.text.replace("'", "''") + "'", name != "unknown"


def _var(node: Var, implicit: bool, depth: int) -> str:
    return ".".join(quote(part) for part in node.path)


def _call(node: Call, implicit: bool, depth: int) -> str:
    if node.frame:
        return node.frame.format(*(show(one, depth=depth) for one in node.arguments))
    arguments = [show(one, implicit=True, depth=depth) for one in node.arguments]
    if node.is_variadic:
        arguments[-1] = f"VARIADIC {arguments[-1]}"
    inner = "*" if node.is_star else ", ".join(arguments)
    if node.is_distinct:
        inner = f"DISTINCT {inner}"
    return f"{node.name}({inner}){node.tail}"


def _cast(node: Cast, implicit: bool, depth: int) -> str:
    if node.is_implicit and not implicit:
        return show(node.argument, depth=depth)
    shown = node.shown if node.shown is not None else node.type
    label = format_type(shown) if node.shown is not None else type_text(shown, node.modifiers)
    argument = node.argument
    if isinstance(argument, Const) and argument.type == node.type and not argument.modifiers:
        return f"{_literal(argument)[0]}::{label}"
    return f"({show(argument, depth=depth)})::{label}"


def _operation(node: Operation, implicit: bool, depth: int) -> str:
    sign = node.name if node.schema is None else f"OPERATOR({quote(node.schema)}.{node.name})"
    operands = [show(one, implicit=True, depth=depth) for one in node.operands]
    if len(operands) == 1:
        return f"({sign} {operands[0]})"
    return f"({operands[0]} {sign} {operands[1]})"


def _array_test(node: ArrayTest, implicit: bool, depth: int) -> str:
    left = show(node.left, implicit=True, depth=depth)
    right = show(node.right, implicit=True, depth=depth)
    if isinstance(node.right, Link) and not node.right.word:
        # A bare subquery there would be read as its rows.
        right += f"::{type_text(node.right.type, node.right.modifiers)}"
    return f"({left} {node.name} {node.word} ({right}))"


def _logic(node: Logic, implicit: bool, depth: int) -> str:
    operands = [show(one, depth=depth) for one in node.operands]
    if node.word == "NOT":
        return f"(NOT {operands[0]})"
    return "(" + f" {node.word} ".join(operands) + ")"


def _test(node: Test, implicit: bool, depth: int) -> str:
    # IS NULL shows an implicit cast of its operand, IS TRUE does not.
    is_null_test = node.words.endswith("NULL")
    return f"({show(node.operand, implicit=is_null_test, depth=depth)} {node.words})"


def _case(node: Case, implicit: bool, depth: int) -> str:
    edge = BREAK + " " * depth
    inner = depth + 4
    parts = [f"{edge}CASE"]
    if node.subject is not None:
        parts.append(f" {show(node.subject, implicit=True, depth=inner)}")
    for condition, result in node.branches:
        when = show(condition, implicit=node.subject is not None, depth=inner)
        then = show(result, implicit=True, depth=inner)
        parts.append(f"{edge}    WHEN {when} THEN {then}")
    if node.default is None:
        parts.append(f"{edge}    ELSE NULL::{type_text(node.type)}")
    else:
        parts.append(f"{edge}    ELSE {show(node.default, implicit=True, depth=inner)}")
    parts.append(f"{edge}END")
    return "".join(parts)


def _listed(node: Listed, implicit: bool, depth: int) -> str:
    return f"{node.word}({', '.join(show(one, implicit=True, depth=depth) for one in node.items)})"


def _array(node: Array, implicit: bool, depth: int) -> str:
    items = ", ".join(show(one, implicit=True, depth=depth) for one in node.items)
    return f"ARRAY[{items}]" if node.items else f"ARRAY[]::{type_text(node.type)}"


def _word(node: Word, implicit: bool, depth: int) -> str:
    return node.text


def _collated(node: Collated, implicit: bool, depth: int) -> str:
    return f"({show(node.argument, implicit=True, depth=depth)} COLLATE {node.collation})"


def _element(node: Element, implicit: bool, depth: int) -> str:
    argument = show(node.argument, implicit=True, depth=depth)
    if not isinstance(node.argument, (Var, Element)):
        argument = f"({argument})"
    return argument + "".join(_subscript(*index, depth) for index in node.indexes)


def _subscript(low: Typed | None, high: Typed | None, is_slice: bool, depth: int) -> str:
    ends = [
        "" if one is None else show(one, depth=depth)
        for one in ((low, high) if is_slice else (high,))
    ]
    return "[" + ":".join(ends) + "]"


def _attribute(node: Attribute, implicit: bool, depth: int) -> str:
    return f"({show(node.argument, implicit=True, depth=depth)}).{quote(node.name)}"


def _link(node: Link, implicit: bool, depth: int) -> str:
    query: Any = node.query
    text = f"({query.show(depth)})"
    if node.left is not None:
        left = show(node.left, implicit=True, depth=depth)
        return f"({left} {node.name}{node.word}{text})"
    return f"({node.word}{text})" if node.word == "EXISTS " else f"{node.word}{text}"


def _opaque(node: Opaque, implicit: bool, depth: int) -> str:
    raise UnprintableError(node.reason)


_SHOW: dict[type, Callable[[Any, bool, int], str]] = {
    Const: _const,
    Var: _var,
    Call: _call,
    Cast: _cast,
    Operation: _operation,
    ArrayTest: _array_test,
    Logic: _logic,
    Test: _test,
    Case: _case,
    Listed: _listed,
    Array: _array,
    Word: _word,
    Collated: _collated,
    Element: _element,
    Attribute: _attribute,
    Link: _link,
    Opaque: _opaque,
}
