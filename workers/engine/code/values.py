"""Arguments as they are written out, variables and spreads followed within the file."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from workers.engine.code import facts
from workers.engine.code.facts import Opaque, Value
from workers.engine.code.functions import arguments_of, returned
from workers.engine.code.references import References
from workers.engine.code.script import FUNCTIONS, Binding, Script

if TYPE_CHECKING:
    from workers.engine.syntax import Node

_DEEPEST = 40
_MOST_VALUES = 8
_MOST_ENTRIES = 400
_LITERALS = frozenset({"number", "true", "false", "null", "undefined"})
_MAPPING = frozenset({"map", "flatMap"})


class Values:
    """Reads expressions as values."""

    def __init__(self, script: Script, references: References) -> None:
        self.script = script
        self.references = references
        self.tops: dict[str, Value] = {}
        self._waiting: list[tuple[str, Binding]] = []
        self._depth = 0
        self._following: set[int] = set()

    def finish(self) -> None:
        """Read the constants at the top of the file that were referred to."""
        while self._waiting:
            name, binding = self._waiting.pop()
            self.tops[name] = self.of_binding(binding)

    def of(self, node: Node | None) -> Value:
        """An expression as a value."""
        if node is None or self._depth > _DEEPEST:
            return Opaque()
        self._depth += 1
        try:
            return self._of(self.script.bare(node))
        finally:
            self._depth -= 1

    def _of(self, node: Node) -> Value:
        kind = node.type
        if kind == "object":
            return self._object(node)
        if kind == "array":
            return self._array(node)
        if kind in _LITERALS:
            return facts.Constant(self.script.text(node))
        if kind in ("string", "template_string"):
            text = self.script.string(node)
            return Opaque() if text is None else facts.Text(text, *self.script.span(node))
        if kind in ("identifier", "shorthand_property_identifier"):
            return self.of_name(node)
        if kind == "member_expression":
            return facts.Reference(self.references.of(node), *self.script.span(node))
        if kind == "as_expression":
            return self.of(node.named_children[0])
        if kind == "ternary_expression":
            return self._choice(node, "consequence", "alternative")
        if kind == "binary_expression":
            return self._binary(node)
        if kind == "call_expression":
            return self._call(node)
        return Opaque()

    def of_name(self, node: Node) -> Value:
        """What a name stands for."""
        name = self.script.text(node)
        if name == "undefined":
            return facts.Constant(name)
        found = self.script.find(name, node)
        if found is None:
            return Opaque()
        if found.kind == "import":
            return facts.Reference(self.references.name(name, node), *self.script.span(node))
        if found.kind == "value" and found.path:
            ref = self.references.name(name, node)
            is_told = isinstance(ref, facts.Top | facts.Member)
            return facts.Reference(ref, *self.script.span(node)) if is_told else Opaque()
        if found.kind != "value":
            return Opaque()
        if found.is_top:
            if name not in self.tops:
                self.tops[name] = Opaque()
                self._waiting.append((name, found))
            return facts.Reference(facts.Top(name), *self.script.span(node))
        return self.of_binding(found)

    def of_binding(self, binding: Binding) -> Value:
        """What a variable holds: its first value, and what is put into it later."""
        if id(binding) in self._following or binding.value is None:
            return Opaque()
        self._following.add(id(binding))
        try:
            value = self._completed(self.of(binding.value), binding)
            later = [] if binding.is_constant else self.script.reassigned(binding)
            if not later:
                return value
            return facts.Choice((value, *(self.of(node) for node in later[:_MOST_VALUES])))
        finally:
            self._following.discard(id(binding))

    def _completed(self, value: Value, binding: Binding) -> Value:
        """An object with the properties that are assigned to it afterwards."""
        if not isinstance(value, facts.Object):
            return value if binding.is_constant else facts.Choice((value, Opaque()))
        entries = list(value.entries)
        for node in self.script.assigned(binding):
            left, right = node.child_by_field_name("left"), node.child_by_field_name("right")
            name = left.child_by_field_name("property") if left is not None else None
            if name is not None:
                start, end = self.script.span(name)
                made = facts.Choice((self.of(right), facts.Constant("undefined")))
                entries.append(facts.Entry(self.script.text(name), start, end, made))
        is_open = (
            value.is_open
            or not binding.is_constant
            or self._is_changed(binding, len(entries) > len(value.entries))
        )
        return facts.Object(value.start, value.end, tuple(entries), is_open)

    def _is_changed(self, binding: Binding, is_known: bool) -> bool:
        """Whether something may be put into an object in a way that is not followed."""
        target = binding.node.child_by_field_name("name")
        if target is None or target.type != "identifier":
            return True
        return _is_put_into(self.script.text(target), self.script.source)

    def _choice(self, node: Node, *fields: str) -> Value:
        return facts.Choice(tuple(self.of(node.child_by_field_name(field)) for field in fields))

    def _binary(self, node: Node) -> Value:
        operator = node.child_by_field_name("operator")
        word = operator.type if operator is not None else ""
        if word == "&&":
            right = self.of(node.child_by_field_name("right"))
            return facts.Choice((right, facts.Constant("undefined")))
        if word in ("??", "||"):
            return self._choice(node, "left", "right")
        return Opaque()

    def _object(self, node: Node) -> Value:
        entries: list[facts.Entry] = []
        is_open = False
        for child in node.named_children[:_MOST_ENTRIES]:
            made = self._entry(child)
            if made is not None:
                entries.append(made)
            elif child.type != "comment":
                is_open = True
        is_open = is_open or node.named_child_count > _MOST_ENTRIES
        return facts.Object(*self.script.span(node), tuple(entries), is_open)

    def _entry(self, node: Node) -> facts.Entry | None:
        kind = node.type
        span = self.script.span
        if kind == "pair":
            key = node.child_by_field_name("key")
            name = self._key(key) if key is not None else None
            if key is None or name is None:
                return None
            value = self.of(node.child_by_field_name("value"))
            return facts.Entry(name, *span(key), value)
        if kind == "shorthand_property_identifier":
            return facts.Entry(self.script.text(node), *span(node), self.of(node))
        if kind == "spread_element" and node.named_children:
            return facts.Entry(None, *span(node), self.of(node.named_children[0]))
        if kind == "method_definition":
            name_node = node.child_by_field_name("name")
            if name_node is not None:
                return facts.Entry(self.script.text(name_node), *span(name_node), Opaque())
        return None

    def _key(self, node: Node) -> str | None:
        if node.type in ("property_identifier", "number"):
            return self.script.text(node)
        if node.type == "string":
            return self.script.string(node)
        if node.type == "computed_property_name" and node.named_children:
            return self.script.string(node.named_children[0])
        return None

    def _array(self, node: Node) -> Value:
        items: list[Value] = []
        is_open = False
        for child in node.named_children[:_MOST_ENTRIES]:
            if child.type == "spread_element":
                is_open = True
                inner = self.of(child.named_children[0]) if child.named_children else Opaque()
                if isinstance(inner, facts.Array):
                    items += inner.items
            elif child.type != "comment":
                items.append(self.of(child))
        return facts.Array(tuple(items), is_open or node.named_child_count > _MOST_ENTRIES)

    def _call(self, node: Node) -> Value:
        callee = node.child_by_field_name("function")
        listed = arguments_of(node)
        if callee is None or not listed:
            return Opaque()
        if callee.type == "call_expression":  # Prisma.validator<T>()({ ... })
            return self.of(listed[0]) if self._ends(callee, "validator") else Opaque()
        if self._ends(node, "validator"):
            return self.of(listed[-1])
        name = callee.child_by_field_name("property")
        if name is not None and self.script.text(name) in _MAPPING:
            first = self.script.bare(listed[0])
            if first.type in FUNCTIONS:
                items = tuple(self.of(result) for result in returned(self.script, first)[:4])
                return facts.Array(items, is_open=True)
        return Opaque()

    def _ends(self, call: Node, word: str) -> bool:
        callee = call.child_by_field_name("function")
        name = callee.child_by_field_name("property") if callee is not None else None
        return name is not None and self.script.text(name) == word

    def of_type(self, node: Node | None) -> Value:
        """A type literal as the value that it stands for: `{ include: { posts: true } }`."""
        if node is None or self._depth > _DEEPEST:
            return Opaque()
        if node.type == "type_query" and node.named_children:
            inner = node.named_children[0]
            return self.of_name(inner) if inner.type == "identifier" else Opaque()
        if node.type == "literal_type" and node.named_children:
            return self.of(node.named_children[0])
        if node.type != "object_type":
            return Opaque()
        self._depth += 1
        entries = []
        for child in node.named_children[:_MOST_ENTRIES]:
            name, kind = child.child_by_field_name("name"), child.child_by_field_name("type")
            if child.type == "property_signature" and name is not None and kind is not None:
                value = self.of_type(kind.named_children[0] if kind.named_children else None)
                key = self.script.text(name).strip("'\"")
                entries.append(facts.Entry(key, *self.script.span(name), value))
        self._depth -= 1
        return facts.Object(*self.script.span(node), tuple(entries))


_CHANGES = re.compile(r"\s*(?:\[[^\]]*\]|(?:\.\w+){2,})\s*=[^=]|[\w.]*\.push\(")
_MERGES = ("assign(", "merge(", "push(")


def _is_put_into(name: str, source: str) -> bool:
    """Whether a text says of an object `name[x] = y`, `name.a.b = y` or `Object.assign(name, ...)`.

    Looked for name by name, which costs a tenth of one expression over the whole text.
    """
    at = source.find(name)
    while at >= 0:
        end = at + len(name)
        before = source[max(0, at - 40) : at]
        if not (before[-1:].isalnum() or before[-1:] in ("_", ".", "$")):
            if _CHANGES.match(source, end) is not None:
                return True
            is_whole = not (source[end : end + 1].isalnum() or source[end : end + 1] == "_")
            if is_whole and before.rstrip().endswith(_MERGES):
                return True
        at = source.find(name, end)
    return False
