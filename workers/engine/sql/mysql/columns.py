"""MySQL's column definitions: type, attributes, and the keys that stand in them."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

from msgspec.structs import replace

from workers.engine.schema.model import CheckConstraint, Column, Index, IndexKey, SqlType
from workers.engine.source import Origin, Span
from workers.engine.sql.mysql import refusals
from workers.engine.sql.mysql.collations import canonical
from workers.engine.sql.mysql.draft import PRIMARY, Draft
from workers.engine.sql.mysql.types import BLOBS, canonical_default, is_size, quoted, read_type
from workers.engine.sql.reader import Reader, Token

_NOW = ("CURRENT_TIMESTAMP", "NOW", "LOCALTIME", "LOCALTIMESTAMP")


@dataclass
class Definition:
    """A column as written: the column, its keys, and where it is to stand."""

    column: Column
    charset: str | None = None
    is_binary: bool = False
    is_unique: bool = False
    is_primary: bool = False
    is_null: bool = False
    references: bool = False
    """Whether it has a REFERENCES clause, which MySQL before 9.0 reads and ignores."""
    checks: list[CheckConstraint] = field(default_factory=list)
    place: str | Literal[True] | None = None
    """The column after which it is to stand, True for the first place."""


def place_of(reader: Reader, path: str, found: list[Token] | None = None) -> Origin:
    """The place of some tokens, of all that the reader has where none are given."""
    whole = found if found is not None else reader.tokens
    return Origin(path, Span(whole[0].start, whole[-1].end))


def read_column(reader: Reader, draft: Draft, origin: Origin) -> Definition:
    """Read `name type attributes`."""
    token = reader.current
    if token is None or token.kind not in ("word", "name"):
        raise refusals.syntax_at(reader)
    name = reader.name()
    written = read_type(reader)
    column = Column(name, written.type, collation=written.collation, history=(origin,))
    made = Definition(column, written.charset, written.is_binary)
    if written.is_serial:
        made.column = replace(column, not_null=True, identity="BY DEFAULT")
        made.is_unique = True
    while reader.current is not None and _attribute(reader, made, draft, origin):
        pass
    _place(reader, made)
    return made


def _attribute(reader: Reader, made: Definition, draft: Draft, origin: Origin) -> bool:
    column = made.column
    if reader.take("NOT", "NULL"):
        made.column = replace(column, not_null=True)
    elif reader.take("NULL"):
        made.is_null = True
        made.column = replace(column, not_null=False)
    elif reader.take("DEFAULT"):
        made.column = replace(column, default=read_default(reader, column.type, column.name))
        _note_precision(made, made.column.default, draft)
    elif reader.take("ON", "UPDATE"):
        made.column = replace(column, on_update=_now(reader))
    elif reader.take("AUTO_INCREMENT"):
        made.column = replace(column, identity="BY DEFAULT", not_null=True)
    elif reader.take("UNIQUE"):
        reader.take("KEY")
        made.is_unique = True
    elif reader.take("PRIMARY", "KEY") or reader.take("KEY"):
        made.is_primary = True
    elif reader.take("COMMENT"):
        made.column = replace(column, comment=reader.string() or None)
    elif reader.take("COLLATE"):
        made.column = replace(column, collation=canonical(reader.tokens[reader.at].value))
        reader.at += 1
    elif reader.take("CHARACTER", "SET") or reader.take("CHARSET"):
        made.charset = canonical(reader.tokens[reader.at].value)
        reader.at += 1
    elif reader.take("GENERATED", "ALWAYS", "AS") or reader.take("AS"):
        made.column = replace(column, generated=_generated(reader))
    else:
        return _other(reader, made, draft, origin)
    return True


def _other(reader: Reader, made: Definition, draft: Draft, origin: Origin) -> bool:
    """Attributes that leave the column's data as it is."""
    if reader.peek("CONSTRAINT") or reader.peek("CHECK"):
        check = read_check(reader, draft, origin)
        made.checks.append(replace(check, columns=(made.column.name,)))
    elif reader.take("REFERENCES"):
        reader.qualified()
        reader.group()
        read_actions(reader)
        made.references = True
    elif reader.take("SERIAL", "DEFAULT", "VALUE"):
        made.column = replace(made.column, not_null=True, identity="BY DEFAULT")
        made.is_unique = True
    elif reader.take_any("COLUMN_FORMAT", "STORAGE", "ENGINE_ATTRIBUTE", "SRID", "REF_SYSTEM_ID"):
        reader.take_sign("=")
        reader.at += 1
    elif not reader.take_any("VISIBLE", "INVISIBLE", "VIRTUAL", "STORED", "PERSISTENT", "ENFORCED"):
        return False
    return True


def _place(reader: Reader, made: Definition) -> None:
    if reader.take("FIRST"):
        made.place = True
    elif reader.take("AFTER"):
        made.place = reader.name()


def _generated(reader: Reader) -> str:
    expression = reader.source(reader.group())
    kind = reader.take_any("VIRTUAL", "STORED", "PERSISTENT")
    return f"({expression}) {'VIRTUAL' if kind in (None, 'VIRTUAL') else 'STORED'}"


def read_check(reader: Reader, draft: Draft, origin: Origin) -> CheckConstraint:
    """Read `[CONSTRAINT [name]] CHECK (...) [[NOT] ENFORCED]`."""
    name = ""
    if reader.take("CONSTRAINT") and not reader.peek("CHECK"):
        name = reader.name()
    reader.expect("CHECK")
    definition = f"CHECK ({reader.source(reader.group())})"
    if reader.take("NOT", "ENFORCED"):
        definition += " NOT ENFORCED"
    else:
        reader.take("ENFORCED")
    return CheckConstraint(name or draft.check_name(), definition, history=(origin,))


def read_actions(reader: Reader) -> dict[str, str]:
    """Read MATCH, ON DELETE and ON UPDATE: the actions by `DELETE` and `UPDATE`."""
    found: dict[str, str] = {}
    while True:
        if reader.take("MATCH"):
            reader.at += 1
        elif reader.peek("ON", "DELETE") or reader.peek("ON", "UPDATE"):
            reader.at += 1
            event = reader.name().upper()
            found[event] = _action(reader)
        else:
            return found


def _action(reader: Reader) -> str:
    for words in (("SET", "NULL"), ("SET", "DEFAULT"), ("NO", "ACTION")):
        if reader.take(*words):
            return " ".join(words)
    word = reader.take_any("CASCADE", "RESTRICT")
    if word is None:
        raise reader.unread()
    return word


def read_default(reader: Reader, type_: SqlType, name: str) -> str | None:
    """Read the value of DEFAULT in its normal form; None for NULL.

    Text in quotation marks, numbers as MySQL keeps them for the type, `CURRENT_TIMESTAMP(3)`, and
    other expressions in brackets.
    """
    token = reader.current
    if token is None:
        raise refusals.syntax_at(reader)
    if token.is_sign("("):
        return f"({reader.source(reader.group())})"
    if token.is_word(*_NOW):
        return _now(reader)
    if token.is_word("NULL"):
        reader.at += 1
        return None
    if token.is_sign("-") or token.is_sign("+"):
        reader.at += 2
        sign = "-" if token.value == "-" else ""
        return canonical_default(sign + reader.tokens[reader.at - 1].value, type_)
    if token.kind == "word" and token.value.startswith("_"):
        reader.at += 1  # a character set before its string
        token = reader.current or token
    if token.is_word("DATE", "TIME", "TIMESTAMP"):
        reader.at += 1
        token = reader.current or token
    if token.kind not in ("string", "number", "literal") and not token.is_word("TRUE", "FALSE"):
        return _call(reader)
    reader.at += 1
    if token.kind == "string" and type_.name.removesuffix(" unsigned") in BLOBS | {"json"}:
        raise refusals.blob_default(name)
    written = quoted(token.value) if token.kind == "string" else token.value
    return canonical_default(written, type_)


def _call(reader: Reader) -> str:
    """A function without brackets around it, which MariaDB takes: `DEFAULT uuid()`."""
    start = reader.at
    reader.name()
    reader.group()
    return f"({reader.source(reader.tokens[start : reader.at])})"


def _now(reader: Reader) -> str:
    reader.name()
    digits = reader.source(reader.group()) if reader.peek_sign("(") else ""
    return f"CURRENT_TIMESTAMP({digits})" if digits and digits != "0" else "CURRENT_TIMESTAMP"


def _note_precision(made: Definition, default: str | None, draft: Draft) -> None:
    """MariaDB gives the present in the column's own precision, where MySQL wants it written."""
    column = made.column
    if default is None or not default.startswith("CURRENT_TIMESTAMP"):
        return
    digits = column.type.arguments[0] if column.type.arguments else "0"
    own = "CURRENT_TIMESTAMP" if digits == "0" else f"CURRENT_TIMESTAMP({digits})"
    if default != own and column.type.name in ("datetime", "timestamp"):
        made.column = replace(column, default=own)
        message = (
            f"`{column.name}` has another precision than its default {default}: MySQL refuses it "
            f"with error 1067, Invalid default value for '{column.name}'; MariaDB takes it."
        )
        draft.notes.append(("default-precision", message))


def read_keys(reader: Reader) -> tuple[IndexKey, ...]:
    """Read the `(column(10) DESC, (expression))` of an index."""
    keys = []
    reader.expect_sign("(")
    while True:
        keys.append(_key(reader))
        if not reader.take_sign(","):
            break
    reader.expect_sign(")")
    return tuple(keys)


def _key(reader: Reader) -> IndexKey:
    if reader.peek_sign("("):
        key = IndexKey(expression=reader.source(reader.group()))
    else:
        name = reader.name()
        key = IndexKey(name, length=_length(reader) if reader.peek_sign("(") else None)
    order = reader.take_any("ASC", "DESC")
    return replace(key, descending=order == "DESC")


def _length(reader: Reader) -> int:
    """How many characters of a column an index holds: one number in parentheses."""
    inside = reader.group()
    if len(inside) != 1 or not is_size(inside[0].value):
        raise reader.unread()
    return int(inside[0].value)


def inline_indexes(made: Definition, origin: Origin) -> list[Index]:
    """The primary key and the unique that a column's own attributes ask for."""
    found = []
    key = (IndexKey(made.column.name),)
    if made.is_primary:
        found.append(Index(PRIMARY, key, True, is_constraint=True, history=(origin,)))
    if made.is_unique:
        found.append(Index("", key, True, history=(origin,)))
    return found
