"""Shell as simple commands: their words, what is handed to them, under which condition they run."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

from msgspec import Struct

from workers.engine.syntax import character_offsets, shell_tree

if TYPE_CHECKING:
    from workers.engine.syntax import Node


class Word(Struct, frozen=True):
    """One word of a command, unquoted; `is_literal` says that no variable is part of it."""

    text: str
    start: int
    end: int
    is_literal: bool = True


class Condition(Struct, frozen=True):
    """What is asked before a command runs, as written, and whether it runs when that is so."""

    text: str
    is_met: bool


class ShellCommand(Struct, frozen=True):
    """One simple command: its words, assignments before it left out."""

    words: tuple[Word, ...]
    reads: tuple[Word, ...] = ()
    """The files that are redirected into it."""
    fed: Word | None = None
    """The text of its here-document."""
    conditions: tuple[Condition, ...] = ()
    """Outermost first: `if`, `case`, and tests before `&&` and `||`."""

    @property
    def start(self) -> int:
        """Where the command begins, in characters of the text that was parsed."""
        return self.words[0].start

    @property
    def end(self) -> int:
        """Where it ends."""
        return self.words[-1].end


class _Handed(Struct, frozen=True):
    """What redirections hand to a command."""

    reads: tuple[Word, ...] = ()
    fed: Word | None = None


_Conditions = tuple[Condition, ...]


def shell_commands(text: str) -> Iterator[ShellCommand]:
    """Every simple command of a shell script, in order, however deeply it is nested."""
    data = text.encode()
    at = character_offsets(text, data)
    waiting: list[tuple[Node, _Conditions]] = [(shell_tree(data), ())]
    handed: dict[int, _Handed] = {}
    while waiting:
        node, conditions = waiting.pop()
        if node.type == "redirected_statement":
            last = _last_command(node)
            if last is not None:
                handed[last.id] = _Handed(tuple(_reads(node, data, at)), _fed(node, data, at))
        if node.type == "command":
            words = tuple(_words(node, data, at))
            if words:
                known = handed.get(node.id, _Handed())
                yield ShellCommand(words, known.reads, known.fed, conditions)
        waiting.extend(reversed(list(_parts(node, conditions, data))))


def _parts(node: Node, conditions: _Conditions, data: bytes) -> Iterator[tuple[Node, _Conditions]]:
    """The parts of a node, each with what is asked before it runs."""
    if node.type in ("if_statement", "elif_clause"):
        yield from _branches(node, conditions, data)
    elif node.type == "case_statement":
        yield from _cases(node, conditions, data)
    elif node.type == "list":
        yield from _either(node, conditions, data)
    else:
        for child in node.named_children:
            yield child, conditions


def _branches(
    node: Node, conditions: _Conditions, data: bytes
) -> Iterator[tuple[Node, _Conditions]]:
    """`if` and `elif`: what stands before `then` is asked, the rest runs when it is so, or not."""
    asked: list[Node] = []
    then = next((child for child in node.children if child.type == "then"), None)
    failed: _Conditions = ()
    for child in node.named_children:
        if then is None or child.start_byte < then.start_byte:
            asked.append(child)
            yield child, conditions
            continue
        text = _between(asked, data)
        if child.type in ("elif_clause", "else_clause"):
            yield child, (*conditions, Condition(text, is_met=False), *failed)
            failed = (*failed, *_refused(child, data))
        else:
            yield child, (*conditions, Condition(text, is_met=True))


def _refused(clause: Node, data: bytes) -> _Conditions:
    """That an `elif` was not so."""
    then = next((child for child in clause.children if child.type == "then"), None)
    if then is None:
        return ()
    asked = [child for child in clause.named_children if child.start_byte < then.start_byte]
    return (Condition(_between(asked, data), is_met=False),)


def _cases(node: Node, conditions: _Conditions, data: bytes) -> Iterator[tuple[Node, _Conditions]]:
    """Of each branch its patterns; of `*` that none of those before it was met."""
    before: list[str] = []
    for child in node.named_children:
        if child.type != "case_item":
            continue
        head = data[child.start_byte : child.end_byte].partition(b")")[0]
        pattern = head.decode(errors="replace").strip().strip("(")
        if pattern == "*":
            asked = tuple(Condition(text, is_met=False) for text in before)
        else:
            asked = (Condition(pattern, is_met=True),)
        before.append(pattern)
        for part in child.named_children:
            yield part, (*conditions, *asked)


def _either(node: Node, conditions: _Conditions, data: bytes) -> Iterator[tuple[Node, _Conditions]]:
    """`[ ... ] && a` and `[ ... ] || a`: what a test says before the command."""
    first = node
    while first.type == "list" and first.named_children:
        first = first.named_children[0]
    operator = next((child.type for child in node.children if child.type in ("&&", "||")), "")
    for number, child in enumerate(node.named_children):
        if number and operator and _is_test(first, data):
            asked = Condition(_between([first], data), is_met=operator == "&&")
            yield child, (*conditions, asked)
        else:
            yield child, conditions


def _is_test(node: Node, data: bytes) -> bool:
    """`[ ... ]`, `[[ ... ]]`, `! [ ... ]` and `test ...`."""
    if node.type == "negated_command" and node.named_children:
        return _is_test(node.named_children[0], data)
    is_called = data[node.start_byte : node.start_byte + 5] == b"test "
    return node.type == "test_command" or (node.type == "command" and is_called)


def _between(nodes: list[Node], data: bytes) -> str:
    if not nodes:
        return ""
    return data[nodes[0].start_byte : nodes[-1].end_byte].decode(errors="replace")


def _last_command(node: Node) -> Node | None:
    """The command that a redirection behind it belongs to: of a list the last one."""
    body = node.child_by_field_name("body")
    while body is not None and body.type in ("list", "pipeline", "redirected_statement"):
        named = [child for child in body.named_children if child.type != "file_redirect"]
        body = named[-1] if named else None
    return body if body is not None and body.type == "command" else None


def _reads(node: Node, data: bytes, at: Callable[[int], int]) -> Iterator[Word]:
    for redirect in node.children_by_field_name("redirect"):
        target = redirect.child_by_field_name("destination")
        if data[redirect.start_byte : redirect.start_byte + 1] == b"<" and target is not None:
            text, is_literal = _unquote(target, data)
            yield Word(text, at(target.start_byte), at(target.end_byte), is_literal)


def _fed(node: Node, data: bytes, at: Callable[[int], int]) -> Word | None:
    for redirect in node.children_by_field_name("redirect"):
        for part in redirect.named_children:
            if part.type == "heredoc_body":
                raw = data[part.start_byte : part.end_byte].decode(errors="replace")
                return Word(raw, at(part.start_byte), at(part.end_byte))
    return None


def _words(command: Node, data: bytes, at: Callable[[int], int]) -> Iterator[Word]:
    for child in command.named_children:
        if child.type in ("variable_assignment", "file_redirect", "comment"):
            continue
        if child.type in ("heredoc_redirect", "herestring_redirect"):
            break
        text, is_literal = _unquote(child, data)
        yield Word(text, at(child.start_byte), at(child.end_byte), is_literal)


def _unquote(node: Node, data: bytes) -> tuple[str, bool]:
    raw = data[node.start_byte : node.end_byte].decode(errors="replace")
    if node.type in ("word", "string_content", "number"):
        return raw.replace("\\", ""), True
    if node.type in ("raw_string", "ansi_c_string"):
        return raw.strip("$").strip("'"), True
    if node.type in ("command_name", "concatenation", "string"):
        parts = [_unquote(child, data) for child in node.named_children]
        return "".join(text for text, _ in parts), all(literal for _, literal in parts)
    return raw, False
