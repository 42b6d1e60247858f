"""Columns, types, defaults and indexes in the words of a Prisma schema."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping

from msgspec import Struct

from workers.engine.compare.defaults import read_default
from workers.engine.compare.types import TypeReader
from workers.engine.prisma.natives import NATIVES
from workers.engine.repair import mysql_words
from workers.engine.rules.context import Context
from workers.engine.schema.model import Column, EnumType, Index, QualifiedName, SqlType, Table
from workers.engine.schema.types import format_type

_FIRST = frozenset("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ")
_LETTERS = _FIRST | frozenset("0123456789_")
_OF_FAMILY = {
    "string": "String",
    "uuid": "String",
    "boolean": "Boolean",
    "float": "Float",
    "int": "Int",
    "datetime": "DateTime",
    "json": "Json",
    "binary": "Bytes",
}
_NAMED = {"bigint": "BigInt", "numeric": "Decimal", "money": "Decimal"}
_METHODS = {
    "hash": "Hash",
    "gist": "Gist",
    "gin": "Gin",
    "spgist": "SpGist",
    "brin": "Brin",
}


class Words(Struct, frozen=True):
    """What names mean in this schema: enums by their type, and how its fields are written."""

    context: Context
    enums: Mapping[QualifiedName, str]
    """The Prisma name of each enum, by the name of its type."""
    is_camel: bool = False
    """Whether the fields are in camelCase over columns in snake_case."""

    def field_name(self, column: str) -> str:
        """A name for the field of a column."""
        name = _camel(column) if self.is_camel else column
        name = "".join(letter if letter in _LETTERS else "_" for letter in name)
        return name if name[:1] in _FIRST else f"column_{name.lstrip('_')}"

    def type_words(self, column: Column) -> tuple[str, str]:
        """The field's type without its arity, and the native type's attribute ("" for none)."""
        kind = column.type
        if self.context.declared.provider == "mysql":
            return mysql_words.type_words(kind, self._values())
        if kind.schema is not None:
            enum = self.enums.get(QualifiedName(kind.schema, kind.name))
            if enum is not None:
                return enum, ""
            if kind.name != "citext":
                return _unsupported(kind), ""
            return "String", "@db.Citext"
        reader = TypeReader({}, {}, ())
        family = reader.native(column).family
        scalar = _NAMED.get(kind.name) or _OF_FAMILY.get(family)
        if scalar is None:
            return _unsupported(kind), ""
        return scalar, _native(scalar, kind)

    def default_words(self, column: Column) -> str:
        """The argument of `@default`, "" for none."""
        if self.context.declared.provider == "mysql":
            return mysql_words.default_words(column, self.type_words(column)[0])
        if column.identity is not None:
            return "autoincrement()"
        if column.default is None or column.generated is not None:
            return ""
        family = TypeReader(self.context.replayed.enums, {}, self.schemas()).native(column).family
        default = read_default(column, family, column.type.is_array, self.schemas()[0])
        if default is None:
            return ""
        if default.kind == "sequence":
            return "autoincrement()"
        if default.kind == "now":
            return "now()"
        if default.kind == "list":
            values = [_value(one) for one in default.values]
            return f"[{', '.join(values)}]" if None not in values else ""  # type: ignore[arg-type]
        if default.kind == "value" and default.value is not None and family != "datetime":
            found = _value(default.value, is_enum=family == "enum")
            if found is not None:
                return found
        return f"dbgenerated({quoted_text(default.text)})"

    def _values(self) -> Iterator[tuple[str, tuple[str, ...]]]:
        """The declared enums with the values that the database knows."""
        for model in self.context.declaration.models.values():
            table = self.context.declared.tables.get(model.table)
            for field in model.fields.values():
                column = table.column(field.column) if table and field.column else None
                if column is not None and column.type.name == "enum":
                    yield field.type.rstrip("?"), column.type.arguments

    def schemas(self) -> tuple[str, ...]:
        """The schemas that the models lie in; the first is the connection's own."""
        declared = self.context.declaration.schemas
        project = self.context.project
        return declared or (project.default_schema if project is not None else "public",)

    def field_parts(self, column: Column) -> tuple[str, str, str]:
        """A whole field: its name, its type with its arity, its attributes."""
        kind, native = self.type_words(column)
        arity = "[]" if column.type.is_array else "" if column.not_null else "?"
        name = self.field_name(column.name)
        default = self.default_words(column)
        parts = [f"@default({default})"] if default else []
        parts += [f"@map({quoted_text(column.name)})"] if name != column.name else []
        parts += [native] if native else []
        return name, f"{kind}{arity}", " ".join(parts)

    def index_line(self, table: Table, index: Index, fields: Mapping[str, str]) -> str:
        """`@@index` or `@@unique` under the index's own name; "" where Prisma cannot say it."""
        keys = []
        for key in index.keys:
            if key.column is None or key.column not in fields:
                return ""
            options = []
            if key.operator_class:
                # Prisma compares the bare name, without the schema of the extension.
                name = key.operator_class.rpartition(".")[2].strip('"')
                options.append(f"ops: raw({quoted_text(name)})")
            if key.descending:
                options.append("sort: Desc")
            name = fields[key.column]
            keys.append(f"{name}({', '.join(options)})" if options else name)
        if index.where or index.include or index.method not in ("btree", *_METHODS):
            return ""
        word = "@@unique" if index.is_unique else "@@index"
        method = "" if index.method == "btree" else f", type: {_METHODS[index.method]}"
        return f"{word}([{', '.join(keys)}]{method}, map: {quoted_text(index.name)})"


def words_of(context: Context, enums: Mapping[QualifiedName, str]) -> Words:
    """How this schema speaks."""
    mapped = renamed = 0
    for model in context.declaration.models.values():
        for one in model.fields.values():
            if one.column is not None and "_" in one.column:
                mapped += 1
                renamed += one.name != one.column
    return Words(context, enums, is_camel=renamed * 2 > mapped > 0)


def _camel(name: str) -> str:
    first, *rest = [part for part in name.split("_") if part] or [name]
    return first + "".join(part[:1].upper() + part[1:] for part in rest)


def quoted_text(value: str) -> str:
    """A text in quotation marks."""
    return json.dumps(value, ensure_ascii=False)


def _unsupported(kind: SqlType) -> str:
    bare = SqlType(kind.name, kind.arguments, False, None)
    return f"Unsupported({quoted_text(format_type(bare))})"


def _native(scalar: str, kind: SqlType) -> str:
    """`@db.X(...)`, where the type is not the scalar's own."""
    natives = NATIVES["postgresql"]
    if natives.scalar(scalar) == SqlType(kind.name, kind.arguments):
        return ""
    for name, (spelled, _) in natives.natives.items():
        if spelled == kind.name:
            shown = f"({', '.join(kind.arguments)})" if kind.arguments else ""
            return f"@db.{name}{shown}"
    return ""


def _value(value: tuple[str, object], *, is_enum: bool = False) -> str | None:
    kind, found = value
    if kind in ("int", "float"):
        return str(found)
    if kind in ("boolean", "bool"):
        return "true" if found in (True, "true") else "false"
    if kind == "enum" or is_enum:
        return str(found)
    if kind in ("text", "string", "json"):
        return quoted_text(str(found))
    return None


def enum_block(name: str, enum: EnumType) -> str:
    """A whole enum."""
    members = "".join(f"  {member_line(value.name)}\n" for value in enum.values)
    mapped = f"\n  @@map({quoted_text(enum.name.name)})\n" if name != enum.name.name else ""
    return f"enum {name} {{\n{members}{mapped}}}\n"


def member_line(value: str) -> str:
    """One value of an enum, mapped where Prisma cannot call it so."""
    name = "".join(letter if letter in _LETTERS else "_" for letter in value)
    name = name if name[:1] in _FIRST else f"value_{name.lstrip('_')}"
    return name if name == value else f"{name} @map({quoted_text(value)})"


def block_name(name: str) -> str:
    """A model's or enum's name."""
    found = "".join(letter if letter in _LETTERS else "_" for letter in name)
    return found if found[:1] in _FIRST else f"Table_{found.lstrip('_')}"
