"""A migration's text as statements, each with its place; one that cannot be read stands alone.

The whole file is parsed in one go; only where that fails is it split by its tokens, so that the
other statements are still known.
"""

from __future__ import annotations

from msgspec import Struct, field

from workers.engine.sql import bulk, depth, postgres
from workers.engine.sql.postgres import Node, Parsed, SqlSyntaxError, Token
from workers.engine.sql.text import Text

_SEMICOLON, _OPEN, _CLOSE = 59, 40, 41
_COMMENTS = (275, 276)
_WHOLE_FILE = 200_000
"""A file up to this many bytes is parsed in one go."""


class Statement(Struct):
    """One statement, bytes `[start, end)`; `base` added to a node's location gives a byte."""

    kind: str
    fields: Node
    start: int
    end: int
    base: int = 0


class Trouble(Struct):
    """What refuses to be read: PostgreSQL's answer, and the byte at which it stands."""

    sqlstate: str
    message: str
    offset: int
    start: int
    end: int
    is_ours: bool = False
    """A bound of our own that the statement passes, not PostgreSQL's refusal."""


class Script(Struct):
    """The statements of a file in order, and its troubles."""

    statements: list[Statement] = field(default_factory=list)
    troubles: list[Trouble] = field(default_factory=list)
    skipped: int = 0
    """Rows of bulk data that were passed over."""


def read(text: Text) -> Script:
    """The statements of a file."""
    data = text.data
    if len(data) <= depth.SAFE_BYTES:
        try:
            return Script([_placed(data, parsed, 0) for parsed in postgres.parse(data)])
        except SqlSyntaxError:
            pass
    return _read_apart(data)


def _read_apart(data: bytes) -> Script:
    script = Script()
    for start, end, tokens in pieces(data, script):
        _read_one(data, start, end, tokens, script)
    return script


def _read_one(data: bytes, start: int, end: int, tokens: list[Token], script: Script) -> None:
    piece = data[start:end]
    if len(piece) > depth.SAFE_BYTES:
        shortened = bulk.shorten(piece, tokens, start)
        if shortened is not None:
            script.skipped += 1
            piece = shortened
        elif depth.depth_of(tokens) > depth.MAX_DEPTH:
            message = "The statement is too deeply nested to be read."
            script.troubles.append(Trouble("54001", message, start, start, end, True))
            return
    try:
        for parsed in postgres.parse(piece):
            found = _placed(data, parsed, start)
            found.end = max(found.end, end) if len(piece) != end - start else found.end
            script.statements.append(found)
    except SqlSyntaxError as error:
        at = start + error.offset if error.offset >= 0 else start
        at = min(at, end)
        script.troubles.append(Trouble(error.sqlstate, error.message, at, start, end))


def _placed(data: bytes, parsed: Parsed, base: int) -> Statement:
    start, end = parsed.start + base, parsed.end + base
    start = after_blank(data, start, end)
    while end > start and data[end - 1] in b" \t\r\n":
        end -= 1
    return Statement(parsed.kind, parsed.fields, start, end, base)


def after_blank(data: bytes, at: int, end: int) -> int:
    """Past blank space and comments."""
    while at < end:
        if data[at] in b" \t\r\n\f\v":
            at += 1
        elif data[at : at + 2] == b"--":
            stop = data.find(b"\n", at, end)
            at = end if stop < 0 else stop + 1
        elif data[at : at + 2] == b"/*":
            at = _after_comment(data, at, end)
        else:
            break
    return at


def _after_comment(data: bytes, at: int, end: int) -> int:
    """Past a block comment; PostgreSQL's nest."""
    level, at = 1, at + 2
    while level and at < end:
        close, inner = data.find(b"*/", at, end), data.find(b"/*", at, end)
        if close < 0:
            return end
        if 0 <= inner < close:
            level, at = level + 1, inner + 2
        else:
            level, at = level - 1, close + 2
    return at


def pieces(data: bytes, script: Script) -> list[tuple[int, int, list[Token]]]:
    """The statements' bytes and tokens; what the scanner refuses is a trouble."""
    found: list[tuple[int, int, list[Token]]] = []
    at = 0
    while at < len(data):
        try:
            tokens = postgres.scan(data[at:])
        except SqlSyntaxError as error:
            broken = at + max(error.offset, 0)
            good = _before(data, at, broken)
            if good > at:
                found += _cut(data[at:good], at)
            script.troubles.append(Trouble(error.sqlstate, error.message, broken, good, len(data)))
            break
        found += _cut_tokens(tokens, at)
        break
    return found


def _before(data: bytes, start: int, broken: int) -> int:
    """The end of the last whole statement before a byte that the scanner refuses."""
    at = data.rfind(b";", start, broken)
    while at > start:
        try:
            postgres.scan(data[start : at + 1])
            return at + 1
        except SqlSyntaxError:
            at = data.rfind(b";", start, at)
    return start


def _cut(data: bytes, base: int) -> list[tuple[int, int, list[Token]]]:
    return _cut_tokens(postgres.scan(data), base)


def _cut_tokens(tokens: list[Token], base: int) -> list[tuple[int, int, list[Token]]]:
    """Cut at semicolons outside of parentheses and of BEGIN ATOMIC ... END."""
    found = []
    current: list[Token] = []
    level = 0
    for token in tokens:
        if token.number in _COMMENTS:
            continue
        if token.number == _OPEN:
            level += 1
        elif token.number == _CLOSE:
            level = max(0, level - 1)
        if token.number == _SEMICOLON and level == 0:
            if current:
                found.append(_piece(current, base))
            current = []
        else:
            current.append(token)
    if current:
        found.append(_piece(current, base))
    return found


def _piece(tokens: list[Token], base: int) -> tuple[int, int, list[Token]]:
    return tokens[0].start + base, tokens[-1].end + base, tokens
