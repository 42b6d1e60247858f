"""Edits of a Prisma schema that bring it to the migrations, each told as a place and its text.

An edit touches the fewest characters that say it, so that comments and the layout stay as they
are. Whether it ends the difference is not decided here: the edited schema is read and compared.
"""

from __future__ import annotations

from collections.abc import Iterator

from msgspec import Struct

from workers.engine.compare import changes as c
from workers.engine.findings import Edit
from workers.engine.prisma.ast import Attribute, Constant, Enum, Field, ListOf, Model
from workers.engine.prisma.document import Document
from workers.engine.prisma.parser import parse
from workers.engine.prisma.symbols import mapped
from workers.engine.repair.prisma_text import (
    Words,
    block_name,
    enum_block,
    member_line,
    words_of,
)
from workers.engine.rules.context import Context
from workers.engine.schema.model import Index, QualifiedName, Table
from workers.engine.source import Span


def edits_for(change: c.Change, context: Context) -> tuple[Edit, ...]:
    """The edits that end one difference, all in one file; none where the schema cannot say it."""
    if context.project is not None and context.project.schema is None:
        return ()
    return tuple(_Editor(context).edits(change))


class _Block(Struct, frozen=True):
    """A model with the text of its file."""

    model: Model
    text: str

    @property
    def path(self) -> str:
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


class _Editor:
    """Finds the places of one schema."""

    def __init__(self, context: Context) -> None:
        self._context = context
        paths = context.project.schema.files if context.project and context.project.schema else ()
        self._documents: list[Document] = [
            parse(context.sources[path]) for path in paths if path in context.sources
        ]
        self._words = words_of(context, {self._enum(one): one.name for one in self._enums()})

    def _enums(self) -> Iterator[Enum]:
        return (enum for document in self._documents for enum in document.enums)

    def _enum(self, enum: Enum) -> QualifiedName:
        schema = self._context.project.default_schema if self._context.project else "public"
        for attribute in enum.attributes:
            if attribute.name == "schema":
                schema = attribute.text("map", 0) or schema
        return QualifiedName(schema, mapped(enum.attributes) or enum.name)

    def _block(self, table: QualifiedName) -> _Block | None:
        declared = self._context.model_of(table)
        for document in self._documents:
            for model in document.models:
                if declared is not None and model.name == declared.name:
                    return _Block(model, self._context.sources[document.path].text)
        return None

    def edits(self, change: c.Change) -> Iterator[Edit]:
        """The edits for one change."""
        match change:
            case c.TableExtra():
                yield from self._add_model(change.replayed)
            case c.TableRenamed():
                yield from self._map_table(change)
            case c.EnumExtra():
                name = block_name(change.replayed.name.name)
                yield from self._append(enum_block(name, change.replayed))
            case c.EnumValuesChanged():
                yield from self._values(change)
            case _:
                table = getattr(change, "table", None)
                block = self._block(table.name) if table is not None else None
                if block is not None:
                    yield from self._within(change, block)

    def _within(self, change: c.Change, block: _Block) -> Iterator[Edit]:
        match change:
            case c.ColumnExtra():
                yield _line_in(block, self._words.field_line(change.replayed), is_field=True)
            case c.ColumnMissing():
                field = block.field_of(change.declared.name)
                if field is not None:
                    yield _without_line(block, field.span)
            case c.ColumnRenamed():
                yield from _map_field(block, change)
            case c.ColumnTypeChanged():
                yield from _retype(block, change, self._words)
            case c.ColumnNullabilityChanged():
                yield from _arity(block, change)
            case c.ColumnDefaultChanged():
                yield from _redefault(block, change, self._words)
            case c.IndexExtra():
                yield from _add_index(block, change.table, change.replayed, self._words)
            case c.IndexMissing():
                yield from _remove_index(block, change.declared)
            case c.IndexChanged():
                yield from _remove_index(block, change.declared)
                yield from _add_index(block, change.table, change.replayed, self._words)

    def _append(self, text: str) -> Iterator[Edit]:
        path = self._context.schema_path
        source = self._context.sources.get(path)
        if source is not None:
            end = len(source.text)
            gap = "\n" if source.text.endswith("\n") else "\n\n"
            yield Edit(path, Span(end, end), gap + text)

    def _add_model(self, table: Table) -> Iterator[Edit]:
        """A model without relations, so only for a table that refers to none."""
        is_public = table.name.schema == self._words._schemas()[0]
        if table.foreign_keys or table.primary_key is None or not is_public:
            return
        name = block_name(table.name.name)
        fields = {one.name: self._words.field_name(one.name) for one in table.columns}
        key = table.primary_key
        lines = []
        for one in table.columns:
            line = self._words.field_line(one)
            lines.append(f"{line} @id" if key.columns == (one.name,) else line)
        tail = []
        if len(key.columns) > 1:
            tail.append(f"@@id([{', '.join(fields[one] for one in key.columns)}])")
        for index in table.indexes:
            if index.name != key.name and (line := self._words.index_line(table, index, fields)):
                tail.append(line)
        if name != table.name.name:
            tail.append(f'@@map("{table.name.name}")')
        body = "".join(f"  {line}\n" for line in lines)
        rest = "\n" + "".join(f"  {line}\n" for line in tail) if tail else ""
        yield from self._append(f"model {name} {{\n{body}{rest}}}\n")

    def _map_table(self, change: c.TableRenamed) -> Iterator[Edit]:
        block = self._block(change.declared.name)
        old = change.replayed.name
        if block is None or old.schema != change.declared.name.schema:
            return
        attribute = block.model.attribute("map")
        text = f'@@map("{old.name}")'
        if attribute is not None:
            yield Edit(block.path, attribute.span, text)
        else:
            yield _line_in(block, text, is_field=False)

    def _values(self, change: c.EnumValuesChanged) -> Iterator[Edit]:
        for enum in self._enums():
            if self._enum(enum) != change.declared.name:
                continue
            text = self._context.sources[enum.path].text
            for value in change.extra:
                last = enum.members[-1].span.end
                end = _line_end(text, last)
                yield Edit(
                    enum.path, Span(end, end), f"\n{_margin(text, last)}{member_line(value.name)}"
                )
            for value in change.missing:
                for member in enum.members:
                    if (mapped(member.attributes) or member.name) == value.name:
                        yield Edit(enum.path, _whole_line(text, member.span), "")


def _line_end(text: str, at: int) -> int:
    end = text.find("\n", at)
    return len(text) if end < 0 else end


def _margin(text: str, at: int) -> str:
    start = text.rfind("\n", 0, at) + 1
    line = text[start:at]
    return line[: len(line) - len(line.lstrip())] or "  "


def _whole_line(text: str, span: Span) -> Span:
    """The lines that a span stands on, with the end of the last one."""
    start = text.rfind("\n", 0, span.start) + 1
    return Span(start, min(_line_end(text, span.end) + 1, len(text)))


def _without_line(block: _Block, span: Span) -> Edit:
    return Edit(block.path, _whole_line(block.text, span), "")


def _line_in(block: _Block, line: str, *, is_field: bool) -> Edit:
    """A new line: a field behind the last field, an attribute behind the last attribute."""
    spans = [one.span.end for one in block.model.fields]
    spans += [] if is_field else [one.span.end for one in block.model.attributes]
    last = max(spans, default=block.text.find("{", block.model.span.start))
    end = _line_end(block.text, last)
    first_of_kind = not is_field and not block.model.attributes
    gap = "\n\n" if first_of_kind else "\n"
    margin = _margin(block.text, last) if spans else "  "
    return Edit(block.path, Span(end, end), f"{gap}{margin}{line}")


def _put(block: _Block, field: Field, name: str, text: str) -> Edit:
    """An attribute of a field in place of its old one, or behind the last; "" takes it off."""
    old = field.attribute(name)
    if old is not None:
        start = old.span.start
        while not text and block.text[start - 1 : start] in (" ", "\t"):
            start -= 1
        return Edit(block.path, Span(start, old.span.end), text)
    ends = [field.type.span.end, *(one.span.end for one in field.attributes)]
    return Edit(block.path, Span(max(ends), max(ends)), f" {text}" if text else "")


def _map_field(block: _Block, change: c.ColumnRenamed) -> Iterator[Edit]:
    field = block.field_of(change.declared.name)
    if field is not None:
        same = field.name == change.replayed.name
        yield _put(block, field, "map", "" if same else f'@map("{change.replayed.name}")')


def _retype(block: _Block, change: c.ColumnTypeChanged, words: Words) -> Iterator[Edit]:
    field = block.field_of(change.declared.name)
    if field is None:
        return
    kind, native = words.type_words(change.replayed)
    arity = {"required": "", "optional": "?", "list": "[]"}[field.type.arity]
    if change.replayed.type.is_array:
        arity = "[]"
    elif arity == "[]":
        arity = "" if change.replayed.not_null else "?"
    yield Edit(block.path, field.type.span, f"{kind}{arity}")
    if field.attribute("default") is not None:
        default = words.default_words(change.replayed)
        yield _put(block, field, "default", f"@default({default})" if default else "")
    old = next((one for one in field.attributes if one.name.startswith("db.")), None)
    if old is not None:
        start = old.span.start if native else _before(block.text, old)
        yield Edit(block.path, Span(start, old.span.end), native)
    elif native:
        ends = [field.type.span.end, *(one.span.end for one in field.attributes)]
        # The type's own edit ends where this one begins when there are no attributes.
        yield Edit(block.path, Span(max(ends), max(ends)), f" {native}")


def _before(text: str, attribute: Attribute) -> int:
    start = attribute.span.start
    while text[start - 1 : start] in (" ", "\t"):
        start -= 1
    return start


def _arity(block: _Block, change: c.ColumnNullabilityChanged) -> Iterator[Edit]:
    field = block.field_of(change.declared.name)
    if field is None or field.type.arity == "list":
        return
    text = block.text[field.type.span.start : field.type.span.end].rstrip("?!")
    yield Edit(block.path, field.type.span, text if change.replayed.not_null else f"{text}?")


def _redefault(block: _Block, change: c.ColumnDefaultChanged, words: Words) -> Iterator[Edit]:
    field = block.field_of(change.declared.name)
    if field is not None:
        default = words.default_words(change.replayed)
        yield _put(block, field, "default", f"@default({default})" if default else "")


def _add_index(block: _Block, table: Table, index: Index, words: Words) -> Iterator[Edit]:
    line = words.index_line(table, index, block.columns())
    if line:
        yield _line_in(block, line, is_field=False)


def _remove_index(block: _Block, index: Index) -> Iterator[Edit]:
    fields = tuple(block.columns().get(name, name) for name in index.columns or ())
    word = "unique" if index.is_unique else "index"
    for attribute in block.model.all(word):
        if _listed(attribute) == fields:
            yield _without_line(block, attribute.span)
            return
    if index.is_unique and len(fields) == 1:
        for one in block.model.fields:
            attribute_of = one.attribute("unique")
            if one.name == fields[0] and attribute_of is not None:
                start = _before(block.text, attribute_of)
                yield Edit(block.path, Span(start, attribute_of.span.end), "")


def _listed(attribute: Attribute) -> tuple[str, ...]:
    """The fields that an index names."""
    value = attribute.argument("fields", 0)
    if not isinstance(value, ListOf):
        return ()
    return tuple(
        item.name for item in value.items if isinstance(item, Constant) or hasattr(item, "name")
    )
