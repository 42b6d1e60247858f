"""One file of code read into its facts."""

from __future__ import annotations

from typing import TYPE_CHECKING

from workers.engine.code import facts
from workers.engine.code.builders import Builders, is_builder
from workers.engine.code.copies import copies_in
from workers.engine.code.embedded import Embedded
from workers.engine.code.facts import Facts, Nameless
from workers.engine.code.functions import arguments_of, returned
from workers.engine.code.methods import BUILDERS, GENERIC, METHODS, SPECIFIC, TAGS
from workers.engine.code.references import References
from workers.engine.code.script import FUNCTIONS, Script
from workers.engine.code.values import Values

if TYPE_CHECKING:
    from workers.engine.syntax import Node

_PLAIN = frozenset({"string", "template_string", "number", "array", "new_expression", *FUNCTIONS})
_RECEIVERS = frozenset({"member_expression", "identifier", "subscript_expression", "as_expression"})
_TELLING = METHODS | BUILDERS | TAGS | {"validator"}
_LONGEST_NAME = 40
_KEPT = (facts.Object, facts.Array, facts.Choice, facts.Text, facts.Reference)
_LONGEST_LINE = 1000
_MARK = "driftline-ignore"
_MOST_ENUM_USES = 500
_CAPITALS = frozenset(b"ABCDEFGHIJKLMNOPQRSTUVWXYZ")


def read_script(path: str, text: str) -> Facts:
    """The facts of a file; what is nested too deeply is left out."""
    return _Reader(Script(path, text)).read()


class _Reader:
    def __init__(self, script: Script) -> None:
        self.script = script
        self.references = References(script)
        self.values = Values(script, self.references)
        self.embedded = Embedded(script, self.references)
        self.builders = Builders(script)
        self.exports: dict[str, facts.Ref] = {}
        self.stars: list[str] = []
        self.calls: list[facts.Call] = []
        self.annotated: list[facts.Annotated] = []
        self.unread = 0

    def read(self) -> Facts:
        points = self.script.points
        for kind in ("interface", "alias"):
            for node in points.get(kind, ()):
                self.references.types.declare(node)
        for node in points.get("class", ()):
            self.references.shape_of_class(node)
        for node in points.get("export", ()):
            self._export(node)
        for node in points.get("assignment", ()):
            self._common_export(node)
        for node in points.get("call", ()):
            self._call(node)
        for node in points.get("annotated", ()):
            self._annotated_variable(node)
        for node in points.get("satisfied", ()):
            self._satisfied(node)
        for node in points.get("generic", ()):
            self._payload(node)
        for node in points.get("returning", ()):
            self._returning(node)
        enums = tuple(self._enum_uses())
        copies = tuple(copies_in(self.script))
        self.references.finish()
        self.values.finish()
        self.references.finish()
        self.values.finish()
        tops = {n: r for n, r in self.references.tops.items() if not isinstance(r, Nameless)}
        values = {n: v for n, v in self.values.tops.items() if isinstance(v, _KEPT)}
        shapes = {
            n: s for n, s in self.references.types.named.items() if not isinstance(s, facts.Unsaid)
        }
        known = tops.keys() | values.keys() | shapes.keys()
        return Facts(
            exports={
                n: r
                for n, r in self.exports.items()
                if not isinstance(r, facts.Top) or r.name in known
            },
            stars=tuple(self.stars),
            tops=tops,
            values=values,
            shapes=shapes,
            calls=tuple(self.calls),
            annotated=tuple(self.annotated),
            enums=enums,
            queries=tuple(self.embedded.queries),
            copies=copies,
            unread=self.unread + self.embedded.unread,
            outline=tuple(self._outline()),
            modules=tuple(sorted({*self.references.modules, *self.stars})),
            built=tuple(self.builders.built),
        )

    def _outline(self) -> list[int | str]:
        rows = self.script.rows
        return [
            line if (row in rows or _MARK in line) and len(line) <= _LONGEST_LINE else len(line)
            for row, line in enumerate(self.script.source.split("\n"))
        ]

    def _export(self, node: Node) -> None:
        source = node.child_by_field_name("source")
        module = self.script.string(source) if source is not None else None
        declaration = node.child_by_field_name("declaration")
        value = node.child_by_field_name("value")
        is_default = any(child.type == "default" for child in node.children)
        if value is not None:
            self._keep("default", self.references.of(value))
        elif declaration is not None:
            self._declared(declaration, is_default)
        elif module is not None and any(child.type == "*" for child in node.children):
            self.stars.append(module)
        for clause in node.named_children:
            if clause.type == "export_clause":
                self._clause(clause, module)
            elif clause.type == "namespace_export" and module is not None:
                name = self.script.text(clause.named_children[0])
                self._keep(name, self.references.imported(module, "*"))

    def _common_export(self, node: Node) -> None:
        """`module.exports = { prisma }`, `exports.prisma = prisma`."""
        left, right = node.child_by_field_name("left"), node.child_by_field_name("right")
        text = self.script.text(left) if left is not None else ""
        if text == "module.exports":
            ref = self.references.of(right)
            self._keep("default", ref)
            for name, member in ref.members.items() if isinstance(ref, facts.Record) else ():
                self._keep(name, member)
        elif text.startswith(("exports.", "module.exports.")):
            self._keep(text.rpartition(".")[2], self.references.of(right))

    def _keep(self, name: str, ref: facts.Ref) -> None:
        if not isinstance(ref, Nameless):
            self.exports[name] = ref

    def _declared(self, node: Node, is_default: bool) -> None:
        name = node.child_by_field_name("name")
        if name is not None:
            text = self.script.text(name)
            is_type = node.type in ("interface_declaration", "type_alias_declaration")
            ref = facts.Top(text) if is_type else self.references.name(text, name)
            self._keep("default" if is_default else text, ref)
            return
        for one in node.named_children:
            target = one.child_by_field_name("name")
            if target is not None and target.type == "identifier":
                self._exported_variable(target)
            elif target is not None:
                self._exported_pattern(target)

    def _exported_variable(self, target: Node) -> None:
        text = self.script.text(target)
        self._keep(text, self.references.name(text, target))
        found = self.script.find(text, target)
        if found is not None and found.is_top and found.value is not None:
            bare = self.script.bare(found.value)
            if bare.type in ("object", "call_expression", "as_expression"):
                self.values.of_name(target)

    def _exported_pattern(self, target: Node) -> None:
        for name, binding in self.script.scope(self.script.root).items():
            inside = target.start_byte <= binding.node.start_byte <= target.end_byte
            if inside or binding.node.child_by_field_name("name") == target:
                self._keep(name, self.references.name(name, target))

    def _clause(self, clause: Node, module: str | None) -> None:
        for one in clause.named_children:
            name, alias = one.child_by_field_name("name"), one.child_by_field_name("alias")
            if name is None:
                continue
            text = self.script.text(name)
            shown = self.script.text(alias) if alias is not None else text
            if module is not None:
                self._keep(shown, self.references.imported(module, text))
            elif text in self.references.types.named:
                self._keep(shown, facts.Top(text))
            else:
                self._keep(shown, self.references.name(text, name))
                self.values.of_name(name)

    def _call(self, node: Node) -> None:
        callee = node.child_by_field_name("function")
        if callee is None:
            return
        callee = self.script.bare(callee)
        receiver, name = None, callee
        if callee.type == "member_expression":
            receiver = callee.child_by_field_name("object")
            name = callee.child_by_field_name("property") or callee
        method = self.script.text(name) if name.end_byte - name.start_byte < _LONGEST_NAME else ""
        if method not in _TELLING:
            return
        listed = arguments_of(node)
        if receiver is not None and method in METHODS:
            self._delegate(receiver, name, method, listed)
            return
        if receiver is not None and is_builder(method, listed):
            self.builders.read(node, method, listed)
        if receiver is not None and method == "validator":
            self._validated(node)
        self.embedded.read(node, callee, listed)

    def _delegate(self, receiver: Node, name: Node, method: str, listed: list[Node]) -> None:
        bare = self.script.bare(receiver)
        if bare.type not in _RECEIVERS:
            return
        first = self.script.bare(listed[0]) if listed else None
        if len(listed) > 1 or (first is not None and first.type in _PLAIN):
            return
        if method in GENERIC and method != "count" and first is None:
            return
        ref = self.references.of(bare)
        if isinstance(ref, Nameless):
            if bare.type == "subscript_expression" and method in SPECIFIC:
                self.unread += 1
            return
        value = self.values.of(first) if first is not None else None
        self.calls.append(facts.Call(ref, method, value, *self.script.span(name)))

    def _validated(self, node: Node) -> None:
        """`Prisma.validator<Prisma.UserSelect>()({ ... })`."""
        above = self.script.parent(node)
        kinds = node.child_by_field_name("type_arguments")
        if above is None or above.type != "call_expression" or kinds is None:
            return
        listed = arguments_of(above)
        if kinds.named_children and listed:
            self._keep_annotated(kinds.named_children[0], self.values.of(listed[0]))

    def _keep_annotated(self, kind: Node, value: facts.Value) -> None:
        named = self._prisma_type(kind)
        if named is not None and isinstance(value, facts.Object | facts.Array | facts.Choice):
            self.annotated.append(facts.Annotated(named[0], named[1], value))

    def _prisma_type(self, kind: Node) -> tuple[facts.Ref, str] | None:
        """The namespace and the name of `Prisma.UserWhereInput`."""
        if kind.type in ("array_type", "readonly_type", "parenthesized_type"):
            return self._prisma_type(kind.named_children[0]) if kind.named_children else None
        if kind.type == "generic_type":
            inner = kind.child_by_field_name("name")
            return self._prisma_type(inner) if inner is not None else None
        if kind.type != "nested_type_identifier":
            return None
        module, name = kind.child_by_field_name("module"), kind.child_by_field_name("name")
        if module is None or name is None or module.type != "identifier":
            return None
        return self.references.of(module), self.script.text(name)

    def _annotated_variable(self, node: Node) -> None:
        kind, target = node.child_by_field_name("type"), node.child_by_field_name("name")
        if kind is None or target is None or not kind.named_children:
            return
        if self._prisma_type(kind.named_children[0]) is None or target.type != "identifier":
            return
        found = self.script.find(self.script.text(target), target)
        if found is not None:
            self._keep_annotated(kind.named_children[0], self.values.of_binding(found))

    def _satisfied(self, node: Node) -> None:
        parts = node.named_children
        if len(parts) == 2 and self._prisma_type(parts[1]) is not None:
            self._keep_annotated(parts[1], self.values.of(parts[0]))

    def _payload(self, node: Node) -> None:
        """`Prisma.UserGetPayload<{ include: { posts: true } }>`."""
        name, listed = node.child_by_field_name("name"), node.child_by_field_name("type_arguments")
        if name is None or listed is None or not listed.named_children:
            return
        if name.type == "nested_type_identifier" and self.script.text(name).endswith("GetPayload"):
            self._keep_annotated(node, self.values.of_type(listed.named_children[0]))

    def _returning(self, node: Node) -> None:
        kind = node.child_by_field_name("return_type")
        if kind is None or not kind.named_children:
            return
        inner = kind.named_children[0]
        if self._prisma_type(inner) is not None:
            for result in returned(self.script, node):
                self._keep_annotated(inner, self.values.of(result))

    def _enum_uses(self) -> list[facts.EnumUse]:
        found: list[facts.EnumUse] = []
        data = self.script.data
        for node in self.script.points.get("member", ()):
            base = node.child_by_field_name("object")
            if base is None or base.type != "identifier" or data[base.start_byte] not in _CAPITALS:
                continue
            name = node.child_by_field_name("property")
            if name is None or len(found) >= _MOST_ENUM_USES:
                continue
            text = self.script.text(base)
            if text == "Prisma":
                continue
            binding = self.script.find(text, base)
            if binding is not None and binding.kind == "import":
                ref = self.references.imported(binding.module, binding.name)
                member = self.script.text(name)
                found.append(facts.EnumUse(ref, member, *self.script.span(name)))
        return found
