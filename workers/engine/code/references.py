"""What expressions and type annotations of one file refer to, as far as the file itself tells."""

from __future__ import annotations

from typing import TYPE_CHECKING

from workers.engine.code import facts
from workers.engine.code.classes import Members
from workers.engine.code.facts import Nameless, Ref, Unsaid
from workers.engine.code.functions import arguments_of, returned
from workers.engine.code.script import CLASSES, FUNCTIONS, Binding, Script
from workers.engine.code.shapes import MOST_MEMBERS, Shapes

if TYPE_CHECKING:
    from workers.engine.syntax import Node

_DEEPEST = 24
_CALLBACKS = frozenset({"$transaction", "$extends", "defineExtension", "transaction"})


class References:
    """Reads references and shapes; remembers which names at the top were asked for."""

    def __init__(self, script: Script) -> None:
        self.script = script
        self.tops: dict[str, Ref] = {}
        self.types = Shapes(script, self)
        self.modules: set[str] = set()
        self._waiting: list[tuple[str, Binding] | Node] = []
        self._depth = 0
        self._known: dict[tuple[int, int], Ref] = {}

    def finish(self) -> None:
        """Read what was only noted so far: names at the top, and classes."""
        while self._waiting:
            one = self._waiting.pop()
            if isinstance(one, tuple):
                name, binding = one
                self.tops[name] = self._bound(binding, name)
            else:
                members = Members(self.script, self, self.types)
                self.types.named[self._class_name(one)] = members.of(one)

    def imported(self, module: str, name: str) -> facts.Imported:
        """What a module exports, noted as a module that this file depends on."""
        self.modules.add(module)
        return facts.Imported(module, name)

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
            return self.function(node)
        return Nameless("")

    def name(self, name: str, node: Node) -> Ref:
        """What a name at a place refers to."""
        found = self.script.find(name, node)
        if found is None:
            return Nameless(name)
        if found.kind == "import":
            return self.imported(found.module, found.name)
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
        # Names may refer to each other in a round, or twice each: remembered by the depth, too,
        # since what is cut off deep below says less than what stands above.
        key = (id(binding), self._depth)
        if key not in self._known:
            self._known[key] = Nameless(name)
            self._known[key] = self._read(binding, name)
        return self._known[key]

    def _read(self, binding: Binding, name: str) -> Ref:
        kind = binding.kind
        if kind == "class":
            self.shape_of_class(binding.node)
            return facts.This(name)
        if kind == "function":
            return self.function(binding.node)
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
            shape = self.types.of(binding.type)
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
            return self.imported(module, "*")
        if self._is_extending(callee):
            return facts.Called(self.of(callee), self._components(first))
        return facts.Called(self.of(callee), self._telling(listed))

    def _is_extending(self, callee: Node) -> bool:
        name = callee.child_by_field_name("property")
        return name is not None and self.script.text(name) == "$extends"

    def _components(self, node: Node | None) -> Ref | None:
        """What an extension is made of, where it is written out: `query`, `result`, `model`."""
        if node is None or node.type != "object":
            return None
        keys = [child.child_by_field_name("key") for child in node.named_children]
        names = [self.script.text(key).strip("'\"") for key in keys if key is not None]
        if len(names) != sum(child.type != "comment" for child in node.named_children):
            return None
        return facts.Record({name: Nameless(name) for name in names})

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
        shape = self.types.of(parts[1]) if len(parts) > 1 else Unsaid()
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
        for child in node.named_children[:MOST_MEMBERS]:
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

    def function(self, node: Node) -> Ref:
        """A function by what it returns: what its annotation says, else what its results are."""
        kind = node.child_by_field_name("return_type")
        if kind is not None and kind.named_children:
            shape = self.types.of(kind.named_children[0])
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

    def shape_of_class(self, node: Node) -> None:
        """Note the members of a class, its constructor's properties among them."""
        name = self._class_name(node)
        if name not in self.types.named:
            self.types.named[name] = Unsaid()
            self._waiting.append(node)
