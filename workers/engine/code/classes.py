"""The members of a class: its fields, getters and methods, and what its constructor sets."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from workers.engine.code import facts
from workers.engine.code.facts import Nameless, Shape, Unsaid
from workers.engine.code.shapes import Referring, Shapes

if TYPE_CHECKING:
    from workers.engine.code.script import Script
    from workers.engine.syntax import Node


class Members:
    """Reads the bodies of classes."""

    def __init__(self, script: Script, references: Referring, shapes: Shapes) -> None:
        self.script = script
        self.references = references
        self.shapes = shapes

    def of(self, node: Node) -> facts.Fields:
        """The members of a class, and what it extends."""
        members: dict[str, Shape] = {}
        body = node.child_by_field_name("body")
        for child in body.named_children if body is not None else ():
            self._member(child, members)
        return facts.Fields(members, tuple(self._heritage(node)))

    def _member(self, node: Node, members: dict[str, Shape]) -> None:
        name = node.child_by_field_name("name")
        if name is None:
            return
        key = self.script.text(name)
        if node.type == "public_field_definition":
            kind = node.child_by_field_name("type")
            value = node.child_by_field_name("value")
            found = (
                self.shapes.of(kind.named_children[0]) if kind and kind.named_children else Unsaid()
            )
            if isinstance(found, Unsaid) and value is not None:
                ref = self.references.of(value)
                found = facts.TypeOf(ref) if not isinstance(ref, Nameless) else Unsaid()
            if not isinstance(found, Unsaid) or key not in members:
                members[key] = found
        elif node.type == "method_definition" and key == "constructor":
            self._constructor(node, members)
        elif node.type == "method_definition":
            self._method(node, key, members)

    def _method(self, node: Node, key: str, members: dict[str, Shape]) -> None:
        is_getter = any(child.type == "get" for child in node.children)
        ref = self.references.function(node)
        if isinstance(ref, facts.Returned):
            shape: Shape = facts.TypeOf(ref.result)
            members.setdefault(key, shape if is_getter else facts.Giving(shape))

    def _constructor(self, node: Node, members: dict[str, Shape]) -> None:
        listed = node.child_by_field_name("parameters")
        for one in listed.named_children if listed is not None else ():
            pattern = one.child_by_field_name("pattern")
            is_property = any(
                child.type in ("accessibility_modifier", "readonly", "override_modifier")
                for child in one.children
            )
            kind = one.child_by_field_name("type")
            if is_property and pattern is not None and kind is not None and kind.named_children:
                members[self.script.text(pattern)] = self.shapes.of(kind.named_children[0])
        body = node.child_by_field_name("body")
        for statement in body.named_children if body is not None else ():
            self._set_in_constructor(statement, members)

    def _set_in_constructor(self, statement: Node, members: dict[str, Shape]) -> None:
        """`this.prisma = prisma`."""
        inner = statement.named_children[0] if statement.named_children else None
        if inner is None or inner.type != "assignment_expression":
            return
        left, right = inner.child_by_field_name("left"), inner.child_by_field_name("right")
        if left is None or left.type != "member_expression":
            return
        base, name = left.child_by_field_name("object"), left.child_by_field_name("property")
        if base is None or base.type != "this" or name is None:
            return
        key = self.script.text(name)
        ref = self.references.of(right)
        if isinstance(members.get(key, Unsaid()), Unsaid) and not isinstance(ref, Nameless):
            members[key] = facts.TypeOf(ref)

    def _heritage(self, node: Node) -> Iterator[Shape]:
        for clause in node.named_children:
            for part in clause.named_children if clause.type == "class_heritage" else ():
                value = part.child_by_field_name("value") if part.type == "extends_clause" else None
                if value is not None:
                    yield facts.TypeOf(facts.Made(self.references.of(value)))
