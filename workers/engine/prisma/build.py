"""Puts the declared database schema together, object by object."""

from __future__ import annotations

from collections.abc import Iterator

from msgspec.structs import replace

from workers.engine.prisma.columns import ColumnMaker
from workers.engine.prisma.defaults import DefaultReader
from workers.engine.prisma.expressions import ExpressionPrinter
from workers.engine.prisma.indexes import IndexReader
from workers.engine.prisma.jointables import JoinTableMaker
from workers.engine.prisma.relations import RelationReader
from workers.engine.prisma.symbols import ScalarField, Symbols, Table, mapped
from workers.engine.schema import model
from workers.engine.schema.model import QualifiedName, Schema
from workers.engine.schema.names import make_object_name, quote
from workers.engine.source import Origin

_WITH_ENUM_TYPES = ("postgresql", "cockroachdb")
_WITHOUT_KEY_INDEX = ("sqlite",)
_OPTIONS: dict[str, tuple[str, ...]] = {"mysql": ("collate=utf8mb4_unicode_ci",)}
"""What stands behind the columns in Prisma's CREATE TABLE."""


def build(symbols: Symbols, schema: Schema) -> None:
    """Fill a schema with everything that the symbols declare."""
    _Builder(symbols, schema).build()


class _Builder:
    def __init__(self, symbols: Symbols, schema: Schema) -> None:
        self.symbols = symbols
        self.schema = schema
        self.provider = symbols.configuration.provider
        self.printer = ExpressionPrinter(self.provider, schema, symbols.default_schema)
        self.columns = ColumnMaker(
            symbols, DefaultReader(self.provider, self.printer.default), self.extension_schema
        )
        self.indexes = IndexReader(symbols, self.columns)
        self.relations = RelationReader(symbols)
        self.taken: dict[str, set[str]] = {}
        self.numbers: dict[str, int] = {}

    def build(self) -> None:
        self._schemas()
        self._extensions()
        self._enums()
        self._tables()
        self._join_tables()
        self._without_empty_schemas()

    def extension_schema(self, name: str) -> str:
        """Where an extension's types are: as declared, else the default schema."""
        found = self.schema.extensions.get(name)
        return found.schema if found is not None else self.symbols.default_schema

    def _schemas(self) -> None:
        if self.provider == "postgresql":
            self.schema.schemas["public"] = ()  # every database has it
        self.schema.schemas[self.symbols.default_schema] = ()
        for name, origin in self.symbols.configuration.schemas:
            self.schema.schemas[name] = (origin,)

    def _without_empty_schemas(self) -> None:
        """Prisma makes no schema that nothing is in."""
        used = {name.schema for name in (*self.schema.tables, *self.schema.enums)}
        used |= {one.schema for one in self.schema.extensions.values()}
        used |= {"public", self.symbols.default_schema}
        for name in self.schema.schemas.keys() - used:
            del self.schema.schemas[name]

    def _extensions(self) -> None:
        for one in self.symbols.configuration.extensions:
            schema = one.schema or self.symbols.default_schema
            self.schema.extensions[one.name] = model.Extension(one.name, schema, (one.origin,))

    def _enums(self) -> None:
        if self.provider not in _WITH_ENUM_TYPES:
            return
        for enum in self.symbols.enums.values():
            name = self.symbols.enum_name(enum)
            values = tuple(
                model.EnumValue(
                    mapped(member.attributes) or member.name, (Origin(enum.path, member.span),)
                )
                for member in enum.members
            )
            history = (Origin(enum.path, enum.span),)
            self.schema.enums.setdefault(name, model.EnumType(name, values, history=history))

    def _tables(self) -> None:
        uses_keys = self.symbols.configuration.relation_mode != "prisma"
        for table in self.symbols.tables.values():
            if table.is_view or table.name in self.schema.tables:
                continue
            key = self.indexes.primary_key(table)
            columns = tuple(self._columns(table, key))
            made = model.Table(
                name=table.name,
                columns=columns,
                primary_key=key,
                foreign_keys=tuple(self.relations.foreign_keys(table)) if uses_keys else (),
                indexes=tuple(self._indexes(table, columns)),
                options=_OPTIONS.get(self.provider, ()),
                history=(table.node.origin,),
            )
            self._keep(made)

    def _indexes(self, table: Table, columns: tuple[model.Column, ...]) -> Iterator[model.Index]:
        for index in self.indexes.indexes(table):
            if index.where is None:
                yield index
            else:
                yield replace(index, where=self.printer.predicate(index.where, columns))

    def _join_tables(self) -> None:
        """Of two relations with one name Prisma's engine makes the table of the last."""
        maker = JoinTableMaker(self.symbols, self.columns)
        tables = {
            made.name: made for made in map(maker.table, self.relations.many_to_many()) if made
        }
        for name, made in tables.items():
            if name not in self.schema.tables:
                self._keep(replace(made, options=_OPTIONS.get(self.provider, ())))

    def _keep(self, table: model.Table) -> None:
        key = table.primary_key
        if key is not None and self.provider not in _WITHOUT_KEY_INDEX:
            keys = tuple(model.IndexKey(column) for column in key.columns)
            index = model.Index(
                key.name, keys, is_unique=True, is_constraint=True, history=key.history
            )
            table = replace(table, indexes=(index, *table.indexes))
        names = self.taken.setdefault(table.name.schema, set())
        names.add(table.name.name)
        names.update(index.name for index in table.indexes)
        self.schema.tables[table.name] = table

    def _columns(self, table: Table, key: model.KeyConstraint | None) -> list[model.Column]:
        columns: list[model.Column] = []
        seen: set[str] = set()
        for field in table.scalars.values():
            if field.column in seen:
                self._tell_shared_column(table, field)
                continue
            seen.add(field.column)
            column = self.columns.column(table, field)
            if key is not None and field.column in key.columns:
                column = replace(column, not_null=True)
            if column.default_kind == "sequence" and self.provider == "postgresql":
                column = self._serial(table, column)
            columns.append(column)
        if self.printer.unprinted:
            return [self._generated(column, columns) for column in columns]
        return columns

    def _generated(self, column: model.Column, columns: list[model.Column]) -> model.Column:
        """A default that refers to other columns is a generated column's expression."""
        written = column.default_written
        if written is None or written not in self.printer.unprinted:
            return column
        return replace(column, default=self.printer.generated(written, columns, column.type))

    def _serial(self, table: Table, column: model.Column) -> model.Column:
        """What SERIAL makes: a sequence of the column's own, and its next value as default."""
        schema = table.name.schema
        name = self._sequence_name(schema, table.name.name, column.name)
        owner = (table.name, column.name)
        qualified = QualifiedName(schema, name)
        self.schema.sequences[qualified] = model.Sequence(
            qualified, column.type.name, owner, history=column.history
        )
        path = f"{quote(schema)}.{quote(name)}".replace("'", "''")
        return replace(column, default=f"nextval('{path}'::regclass)")

    def _sequence_name(self, schema: str, table: str, column: str) -> str:
        """`table_column_seq`, with a number where that is taken."""
        taken = self.taken.setdefault(schema, set())
        first = name = make_object_name(table, column, "seq")
        number = self.numbers.get(first, 0)
        while name in taken:
            number += 1
            name = make_object_name(table, column, f"seq{number}")
        self.numbers[first] = number
        taken.add(name)
        return name

    def _tell_shared_column(self, table: Table, field: ScalarField) -> None:
        self.symbols.tell(
            "prisma-duplicate",
            f"Two fields of `{table.node.name}` share the column `{field.column}`; only the "
            "first counts.",
            table.origin(field.node.span),
            (f"{table.name}.{field.column}",),
        )
