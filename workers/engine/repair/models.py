"""Models that the migrations made, and the keys and indexes of models that are there."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from workers.engine.compare import changes as c
from workers.engine.findings import Edit
from workers.engine.prisma.ast import Attribute, Field
from workers.engine.prisma.names import Namer
from workers.engine.repair.blocks import (
    Block,
    argument_put,
    attribute_line,
    attribute_put,
    before,
    without_line,
)
from workers.engine.repair.prisma_text import Words, block_name, quoted_text
from workers.engine.repair.relations import (
    Line,
    Side,
    keys_of,
    line_edit,
    listed,
    relation,
    side_of,
    with_line,
)
from workers.engine.schema.model import Index, KeyConstraint, QualifiedName, Table
from workers.engine.source import Span


def new_model(
    table: Table, targets: Mapping[QualifiedName, Block], words: Words, namer: Namer
) -> tuple[str, list[Edit]] | None:
    """A model for a table with a primary key, and the fields of its relations' other sides; None
    where one of its foreign keys cannot be said."""
    name = block_name(table.name.name)
    fields = {one.name: words.field_name(one.name) for one in table.columns}
    lines = [Line(*words.field_parts(one)) for one in table.columns]
    lines = [_with_key(line, table, namer, fields) for line in lines]
    own = Side(name, fields, frozenset(fields.values()), keys_of(table))
    sides = {name: side_of(block) for name, block in targets.items()}
    edits = []
    for key in table.foreign_keys:
        is_self = key.ref_table == table.name
        found = relation(own, own if is_self else sides[key.ref_table], table, key, namer)
        if found is None:
            return None
        lines.append(found[0])
        own = with_line(own, found[0])
        if is_self:
            lines.append(found[1])
            own = with_line(own, found[1])
            continue
        sides[key.ref_table] = with_line(sides[key.ref_table], found[1])
        edits.append(line_edit(targets[key.ref_table], found[1]))
    body = "".join(f"  {line}\n" for line in _laid_out(lines))
    rest = "".join(f"  {line}\n" for line in _tail(table, fields, words, namer))
    return f"model {name} {{\n{body}{chr(10) if rest else ''}{rest}}}\n", edits


def _laid_out(lines: list[Line]) -> Iterator[str]:
    """Fields in columns, as Prisma's formatter has them."""
    first = max(len(line.name) for line in lines)
    second = max(len(line.kind) for line in lines)
    for line in lines:
        yield f"{line.name.ljust(first)} {line.kind.ljust(second)} {line.rest}".rstrip()


def _with_key(line: Line, table: Table, namer: Namer, fields: Mapping[str, str]) -> Line:
    key = table.primary_key
    if key is None or len(key.columns) > 1 or fields[key.columns[0]] != line.name:
        return line
    told = "@id"
    if key.name != namer.primary_key(table.name.name):
        told = f"@id(map: {quoted_text(key.name)})"
    return Line(line.name, line.kind, f"{told} {line.rest}".rstrip())


def _tail(table: Table, fields: Mapping[str, str], words: Words, namer: Namer) -> Iterator[str]:
    key = table.primary_key
    if key is not None and len(key.columns) > 1:
        yield _whole_key(key, fields, namer.primary_key(table.name.name))
    for index in table.indexes:
        if key is None or index.name != key.name:
            line = words.index_line(table, index, fields)
            if line:
                yield line
    if block_name(table.name.name) != table.name.name:
        yield f"@@map({quoted_text(table.name.name)})"


def _whole_key(key: KeyConstraint, fields: Mapping[str, str], usual: str) -> str:
    told = "" if key.name == usual else f", map: {quoted_text(key.name)}"
    return f"@@id([{', '.join(fields[one] for one in key.columns)}]{told})"


def key_of_model(block: Block, change: c.PrimaryKeyChanged) -> Iterator[Edit]:
    """The primary key as the migrations have it; a model without any has none to be given."""
    old, new = change.declared, change.replayed
    fields = block.columns()
    if new is None or old is None or any(name not in fields for name in new.columns):
        return
    attribute, field = _key_attribute(block)
    if attribute is None:
        return
    told = quoted_text(new.name)
    if old.columns == new.columns:
        yield argument_put(block, attribute, "map", told)
        return
    if field is not None:
        yield attribute_put(block, field, "id", "")
    else:
        yield without_line(block, attribute.span)
    if len(new.columns) > 1:
        yield attribute_line(block, _whole_key(new, fields, ""))
        return
    wanted = block.field_of(new.columns[0])
    if wanted is not None:
        end = wanted.type.span.end
        yield Edit(block.path, Span(end, end), f" @id(map: {told})")


def _key_attribute(block: Block) -> tuple[Attribute | None, Field | None]:
    """`@id` with its field, or `@@id`."""
    for field in block.model.fields:
        found = field.attribute("id")
        if found is not None:
            return found, field
    return block.model.attribute("id"), None


def add_index(block: Block, table: Table, index: Index, words: Words) -> Iterator[Edit]:
    """An index that the schema does not have."""
    line = words.index_line(table, index, block.columns())
    if line:
        yield attribute_line(block, line)


def change_index(block: Block, change: c.IndexChanged, words: Words) -> Iterator[Edit]:
    """An index under the migrations' name, or as they made it."""
    found = _index_attribute(block, change.declared)
    if change.only_name and found is not None:
        yield argument_put(block, found[0], "map", quoted_text(change.replayed.name))
        return
    yield from remove_index(block, change.declared)
    yield from add_index(block, change.table, change.replayed, words)


def remove_index(block: Block, index: Index) -> Iterator[Edit]:
    """An index that the migrations do not make."""
    found = _index_attribute(block, index)
    if found is None:
        return
    attribute, field = found
    if field is None:
        yield without_line(block, attribute.span)
    else:
        start = before(block.text, attribute)
        yield Edit(block.path, Span(start, attribute.span.end), "")


def _index_attribute(block: Block, index: Index) -> tuple[Attribute, Field | None] | None:
    """`@@index` or `@@unique` of a declared index, or `@unique` with its field."""
    fields = tuple(block.columns().get(name, name) for name in index.columns or ())
    word = "unique" if index.is_unique else "index"
    for attribute in block.model.all(word):
        if listed(attribute) == fields:
            return attribute, None
    for field in block.model.fields if index.is_unique and len(fields) == 1 else ():
        found = field.attribute("unique")
        if field.name == fields[0] and found is not None:
            return found, field
    return None
