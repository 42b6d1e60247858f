"""MySQL's column types as `information_schema.columns.column_type` shows them in MySQL 8.

Integers have no display width, but for `tinyint(1)`; MariaDB's widths are dropped alike. A time
without a precision has `("0",)`, because Prisma tells `@db.DateTime` from `@db.DateTime(0)`.
https://dev.mysql.com/doc/refman/8.4/en/data-types.html
"""

from __future__ import annotations

from decimal import Decimal, InvalidOperation

from msgspec import Struct

from workers.engine.numerals import is_whole
from workers.engine.schema.model import SqlType
from workers.engine.sql.reader import Reader, Token, split_at_commas

_INTEGERS = {
    "tinyint": "tinyint",
    "int1": "tinyint",
    "smallint": "smallint",
    "int2": "smallint",
    "mediumint": "mediumint",
    "int3": "mediumint",
    "middleint": "mediumint",
    "int": "int",
    "integer": "int",
    "int4": "int",
    "bigint": "bigint",
    "int8": "bigint",
}
_SAME = {
    "dec": "decimal",
    "numeric": "decimal",
    "fixed": "decimal",
    "real": "double",
    "float4": "float",
    "float8": "double",
    "character": "char",
    "nchar": "char",
    "nvarchar": "varchar",
    "varcharacter": "varchar",
    "long": "mediumtext",
    "geomcollection": "geometrycollection",
}
_WITH_DEFAULT = {"char": "1", "binary": "1", "bit": "1"}
_PLAIN = frozenset(
    """
    decimal float double char varchar binary varbinary bit tinytext text mediumtext longtext
    tinyblob blob mediumblob longblob date time datetime timestamp year json enum set geometry
    point linestring polygon multipoint multilinestring multipolygon geometrycollection vector
    uuid inet4 inet6
    """.split()  # noqa: SIM905
)
_TIMES = ("time", "datetime", "timestamp")
TEXTS = frozenset(("char", "varchar", "tinytext", "text", "mediumtext", "longtext", "enum", "set"))
"""Types that have a collation."""
BLOBS = frozenset(
    """
    tinytext text mediumtext longtext tinyblob blob mediumblob longblob
    """.split()  # noqa: SIM905
)
"""Types that a key holds only a prefix of."""
_NUMBERS = frozenset(("tinyint", "smallint", "mediumint", "int", "bigint", "year"))
_LISTED = frozenset(("enum", "set"))
_MOST_SIZE = 4_294_967_295
_MOST_DIGITS = 400
"""Of a number that is looked at: a double has 309 at most."""
_SIZES = ((255, "tiny"), (65_535, ""), (16_777_215, "medium"), (4_294_967_295, "long"))


class WrittenType(Struct, frozen=True):
    """A type with what is written around it."""

    type: SqlType
    collation: str | None = None
    charset: str | None = None
    is_serial: bool = False
    """SERIAL: BIGINT UNSIGNED NOT NULL AUTO_INCREMENT UNIQUE."""
    is_binary: bool = False
    """The attribute BINARY: the collation of the character set that compares by its bytes."""


def read_type(reader: Reader) -> WrittenType:
    """Read a column's type; gives up where it is none that is known."""
    token = reader.current
    if token is None or token.kind not in ("word", "name"):
        raise reader.unread()
    word = token.value.lower()
    reader.at += 1
    if word == "serial":
        return WrittenType(SqlType("bigint unsigned"), is_serial=True)
    if word in ("bool", "boolean"):
        return _with_attributes(reader, "tinyint", ("1",))
    if word == "national":
        _ = reader.take_any("CHAR", "CHARACTER", "VARCHAR", "VARCHARACTER")
        word = "nvarchar" if reader.take("VARYING") else f"n{_previous(reader)}"
    elif word == "double":
        reader.take("PRECISION")
    elif word in ("char", "character") and reader.take("VARYING"):
        word = "varchar"
    elif word == "long":
        kind = reader.take_any("VARCHAR", "VARBINARY")
        word = "mediumblob" if kind == "VARBINARY" else "mediumtext"
    name = _INTEGERS.get(word) or _SAME.get(word, word)
    if name not in _PLAIN and name not in _NUMBERS:
        reader.at -= 1
        raise reader.unread()
    start = reader.at
    arguments = _arguments(reader) if reader.peek_sign("(") else ()
    if name not in _LISTED and not all(is_size(one) for one in arguments):
        reader.at = start
        raise reader.unread()
    return _with_attributes(
        reader, *_shaped(name, arguments), "utf8mb3" if word in ("nchar", "nvarchar") else None
    )


def is_size(text: str) -> bool:
    """Whether an argument of a type is a whole number within what MySQL takes."""
    return text.isascii() and text.isdigit() and int(text[:11]) <= _MOST_SIZE


def _previous(reader: Reader) -> str:
    word = reader.tokens[reader.at - 1].value.lower()
    return "varchar" if word.startswith("var") else "char"


def _arguments(reader: Reader) -> tuple[str, ...]:
    return tuple(_argument(part) for part in split_at_commas(reader.group()))


def _argument(part: list[Token]) -> str:
    token = part[-1]
    return quoted(token.value) if token.kind == "string" else token.value.lower()


def quoted(text: str) -> str:
    """A string constant, with its quotation marks doubled."""
    doubled = text.replace("'", "''")
    return f"'{doubled}'"


def _shaped(name: str, arguments: tuple[str, ...]) -> tuple[str, tuple[str, ...]]:
    """The name and the arguments that MySQL keeps."""
    if name in _NUMBERS:
        return name, ("1",) if name == "tinyint" and arguments == ("1",) else ()
    if name == "decimal":
        scale = arguments[1] if len(arguments) > 1 else "0"
        return name, (arguments[0] if arguments else "10", scale)
    if name == "float" and len(arguments) == 1:
        return ("double" if int(arguments[0]) > 24 else "float"), ()
    if name in ("text", "blob") and arguments:
        size = int(arguments[0]) * (4 if name == "text" else 1)
        prefix = next((prefix for most, prefix in _SIZES if size <= most), "long")
        return prefix + name, ()
    if name in _TIMES:
        return name, arguments or ("0",)
    if name in _WITH_DEFAULT and not arguments:
        return name, (_WITH_DEFAULT[name],)
    return name, arguments


def _with_attributes(
    reader: Reader, name: str, arguments: tuple[str, ...], charset: str | None = None
) -> WrittenType:
    collation = None
    is_binary = False
    while True:
        if reader.take("UNSIGNED"):
            name = f"{name} unsigned"
        elif reader.take("ZEROFILL"):
            name = name if name.endswith(" unsigned") else f"{name} unsigned"
        elif reader.take("CHARACTER", "SET") or reader.take("CHARSET"):
            charset = _word(reader)
        elif reader.peek("CHAR", "SET"):
            reader.at += 2
            charset = _word(reader)
        elif reader.take("ASCII"):
            charset = "latin1"
        elif reader.take("UNICODE"):
            charset = "ucs2"
        elif reader.take("COLLATE"):
            collation = _word(reader)
        elif reader.take("BINARY"):
            is_binary = True
        elif not (reader.take("SIGNED") or reader.take("BYTE")):
            break
    if name.startswith("tinyint") and name != "tinyint":
        arguments = ()
    if charset == "binary" and name in ("char", "varchar"):
        name, charset = name.replace("char", "binary"), None
    return WrittenType(
        SqlType(name, arguments), collation, charset, is_binary=is_binary and name in TEXTS
    )


def _word(reader: Reader) -> str:
    token = reader.current
    if token is None or token.kind not in ("word", "name", "string"):
        raise reader.unread()
    reader.at += 1
    return token.value.lower()


def canonical_default(text: str, type_: SqlType) -> str:
    """A literal default as MySQL keeps it for a column of that type: numbers in the column's own
    form (`0` in a DECIMAL(5,2) is `0.00`), truth values as 1 and 0; anything else unchanged."""
    name = type_.name.removesuffix(" unsigned")
    bare = text[1:-1] if len(text) > 1 and text[0] == text[-1] == "'" else text
    if text.lower() in ("true", "false"):
        bare = "1" if text.lower() == "true" else "0"
    elif text[:2].lower() == "b'" and name == "bit":
        digits = text[2:-1].lstrip("0") or "0"
        return f"b'{digits}'"
    if name == "bit" and is_whole(bare):
        return f"b'{int(bare):b}'"
    if name not in _NUMBERS and name not in ("decimal", "float", "double"):
        return quoted(bare) if text.lower() in ("true", "false") and name in TEXTS else text
    try:
        number = Decimal(bare)
    except InvalidOperation:
        return text
    if not number.is_finite() or abs(number.adjusted()) > _MOST_DIGITS:
        return text  # which MySQL refuses
    if name in _NUMBERS:
        return str(int(number.to_integral_value("ROUND_HALF_UP")))
    if name == "decimal" and len(type_.arguments) == 2:
        scale = type_.arguments[1]
        return f"{number:.{scale}f}" if is_size(scale) and int(scale) <= _MOST_DIGITS else text
    value = float(number)
    return str(int(value)) if value == int(value) and abs(value) < 1e15 else repr(value)
