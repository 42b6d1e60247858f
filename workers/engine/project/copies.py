"""Schemas that are copies of one another, told by their models: which lags behind which."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from msgspec import Struct

from workers.engine.prisma.ast import Enum, Model
from workers.engine.prisma.parser import parse
from workers.engine.project.schemas import PrismaSchema
from workers.engine.project.texts import Texts
from workers.engine.source import Origin, Span

_MOST = 24
_SHARED = 0.6
_ALIKE = 0.7
_LEAST = 3

Lines = dict[str, str]


class Shape(Struct, frozen=True):
    """A schema's models and enums: the words of their lines, by name."""

    schema: PrismaSchema
    blocks: dict[str, Lines]
    places: dict[str, Origin]

    @property
    def size(self) -> int:
        """How many lines it declares."""
        return sum(map(len, self.blocks.values()))


class StaleCopy(Struct, frozen=True):
    """A schema that holds another's models, and what it lacks of them.

    `missing` are fields and values (`Model.field`) or whole models; `different` are lines that say
    something else; `extra` is what only the copy has.
    """

    copy: PrismaSchema
    original: PrismaSchema
    origin: Origin
    missing: tuple[str, ...]
    different: tuple[str, ...]
    extra: tuple[str, ...]


def stale_copies(
    texts: Texts, schemas: Sequence[PrismaSchema], migrated: frozenset[str]
) -> Iterator[StaleCopy]:
    """Each schema that has fallen behind one that it is a copy of.

    `migrated` are the roots of the schemas that have migrations: only such a one is an original.
    """
    if len(schemas) < 2:
        return
    shapes = [_shape(texts, schema) for schema in schemas[:_MOST]]
    shapes.sort(key=lambda shape: (shape.schema.root not in migrated, -shape.size))
    for number, shape in enumerate(shapes):
        for original in shapes[:number]:
            if original.schema.root not in migrated:
                break
            found = _compared(shape, original)
            if found is not None:
                yield found
                break


def _shape(texts: Texts, schema: PrismaSchema) -> Shape:
    blocks: dict[str, Lines] = {}
    places: dict[str, Origin] = {}
    for path in schema.files:
        source = texts.source(path)
        if source is None:
            continue
        document = parse(source)
        for model in document.models:
            blocks[model.name] = dict(_lines(source.text, model))
            places[model.name] = Origin(path, model.name_span)
        for enum in document.enums:
            blocks[enum.name] = dict(_values(enum))
            places[enum.name] = Origin(path, enum.name_span)
    return Shape(schema, blocks, places)


def _lines(text: str, model: Model) -> Iterator[tuple[str, str]]:
    for field in model.fields:
        yield field.name, _words(text, field.span)


def _values(enum: Enum) -> Iterator[tuple[str, str]]:
    return ((member.name, member.name) for member in enum.members)


def _words(text: str, span: Span) -> str:
    return " ".join(text[span.start : span.end].split("//")[0].split())


def _compared(copy: Shape, original: Shape) -> StaleCopy | None:
    """The copy's lag; None where the two are the same, or no copies of one another."""
    if not _is_copy(copy, original):
        return None
    missing = [name for name in original.blocks if name not in copy.blocks]
    extra = [name for name in copy.blocks if name not in original.blocks]
    different = []
    for name in original.blocks.keys() & copy.blocks.keys():
        ours, theirs = copy.blocks[name], original.blocks[name]
        missing += [f"{name}.{field}" for field in theirs if field not in ours]
        extra += [f"{name}.{field}" for field in ours if field not in theirs]
        different += [
            f"{name}.{field}" for field in theirs if field in ours and ours[field] != theirs[field]
        ]
    if len(missing) <= len(extra):  # parted rather than fallen behind
        return None
    return StaleCopy(
        copy.schema,
        original.schema,
        _first(copy, [*missing, *different]),
        tuple(sorted(missing)),
        tuple(sorted(different)),
        tuple(sorted(extra)),
    )


def _is_copy(copy: Shape, original: Shape) -> bool:
    """Whether most of either's models are the other's, and most of their lines are the same."""
    shared = copy.blocks.keys() & original.blocks.keys()
    most = max(len(copy.blocks), len(original.blocks))
    if len(shared) < _LEAST or len(shared) < _SHARED * most:
        return False
    same = sum(len(copy.blocks[n].items() & original.blocks[n].items()) for n in shared)
    all_lines = sum(len(copy.blocks[n].keys() | original.blocks[n].keys()) for n in shared)
    return same >= _ALIKE * all_lines


def _first(copy: Shape, names: Iterable[str]) -> Origin:
    for name in sorted(names):
        place = copy.places.get(name.partition(".")[0])
        if place is not None:
            return place
    return Origin(copy.schema.files[0], Span(0, 0))
