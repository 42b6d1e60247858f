"""Types that are written out and may repeat a model: interfaces, literals, zod objects."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from workers.engine.code.facts import Copy
from workers.engine.code.functions import arguments_of
from workers.engine.code.script import Script

if TYPE_CHECKING:
    from workers.engine.syntax import Node

_FEWEST = 4
_MOST = 120
_SHOWN = 60
_ZOD = frozenset({"object", "strictObject", "looseObject"})


def copies_in(script: Script) -> Iterator[Copy]:
    """The types of a file that have enough fields to repeat a model."""
    for node in script.points.get("interface", ()):
        body = node.child_by_field_name("body")
        yield from _declared(script, "interface", node, body, tuple(_bases(script, node)))
    for node in script.points.get("alias", ()):
        value = node.child_by_field_name("value")
        literal = _literal(value)
        bases = (script.text(value),) if value is not None and value is not literal else ()
        if not any("Payload<" in base or "Pick<" in base or "Omit<" in base for base in bases):
            yield from _declared(script, "type", node, literal, bases)
    for node in script.points.get("returning", ()):
        kind = node.child_by_field_name("return_type")
        name = node.child_by_field_name("name")
        literal = _literal(kind.named_children[0] if kind and kind.named_children else None)
        if literal is not None:
            yield from _made(script, "return", name or _assigned(script, node), literal, ())
    for node in script.points.get("call", ()):
        yield from _zod(script, node)


def _declared(
    script: Script, kind: str, node: Node, body: Node | None, bases: tuple[str, ...]
) -> Iterator[Copy]:
    name = node.child_by_field_name("name")
    if name is not None and body is not None:
        yield from _made(script, kind, name, body, bases)


def _bases(script: Script, node: Node) -> Iterator[str]:
    for child in node.named_children:
        if child.type == "extends_type_clause":
            yield from (script.text(one) for one in child.named_children)


def _literal(node: Node | None) -> Node | None:
    """The one object type in a type, through arrays, promises and `| null`."""
    for _ in range(8):
        if node is None or node.type == "object_type":
            return node
        parts = node.named_children
        if node.type == "generic_type":
            listed = node.child_by_field_name("type_arguments")
            parts = listed.named_children if listed is not None else []
        found = [one for one in parts if one.type not in ("literal_type", "predefined_type")]
        if len(found) != 1:
            return None
        node = found[0]
    return None


def _assigned(script: Script, node: Node) -> Node | None:
    above = script.parent(node)
    if above is None or above.type != "variable_declarator":
        return None
    return above.child_by_field_name("name")


def _made(
    script: Script, kind: str, name: Node | None, body: Node, bases: tuple[str, ...]
) -> Iterator[Copy]:
    fields: list[tuple[str, str]] = []
    if name is None or not _FEWEST <= body.named_child_count <= _MOST:
        return
    for child in body.named_children:
        key = child.child_by_field_name("name")
        if child.type == "property_signature" and key is not None:
            shown = child.child_by_field_name("type")
            text = script.text(shown).lstrip(": ") if shown is not None else ""
            optional = "?" if any(one.type == "?" for one in child.children) else ""
            fields.append((script.text(key).strip("'\""), optional + text[:_SHOWN]))
        elif child.type != "comment":
            return
    if len(fields) >= _FEWEST:
        yield Copy(kind, script.text(name), *script.span(name), tuple(fields), bases)


def _zod(script: Script, call: Node) -> Iterator[Copy]:
    """`const userSchema = z.object({ ... })`."""
    callee = call.child_by_field_name("function")
    if callee is None or callee.type != "member_expression":
        return
    base, word = callee.child_by_field_name("object"), callee.child_by_field_name("property")
    if base is None or word is None or base.type != "identifier" or script.text(word) not in _ZOD:
        return
    listed = arguments_of(call)
    if script.text(base) not in ("z", "zod") or not listed or listed[0].type != "object":
        return
    name = _assigned(script, call)
    if name is None or not _FEWEST <= listed[0].named_child_count <= _MOST:
        return
    fields: list[tuple[str, str]] = []
    for child in listed[0].named_children:
        key, value = child.child_by_field_name("key"), child.child_by_field_name("value")
        if child.type == "pair" and key is not None and value is not None:
            fields.append((script.text(key).strip("'\""), script.text(value)[:_SHOWN]))
        elif child.type != "comment":
            return
    if len(fields) >= _FEWEST:
        yield Copy("zod", script.text(name), *script.span(name), tuple(fields))
