"""MySQL's tables, columns, keys and indexes as tokens, in the words that Prisma writes.

A column is always redefined whole (`MODIFY`): MySQL has no statement for its type alone.
"""

from __future__ import annotations

from collections.abc import Sequence

from workers.engine.fixes.clauses import reference, table_body
from workers.engine.fixes.tokens import (
    CLOSE,
    CLOSE_BY,
    LINE,
    OPEN,
    Piece,
    Pieces,
    expression,
    joined,
    listed,
    named,
    names,
    words,
)
from workers.engine.schema.model import Column, ForeignKey, Index, KeyConstraint, SqlType, Table

_SPELLED = {"int": "INTEGER"}
_SIGNS = (("sign", "-"), ("sign", "+"))
_OPTIONS = "DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_ci"


def create_table(table: Table) -> Pieces:
    """CREATE TABLE with its columns, indexes and primary key; the foreign keys come after it."""
    rest: list[Pieces] = []
    for index in table.indexes:
        if not index.is_constraint:
            what = words(f"{_kind(index)}INDEX")
            rest.append((*what, named(index.name), *_keys(index)))
    if table.primary_key is not None:
        rest.append(primary_key(table.primary_key))
    columns = [definition(column) for column in table.columns]
    head = (*words("CREATE TABLE"), named(table.name.name))
    return (*head, *table_body(columns, rest), *words(_OPTIONS))


def alter(table: str, *actions: Pieces) -> Pieces:
    """ALTER TABLE with all that is to be done to the table."""
    return (*words("ALTER TABLE"), named(table), *joined(actions, LINE))


def add_column(column: Column) -> Pieces:
    """ADD COLUMN."""
    return (*words("ADD COLUMN"), *definition(column))


def modify(column: Column) -> Pieces:
    """MODIFY: the column anew."""
    return (*words("MODIFY"), *definition(column))


def definition(column: Column) -> Pieces:
    """A column as CREATE TABLE, ADD COLUMN and MODIFY take it."""
    found: list[Piece] = [named(column.name), *_type(column.type)]
    if column.collation:
        found += [*words("COLLATE"), *expression(column.collation, "mysql")]
    found += words("NOT NULL" if column.not_null else "NULL")
    if column.default is not None:
        found += [*words("DEFAULT"), *value(column)]
    if column.on_update is not None:
        found += [*words("ON UPDATE"), *_set_close(expression(column.on_update, "mysql"))]
    if column.identity is not None:
        found += words("AUTO_INCREMENT")
    if column.comment:
        found += [*words("COMMENT"), ("string", column.comment)]
    return tuple(found)


def _type(kind: SqlType) -> Pieces:
    if (kind.name, kind.arguments) == ("tinyint", ("1",)):
        return words("BOOLEAN")
    first, _, sign = kind.name.partition(" ")
    written = expression(_SPELLED.get(first, first.upper()), "mysql")
    if kind.arguments:
        written += listed([_argument(one) for one in kind.arguments], CLOSE_BY)
    return (*written, *words(sign.upper()))


def _argument(text: str) -> Pieces:
    return (_string(text),) if _is_string(text) else expression(text, "mysql")


def value(column: Column) -> Pieces:
    """The default of a column; what is no literal stands in brackets."""
    text = column.default or "NULL"
    if _is_string(text):
        return (_string(text),)
    found = expression(text, "mysql")
    if _is_plain(found, text):
        return _set_close(found)
    return (OPEN, *_set_close(found), CLOSE)


def _is_plain(found: Pieces, text: str) -> bool:
    """A constant, the present moment, or an expression in brackets of its own."""
    if len(found) == 1 or (len(found) == 2 and found[0] in _SIGNS):
        return True
    return text.upper().startswith("CURRENT_TIMESTAMP(") or found[0] == OPEN


def _set_close(found: Pieces) -> Pieces:
    """A bracket close to the name of the function before it."""
    return tuple(
        CLOSE_BY if piece == OPEN and at and found[at - 1][0] == "word" else piece
        for at, piece in enumerate(found)
    )


def _is_string(text: str) -> bool:
    """Whether a text is one string as the schema keeps it: in quotation marks, doubled within."""
    inner = text[1:-1].replace("''", "")
    return len(text) > 1 and text[0] == text[-1] == "'" and "'" not in inner


def _string(text: str) -> Piece:
    return ("string", text[1:-1].replace("''", "'"))


def primary_key(key: KeyConstraint) -> Pieces:
    """PRIMARY KEY, which has no name in MySQL."""
    return (*words("PRIMARY KEY"), *names(key.columns))


def create_index(table: str, index: Index) -> Pieces:
    """CREATE INDEX."""
    head = (*words(f"CREATE {_kind(index)}INDEX"), named(index.name), *words("ON"), named(table))
    return (*head, *_keys(index))


def drop_index(table: str, index: Index) -> Pieces:
    """DROP INDEX."""
    return (*words("DROP INDEX"), named(index.name), *words("ON"), named(table))


def rename_index(table: str, old: str, new: str) -> Pieces:
    """ALTER TABLE ... RENAME INDEX."""
    return alter(table, (*words("RENAME INDEX"), named(old), *words("TO"), named(new)))


def add_key(table: str, key: ForeignKey) -> Pieces:
    """ALTER TABLE ... ADD CONSTRAINT ... FOREIGN KEY."""
    return alter(table, (*words("ADD"), *reference(key)))


def drop_key(table: str, name: str) -> Pieces:
    """ALTER TABLE ... DROP FOREIGN KEY."""
    return alter(table, (*words("DROP FOREIGN KEY"), named(name)))


def rename_table(old: str, new: str) -> Pieces:
    """ALTER TABLE ... RENAME TO."""
    return alter(old, (*words("RENAME TO"), named(new)))


def rename_column(table: str, old: str, new: str) -> Pieces:
    """ALTER TABLE ... RENAME COLUMN."""
    return alter(table, (*words("RENAME COLUMN"), named(old), *words("TO"), named(new)))


def drop_column(name: str) -> Pieces:
    """DROP COLUMN."""
    return (*words("DROP COLUMN"), named(name))


def drop_table(name: str) -> Pieces:
    """DROP TABLE."""
    return (*words("DROP TABLE"), named(name))


def fill(table: str, column: str, found: Sequence[Piece]) -> Pieces:
    """UPDATE of the rows that have no value."""
    head = (*words("UPDATE"), named(table), *words("SET"), named(column), ("sign", "="))
    return (*head, *found, *words("WHERE"), named(column), *words("IS NULL"))


def _kind(index: Index) -> str:
    return "UNIQUE " if index.is_unique else "FULLTEXT " if index.method == "fulltext" else ""


def _keys(index: Index) -> Pieces:
    keys: list[Pieces] = []
    for key in index.keys:
        own: Pieces = (
            (named(key.column),)
            if key.column is not None
            else (OPEN, *expression(key.expression or "", "mysql"), CLOSE)
        )
        if key.length is not None:
            own += (CLOSE_BY, ("number", str(key.length)), CLOSE)
        keys.append((*own, *words("DESC" if key.descending else "")))
    return listed(keys, CLOSE_BY)
