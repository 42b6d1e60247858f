"""Statements as lists of tokens, for the databases whose SQL sqlglot would not print as it is.

sqlglot's printer makes INTEGER of BOOLEAN and BIGINT for SQLite, which Prisma tells apart; for
MySQL it makes INT of INTEGER, writes the column of a key's prefix in capitals, and has no tree for
CREATE FULLTEXT INDEX. So it prints nothing: the tokens are printed here. What is printed must read
back as the same tokens, and for MySQL and SQL Server sqlglot must read it as the tree that the
statement has with plain names in the place of the user's: no name and no text of the user's changes
what a statement does.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Literal

from msgspec import Struct

from workers.engine.errors import EngineError
from workers.engine.fixes.quoting import printable
from workers.engine.sql.sqlite.lexer import tokens as sqlite_tokens

Dialect = Literal["sqlite", "mysql", "tsql"]

Piece = tuple[str, str]
"""A token's kind and value, as `sql.reader` knows them; besides, `open` for a bracket that stands
close to what is before it, and `line` for a new line with its indentation, which is no token."""
Pieces = tuple[Piece, ...]

OPEN, CLOSE, COMMA = ("sign", "("), ("sign", ")"), ("sign", ",")
CLOSE_BY = ("open", "(")
LINE, LAST_LINE, GAP = ("line", "    "), ("line", ""), ("line", "\n    ")
_QUOTES = {"sqlite": ('"', '"'), "mysql": ("`", "`"), "tsql": ("[", "]")}


class Line(Struct, frozen=True):
    """A statement with the comment before it; `notes` are for the reader."""

    comment: str
    pieces: Pieces
    notes: tuple[str, ...] = ()


def script_of(lines: Iterable[Line], dialect: Dialect) -> str:
    """The text of a migration; raises EngineError where a statement does not read back."""
    blocks: list[str] = []
    last = ""
    for line in lines:
        is_said = dialect == "sqlite" and line.comment == last  # else Prisma says it each time
        head = [f"-- {line.comment}"] if line.comment and not is_said else []
        notes = [f"-- {printable(note)}" for note in line.notes]
        text = statement_of(line.pieces, dialect)
        blocks.append(("\n" if head and blocks else "") + "\n".join([*head, *notes, text]))
        last = line.comment
    return "\n".join(blocks) + "\n"


def statement_of(pieces: Pieces, dialect: Dialect) -> str:
    """One statement's text; raises EngineError where it does not read back."""
    text = _printed(pieces, dialect)
    meant = [_plain(piece) for piece in pieces if piece[0] != "line"]
    if "\0" in text or lexed(text, dialect) != meant or not _is_tree(text, pieces, dialect):
        raise EngineError("a statement could not be written so that it reads back")
    return f"{text};"


def _plain(piece: Piece) -> Piece:
    return ("sign", piece[1]) if piece[0] == "open" else piece


def lexed(text: str, dialect: Dialect) -> list[Piece]:
    """The tokens of a text as pieces; none where it cannot be read."""
    if dialect == "sqlite":
        return [(token.kind, token.value) for token in sqlite_tokens(text)]
    from workers.engine.sql.generic import UnreadableText, tokens

    try:
        return [(token.kind, token.value) for token in tokens(text, dialect)]
    except UnreadableText:
        return []


def _is_tree(text: str, pieces: Pieces, dialect: Dialect) -> bool:
    """Whether sqlglot reads the statement that it would read with plain names in it."""
    if dialect == "sqlite":
        return True
    from workers.engine.sql.generic import is_filled

    values: dict[str, str] = {}
    plain: list[Piece] = []
    for kind, value in pieces:
        if kind in ("name", "string"):
            place = f"place{len(values)}"
            values[place] = value
            plain.append((kind, place))
        else:
            plain.append((kind, value))
    return is_filled(text, _printed(tuple(plain), dialect), values, dialect)


def _printed(pieces: Pieces, dialect: Dialect) -> str:
    text = ""
    for kind, value in pieces:
        if kind == "line":
            text += f"\n{value}"
            continue
        is_close = kind == "open" or (kind == "sign" and value in (")", ",", "."))
        is_tight = is_close or not text or text.endswith(("(", ".", " ", "\n"))
        text += ("" if is_tight else " ") + _shown(kind, value, dialect)
    return text


def _shown(kind: str, value: str, dialect: Dialect) -> str:
    if kind == "name":
        before, after = _QUOTES[dialect]
        return before + value.replace(after, after * 2) + after
    if kind == "string":
        doubled = value.replace("\\", "\\\\") if dialect == "mysql" else value
        return "'" + doubled.replace("'", "''") + "'"
    return f"X'{value}'" if kind == "blob" else value


def words(text: str) -> Pieces:
    """Key words."""
    return tuple(("word", word) for word in text.split())


def named(text: str) -> Piece:
    """A name."""
    return ("name", text)


def listed(parts: Sequence[Sequence[Piece]], opening: Piece = OPEN) -> Pieces:
    """Parts with commas between them, in brackets."""
    return (opening, *joined(parts), CLOSE)


def joined(parts: Sequence[Sequence[Piece]], *between: Piece) -> Pieces:
    """Parts with commas between them, and what else stands there."""
    found: list[Piece] = []
    for at, part in enumerate(parts):
        found += [COMMA, *between] if at else []
        found += part
    return tuple(found)


def names(found: Iterable[str], opening: Piece = OPEN) -> Pieces:
    """Names in brackets."""
    return listed([[named(one)] for one in found], opening)


def expression(text: str, dialect: Dialect) -> Pieces:
    """The tokens of an expression of the schema's; raises EngineError where it would end early."""
    found = tuple(lexed(text, dialect))
    depth = 0
    for piece in found:
        depth += (piece == OPEN) - (piece == CLOSE)
        ends = piece in (("sign", ";"), ("sign", "`")) or (piece == COMMA and depth == 0)
        if depth < 0 or ends:
            raise EngineError(f"`{text}` is no expression")
    if depth or not found:
        raise EngineError(f"`{text}` is no expression")
    return found
