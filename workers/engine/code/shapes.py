"""What type annotations of one file promise, as far as the file itself tells."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Protocol

from workers.engine.code import facts
from workers.engine.code.facts import Nameless, Ref, Shape, Unsaid

if TYPE_CHECKING:
    from workers.engine.code.script import Script
    from workers.engine.syntax import Node

_DEEPEST = 24
MOST_MEMBERS = 60
_LISTED = frozenset({"object_type", "interface_body"})


class Referring(Protocol):
    """Who tells what expressions refer to."""

    def of(self, node: Node | None) -> Ref:
        """What an expression refers to."""

    def function(self, node: Node) -> Ref:
        """A function by what it returns."""

    def imported(self, module: str, name: str) -> facts.Imported:
        """What a module exports, noted as a module that this file depends on."""

    def shape_of_class(self, node: Node) -> None:
        """Note the members of a class."""


class Shapes:
    """Reads annotations; `named` are those that have a name in the file."""

    def __init__(self, script: Script, references: Referring) -> None:
        self.script = script
        self.references = references
        self.named: dict[str, Shape] = {}
        self._depth = 0

    def of(self, node: Node | None) -> Shape:
        """What a type annotation promises."""
        if node is None or self._depth > _DEEPEST:
            return Unsaid()
        self._depth += 1
        try:
            return self._shape(node)
        finally:
            self._depth -= 1

    def _shape(self, node: Node) -> Shape:
        kind = node.type
        parts = node.named_children
        if kind == "type_identifier":
            return facts.Named(self._type_name(self.script.text(node), node))
        if kind == "nested_type_identifier":
            return facts.Named(self._nested(node))
        if kind == "generic_type":
            return self._generic(node)
        if kind in ("union_type", "intersection_type"):
            found = tuple(s for s in map(self.of, parts) if not isinstance(s, Unsaid))
            return facts.Among(found) if len(found) > 1 else found[0] if found else Unsaid()
        if kind in ("parenthesized_type", "readonly_type"):
            return self.of(parts[0] if parts else None)
        if kind == "type_query":
            return facts.TypeOf(self.references.of(parts[0] if parts else None))
        if kind == "lookup_type" and len(parts) == 2 and parts[1].named_children:
            key = self.script.string(parts[1].named_children[0])
            return facts.Indexed(self.of(parts[0]), key) if key is not None else Unsaid()
        if kind in _LISTED:
            return self._fields(node)
        if kind == "function_type":
            return facts.Giving(self.of(node.child_by_field_name("return_type")))
        return Unsaid()

    def _type_name(self, name: str, node: Node) -> Ref:
        found = self.script.find(name, node)
        if found is not None and found.kind == "import":
            return self.references.imported(found.module, found.name)
        if found is not None and found.kind == "class":
            self.references.shape_of_class(found.node)
        return facts.Top(name)

    def _nested(self, node: Node) -> Ref:
        module, name = node.child_by_field_name("module"), node.child_by_field_name("name")
        if module is None or name is None:
            return Nameless("")
        if module.type == "nested_identifier":
            parts = module.named_children
            base: Ref = facts.Member(self.references.of(parts[0]), self.script.text(parts[-1]))
        else:
            base = self.references.of(module)
        return facts.Member(base, self.script.text(name))

    def _generic(self, node: Node) -> Shape:
        name = node.child_by_field_name("name")
        listed = node.child_by_field_name("type_arguments")
        arguments = tuple(map(self.of, listed.named_children)) if listed is not None else ()
        if name is None:
            return Unsaid()
        if name.type == "nested_type_identifier":
            return facts.Named(self._nested(name), arguments)
        return facts.Named(self._type_name(self.script.text(name), name), arguments)

    def _fields(self, node: Node) -> Shape:
        members: dict[str, Shape] = {}
        for child in node.named_children[:MOST_MEMBERS]:
            name = child.child_by_field_name("name")
            if name is None or child.type not in ("property_signature", "method_signature"):
                continue
            is_method = child.type == "method_signature"
            kind = child.child_by_field_name("return_type" if is_method else "type")
            shape = self.of(kind.named_children[0] if kind and kind.named_children else None)
            if not isinstance(shape, Unsaid):
                given: Shape = facts.Giving(shape) if is_method else shape
                members[self.script.text(name).strip("'\"")] = given
        return facts.Fields(members) if members else Unsaid()

    def declare(self, node: Node) -> None:
        """Note the shape of an interface or a type alias."""
        name = node.child_by_field_name("name")
        if name is None:
            return
        if node.type == "type_alias_declaration":
            found = self.of(node.child_by_field_name("value"))
        else:
            body = node.child_by_field_name("body")
            found = self.of(body)
            bases = tuple(self._bases(node))
            if bases:
                members = found.members if isinstance(found, facts.Fields) else {}
                found = facts.Fields(members, bases)
        if not isinstance(found, Unsaid):
            self.named.setdefault(self.script.text(name), found)

    def _bases(self, node: Node) -> Iterator[Shape]:
        for child in node.named_children:
            if child.type == "extends_type_clause":
                yield from (s for s in map(self.of, child.named_children))
