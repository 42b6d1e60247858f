"""SQL inside of code: templates and strings that are handed to a client, tagged or bare."""

from __future__ import annotations

from typing import TYPE_CHECKING

from workers.engine.code import facts
from workers.engine.code.methods import DRIVER, RAW, UNSAFE
from workers.engine.code.references import References
from workers.engine.code.script import Script, unescape

if TYPE_CHECKING:
    from workers.engine.syntax import Node

_STARTS = ("select", "insert", "update", "delete", "with", "merge")
_MAKES = "create"
_SUBSTITUTION = ("", -1)
_MOST = 200_000

Parts = tuple[tuple[str, int], ...]


class Embedded:
    """Collects the queries of one file."""

    def __init__(self, script: Script, references: References) -> None:
        self.script = script
        self.references = references
        self.queries: list[facts.Query] = []
        self.unread = 0
        self._seen: set[int] = set()

    def read(self, node: Node, callee: Node, listed: list[Node]) -> None:
        """Note what a call says in SQL."""
        name = self._name(callee)
        template = self._template(node)
        if template is not None:
            if name in RAW or name == "sql":
                self._keep(template, callee, name, is_tagged=True)
        elif name in RAW and listed:
            self._argument(listed[0], callee, name)
        elif name in UNSAFE and listed:
            self._keep(listed[0], callee, name, is_tagged=False)
        elif name in DRIVER and listed and callee.type == "member_expression":
            self._driver(listed[0], callee)

    def _name(self, callee: Node) -> str:
        if callee.type == "identifier":
            return self.script.text(callee)
        name = callee.child_by_field_name("property")
        return self.script.text(name) if name is not None else ""

    def _template(self, call: Node) -> Node | None:
        found = call.child_by_field_name("arguments")
        return found if found is not None and found.type == "template_string" else None

    def _argument(self, node: Node, callee: Node, name: str) -> None:
        """`$queryRaw(Prisma.sql`...`)`, also through a variable."""
        bare = self.script.bare(node)
        if bare.type == "identifier":
            found = self.script.find(self.script.text(bare), bare)
            if found is not None and found.value is not None and not found.path:
                bare = self.script.bare(found.value)
        template = self._template(bare) if bare.type == "call_expression" else None
        if template is not None:
            self._keep(template, callee, name, is_tagged=True)
        else:
            self.unread += 1

    def _driver(self, node: Node, callee: Node) -> None:
        """`client.query("SELECT ...", values)` and `client.query({ text: "..." })`."""
        bare = self.script.bare(node)
        if bare.type == "object":
            for child in bare.named_children:
                key = child.child_by_field_name("key")
                if key is not None and self.script.text(key) == "text":
                    value = child.child_by_field_name("value")
                    bare = self.script.bare(value) if value is not None else bare
        if bare.type in ("string", "template_string", "binary_expression"):
            self._keep(bare, callee, "query", is_tagged=False)

    def _keep(self, node: Node, callee: Node, route: str, *, is_tagged: bool) -> None:
        if node.id in self._seen:
            return
        bare = self.script.bare(node)
        parts = self._parts(bare, 0)
        is_raw = route in RAW or route in UNSAFE
        if parts is None:
            self.unread += is_raw
            return
        self._seen.add(node.id)
        text = "".join(text for text, _ in parts)
        first = _bare_start(text)
        is_built = not is_tagged and _SUBSTITUTION in parts
        if first.startswith(_MAKES) and len(text) < _MOST:
            self._made(callee, parts, bare)
            return
        if not first.startswith(_STARTS) or len(text) > _MOST or is_built:
            self.unread += is_raw or (is_built and first.startswith(_STARTS))
            return
        receiver = callee
        if route != "sql" and callee.type == "member_expression":
            receiver = callee.child_by_field_name("object") or callee
        start, end = self.script.span(bare)
        for row in range(bare.start_point.row, bare.end_point.row + 1):
            self.script.rows.add(row)
        ref = self.references.of(receiver)
        self.queries.append(facts.Query(ref, route, parts, start, end))

    def _made(self, callee: Node, parts: Parts, node: Node) -> None:
        """Tables that the code itself makes, temporary ones above all, are not asked for."""
        span = self.script.at(node.start_byte), self.script.at(node.end_byte)
        self.queries.append(facts.Query(facts.Nameless(""), _MAKES, parts, *span))

    def _parts(self, node: Node, depth: int) -> Parts | None:
        """The text in pieces; None where it is no text written out."""
        if node.type in ("string", "template_string"):
            return tuple(self._pieces(node))
        if node.type == "binary_expression" and depth < 60:
            left, right = node.child_by_field_name("left"), node.child_by_field_name("right")
            operator = node.child_by_field_name("operator")
            if left is None or right is None or operator is None or operator.type != "+":
                return None
            one = self._parts(self.script.bare(left), depth + 1)
            other = self._parts(self.script.bare(right), depth + 1)
            return None if one is None or other is None else (*one, *other)
        return None

    def _pieces(self, node: Node) -> list[tuple[str, int]]:
        pieces: list[tuple[str, int]] = []
        for part in node.named_children:
            if part.type == "template_substitution":
                pieces.append(_SUBSTITUTION)
            elif part.type == "escape_sequence":
                pieces.append((unescape(self.script.text(part)), self.script.at(part.start_byte)))
            else:
                pieces.append((self.script.text(part), self.script.at(part.start_byte)))
        return pieces


def _bare_start(text: str) -> str:
    """The beginning of a statement after blanks, comments and brackets, in small letters."""
    text = text[:2000].lstrip(" \t\r\n(")
    while text.startswith(("--", "/*")):
        end = "\n" if text.startswith("--") else "*/"
        text = text.partition(end)[2].lstrip(" \t\r\n(")
    return text[:20].lower()
