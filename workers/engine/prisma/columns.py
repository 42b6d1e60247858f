"""From a scalar field to a column: type, nullability, default, and the sequence it may bring."""

from __future__ import annotations

from collections.abc import Callable

from msgspec import Struct
from msgspec.structs import replace

from workers.engine.errors import Effect
from workers.engine.prisma.ast import Attribute, Call, Constant, Expression, Number, Text
from workers.engine.prisma.defaults import Default, DefaultReader
from workers.engine.prisma.natives import NATIVES
from workers.engine.prisma.symbols import ScalarField, Symbols, Table, mapped
from workers.engine.schema.model import Column, SqlType
from workers.engine.schema.types import is_builtin, parse_type
from workers.engine.sql.builtin.geometry import geometry_arguments

_LONGEST_SIZE = 10
_ENUM_TYPES = ("postgresql", "cockroachdb")
_TINYINT = SqlType("tinyint")
"""MySQL's: of a Boolean, Prisma writes it as BOOLEAN, which is `tinyint(1)`."""


class ColumnMaker(Struct, frozen=True):
    """Makes the columns of one schema; `extension_schema` finds where an extension's types are."""

    symbols: Symbols
    defaults: DefaultReader
    extension_schema: Callable[[str], str]

    def column(self, table: Table, field: ScalarField) -> Column:
        """The column of a field, without a sequence's default."""
        type_ = self.type(table, field)
        default = self._default(table, field, type_)
        is_serial = default.kind == "sequence"
        is_identity = is_serial and self._has_identity(field)
        return Column(
            name=field.column,
            type=type_,
            not_null=field.is_required,
            default=default.expression,
            identity="BY DEFAULT" if is_identity else None,
            history=(table.origin(field.node.span),),
            default_kind=default.kind,
            is_unsupported=field.meaning == "unsupported",
            default_written=default.written,
        )

    def type(self, table: Table, field: ScalarField) -> SqlType:
        """The column type of a field."""
        element = self._element(table, field)
        is_list = field.type.arity == "list" or element.is_array
        return replace(element, is_array=True) if is_list else element

    def _element(self, table: Table, field: ScalarField) -> SqlType:
        if field.meaning == "unsupported":
            return self._unsupported(field.type.unsupported or "")
        if field.meaning == "enum":
            return self._enum(field)
        natives = NATIVES[self.symbols.configuration.provider]
        if field.meaning == "composite":
            return natives.scalar("Json")
        for attribute in field.attributes:
            scope, dot, name = attribute.name.partition(".")
            if dot:
                return self._native(table, field, attribute, name)
            del scope
        return natives.scalar(field.type.name)

    def _native(self, table: Table, field: ScalarField, attribute: Attribute, name: str) -> SqlType:
        natives = NATIVES[self.symbols.configuration.provider]
        arguments = tuple(_argument(one.value) for one in attribute.arguments)
        known = all(_is_size(one) for one in arguments)
        found = natives.native(name, arguments) if known else None
        if found is None:
            wrong = next((one for one in arguments if not _is_size(one)), "")
            self.symbols.tell(
                "prisma-unknown-native-type",
                f"`@{attribute.name}` on `{table.node.name}.{field.node.name}` "
                + (
                    f"is no type of {self.symbols.configuration.provider}."
                    if known
                    else f"takes whole numbers of at most {_LONGEST_SIZE} digits, "
                    f"not `{wrong[:40]}`."
                ),
                table.origin(attribute.span),
                (f"{table.name}.{field.column}",),
            )
            return natives.scalar(field.type.name)
        if found == _TINYINT and field.type.name == "Boolean":
            return natives.scalar("Boolean")
        if found.name == "citext":
            return replace(found, schema=self.extension_schema("citext"))
        return found

    def _enum(self, field: ScalarField) -> SqlType:
        symbols = self.symbols
        enum = symbols.enums[field.type.name]
        provider = symbols.configuration.provider
        if provider in _ENUM_TYPES:
            name = symbols.enum_name(enum)
            return SqlType(name.name, schema=name.schema)
        if provider == "mysql":
            values = (mapped(member.attributes) or member.name for member in enum.members)
            return SqlType("enum", tuple("'" + v.replace("'", "''") + "'" for v in values))
        return NATIVES[provider].scalar("String")

    def _unsupported(self, written: str) -> SqlType:
        if self.symbols.configuration.provider not in _ENUM_TYPES:
            name, bracket, rest = written.partition("(")
            arguments = rest.rpartition(")")[0] if bracket else ""
            parts = tuple(part.strip() for part in arguments.split(",")) if arguments else ()
            return SqlType(name.strip().lower(), parts)
        if written.strip() == '"char"':
            return SqlType('"char"')
        found = parse_type(written)
        if found.schema is None and not is_builtin(found):
            modifiers = geometry_arguments(found.name, found.arguments)
            return replace(found, arguments=modifiers, schema=self.extension_schema(found.name))
        return found

    def _default(self, table: Table, field: ScalarField, type_: SqlType) -> Default:
        attribute = field.attribute("default")
        if attribute is None:
            return Default(None, None)
        value = attribute.argument("value", 0)
        if value is None:
            return Default(None, None)
        members = {}
        if field.meaning == "enum":
            enum = self.symbols.enums[field.type.name]
            members = {one.name: mapped(one.attributes) or one.name for one in enum.members}
            self._check_member(table, field, value, members)
        scalar = {"enum": "Enum", "composite": "Json"}.get(field.meaning, field.type.name)
        return self.defaults.read(value, scalar, type_, members)

    def _check_member(
        self, table: Table, field: ScalarField, value: Expression, members: dict[str, str]
    ) -> None:
        if isinstance(value, Constant) and value.name not in members:
            self.symbols.tell(
                "prisma-unknown-value",
                f"`{value.name}`, the default of `{table.node.name}.{field.node.name}`, is no "
                f"value of the enum `{field.type.name}`.",
                table.origin(value.span),
                (f"{table.name}.{field.column}",),
                Effect.UNKNOWN,
            )

    def _has_identity(self, field: ScalarField) -> bool:
        provider = self.symbols.configuration.provider
        if provider in ("sqlserver", "mysql"):
            return True
        attribute = field.attribute("default")
        value = attribute.argument("value", 0) if attribute is not None else None
        return provider == "cockroachdb" and isinstance(value, Call) and value.name == "sequence"


def _is_size(text: str) -> bool:
    """Whether an argument of a native type is one: a number, or SQL Server's `max`."""
    return text == "max" or (text.isascii() and text.isdigit() and len(text) <= _LONGEST_SIZE)


def _argument(value: Expression) -> str:
    if isinstance(value, Number):
        return value.text
    if isinstance(value, Text):
        return value.value
    if isinstance(value, Constant):
        return value.name.lower()
    return ""
