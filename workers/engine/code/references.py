"""What expressions and type annotations of one file refer to, as far as the file itself tells."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from workers.engine.code import facts
from workers.engine.code.facts import Nameless, Ref, Shape, Unsaid
from workers.engine.code.script import CLASSES, FUNCTIONS, Binding, Script

if TYPE_CHECKING:
    from workers.engine.syntax import Node

_DEEPEST = 24
_MOST_MEMBERS = 60
_CALLBACKS = frozenset({"$transaction", "$extends", "defineExtension", "transaction"})
_LISTED = frozenset({"object_type", "interface_body"})


class References:
    """Reads references and shapes; remembers which names at the top were asked for."""

    def __init__(self, script: Script) -> None:
        self.script = script
        self.tops: dict[str, Ref] = {}
        self.shapes: dict[str, Shape] = {}
        self._waiting: list[tuple[str, Binding] | Node] = []
        self._depth = 0

    def finish(self) -> None:
        """Read what was only noted so far: names at the top, and classes."""
        while self._waiting:
            one = self._waiting.pop()
            if isinstance(one, tuple):
                name, binding = one
                self.tops[name] = self._bound(binding, name)
            else:
                self._read_class(one)

    def of(self, node: Node | None) -> Ref:
        """What an expression refers to."""
        if node is None or self._depth > _DEEPEST:
            return Nameless("")
        self._depth += 1
        try:
            return self._of(self.script.bare(node))
        finally:
            self._depth -= 1

    def _of(self, node: Node) -> Ref:
        kind = node.type
        script = self.script
        if kind in ("identifier", "shorthand_property_identifier"):
            return self.name(script.text(node), node)
        if kind == "member_expression":
            base, name = node.child_by_field_name("object"), node.child_by_field_name("property")
            return facts.Member(self.of(base), script.text(name) if name is not None else "")
        if kind == "subscript_expression":
            index = node.child_by_field_name("index")
            key = script.string(index) if index is not None else None
            base = node.child_by_field_name("object")
            return facts.Member(self.of(base), key) if key is not None else Nameless("[]")
        if kind == "call_expression":
            return self._called(node)
        if kind == "new_expression":
            return facts.Made(self.of(node.child_by_field_name("constructor")))
        if kind == "this":
            return self._this(node)
        if kind == "as_expression":
            return self._cast(node)
        if kind in ("binary_expression", "ternary_expression"):
            return self._either(node)
        if kind == "assignment_expression":
            return self.of(node.child_by_field_name("right"))
        if kind == "object":
            return self._record(node)
        if kind in FUNCTIONS:
            return self._function(node)
        return Nameless("")

    def name(self, name: str, node: Node) -> Ref:
        """What a name at a place refers to."""
        found = self.script.find(name, node)
        if found is None:
            return Nameless(name)
        if found.kind == "import":
            return facts.Imported(found.module, found.name)
        if found.is_top and found.kind != "opaque":
            self.top(name, found)
            return facts.Top(name)
        return self._bound(found, name)

    def top(self, name: str, binding: Binding) -> None:
        """Note what a name at the top of the file refers to."""
        if name not in self.tops:
            self.tops[name] = Nameless(name)
            self._waiting.append((name, binding))

    def _bound(self, binding: Binding, name: str) -> Ref:
        if self._depth > _DEEPEST:
            return Nameless(name)
        kind = binding.kind
        if kind == "class":
            self.shape_of_class(binding.node)
            return facts.This(name)
        if kind == "function":
            return self._function(binding.node)
        if kind == "opaque":
            return Nameless(name)
        whole = self._whole(binding)
        for part in binding.path:
            whole = facts.Member(whole, part)
        if isinstance(whole, Nameless) and not whole.name:
            return Nameless(name)
        return whole

    def _whole(self, binding: Binding) -> Ref:
        options: list[Ref] = []
        if binding.type is not None:
            shape = self.shape(binding.type)
            if not isinstance(shape, Unsaid):
                options.append(facts.Shaped(shape))
        if binding.value is not None:
            options.append(self.of(binding.value))
        if binding.kind == "parameter" and not options and binding.index == 0:
            callee = self._callee_of(binding.node)
            if callee is not None:
                options.append(facts.CallbackOf(callee))
        if not options:
            return Nameless("")
        return options[0] if len(options) == 1 else facts.Either(tuple(options))

    def _callee_of(self, function: Node) -> Ref | None:
        """What is called with a function as its argument, where the callee tells the parameter."""
        arguments = self.script.parent(function)
        call = self.script.parent(arguments) if arguments is not None else None
        if call is None or call.type != "call_expression":
            return None
        callee = call.child_by_field_name("function")
        callee = self.script.bare(callee) if callee is not None else None
        if callee is None or callee.type != "member_expression":
            return None
        name = callee.child_by_field_name("property")
        if name is None or self.script.text(name) not in _CALLBACKS:
            return None
        return self.of(callee)

    def _called(self, node: Node) -> Ref:
        callee, listed = node.child_by_field_name("function"), arguments_of(node)
        if callee is None:
            return Nameless("")
        first = self.script.bare(listed[0]) if listed else None
        module = self.script.string(first) if first is not None else None
        if module is not None and self.script.text(callee) in ("require", "import"):
            return facts.Imported(module, "*")
        return facts.Called(self.of(callee), self._telling(listed))

    def _telling(self, listed: list[Node]) -> Ref | None:
        """The first argument that refers to something: `remember("db", () => new X())`."""
        for one in listed[:4]:
            bare = self.script.bare(one)
            if bare.type in ("identifier", "member_expression", *FUNCTIONS):
                ref = self.of(bare)
                if not isinstance(ref, Nameless):
                    return ref
        return None

    def _this(self, node: Node) -> Ref:
        owner = self.script.around(node, CLASSES)
        if owner is None:
            return Nameless("this")
        self.shape_of_class(owner)
        return facts.This(self._class_name(owner))

    def _class_name(self, node: Node) -> str:
        name = node.child_by_field_name("name")
        return self.script.text(name) if name is not None else f"class {node.start_byte}"

    def _cast(self, node: Node) -> Ref:
        parts = node.named_children
        inner = self.of(parts[0]) if parts else Nameless("")
        shape = self.shape(parts[1]) if len(parts) > 1 else Unsaid()
        if isinstance(shape, Unsaid):
            return inner
        return facts.Either((facts.Shaped(shape), inner))

    def _either(self, node: Node) -> Ref:
        names = ("left", "right") if node.type == "binary_expression" else (
            "consequence",
            "alternative",
        )  # fmt: skip
        operator = node.child_by_field_name("operator")
        word = operator.type if operator is not None else "??"
        if word not in ("??", "||", "&&"):
            return Nameless("")
        fields = names[1:] if word == "&&" else names
        found = tuple(self.of(node.child_by_field_name(field)) for field in fields)
        real = tuple(ref for ref in found if not isinstance(ref, Nameless) or ref.name)
        return facts.Either(real) if len(real) > 1 else real[0] if real else Nameless("")

    def _record(self, node: Node) -> Ref:
        members: dict[str, Ref] = {}
        for child in node.named_children[:_MOST_MEMBERS]:
            if child.type == "shorthand_property_identifier":
                members[self.script.text(child)] = self.of(child)
            elif child.type == "pair":
                key = child.child_by_field_name("key")
                value = child.child_by_field_name("value")
                ref = self.of(value)
                if key is not None and not isinstance(ref, Nameless):
                    members[self.script.text(key).strip("'\"")] = ref
            elif child.type == "spread_element" and child.named_children:
                ref = self.of(child.named_children[0])
                if not isinstance(ref, Nameless):
                    members.setdefault("...", ref)
        return facts.Record(members) if members else Nameless("")

    def _function(self, node: Node) -> Ref:
        kind = node.child_by_field_name("return_type")
        if kind is not None and kind.named_children:
            shape = self.shape(kind.named_children[0])
            if not isinstance(shape, Unsaid):
                return facts.Returned(facts.Shaped(shape))
        results = tuple(
            ref
            for ref in (self.of(result) for result in returned(self.script, node))
            if not isinstance(ref, Nameless)
        )
        if not results:
            return Nameless("")
        return facts.Returned(results[0] if len(results) == 1 else facts.Either(results[:4]))

    def shape(self, node: Node | None) -> Shape:
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
            found = tuple(s for s in map(self.shape, parts) if not isinstance(s, Unsaid))
            return facts.Among(found) if len(found) > 1 else found[0] if found else Unsaid()
        if kind in ("parenthesized_type", "readonly_type"):
            return self.shape(parts[0] if parts else None)
        if kind == "type_query":
            return facts.TypeOf(self.of(parts[0] if parts else None))
        if kind == "lookup_type" and len(parts) == 2 and parts[1].named_children:
            key = self.script.string(parts[1].named_children[0])
            return facts.Indexed(self.shape(parts[0]), key) if key is not None else Unsaid()
        if kind in _LISTED:
            return self._fields(node)
        if kind == "function_type":
            return facts.Giving(self.shape(node.child_by_field_name("return_type")))
        return Unsaid()

    def _type_name(self, name: str, node: Node) -> Ref:
        found = self.script.find(name, node)
        if found is not None and found.kind == "import":
            return facts.Imported(found.module, found.name)
        if found is not None and found.kind == "class":
            self.shape_of_class(found.node)
        return facts.Top(name)

    def _nested(self, node: Node) -> Ref:
        module, name = node.child_by_field_name("module"), node.child_by_field_name("name")
        if module is None or name is None:
            return Nameless("")
        if module.type == "nested_identifier":
            parts = module.named_children
            base: Ref = facts.Member(self.of(parts[0]), self.script.text(parts[-1]))
        else:
            base = self.of(module)
        return facts.Member(base, self.script.text(name))

    def _generic(self, node: Node) -> Shape:
        name = node.child_by_field_name("name")
        listed = node.child_by_field_name("type_arguments")
        arguments = tuple(map(self.shape, listed.named_children)) if listed is not None else ()
        if name is None:
            return Unsaid()
        if name.type == "nested_type_identifier":
            return facts.Named(self._nested(name), arguments)
        return facts.Named(self._type_name(self.script.text(name), name), arguments)

    def _fields(self, node: Node) -> Shape:
        members: dict[str, Shape] = {}
        for child in node.named_children[:_MOST_MEMBERS]:
            name = child.child_by_field_name("name")
            if name is None or child.type not in ("property_signature", "method_signature"):
                continue
            is_method = child.type == "method_signature"
            kind = child.child_by_field_name("return_type" if is_method else "type")
            shape = self.shape(kind.named_children[0] if kind and kind.named_children else None)
            if not isinstance(shape, Unsaid):
                given: Shape = facts.Giving(shape) if is_method else shape
                members[self.script.text(name).strip("'\"")] = given
        return facts.Fields(members) if members else Unsaid()

    def declared_shape(self, node: Node) -> None:
        """Note the shape of an interface or a type alias."""
        name = node.child_by_field_name("name")
        if name is None:
            return
        if node.type == "type_alias_declaration":
            found = self.shape(node.child_by_field_name("value"))
        else:
            body = node.child_by_field_name("body")
            found = self.shape(body)
            bases = tuple(self._bases(node))
            if bases:
                members = found.members if isinstance(found, facts.Fields) else {}
                found = facts.Fields(members, bases)
        if not isinstance(found, Unsaid):
            self.shapes.setdefault(self.script.text(name), found)

    def _bases(self, node: Node) -> Iterator[Shape]:
        for child in node.named_children:
            if child.type == "extends_type_clause":
                yield from (s for s in map(self.shape, child.named_children))

    def shape_of_class(self, node: Node) -> None:
        """Note the members of a class, its constructor's properties among them."""
        name = self._class_name(node)
        if name not in self.shapes:
            self.shapes[name] = Unsaid()
            self._waiting.append(node)

    def _read_class(self, node: Node) -> None:
        members: dict[str, Shape] = {}
        body = node.child_by_field_name("body")
        for child in body.named_children if body is not None else ():
            self._class_member(child, members)
        self.shapes[self._class_name(node)] = facts.Fields(members, tuple(self._heritage(node)))

    def _class_member(self, node: Node, members: dict[str, Shape]) -> None:
        name = node.child_by_field_name("name")
        if name is None:
            return
        key = self.script.text(name)
        if node.type == "public_field_definition":
            kind = node.child_by_field_name("type")
            value = node.child_by_field_name("value")
            found = self.shape(kind.named_children[0]) if kind and kind.named_children else Unsaid()
            if isinstance(found, Unsaid) and value is not None:
                ref = self.of(value)
                found = facts.TypeOf(ref) if not isinstance(ref, Nameless) else Unsaid()
            if not isinstance(found, Unsaid) or key not in members:
                members[key] = found
        elif node.type == "method_definition" and key == "constructor":
            self._constructor(node, members)
        elif node.type == "method_definition":
            self._method(node, key, members)

    def _method(self, node: Node, key: str, members: dict[str, Shape]) -> None:
        is_getter = any(child.type == "get" for child in node.children)
        ref = self._function(node)
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
                members[self.script.text(pattern)] = self.shape(kind.named_children[0])
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
        ref = self.of(right)
        if isinstance(members.get(key, Unsaid()), Unsaid) and not isinstance(ref, Nameless):
            members[key] = facts.TypeOf(ref)

    def _heritage(self, node: Node) -> Iterator[Shape]:
        for clause in node.named_children:
            for part in clause.named_children if clause.type == "class_heritage" else ():
                value = part.child_by_field_name("value") if part.type == "extends_clause" else None
                if value is not None:
                    yield facts.TypeOf(facts.Made(self.of(value)))


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
