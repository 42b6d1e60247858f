"""What calls are given, and what functions give back."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from workers.engine.code.script import Script
    from workers.engine.syntax import Node

_HOLDERS = frozenset(
    {
        "if_statement",
        "else_clause",
        "statement_block",
        "try_statement",
        "catch_clause",
        "switch_statement",
        "switch_body",
        "switch_case",
        "switch_default",
    }
)


def arguments_of(call: Node) -> list[Node]:
    """The arguments of a call, comments left out; a template has none."""
    listed = call.child_by_field_name("arguments")
    if listed is None or listed.type != "arguments":
        return []
    return [child for child in listed.named_children if child.type != "comment"]


def returned(script: Script, function: Node) -> list[Node]:
    """The expressions that a function returns, two blocks deep."""
    body = function.child_by_field_name("body")
    if body is None:
        return []
    if body.type != "statement_block":
        return [body]
    found: list[Node] = []
    waiting = [(child, 0) for child in body.named_children]
    for node, depth in waiting:
        if node.type == "return_statement":
            found += node.named_children[:1]
        elif depth < 4 and node.type in _HOLDERS:
            waiting += [(child, depth + 1) for child in node.named_children]
    return found
