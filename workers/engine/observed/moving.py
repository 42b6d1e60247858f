"""What a statement says of rows and names: what it writes, moves and renames."""

from __future__ import annotations

from collections.abc import Iterator

from msgspec import Struct

from workers.engine.sql.reader import Reader, Token, split_at_commas

_MODIFIERS = ("LOW_PRIORITY", "DELAYED", "HIGH_PRIORITY", "QUICK", "IGNORE")
_ENDS = ("WHERE", "LIMIT", "JOIN", "GROUP", "HAVING", "UNION", "INNER", "LEFT", "CROSS", "NATURAL")


class Target(Struct, frozen=True):
    """The table that an UPDATE, a DELETE or a TRUNCATE changes, and the columns it writes, small.

    It is partial where a condition leaves rows as they are.
    """

    table: str
    columns: frozenset[str] = frozenset()
    is_partial: bool = False


class Move(Struct, frozen=True):
    """The rows of an INSERT: into which table and columns, out of which table.

    `origins` are the source's columns that fill `columns`, each empty where an expression does.
    `source` is empty where the rows are written out. A move is partial where it is not known to
    take all rows, or to keep to one table.
    """

    into: str
    columns: tuple[str, ...] = ()
    source: str = ""
    origins: tuple[str, ...] = ()
    is_partial: bool = False
    is_lax: bool = False
    """Whether rows that do not fit are left out."""


def target(statement: Reader) -> Target:
    """What an UPDATE, a DELETE or a TRUNCATE changes."""
    statement.at = 1
    while statement.take_any(*_MODIFIERS, "FROM", "TABLE"):
        pass
    if statement.take("OR"):
        statement.at += 1
    table = _name(statement)
    rest = statement.rest()
    is_partial = any(token.is_word("WHERE", "LIMIT") for token in rest)
    return Target(table, frozenset(_written(rest)), is_partial)


def _written(tokens: list[Token]) -> Iterator[str]:
    """The names before the equals signs of SET."""
    start = next((at + 1 for at, token in enumerate(tokens) if token.is_word("SET")), len(tokens))
    for part in split_at_commas(tokens[start:]):
        signs = [at for at, token in enumerate(part) if token.is_sign("=")]
        if signs and signs[0]:
            yield part[signs[0] - 1].value.lower()


def read_move(statement: Reader) -> Move:
    """What an INSERT or a REPLACE moves."""
    statement.at = 1
    is_lax = statement.take("OR") and bool(statement.take_any("IGNORE", "REPLACE", "ABORT", "FAIL"))
    while word := statement.take_any(*_MODIFIERS, "INTO"):
        is_lax = is_lax or word == "IGNORE"
    into = _name(statement)
    columns = _columns(statement)
    if not statement.take("SELECT"):
        is_written = statement.current is not None and statement.current.is_word("VALUES", "VALUE")
        return Move(into, columns, is_partial=not is_written, is_lax=is_lax)
    found = statement.rest()
    depth, start = 0, len(found)
    for at, token in enumerate(found):
        depth += token.is_sign("(") - token.is_sign(")")
        if depth == 0 and token.is_word("FROM"):
            start = at
            break
    after = Reader(found[start + 1 :], statement.text)
    if start == len(found) or after.peek_sign("("):
        return Move(into, columns, is_partial=True, is_lax=is_lax)
    source = _name(after)
    rest = after.rest()
    is_partial = is_lax or any(t.is_word(*_ENDS) or t.is_sign(",") for t in rest)
    origins = tuple(_origin(part) for part in split_at_commas(found[:start]))
    return Move(into, columns, source, origins, is_partial, is_lax)


def _columns(statement: Reader) -> tuple[str, ...]:
    if not statement.peek_sign("("):
        return ()
    start = statement.at
    parts = split_at_commas(statement.group())
    if parts and parts[0][0].is_word("SELECT", "WITH"):
        statement.at = start
        return ()
    return tuple(part[-1].value for part in parts)


def _origin(part: list[Token]) -> str:
    """The column that stands alone in a list of expressions, whatever it is called there."""
    names = [token for token in part if token.kind in ("word", "name")]
    if len(part) > 1 and part[1].is_sign("."):
        part = part[2:]
    is_alone = len(part) == 1 or (len(part) == 3 and part[1].is_word("AS"))
    return part[0].value if names and is_alone and part[0].kind in ("word", "name") else ""


def _name(statement: Reader) -> str:
    """A table's name, its schema left out; empty where none stands there."""
    token = statement.current
    if token is None or token.kind not in ("word", "name", "string"):
        return ""
    statement.at += 1
    if statement.take_sign("."):
        return _name(statement)
    return token.value


def renamed_tables(statement: Reader) -> dict[str, str]:
    """The new name of each table that an ALTER or a RENAME gives one, by the old."""
    statement.at = 0
    if statement.take("RENAME"):
        statement.take_any("TABLE", "TABLES")
        return dict(_pairs(statement))
    while statement.take_any("ALTER", "ONLINE", "IGNORE", "TABLE", "IF", "EXISTS"):
        pass
    old = _name(statement)
    for part in split_at_commas(statement.rest()):
        clause = Reader(part, statement.text)
        if clause.take("RENAME") and not clause.peek("COLUMN") and len(part) < 5:
            is_column = len(part) == 4 and not clause.peek("TO")
            clause.take_any("TO", "AS")
            new = _name(clause)
            if new and not is_column and clause.current is None:
                return {old: new}
    return {}


def _pairs(statement: Reader) -> Iterator[tuple[str, str]]:
    for part in split_at_commas(statement.rest()):
        inner = Reader(part, statement.text)
        old = _name(inner)
        inner.take("TO")
        yield old, _name(inner)


def renamed_columns(statement: Reader) -> dict[str, str]:
    """The old name of each column that is renamed, by the new one in small letters."""
    found: dict[str, str] = {}
    tokens = statement.tokens
    for at, token in enumerate(tokens):
        rest = Reader(tokens[at + 1 :], statement.text)
        if token.is_word("CHANGE"):
            rest.take("COLUMN")
            old, new = _name(rest), _name(rest)
        elif token.is_word("RENAME") and not rest.peek("TO"):
            rest.take("COLUMN")
            old = _name(rest)
            new = _name(rest) if rest.take("TO") else ""
        else:
            continue
        if old and new:
            found[new.lower()] = old
    return found
