"""A parsed file of TypeScript or JavaScript: its nodes, its texts, and who declares which name."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from msgspec import Struct

from workers.engine.syntax import character_offsets, is_deep, script_points, script_tree

if TYPE_CHECKING:
    from workers.engine.syntax import Node

FUNCTIONS = frozenset(
    {
        "arrow_function",
        "function_declaration",
        "function_expression",
        "generator_function",
        "generator_function_declaration",
        "method_definition",
    }
)
CLASSES = frozenset({"class_declaration", "abstract_class_declaration", "class"})
_BLOCKS = frozenset({"program", "statement_block", "switch_case", "switch_default"})
_SCOPES = FUNCTIONS | _BLOCKS | {"for_in_statement", "for_statement", "catch_clause"}
_WRAPPERS = frozenset(
    {
        "parenthesized_expression",
        "await_expression",
        "non_null_expression",
        "instantiation_expression",
        "satisfies_expression",
    }
)
_MOST_LEVELS = 400
_MARKUP = (".tsx", ".jsx", ".js", ".mjs", ".cjs")


class Binding(Struct, eq=False):
    """Who declares a name: `kind` says how, `node` is the declaration.

    `path` are the properties that a pattern picks (`*` for the rest of it), `value` the initial
    value, `type` the annotation, both where there are any.
    """

    kind: str
    """import, value, parameter, function, class or opaque"""
    node: Node
    value: Node | None = None
    type: Node | None = None
    path: tuple[str, ...] = ()
    module: str = ""
    name: str = ""
    index: int = 0
    is_top: bool = False
    is_constant: bool = True


class Script:
    """One file, parsed. Offsets that leave it are characters."""

    def __init__(self, path: str, text: str) -> None:
        self.path = path
        self.source = text
        self.data = _without_tag_types(text.encode("utf-8", "surrogatepass"))
        has_markup = path.lower().endswith(_MARKUP)
        self.root = script_tree(self.data, has_markup=has_markup)
        if is_deep(self.root):
            raise RecursionError("code is nested too deeply")
        self.points = script_points(self.root, has_markup=has_markup)
        self.at = character_offsets(text, self.data)
        self.rows: set[int] = set()
        self._parents: dict[int, Node | None] = {}
        self._scopes: dict[int, dict[str, Binding]] = {}
        self._assigned: dict[int, list[Node]] | None = None
        self._reassigned: dict[int, list[Node]] | None = None

    def text(self, node: Node) -> str:
        """A node's text."""
        return self.data[node.start_byte : node.end_byte].decode("utf-8", "replace")

    def span(self, node: Node) -> tuple[int, int]:
        """Where a node stands; its line is kept in the outline."""
        self.rows.add(node.start_point.row)
        return self.at(node.start_byte), self.at(node.end_byte)

    def parent(self, node: Node) -> Node | None:
        """The node around a node."""
        known = self._parents.get(node.id, node)
        if known is node:
            known = self._parents[node.id] = node.parent
        return known

    def bare(self, node: Node) -> Node:
        """An expression without what changes nothing of its value: brackets, await, `!`."""
        for _ in range(_MOST_LEVELS):
            if node.type not in _WRAPPERS or not node.named_children:
                return node
            node = node.named_children[0]
        return node

    def string(self, node: Node) -> str | None:
        """The text of a string or of a template without substitutions, else None."""
        if node.type not in ("string", "template_string"):
            return None
        parts = node.named_children
        if any(part.type == "template_substitution" for part in parts):
            return None
        return "".join(_unescaped(self.text(part)) for part in parts)

    def around(self, node: Node, kinds: frozenset[str]) -> Node | None:
        """The nearest node of some kind around a node.

        Raises `RecursionError` where no person would have nested it so: the way up from a node
        costs more the deeper it stands.
        """
        for _ in range(_MOST_LEVELS):
            above = self.parent(node)
            if above is None or above.type in kinds:
                return above
            node = above
        raise RecursionError("code is nested too deeply")

    def find(self, name: str, node: Node) -> Binding | None:
        """The declaration that a name at a place means; None for a global."""
        at: Node | None = node
        for _ in range(_MOST_LEVELS):
            at = self.around(at, _SCOPES) if at is not None else None
            if at is None:
                return None
            found = self.scope(at).get(name)
            if found is not None:
                return found
        return None

    def scope(self, node: Node) -> dict[str, Binding]:
        """What a block, a function or the file itself declares."""
        known = self._scopes.get(node.id)
        if known is None:
            known = self._scopes[node.id] = {}
            _Declarations(self, known, is_top=node.type == "program").read(node)
        return known

    def reassigned(self, binding: Binding) -> list[Node]:
        """The values that a variable is given after the first."""
        if self._reassigned is None:
            self._reassigned = {}
            for node in self.points.get("reassignment", ()):
                left, right = node.child_by_field_name("left"), node.child_by_field_name("right")
                found = self.find(self.text(left), left) if left is not None else None
                if found is not None and right is not None:
                    self._reassigned.setdefault(id(found), []).append(right)
        return self._reassigned.get(id(binding), [])

    def assigned(self, binding: Binding) -> list[Node]:
        """The assignments to properties of a variable: `where.status = ...`."""
        if self._assigned is None:
            self._assigned = {}
            for node in self.points.get("assignment", ()):
                left = node.child_by_field_name("left")
                target = left.child_by_field_name("object") if left is not None else None
                found = self.find(self.text(target), target) if target is not None else None
                if found is not None:
                    self._assigned.setdefault(id(found), []).append(node)
        return self._assigned.get(id(binding), [])


class _Declarations:
    """Reads the declarations of one scope into a dictionary."""

    def __init__(self, script: Script, found: dict[str, Binding], *, is_top: bool) -> None:
        self.script = script
        self.found = found
        self.is_top = is_top

    def read(self, node: Node) -> None:
        kind = node.type
        if kind in FUNCTIONS:
            self._parameters(node)
        elif kind == "for_in_statement":
            left = node.child_by_field_name("left")
            if left is not None:
                self._pattern(left, Binding("opaque", node))
        elif kind == "for_statement":
            first = node.child_by_field_name("initializer")
            if first is not None:
                self._statement(first)
        elif kind == "catch_clause":
            name = node.child_by_field_name("parameter")
            if name is not None:
                self._pattern(name, Binding("opaque", node))
        else:
            for child in node.named_children:
                self._statement(child)

    def _keep(self, name: str, binding: Binding) -> None:
        binding.is_top = self.is_top
        self.found.setdefault(name, binding)

    def _statement(self, node: Node) -> None:
        kind = node.type
        if kind in ("lexical_declaration", "variable_declaration"):
            is_constant = self.script.data[node.start_byte : node.start_byte + 5] == b"const"
            for one in node.named_children:
                if one.type == "variable_declarator":
                    self._declarator(one, is_constant)
        elif kind == "import_statement":
            self._import(node)
        elif kind == "export_statement":
            inner = node.child_by_field_name("declaration")
            if inner is not None:
                self._statement(inner)
        elif kind in ("function_declaration", "generator_function_declaration"):
            self._called(node, "function")
        elif kind in CLASSES:
            self._called(node, "class")
        elif kind == "ambient_declaration":
            for child in node.named_children:
                self._ambient(child)

    def _ambient(self, node: Node) -> None:
        """`declare global { var prisma: PrismaClient }`."""
        if node.type == "statement_block":
            for child in node.named_children:
                self._statement(child)
        else:
            self._statement(node)

    def _called(self, node: Node, kind: str) -> None:
        name = node.child_by_field_name("name")
        if name is not None:
            self._keep(self.script.text(name), Binding(kind, node))

    def _declarator(self, node: Node, is_constant: bool) -> None:
        name = node.child_by_field_name("name")
        if name is None:
            return
        value = node.child_by_field_name("value")
        kind = _annotation(node)
        self._pattern(name, Binding("value", node, value, kind, is_constant=is_constant))

    def _parameters(self, node: Node) -> None:
        single = node.child_by_field_name("parameter")
        if single is not None:
            self._keep(self.script.text(single), Binding("parameter", node))
            return
        listed = node.child_by_field_name("parameters")
        for index, one in enumerate(listed.named_children if listed is not None else ()):
            pattern = one.child_by_field_name("pattern")
            if pattern is not None:
                value = one.child_by_field_name("value")
                made = Binding("parameter", node, value, _annotation(one), index=index)
                self._pattern(pattern, made)

    def _pattern(self, node: Node, like: Binding) -> None:
        """Every name in a pattern, by the way from the whole to it."""
        kind = node.type
        script = self.script
        if kind in ("identifier", "shorthand_property_identifier_pattern"):
            path = like.path if kind == "identifier" else (*like.path, script.text(node))
            self._keep(script.text(node), _at(like, path))
        elif kind == "object_pattern":
            for child in node.named_children:
                self._pattern(child, like)
        elif kind == "pair_pattern":
            key, value = node.child_by_field_name("key"), node.child_by_field_name("value")
            if key is not None and value is not None:
                self._pattern(value, _at(like, (*like.path, script.text(key).strip("'\""))))
        elif kind in ("object_assignment_pattern", "assignment_pattern"):
            left = node.child_by_field_name("left")
            if left is not None:
                self._pattern(left, like)
        elif kind == "rest_pattern":
            for child in node.named_children:
                self._pattern(child, _at(like, (*like.path, "*")))
        elif kind == "array_pattern":
            for child in node.named_children:
                self._pattern(child, Binding("opaque", node))

    def _import(self, node: Node) -> None:
        source = node.child_by_field_name("source")
        for clause in node.named_children:
            if clause.type == "import_require_clause":
                self._required(clause)
            if clause.type != "import_clause" or source is None:
                continue
            module = self.script.string(source) or ""
            for one in clause.named_children:
                self._imported(one, module)

    def _required(self, clause: Node) -> None:
        source = clause.child_by_field_name("source")
        name = next((c for c in clause.named_children if c.type == "identifier"), None)
        if source is not None and name is not None:
            module = self.script.string(source) or ""
            made = Binding("import", clause, module=module, name="*")
            self._keep(self.script.text(name), made)

    def _imported(self, node: Node, module: str) -> None:
        text = self.script.text
        if node.type == "identifier":
            self._keep(text(node), Binding("import", node, module=module, name="default"))
        elif node.type == "namespace_import":
            self._keep(
                text(node.named_children[0]), Binding("import", node, module=module, name="*")
            )
        elif node.type == "named_imports":
            for one in node.named_children:
                name = one.child_by_field_name("name")
                local = one.child_by_field_name("alias") or name
                if name is not None and local is not None:
                    made = Binding("import", one, module=module, name=text(name))
                    self._keep(text(local), made)


def _at(like: Binding, path: tuple[str, ...]) -> Binding:
    return Binding(
        like.kind,
        like.node,
        like.value,
        like.type,
        path,
        index=like.index,
        is_constant=like.is_constant,
    )


_TAG = re.compile(rb"(?:\$queryRaw|\$executeRaw|\bsql)\s*<")
_LONGEST_TYPES = 2000


def _without_tag_types(data: bytes) -> bytes:
    """The text with the type arguments of tagged templates blanked: `$queryRaw<Row[]>`...``.

    The grammar takes the brackets for comparisons in some places. Offsets stay as they are.
    """
    if b"<" not in data or (b"Raw" not in data and b"sql<" not in data):
        return data
    changed = bytearray(data)
    for found in _TAG.finditer(data):
        start = found.end() - 1
        end = _closing(data, start)
        rest = data[end : end + 200].lstrip()
        if end > start and rest.startswith(b"`"):
            blank = re.sub(rb"[^\r\n]", b" ", data[start:end])
            changed[start:end] = blank
    return bytes(changed)


def _closing(data: bytes, start: int) -> int:
    """Where the bracket closes that opens at a byte; the same byte where it does not."""
    depth = 0
    for at in range(start, min(len(data), start + _LONGEST_TYPES)):
        letter = data[at]
        if letter == 60:
            depth += 1
        elif letter == 62 and data[at - 1] != 61:
            depth -= 1
            if depth == 0:
                return at + 1
        elif letter == 96:
            break
    return start


def _annotation(node: Node) -> Node | None:
    found = node.child_by_field_name("type")
    return found.named_children[0] if found is not None and found.named_children else None


_ESCAPE = re.compile(r"\\(?:u\{[0-9a-fA-F]+\}|u[0-9a-fA-F]{4}|x[0-9a-fA-F]{2}|\r\n|[\s\S])")
_LETTERS = {"n": "\n", "t": "\t", "r": "\r", "b": "\b", "f": "\f", "v": "\v", "0": "\0"}


def _unescaped(text: str) -> str:
    return _ESCAPE.sub(lambda match: unescape(match.group()), text) if "\\" in text else text


def unescape(escape: str) -> str:
    """The character that an escape in a string stands for; a line's continuation is none."""
    body = escape[1:]
    if body[0] in "ux" and len(body) > 1:
        return chr(min(int(body[1:].strip("{}"), 16), 0x10FFFF))
    return "" if body[0] in "\r\n" else _LETTERS.get(body[0], body)
