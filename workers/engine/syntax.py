"""The only door to tree-sitter: syntax trees of JSON, shell and TypeScript, by character offsets.

The grammars recover from errors, so a file that is half written still gives what can be read.
JSON may hold comments and trailing commas, as the configuration files of editors and tools do.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Callable, Iterator
from functools import cache
from typing import TYPE_CHECKING

from msgspec import Struct

if TYPE_CHECKING:
    from tree_sitter import Node as Node
    from tree_sitter import Parser, Query

_TAIL = re.compile(rb"[\x80-\xbf]")
"""A byte of UTF-8 that goes on with a character, and begins none."""
_SIMPLE_ESCAPES = {"n": "\n", "t": "\t", "r": "\r", "b": "\b", "f": "\f"}


class Fragment(Struct, frozen=True):
    """Text that stands inside a file, and where each of its characters stands there.

    `offsets` has one entry a character and one for the end, in characters of the file.
    """

    text: str
    offsets: tuple[int, ...]

    @classmethod
    def whole(cls, text: str) -> Fragment:
        """A file as a fragment of itself."""
        return cls(text, tuple(range(len(text) + 1)))


class TextValue(Struct, frozen=True):
    """A string at its path of keys (list positions as decimal digits)."""

    path: tuple[str, ...]
    value: Fragment


def json_strings(text: str) -> Iterator[TextValue]:
    """Every string value of a JSON document, in order."""
    data = text.encode()
    at = _character_offsets(text, data)
    root = _json_parser().parse(data).root_node
    for child in root.named_children:
        yield from _json_values(child, (), data, at)


def _json_values(
    node: Node, path: tuple[str, ...], data: bytes, at: Callable[[int], int]
) -> Iterator[TextValue]:
    if node.type == "string":
        yield TextValue(path, _json_fragment(node, data, at))
    elif node.type == "array":
        for number, child in enumerate(node.named_children):
            yield from _json_values(child, (*path, str(number)), data, at)
    elif node.type == "object":
        for pair in node.named_children:
            key, value = pair.child_by_field_name("key"), pair.child_by_field_name("value")
            if key is not None and value is not None:
                name = _json_fragment(key, data, at).text
                yield from _json_values(value, (*path, name), data, at)


def _json_fragment(node: Node, data: bytes, at: Callable[[int], int]) -> Fragment:
    letters: list[str] = []
    offsets: list[int] = []
    digits = 0
    for part in node.named_children:
        raw = data[part.start_byte : part.end_byte].decode(errors="replace")
        start = at(part.start_byte)
        if raw == "\\u":
            # The grammar ends the escape before its four digits.
            digits = 4
            continue
        if digits:
            letters.append(_code_point(raw[:digits]))
            offsets.append(start)
            raw, start, digits = raw[digits:], start + digits, 0
        if part.type == "escape_sequence":
            letters.append(_SIMPLE_ESCAPES.get(raw[1:], raw[1:]))
            offsets.append(start)
        else:
            letters.extend(raw)
            offsets.extend(range(start, start + len(raw)))
    end = at(node.end_byte) - 1
    return Fragment("".join(letters), (*offsets, end))


def _code_point(digits: str) -> str:
    try:
        return chr(int(digits, 16))
    except ValueError:
        return "\ufffd"


def toml_strings(text: str) -> Iterator[TextValue]:
    """Every string value of a TOML document at its path of keys, in order."""
    data = text.encode()
    at = _character_offsets(text, data)
    for child in _toml_parser().parse(data).root_node.named_children:
        if child.type == "pair":
            yield from _toml_pair(child, (), data, at)
        elif child.type in ("table", "table_array_element"):
            key, *pairs = child.named_children
            path = _toml_key(key, data)
            for pair in pairs:
                if pair.type == "pair":
                    yield from _toml_pair(pair, path, data, at)


def _toml_pair(
    pair: Node, path: tuple[str, ...], data: bytes, at: Callable[[int], int]
) -> Iterator[TextValue]:
    if len(pair.named_children) >= 2:
        key, value = pair.named_children[:2]
        yield from _toml_values(value, (*path, *_toml_key(key, data)), data, at)


def _toml_values(
    node: Node, path: tuple[str, ...], data: bytes, at: Callable[[int], int]
) -> Iterator[TextValue]:
    if node.type == "string":
        yield TextValue(path, _toml_fragment(node, data, at))
    elif node.type == "array":
        for number, child in enumerate(node.named_children):
            yield from _toml_values(child, (*path, str(number)), data, at)
    elif node.type == "inline_table":
        for child in node.named_children:
            yield from _toml_pair(child, path, data, at)


def _toml_key(node: Node, data: bytes) -> tuple[str, ...]:
    raw = data[node.start_byte : node.end_byte].decode(errors="replace")
    return tuple(part.strip().strip("\"'") for part in raw.split("."))


def _toml_fragment(node: Node, data: bytes, at: Callable[[int], int]) -> Fragment:
    """The characters between the quotes, escapes undone in basic strings."""
    raw = data[node.start_byte : node.end_byte].decode(errors="replace")
    quotes = 3 if raw[:3] in ('"""', "'''") else 1
    start, inner = at(node.start_byte) + quotes, raw[quotes : len(raw) - quotes]
    letters: list[str] = []
    offsets: list[int] = []
    place = 0
    while place < len(inner):
        offsets.append(start + place)
        if raw[0] == '"' and inner[place] == "\\" and place + 1 < len(inner):
            letters.append(_SIMPLE_ESCAPES.get(inner[place + 1], inner[place + 1]))
            place += 2
        else:
            letters.append(inner[place])
            place += 1
    return Fragment("".join(letters), (*offsets, start + len(inner)))


def shell_tree(data: bytes) -> Node:
    """The root of a shell script's tree; its offsets are bytes of `data`."""
    return _shell_parser().parse(data).root_node


def _character_offsets(text: str, data: bytes) -> Callable[[int], int]:
    if len(text) == len(data):
        return lambda offset: offset
    tails = [found.start() for found in _TAIL.finditer(data)]
    return lambda offset: offset - bisect_right(tails, offset)


@cache
def _json_parser() -> Parser:
    import tree_sitter_json
    from tree_sitter import Language, Parser

    return Parser(Language(tree_sitter_json.language()))


@cache
def _shell_parser() -> Parser:
    import tree_sitter_bash
    from tree_sitter import Language, Parser

    return Parser(Language(tree_sitter_bash.language()))


_POINTS = """
(call_expression) @call
(import_statement) @import
(export_statement) @export
(variable_declarator type: (_)) @annotated
(satisfies_expression) @satisfied
(generic_type) @generic
(member_expression object: (identifier) property: (property_identifier)) @member
(assignment_expression left: (member_expression object: (identifier))) @assignment
(assignment_expression left: (identifier)) @reassignment
(interface_declaration) @interface
(type_alias_declaration) @alias
(class_declaration) @class
(abstract_class_declaration) @class
(function_declaration return_type: (_)) @returning
(method_definition return_type: (_)) @returning
(arrow_function return_type: (_)) @returning
"""
"""What the reader of TypeScript looks at, each kind by its name."""

_DEEPEST = 600
_MOST_WRONG = 5000
"""Parts of one error: the text is no program, and to search it costs the square of them."""
_MOST_OPEN = 512
"""Patterns half matched at a time: without a bound a chain of calls costs its square."""


def script_tree(data: bytes, *, has_markup: bool) -> Node:
    """The root of a TypeScript or JavaScript file's tree; `has_markup` where JSX may stand.

    Offsets are bytes of `data`. TypeScript's own casts (`<T>value`) are read without markup only.
    """
    return _script_parser(has_markup).parse(data).root_node


def is_deep(root: Node) -> bool:
    """Whether a tree is nested by the hundred, on the way that always takes the longest part.

    To move about in a tree costs the more the deeper it is, a chain of calls its square.
    """
    node = root
    for _ in range(_DEEPEST):
        parts = node.children
        if not parts:
            return False
        if node.type == "ERROR" and len(parts) > _MOST_WRONG:
            return True
        node = max(parts, key=lambda part: part.end_byte - part.start_byte)
    return True


def script_points(root: Node, *, has_markup: bool) -> dict[str, list[Node]]:
    """The nodes that matter in a tree by kind (`call`, `import` ...), in the order of the text."""
    from tree_sitter import QueryCursor

    cursor = QueryCursor(_script_points(has_markup), match_limit=_MOST_OPEN)
    cursor.set_max_start_depth(_DEEPEST)
    found = cursor.captures(root)
    for nodes in found.values():
        nodes.sort(key=lambda node: (node.start_byte, -node.end_byte))
    return found


def character_offsets(text: str, data: bytes) -> Callable[[int], int]:
    """From offsets in the UTF-8 bytes of a text to offsets in its characters."""
    return _character_offsets(text, data)


@cache
def _script_parser(has_markup: bool) -> Parser:
    from tree_sitter import Language, Parser

    return Parser(Language(_grammar(has_markup)))


@cache
def _script_points(has_markup: bool) -> Query:
    from tree_sitter import Language, Query

    return Query(Language(_grammar(has_markup)), _POINTS)


def _grammar(has_markup: bool) -> object:
    import tree_sitter_typescript as grammar

    return grammar.language_tsx() if has_markup else grammar.language_typescript()


@cache
def _toml_parser() -> Parser:
    import tree_sitter_toml
    from tree_sitter import Language, Parser

    return Parser(Language(tree_sitter_toml.language()))
