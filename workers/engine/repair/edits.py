"""Edits of a Prisma schema that bring it to the migrations, each told as a place and its text.

An edit touches the fewest characters that say it, so that comments and the layout stay as they
are. Whether it ends the difference is not decided here: the edited schema is read and compared.
"""

from __future__ import annotations

from collections.abc import Iterator

from workers.engine.compare import changes as c
from workers.engine.findings import Edit
from workers.engine.prisma.ast import Enum
from workers.engine.prisma.document import Document
from workers.engine.prisma.names import Namer
from workers.engine.prisma.parser import parse
from workers.engine.prisma.symbols import mapped
from workers.engine.repair.blocks import (
    Block,
    attribute_line,
    attribute_put,
    before,
    field_line,
    line_after,
    margin,
    whole_line,
    without_line,
)
from workers.engine.repair.models import (
    add_index,
    change_index,
    key_of_model,
    new_model,
    remove_index,
)
from workers.engine.repair.prisma_text import Words, block_name, enum_block, member_line, words_of
from workers.engine.repair.relations import (
    is_join_table,
    join_edits,
    key_edits,
    line_edit,
    relation,
    side_of,
)
from workers.engine.rules.context import Context
from workers.engine.schema.model import QualifiedName, Table
from workers.engine.source import Span


def edits_for(change: c.Change, context: Context) -> tuple[Edit, ...]:
    """The edits that end one difference; none where the schema cannot say it."""
    if context.project is not None and context.project.schema is None:
        return ()
    return tuple(_Editor(context).edits(change))


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

    def _block(self, table: QualifiedName) -> Block | None:
        declared = self._context.model_of(table)
        for document in self._documents:
            for model in document.models:
                if declared is not None and model.name == declared.name:
                    return Block(model, self._context.sources[document.path].text)
        return None

    def edits(self, change: c.Change) -> Iterator[Edit]:
        """The edits for one change."""
        match change:
            case c.TableExtra() if is_join_table(change.replayed):
                yield from self._join(change.replayed)
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

    def _within(self, change: c.Change, block: Block) -> Iterator[Edit]:
        match change:
            case c.ColumnExtra():
                yield field_line(block, *self._words.field_parts(change.replayed))
            case c.ColumnMissing():
                field = block.field_of(change.declared.name)
                if field is not None:
                    yield without_line(block, field.span)
            case c.ColumnRenamed():
                yield from _map_field(block, change)
            case c.ColumnTypeChanged():
                yield from _retype(block, change, self._words)
            case c.ColumnNullabilityChanged():
                yield from _arity(block, change)
            case c.ColumnDefaultChanged():
                yield from _redefault(block, change, self._words)
            case c.PrimaryKeyChanged():
                yield from key_of_model(block, change)
            case c.ForeignKeyChanged():
                yield from key_edits(block, change.declared, change.replayed)
            case c.ForeignKeyExtra():
                yield from self._relate(block, change)
            case c.IndexExtra():
                yield from add_index(block, change.table, change.replayed, self._words)
            case c.IndexMissing():
                yield from remove_index(block, change.declared)
            case c.IndexChanged():
                yield from change_index(block, change, self._words)

    def _relate(self, block: Block, change: c.ForeignKeyExtra) -> Iterator[Edit]:
        """A relation for a foreign key that the schema does not have."""
        target = self._block(change.replayed.ref_table)
        if target is None:
            return
        sides = side_of(block), side_of(target)
        lines = relation(*sides, change.table, change.replayed, self._namer)
        if lines is not None:
            yield line_edit(block, lines[0])
            yield line_edit(target, lines[1])

    def _join(self, table: Table) -> Iterator[Edit]:
        """A many-to-many relation for the table that Prisma would make for it."""
        ends = {key.columns[0]: self._block(key.ref_table) for key in table.foreign_keys}
        first, second = ends.get("A"), ends.get("B")
        if first is not None and second is not None:
            yield from join_edits(table, first, second)

    @property
    def _namer(self) -> Namer:
        return Namer("postgresql", self._context.prisma_version)

    def _append(self, text: str) -> Iterator[Edit]:
        path = self._context.schema_path
        source = self._context.sources.get(path)
        if source is not None:
            end = len(source.text)
            gap = "\n" if source.text.endswith("\n") else "\n\n"
            ending = "\r\n" if "\r\n" in source.text else "\n"
            yield Edit(path, Span(end, end), (gap + text).replace("\n", ending))

    def _add_model(self, table: Table) -> Iterator[Edit]:
        """A model with its relations, once all that it refers to are declared."""
        is_public = table.name.schema == self._words.schemas()[0]
        targets = {key.ref_table: self._block(key.ref_table) for key in table.foreign_keys}
        targets.pop(table.name, None)
        known = {name: block for name, block in targets.items() if block is not None}
        if table.primary_key is None or not is_public or len(known) < len(targets):
            return
        found = new_model(table, known, self._words, self._namer)
        if found is not None:
            text, edits = found
            yield from edits
            yield from self._append(text)

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
            yield attribute_line(block, text)

    def _values(self, change: c.EnumValuesChanged) -> Iterator[Edit]:
        for enum in self._enums():
            if self._enum(enum) != change.declared.name:
                continue
            text = self._context.sources[enum.path].text
            for value in change.extra:
                last = enum.members[-1].span.end
                line = f"{margin(text, last)}{member_line(value.name)}"
                yield line_after(enum.path, text, last, line)
            for value in change.missing:
                for member in enum.members:
                    if (mapped(member.attributes) or member.name) == value.name:
                        yield Edit(enum.path, whole_line(text, member.span), "")


def _map_field(block: Block, change: c.ColumnRenamed) -> Iterator[Edit]:
    field = block.field_of(change.declared.name)
    if field is not None:
        same = field.name == change.replayed.name
        yield attribute_put(block, field, "map", "" if same else f'@map("{change.replayed.name}")')


def _retype(block: Block, change: c.ColumnTypeChanged, words: Words) -> Iterator[Edit]:
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
        yield attribute_put(block, field, "default", f"@default({default})" if default else "")
    old = next((one for one in field.attributes if one.name.startswith("db.")), None)
    if old is not None:
        start = old.span.start if native else before(block.text, old)
        yield Edit(block.path, Span(start, old.span.end), native)
    elif native:
        ends = [field.type.span.end, *(one.span.end for one in field.attributes)]
        # The type's own edit ends where this one begins when there are no attributes.
        yield Edit(block.path, Span(max(ends), max(ends)), f" {native}")


def _arity(block: Block, change: c.ColumnNullabilityChanged) -> Iterator[Edit]:
    field = block.field_of(change.declared.name)
    if field is None or field.type.arity == "list":
        return
    text = block.text[field.type.span.start : field.type.span.end].rstrip("?!")
    yield Edit(block.path, field.type.span, text if change.replayed.not_null else f"{text}?")


def _redefault(block: Block, change: c.ColumnDefaultChanged, words: Words) -> Iterator[Edit]:
    field = block.field_of(change.declared.name)
    if field is not None:
        default = words.default_words(change.replayed)
        yield attribute_put(block, field, "default", f"@default({default})" if default else "")
