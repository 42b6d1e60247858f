"""Primary keys and indexes: `@id`, `@@id`, `@unique`, `@@unique`, `@@index`, `@@fulltext`."""

from __future__ import annotations

from collections.abc import Iterator

from msgspec import Struct

from workers.engine.numerals import is_whole
from workers.engine.prisma.ast import (
    Attribute,
    Call,
    Constant,
    Expression,
    ListOf,
    Number,
    Text,
)
from workers.engine.prisma.columns import ColumnMaker
from workers.engine.prisma.operators import operator_class
from workers.engine.prisma.predicates import condition
from workers.engine.prisma.symbols import ScalarField, Symbols, Table
from workers.engine.schema.model import Index, IndexKey, KeyConstraint
from workers.engine.source import Span

_METHODS = {
    "BTree": "btree",
    "Hash": "hash",
    "Gist": "gist",
    "Gin": "gin",
    "SpGist": "spgist",
    "Brin": "brin",
}
_UNNAMED_KEYS = ("sqlite", "mongodb")


class IndexReader(Struct, frozen=True):
    """Reads the keys and indexes of one schema's models."""

    symbols: Symbols
    columns: ColumnMaker

    def primary_key(self, table: Table) -> KeyConstraint | None:
        """The primary key, by `@@id` or by `@id` on a field."""
        for attribute in table.node.all("id"):
            keys = self._keys(table, attribute, None)
            if keys:
                return self._primary(table, attribute, keys, attribute.span)
        for field in table.scalars.values():
            found = field.attribute("id")
            if found is not None:
                field_key = (_key(field.column, found),)
                return self._primary(table, found, field_key, field.node.span)
        return None

    def _primary(
        self, table: Table, attribute: Attribute, keys: tuple[IndexKey, ...], span: Span
    ) -> KeyConstraint:
        provider = self.symbols.configuration.provider
        if provider == "mysql":
            name = "PRIMARY"
        elif provider in _UNNAMED_KEYS:
            name = ""
        else:
            name = attribute.text("map") or self.symbols.namer.primary_key(table.name.name)
        columns = tuple(key.column for key in keys if key.column is not None)
        return KeyConstraint(name, columns, history=(table.origin(span),))

    def indexes(self, table: Table) -> Iterator[Index]:
        """Every unique and plain index, in the order in which the schema has them."""
        for field in table.scalars.values():
            found = field.attribute("unique")
            if found is not None:
                key = (_key(field.column, found),)
                yield self._index(table, found, key, "unique", field.node.span)
        for attribute in table.node.attributes:
            if attribute.name in ("unique", "index", "fulltext"):
                method = self._method(table, attribute)
                keys = self._keys(table, attribute, method)
                if keys:
                    yield self._index(table, attribute, keys, attribute.name, attribute.span)

    def _index(
        self,
        table: Table,
        attribute: Attribute,
        keys: tuple[IndexKey, ...],
        kind: str,
        span: Span,
    ) -> Index:
        columns = [key.column for key in keys if key.column is not None]
        namer = self.symbols.namer
        name = attribute.text("map")
        if name is None and (kind != "unique" or namer.is_old):
            name = attribute.text("name")
        if name is None:
            make = namer.unique if kind == "unique" else namer.index
            name = make(table.name.name, columns)
        method = "fulltext" if kind == "fulltext" else self._method(table, attribute)
        return Index(
            name=name,
            keys=keys,
            is_unique=kind == "unique",
            method=method or "btree",
            where=condition(table, attribute),
            history=(table.origin(span),),
        )

    def _method(self, table: Table, attribute: Attribute) -> str | None:
        value = attribute.argument("type")
        if value is None:
            return None
        name = value.name if isinstance(value, Constant) else ""
        found = _METHODS.get(name)
        if found is None:
            self.symbols.tell(
                "prisma-unknown-index-type",
                f"`{name}` is no type of index; Prisma knows {', '.join(_METHODS)}.",
                table.origin(value.span),
                (str(table.name),),
            )
        return found

    def _keys(self, table: Table, attribute: Attribute, method: str | None) -> tuple[IndexKey, ...]:
        """The keys of a block attribute; empty where a field of it is unknown."""
        value = attribute.argument("fields", 0)
        items = value.items if isinstance(value, ListOf) else (value,) if value is not None else ()
        keys: list[IndexKey] = []
        for item in items:
            name = _field_name(item)
            field = table.scalars.get(name)
            if field is None:
                self._tell_unknown(table, attribute, name, item.span)
                return ()
            keys.append(self._indexed(table, field, item, method or "btree"))
        if not keys:
            self.symbols.tell(
                "prisma-empty-index",
                f"`@@{attribute.name}` of `{table.node.name}` names no field.",
                table.origin(attribute.span),
                (str(table.name),),
            )
        return tuple(keys)

    def _indexed(self, table: Table, field: ScalarField, item: Expression, method: str) -> IndexKey:
        if not isinstance(item, Call):
            return IndexKey(field.column)
        written = item.argument("ops")
        if written is None:
            return _key(field.column, item)
        type_ = self.columns.type(table, field)
        operators = operator_class(written, method, type_, self.columns.extension_schema)
        return _key(field.column, item, operators)

    def _tell_unknown(self, table: Table, attribute: Attribute, name: str, span: Span) -> None:
        is_relation = name in table.relations
        what = "a relation, not a column" if is_relation else "no field of the model"
        self.symbols.tell(
            "prisma-unknown-field",
            f"`@@{attribute.name}` of `{table.node.name}` names `{name}`, which is {what}.",
            table.origin(span),
            (str(table.name),),
        )


def _field_name(item: Expression) -> str:
    if isinstance(item, Call | Constant):
        return item.name
    return item.value if isinstance(item, Text) else ""


def _key(column: str, written: Attribute | Call, operators: str | None = None) -> IndexKey:
    """A key with the `sort` and `length` that its attribute or its place in the list gives."""
    sort, length = written.argument("sort"), written.argument("length")
    return IndexKey(
        column=column,
        operator_class=operators,
        descending=isinstance(sort, Constant) and sort.name == "Desc",
        length=int(length.text) if isinstance(length, Number) and is_whole(length.text) else None,
    )
