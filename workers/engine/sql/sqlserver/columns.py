"""SQL Server's column types and definitions.

https://learn.microsoft.com/sql/t-sql/statements/create-table-transact-sql
"""

from __future__ import annotations

from dataclasses import dataclass, field

from msgspec.structs import replace

from workers.engine.schema.model import (
    Action,
    CheckConstraint,
    Column,
    ForeignKey,
    Index,
    IndexKey,
    QualifiedName,
    SqlType,
)
from workers.engine.source import Origin, Span
from workers.engine.sql.reader import Reader, Token, split_at_commas

DBO = "dbo"
_SAME = {
    "integer": "int",
    "dec": "decimal",
    "numeric": "decimal",
    "rowversion": "timestamp",
    "character": "char",
    "sysname": "nvarchar",
}
_DEFAULTS = {
    "decimal": ("18", "0"),
    "float": ("53",),
    **dict.fromkeys(("char", "nchar", "varchar", "nvarchar", "binary", "varbinary"), ("1",)),
}
_SINGLE = frozenset(str(bits) for bits in range(1, 25))
_TIMES = ("datetime2", "time", "datetimeoffset")
_NAMES = ("CONSTRAINT", "PRIMARY", "UNIQUE", "FOREIGN", "CHECK")
_ACTIONS: dict[str, Action] = {
    "CASCADE": "CASCADE",
    "SET NULL": "SET NULL",
    "SET DEFAULT": "SET DEFAULT",
    "NO ACTION": "NO ACTION",
}


@dataclass
class Parts:
    """What a list of columns and constraints holds."""

    table: QualifiedName
    path: str
    columns: list[Column] = field(default_factory=list)
    primary: Index | None = None
    indexes: list[Index] = field(default_factory=list)
    foreign_keys: list[ForeignKey] = field(default_factory=list)
    checks: list[CheckConstraint] = field(default_factory=list)
    defaults: dict[str, str] = field(default_factory=dict)
    """The column of each default constraint, by name in small letters."""
    set_defaults: dict[str, str] = field(default_factory=dict)
    """Defaults for columns that are there already, by column."""


def qualified(reader: Reader) -> QualifiedName:
    """Read a table's name; `dbo` where no schema is written."""
    parts = reader.qualified()
    return QualifiedName(parts[-2] if len(parts) > 1 else DBO, parts[-1])


def read_parts(found: list[Token], text: str, parts: Parts) -> None:
    """Read columns and constraints between commas."""
    for part in split_at_commas(found):
        reader = Reader(part, text)
        origin = Origin(parts.path, Span(part[0].start, part[-1].end))
        if not _constraint(reader, parts, origin):
            _column(reader, parts, origin)
        if reader.current is not None:
            raise reader.unread()


def _constraint(reader: Reader, parts: Parts, origin: Origin) -> bool:
    token = reader.current
    if token is None or not token.is_word(*_NAMES, "INDEX", "DEFAULT"):
        return False
    name = reader.name() if reader.take("CONSTRAINT") else ""
    if reader.take("DEFAULT"):
        value = read_expression(reader)
        reader.expect("FOR")
        column = reader.name()
        parts.set_defaults[column] = value
        parts.defaults[name.lower()] = column
    elif reader.take("FOREIGN", "KEY"):
        columns = _names(reader)
        reader.expect("REFERENCES")
        parts.foreign_keys.append(_reference(reader, name, columns, parts, origin))
    elif reader.take("INDEX"):
        index = read_index(reader, reader.name(), origin)
        parts.indexes.append(index)
    else:
        _inline(reader, name, (), parts, origin)
    return True


def _inline(
    reader: Reader, name: str, columns: tuple[str, ...], parts: Parts, origin: Origin
) -> bool:
    """A constraint that may stand in a column's definition, then on that column."""
    if reader.take("PRIMARY", "KEY"):
        index = read_index(reader, name or f"PK__{parts.table.name}", origin, columns)
        parts.primary = replace(index, is_unique=True, is_constraint=True)
    elif reader.take("UNIQUE"):
        index = read_index(reader, name, origin, columns)
        label = name or f"UQ__{parts.table.name}__{'_'.join(index.columns or ())}"
        parts.indexes.append(replace(index, name=label, is_unique=True, is_constraint=True))
    elif reader.take("CHECK"):
        reader.take("NOT", "FOR", "REPLICATION")
        definition = f"CHECK ({reader.source(reader.group())})"
        label = name or f"CK__{parts.table.name}__{len(parts.checks) + 1}"
        parts.checks.append(CheckConstraint(label, definition, history=(origin,)))
    elif columns and (reader.take("REFERENCES") or reader.take("FOREIGN", "KEY", "REFERENCES")):
        parts.foreign_keys.append(_reference(reader, name, columns, parts, origin))
    else:
        return False
    return True


def read_index(reader: Reader, name: str, origin: Origin, columns: tuple[str, ...] = ()) -> Index:
    """Read the columns and options of an index or a key."""
    _ = reader.take_any("CLUSTERED", "NONCLUSTERED")
    reader.take("HASH")
    keys = tuple(IndexKey(column) for column in columns)
    if reader.peek_sign("("):
        keys = tuple(_key(part) for part in split_at_commas(reader.group()))
    include: tuple[str, ...] = ()
    where = None
    while True:
        if reader.take("INCLUDE"):
            include = _names(reader)
        elif reader.take("WHERE"):
            start = reader.at
            while reader.current is not None and not reader.current.is_word("WITH"):
                reader.at += 1
            where = reader.source(reader.tokens[start : reader.at])
        elif reader.take("WITH"):
            reader.group()
        elif reader.take("ON"):
            reader.name()
            if reader.peek_sign("("):
                reader.group()
        else:
            break
    return Index(name, keys, include=include, where=where, history=(origin,))


def _key(part: list[Token]) -> IndexKey:
    return IndexKey(part[0].value, descending=part[-1].is_word("DESC"))


def _names(reader: Reader) -> tuple[str, ...]:
    return tuple(part[0].value for part in split_at_commas(reader.group()))


def _reference(
    reader: Reader, name: str, columns: tuple[str, ...], parts: Parts, origin: Origin
) -> ForeignKey:
    target = qualified(reader)
    references = _names(reader) if reader.peek_sign("(") else ()
    found: dict[str, Action] = {}
    while reader.peek("ON", "DELETE") or reader.peek("ON", "UPDATE"):
        reader.at += 1
        event = reader.name().upper()
        words = " ".join(token.value.upper() for token in reader.tokens[reader.at : reader.at + 2])
        action = next((one for one in _ACTIONS if words.startswith(one)), None)
        if action is None:
            raise reader.unread()
        reader.at += len(action.split())
        found[event] = _ACTIONS[action]
    reader.take("NOT", "FOR", "REPLICATION")
    label = name or f"FK__{parts.table.name}__{'__'.join(columns)}"
    on_delete, on_update = found.get("DELETE", "NO ACTION"), found.get("UPDATE", "NO ACTION")
    return ForeignKey(label, columns, target, references, on_delete, on_update, history=(origin,))


def _column(reader: Reader, parts: Parts, origin: Origin) -> None:
    name = reader.name()
    if reader.take("AS"):
        expression = reader.source(reader.group())
        reader.take("PERSISTED")
        generated = f"({expression})"
        column = Column(name, SqlType("computed"), generated=generated, history=(origin,))
        parts.columns.append(column)
        return
    column = Column(name, read_type(reader), history=(origin,))
    label = ""
    while reader.current is not None:
        if reader.take("NOT", "NULL"):
            column = replace(column, not_null=True)
        elif reader.take("IDENTITY"):
            if reader.peek_sign("("):
                reader.group()
            column = replace(column, identity="BY DEFAULT", not_null=True)
        elif reader.take("CONSTRAINT"):
            label = reader.name()
        elif reader.take("DEFAULT"):
            column = replace(column, default=read_expression(reader))
            parts.defaults[label.lower()] = name
            label = ""
        elif reader.take("COLLATE"):
            column = replace(column, collation=reader.name())
        elif _inline(reader, label, (name,), parts, origin):
            label = ""
        elif not (
            reader.take_any("NULL", "ROWGUIDCOL", "SPARSE", "FILESTREAM")
            or reader.take("NOT", "FOR", "REPLICATION")
        ):
            raise reader.unread()
    parts.columns.append(column)


def read_type(reader: Reader) -> SqlType:
    """Read a column's type, with the arguments that it has where none are written."""
    words = reader.qualified()
    schema, name = (words[-2] if len(words) > 1 else None), words[-1].lower()
    arguments: tuple[str, ...] = ()
    if name == "double" and reader.take("PRECISION"):
        name = "float"
    elif name in ("char", "character", "national"):
        if name == "national":
            _ = reader.take_any("CHAR", "CHARACTER")
            name = "nchar"
        if reader.take("VARYING"):
            name = name.replace("character", "char").replace("char", "varchar")
    if reader.peek_sign("("):
        arguments = tuple(part[-1].value.lower() for part in split_at_commas(reader.group()))
    if name == "sysname":
        arguments = ("128",)
    name = _SAME.get(name, name)
    if schema not in (None, "sys"):
        return SqlType(words[-1], arguments, schema=schema)
    if name == "float" and arguments and arguments[0] in _SINGLE:
        return SqlType("real")
    if name in _TIMES:
        arguments = ()  # Prisma does not tell their precision
    if name == "decimal" and len(arguments) == 1:
        arguments = (arguments[0], "0")
    return SqlType(name, arguments or _DEFAULTS.get(name, ()))


def read_expression(reader: Reader) -> str:
    """Read the expression of a DEFAULT, without the brackets around it."""
    start = reader.at
    token = reader.current
    if token is not None and (token.is_sign("-") or token.is_sign("+")):
        reader.at += 1
    if reader.peek_sign("("):
        reader.group()
    else:
        reader.at += 1
        while reader.take_sign("."):
            reader.at += 1
        if reader.peek_sign("("):
            reader.group()
    text = reader.source(reader.tokens[start : reader.at])
    while text.startswith("(") and text.endswith(")") and _is_one_group(text):
        text = text[1:-1].strip()
    return text[1:] if text[:2] in ("N'", "n'") else text


def _is_one_group(text: str) -> bool:
    depth = 0
    for at, letter in enumerate(text):
        depth += (letter == "(") - (letter == ")")
        if depth == 0:
            return at == len(text) - 1
    return False
