"""The only door to libpg_query: PostgreSQL's own grammar, scanner and PL/pgSQL parser.

The shared library comes with the postgast wheel. It is called directly, and its tree is taken as
JSON: reading it costs half of what the protobuf bindings cost, and their import, a tenth of a
second, falls away.

A *node* is a dictionary with one key, the node's type, over its fields, just as in PostgreSQL's
`parsenodes.h`: `{"ColumnDef": {"colname": "id", "typeName": {...}, "location": 21}}`. Fields that
are zero, false or empty are left out; a field of one fixed node type (`typeName`, `relation`)
holds that type's fields without the wrapper. Enumerations are names ("AT_AddColumn").
`location`s are byte offsets into the text that was parsed; `Text` turns them into characters.
"""

from __future__ import annotations

import ctypes
from functools import cache
from importlib.machinery import SourceFileLoader
from typing import TYPE_CHECKING, Any, NamedTuple

from msgspec.json import decode as decode_json

from workers.engine.errors import EngineError
from workers.engine.sql import native

if TYPE_CHECKING:
    from workers.engine.sql.messages import Messages

Node = dict[str, Any]

GRAMMAR = "libpg_query 18, postgast 0.2"
"""What the trees depend on; part of every cache key."""


class SqlSyntaxError(Exception):
    """The parser refuses a text: its message, and where, as a byte offset (-1 if unknown)."""

    def __init__(self, message: str, offset: int, sqlstate: str = "42601") -> None:
        super().__init__(message)
        self.message = message
        self.offset = offset
        self.sqlstate = sqlstate


class Parsed(NamedTuple):
    """One statement: its node type, its fields, and the bytes `[start, end)` it was read from."""

    kind: str
    fields: Node
    start: int
    end: int


class Token(NamedTuple):
    """A token of the scanner: its number in the grammar and the bytes `[start, end)`."""

    number: int
    start: int
    end: int
    is_keyword: bool


@cache
def _messages() -> Messages:
    """What writes the trees that are printed."""
    from workers.engine.sql.messages import Messages

    for folder in native.folders():
        try:
            return Messages(SourceFileLoader("pg_query", "").get_data(f"{folder}/pg_query.desc"))
        except OSError:
            continue
    raise EngineError("pg_query.desc, which comes with the postgast package, was not found")


def _check(result: Any) -> None:
    if result.error:
        error = result.error.contents
        message = (error.message or b"syntax error").decode("utf-8", "replace")
        offset = error.cursorpos - 1 if error.cursorpos > 0 else -1
        raise SqlSyntaxError(message, offset, _sqlstate(message))


def _sqlstate(message: str) -> str:
    """The SQLSTATE of what gram.y refuses: a syntax error, but for a few."""
    if message.startswith("role name "):
        return "42939"
    if message.startswith("frame "):
        return "42P20"
    if message.endswith("not yet implemented") or message.startswith(_UNSUPPORTED):
        return "0A000"
    is_mark = " constraints cannot be marked " in message
    return "0A000" if is_mark or message.startswith("constraints cannot be altered") else "42601"


_UNSUPPORTED = ("WITH CHECK OPTION not supported", "current database cannot be changed")


def _decode(tree: bytes) -> Any:
    try:
        return decode_json(tree)
    except (RecursionError, UnicodeDecodeError):  # deep; or a letter cut by a long name's end
        from workers.engine.sql import deepjson

        return deepjson.loads(tree.decode("utf-8", "replace"))


_MAX_COMMENTS = 2000


def _bound_comments(sql: bytes) -> None:
    """Refuse comments nested by the thousand: the scanner's time grows with their square."""
    if sql.count(b"/*") <= _MAX_COMMENTS:
        return
    depth = at = 0
    while depth <= _MAX_COMMENTS:
        opening, closing = sql.find(b"/*", at), sql.find(b"*/", at)
        if opening < 0:
            return
        is_closing = 0 <= closing < opening
        depth = max(0, depth - 1) if is_closing else depth + 1
        at = (closing if is_closing else opening) + 2
    raise SqlSyntaxError("comments are nested too deeply", -1)


def tree_of(sql: bytes) -> bytes:
    """The syntax tree as JSON text, undecoded, for a cache; raises SqlSyntaxError."""
    _bound_comments(sql)
    library = native.library()
    result = library.parse(sql)
    try:
        _check(result)
        return bytes(result.tree)
    finally:
        library.free_parse(result)


def statements_of(tree: bytes, length: int) -> list[Parsed]:
    """The statements in a tree that `tree_of` gave for a text of so many bytes."""
    found = []
    for raw in _decode(tree).get("stmts", ()):
        ((kind, fields),) = raw["stmt"].items()
        start = raw.get("stmt_location", 0)
        size = raw.get("stmt_len", 0)
        found.append(Parsed(kind, fields, start, start + size if size else length))
    return found


def parse(sql: bytes) -> list[Parsed]:
    """The statements of a UTF-8 text; raises SqlSyntaxError. The caller has bounded its depth."""
    return statements_of(tree_of(sql), len(sql))


def parse_expression(text: str) -> Node:
    """The node of one expression; raises SqlSyntaxError."""
    (statement,) = parse(f"SELECT {text}".encode())
    target: Node = statement.fields["targetList"][0]["ResTarget"]["val"]
    return target


def parse_plpgsql(sql: str) -> list[Node]:
    """The bodies of a CREATE FUNCTION or DO statement in PL/pgSQL; raises SqlSyntaxError.

    Empty where the library's answer cannot be read.
    """
    library = native.library()
    result = library.functions(sql.encode())
    try:
        _check(result)
        return _bodies(result.functions)
    finally:
        library.free_functions(result)


def _bodies(tree: bytes) -> list[Node]:
    """The bodies; none if the library's text is no JSON.

    For a trigger's own variables libpg_query 18 writes `{}}`, a brace too many.
    """
    for text in (tree, tree.replace(b",{}}", b",{}")):
        try:
            bodies: list[Node] = _decode(text)
        except ValueError:
            continue
        return bodies
    return []


def split(sql: bytes) -> list[tuple[int, int]]:
    """Bytes `[start, end)` of each statement by the scanner alone; syntax errors do not matter."""
    _bound_comments(sql)
    library = native.library()
    result = library.split(sql)
    try:
        _check(result)
        spans = []
        for number in range(result.count):
            one = result.statements[number].contents
            spans.append((one.location, one.location + one.length))
        return spans
    finally:
        library.free_split(result)


def scan(sql: bytes) -> list[Token]:
    """The tokens, comments among them; raises SqlSyntaxError."""
    _bound_comments(sql)
    library = native.library()
    result = library.scan(sql)
    try:
        _check(result)
        return _tokens(ctypes.string_at(result.tokens.data, result.tokens.length))
    finally:
        library.free_scan(result)


def _tokens(data: bytes) -> list[Token]:
    """Read protobuf `ScanResult`: field 2 holds tokens of start, end, number, keyword kind.

    Numbers are read in place, not by a function of their own: a long file has a hundred thousand
    of them, and most are a single byte.
    """
    tokens = []
    at, length = 0, len(data)
    while at < length:
        field, value = data[at], data[at + 1]
        at += 2
        if value >= 0x80:
            value, at = _rest_of_varint(data, at, value)
        if field != 0x12:
            continue
        stop = at + value
        parts = [0, 0, 0, 0, 0, 0]
        while at < stop:
            number, value = data[at] >> 3, data[at + 1]
            at += 2
            if value >= 0x80:
                value, at = _rest_of_varint(data, at, value)
            parts[number] = value
        tokens.append(Token(parts[4], parts[1], parts[2], parts[5] > 0))
    return tokens


def _rest_of_varint(data: bytes, at: int, value: int) -> tuple[int, int]:
    value &= 0x7F
    shift = 7
    while True:
        byte = data[at]
        at += 1
        value |= (byte & 0x7F) << shift
        if byte < 0x80:
            return value, at
        shift += 7


def deparse(kind: str, fields: Node, *, is_laid_out: bool = False) -> str:
    """The text of one statement's tree, on several lines where it `is_laid_out`.

    Names stand in quotation marks only where they must. Raises SqlSyntaxError for a tree that
    PostgreSQL's grammar cannot have.
    """
    from workers.engine.sql.messages import NoMessage

    try:
        data = _messages().write("ParseResult", {"stmts": [{"stmt": {kind: fields}}]})
    except NoMessage as error:
        raise SqlSyntaxError(str(error), -1) from error
    buffer = ctypes.create_string_buffer(data, len(data))
    tree = native.Bytes(len(data), ctypes.cast(buffer, ctypes.c_void_p).value)
    print_tree, free = _printer()
    result = print_tree(tree, native.Printing(None, 0, is_laid_out, 4, 88, False, False))
    try:
        _check(result)
        return bytes(result.query).decode()
    finally:
        free(result)


@cache
def _printer() -> tuple[Any, Any]:
    library = native.loaded()
    print_tree, free = library.pg_query_deparse_protobuf_opts, library.pg_query_free_deparse_result
    print_tree.argtypes, print_tree.restype = [native.Bytes, native.Printing], native.Printed
    free.argtypes, free.restype = [native.Printed], None
    return print_tree, free
