"""A model in the text of its file, and the smallest edits of it: a line, an attribute, an argument.

What is written keeps to what is there: a new field has its type where the last field has it, a new
index stands behind the other indexes.
"""

from __future__ import annotations

from msgspec import Struct

from workers.engine.findings import Edit
from workers.engine.prisma.ast import Attribute, Field, Model
from workers.engine.prisma.symbols import mapped
from workers.engine.source import Span

_LAST = frozenset(("map", "schema", "ignore"))
"""What stands at the end of a block, behind its indexes."""


class Block(Struct, frozen=True):
    """A model with the text of its file."""

    model: Model
    text: str

    @property
    def path(self) -> str:
        """The file that it stands in."""
        return self.model.path

    def field_of(self, column: str) -> Field | None:
        """The field of a column."""
        for one in self.model.fields:
            if (mapped(one.attributes) or one.name) == column:
                return one
        return None

    def columns(self) -> dict[str, str]:
        """The field's name by its column."""
        return {mapped(one.attributes) or one.name: one.name for one in self.model.fields}


def line_end(text: str, at: int) -> int:
    """Where the line ends that holds a place."""
    end = text.find("\n", at)
    return len(text) if end < 0 else end


def margin(text: str, at: int) -> str:
    """The blanks before the line that holds a place."""
    line = text[text.rfind("\n", 0, at) + 1 : at]
    return line[: len(line) - len(line.lstrip())] or "  "


def whole_line(text: str, span: Span) -> Span:
    """The lines that a span stands on, with the end of the last one."""
    start = text.rfind("\n", 0, span.start) + 1
    return Span(start, min(line_end(text, span.end) + 1, len(text)))


def without_line(block: Block, span: Span) -> Edit:
    """The line of a span taken out."""
    return Edit(block.path, whole_line(block.text, span), "")


def field_line(block: Block, name: str, kind: str, rest: str = "") -> Edit:
    """A new field behind the last one, laid out like it."""
    fields = block.model.fields
    if not fields:
        return _after(block, block.text.find("{", block.model.span.start), f"{name} {kind} {rest}")
    last = fields[-1]
    line = f"{name.ljust(last.type.span.start - last.span.start - 1)} {kind}"
    if rest:
        first = min((one.span.start for one in last.attributes), default=0)
        line = f"{line.ljust(first - last.span.start - 1)} {rest}"
    return _after(block, last.span.end, line)


def attribute_line(block: Block, text: str) -> Edit:
    """A new attribute of the block: behind its indexes, else behind its fields."""
    others = [one for one in block.model.attributes if one.name not in _LAST or "@@map" in text]
    if others:
        return _after(block, max(one.span.end for one in others), text)
    ends = [one.span.end for one in block.model.fields]
    edit = _after(block, max(ends, default=block.text.find("{", block.model.span.start)), text)
    ending = "\r\n" if edit.text.startswith("\r") else "\n"
    return Edit(edit.path, edit.span, f"{ending}{edit.text}")


def _after(block: Block, place: int, line: str) -> Edit:
    """A line behind the one that holds a place; the opening brace's lines are indented by two."""
    indent = margin(block.text, place) if block.text[place : place + 1] != "{" else "  "
    return line_after(block.path, block.text, place, f"{indent}{line.rstrip()}")


def line_after(path: str, text: str, place: int, line: str) -> Edit:
    """A line behind the one that holds a place, ended as that one is."""
    end = line_end(text, place)
    ending = "\r\n" if text[end - 1 : end] == "\r" else "\n"
    end -= len(ending) - 1
    return Edit(path, Span(end, end), f"{ending}{line}")


def attribute_put(block: Block, field: Field, name: str, text: str) -> Edit:
    """An attribute of a field in place of its old one, or behind the last; "" takes it off."""
    old = field.attribute(name)
    if old is not None:
        start = old.span.start if text else before(block.text, old)
        return Edit(block.path, Span(start, old.span.end), text)
    ends = [field.type.span.end, *(one.span.end for one in field.attributes)]
    return Edit(block.path, Span(max(ends), max(ends)), f" {text}" if text else "")


def before(text: str, attribute: Attribute) -> int:
    """Where the blanks before an attribute begin."""
    start = attribute.span.start
    while text[start - 1 : start] in (" ", "\t"):
        start -= 1
    return start


def argument_put(block: Block, attribute: Attribute, name: str, value: str) -> Edit:
    """A named argument of an attribute in place of its old value, or behind the last one."""
    for one in attribute.arguments:
        if one.name == name:
            return Edit(block.path, one.span, f"{name}: {value}")
    written = block.text[attribute.span.start : attribute.span.end].rstrip()
    if not written.endswith(")"):
        end = attribute.span.start + len(written)
        return Edit(block.path, Span(end, end), f"({name}: {value})")
    end = attribute.span.start + len(written) - 1
    comma = ", " if attribute.arguments else ""
    return Edit(block.path, Span(end, end), f"{comma}{name}: {value}")
