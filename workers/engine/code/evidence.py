"""What the code of one state does with one schema, asked by table and column."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import TYPE_CHECKING

from msgspec import Struct, field

from workers.engine.code.client import ClientSchema, client_of
from workers.engine.code.codebase import CodeBase
from workers.engine.code.uses import Creation, Search, Undeclared, Usage, Use, ValueUse
from workers.engine.prisma.symbols import Symbols
from workers.engine.schema.model import Provider, QualifiedName
from workers.engine.source import Origin, Span

if TYPE_CHECKING:
    from workers.engine.code.generators import Generator


class CodeUse(Struct, eq=False):
    """The code's uses of one schema's client; `generators` are those of all schemas."""

    code: CodeBase
    client: ClientSchema
    usage: Usage
    generators: tuple[Generator, ...] = ()
    pair: str = ""
    unread_queries: int = 0
    """Queries in SQL that cannot be read as they stand, since pieces are put in at run time."""
    _columns: dict[tuple[QualifiedName, str], list[Use]] = field(default_factory=dict)
    _tables: dict[QualifiedName, list[Use]] = field(default_factory=dict)
    _enums: dict[tuple[QualifiedName, str], list[ValueUse]] = field(default_factory=dict)

    @property
    def unread(self) -> int:
        """How much was left out because it is put together at run time."""
        return self.unread_queries + sum(file.unread for file in self.code.files.values())

    def of_column(self, table: QualifiedName, column: str) -> list[Use]:
        """The places that name a column's field, in the order of the files."""
        self._sort()
        return self._columns.get((table, column), [])

    def of_table(self, table: QualifiedName) -> list[Use]:
        """The places that query a table's model."""
        self._sort()
        return self._tables.get(table, [])

    def of_value(self, enum: QualifiedName, value: str) -> list[ValueUse]:
        """The places that name an enum's value, by its name in the database."""
        self._sort()
        return self._enums.get((enum, value), [])

    def whole(self, table: QualifiedName, column: str) -> list[Use]:
        """The queries that read every column of a table, this one among them."""
        found = []
        for use in self.of_table(table):
            fields = self.client.models[use.model].fields
            left_out = {fields[name].column for name in use.leaves_out if name in fields}
            if use.is_whole and column not in left_out:
                found.append(use)
        return found

    def _sort(self) -> None:
        if self._tables or self._columns or self._enums:
            return
        for use in sorted(self.usage.uses, key=lambda use: (use.path, use.start)):
            model = self.client.models[use.model]
            if use.field is None:
                self._tables.setdefault(model.table, []).append(use)
                continue
            one = model.fields[use.field]
            columns: list[str | None] = [one.column]
            columns += [model.fields[k].column for k in one.keys if k in model.fields]
            for column in columns if use.how != "names" else ():
                if column is not None:
                    self._columns.setdefault((model.table, column), []).append(use)
        for value in sorted(self.usage.values, key=lambda use: (use.path, use.start)):
            enum = self.client.enums[value.enum]
            key = (enum.type, enum.members[value.member])
            self._enums.setdefault(key, []).append(value)


def origin_of(use: Use | ValueUse | Undeclared | Creation | Search) -> Origin:
    """Where a use stands."""
    return Origin(use.path, Span(use.start, use.end))


class Declared(Struct, frozen=True):
    """A pair's schema as far as its client depends on it."""

    pair: str
    folder: str
    symbols: Symbols
    generators: tuple[tuple[str, str, str], ...]
    provider: Provider = "postgresql"


def gather(code: CodeBase, declared: Iterable[Declared]) -> Mapping[str, CodeUse]:
    """What the code does with each schema, by the pair's name."""
    from workers.engine.code.survey import usages_of

    generators = tuple(_generators(declared))
    if not generators or not code.files:
        return {}
    usages = usages_of(code, generators)
    return {
        one.pair: CodeUse(code, one.schema, usages[one.pair], generators, one.pair)
        for one in generators
    }


def _generators(declared: Iterable[Declared]) -> Iterator[Generator]:
    from workers.engine.code.generators import generator_of

    for one in declared:
        yield generator_of(
            one.pair, one.folder, client_of(one.symbols), one.generators, one.provider
        )


def seen_by(code: CodeBase, other: CodeUse) -> Usage:
    """What a state's code does when it is read with another state's schema."""
    from workers.engine.code.survey import usages_of

    return usages_of(code, other.generators, other.code)[other.pair]
