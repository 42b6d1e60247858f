"""MySQL's CREATE TABLE: columns, keys, constraints and table options."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from msgspec import Struct
from msgspec.structs import replace

from workers.engine.schema.model import Action, Column, ForeignKey, Index, QualifiedName
from workers.engine.source import Origin
from workers.engine.sql.mysql import refusals
from workers.engine.sql.mysql.collations import canonical, charset_of, default_collation
from workers.engine.sql.mysql.columns import (
    Definition,
    inline_indexes,
    place_of,
    read_actions,
    read_check,
    read_column,
    read_keys,
)
from workers.engine.sql.mysql.draft import PRIMARY, Draft
from workers.engine.sql.reader import Reader, UnreadStatement, split_at_commas

SCHEMA = "public"
"""The schema under which a database's objects are kept: MySQL has none within a database."""

_ACTIONS: dict[str, Action] = {
    "SET NULL": "SET NULL",
    "SET DEFAULT": "SET DEFAULT",
    "NO ACTION": "NO ACTION",
    "CASCADE": "CASCADE",
    "RESTRICT": "RESTRICT",
}
_INDEXES = ("INDEX", "KEY", "UNIQUE", "FULLTEXT", "SPATIAL", "PRIMARY")
_INDEX_WORDS = ("VISIBLE", "INVISIBLE", "IGNORED")


class Options(Struct):
    """What a table's options say of the model's concern; None where they do not."""

    charset: str | None = None
    collation: str | None = None
    comment: str | None = None

    @property
    def effective(self) -> str | None:
        """The default collation that the options set."""
        if self.collation is not None:
            return self.collation
        return default_collation(self.charset) if self.charset is not None else None


def read_body(reader: Reader, draft: Draft, tell: Callable[[str, Origin], None]) -> None:
    """Read `( ... )` of CREATE TABLE and what stands behind it."""
    body = reader.group()
    options = read_options(reader)
    draft.collation, draft.comment = options.effective, options.comment
    indexes: list[Index] = []
    for part in split_at_commas(body):
        inner = Reader(part, reader.text)
        origin = place_of(inner, draft.origin.path)
        if not read_constraint(inner, draft, indexes, origin):
            made = read_column(inner, draft, origin)
            if made.references:
                tell(made.column.name, origin)
            add_column(made, draft)
            indexes += inline_indexes(made, origin)
        if inner.current is not None:
            raise inner.unread()
    _add_indexes(indexes, draft)


def _add_indexes(indexes: list[Index], draft: Draft) -> None:
    """The primary key first, as MySQL does; then those that have names, so that the others find
    names that are free."""
    for index in sorted(indexes, key=lambda one: (one.name != PRIMARY, not one.name)):
        draft.add_index(index)


def add_column(made: Definition, draft: Draft, place: str | bool | None = None) -> Column:
    """Put a new column into the table; refuses a second one of its name."""
    if draft.find(made.column.name) is not None:
        raise refusals.column_exists(made.column.name)
    return insert_column(made, draft, made.place if place is None else place)


def insert_column(made: Definition, draft: Draft, place: str | bool | None) -> Column:
    """Put a column at its place: the end, the start, or after another."""
    column = draft.settled(made.column, made.charset, is_binary=made.is_binary)
    if len(column.name) > 64:
        raise refusals.name_too_long(column.name)
    if made.is_null:
        draft.nullable.add(column.name)
    if place is None:
        draft.columns.append(column)
    elif isinstance(place, str):
        draft.columns.insert(draft.columns.index(draft.need(place)) + 1, column)
    else:
        draft.columns.insert(0, column)
    draft.checks += made.checks
    return column


def read_constraint(reader: Reader, draft: Draft, indexes: list[Index], origin: Origin) -> bool:
    """Read a key, an index, a foreign key or a check, if one comes next."""
    token = reader.current
    if token is None or token.kind != "word":
        return False
    name = ""
    start = reader.at
    if reader.take("CONSTRAINT"):
        following = reader.current
        if following and not following.is_word("CHECK", "FOREIGN", "PRIMARY", "UNIQUE"):
            name = reader.name()
    if reader.peek("CHECK"):
        check = read_check(reader, draft, origin)
        draft.checks.append(replace(check, name=name or check.name))
    elif reader.take("FOREIGN", "KEY"):
        draft.added_keys.append(_foreign_key(reader, name, origin))
    elif _is_index(reader):
        indexes.append(read_index(reader, name, origin))
    else:
        reader.at = start
        return False
    return True


def _is_index(reader: Reader) -> bool:
    """Whether an index follows, and not a column that is called like one (`key VARCHAR(9)`)."""
    if not reader.current or not reader.current.is_word(*_INDEXES):
        return False
    if reader.peek("PRIMARY", "KEY") or not reader.current.is_word("INDEX", "KEY", "PRIMARY"):
        return True
    ahead = Reader(reader.tokens[reader.at + 1 :], reader.text)
    if ahead.peek_sign("(") or ahead.peek("USING"):
        return True
    if ahead.current is None or ahead.current.kind not in ("word", "name"):
        return False
    ahead.at += 1
    if ahead.peek("USING"):
        return True
    if not ahead.peek_sign("("):
        return False
    inside = ahead.group()
    return bool(inside) and (inside[0].kind in ("word", "name") or inside[0].is_sign("("))


def read_index(reader: Reader, name: str, origin: Origin) -> Index:
    """Read `[UNIQUE | FULLTEXT | SPATIAL | PRIMARY] [KEY] [name] [USING x] (columns) options`."""
    kind = reader.take_any("UNIQUE", "FULLTEXT", "SPATIAL", "PRIMARY")
    _ = reader.take_any("INDEX", "KEY")
    reader.take("IF", "NOT", "EXISTS")
    _using(reader)
    if not reader.peek_sign("("):
        name = reader.name()
        _using(reader)
    keys = read_keys(reader)
    read_index_options(reader)
    is_primary = kind == "PRIMARY"
    return Index(
        PRIMARY if is_primary else name,
        keys,
        is_unique=kind in ("UNIQUE", "PRIMARY"),
        method=kind.lower() if kind in ("FULLTEXT", "SPATIAL") else "btree",
        is_constraint=is_primary,
        history=(origin,),
    )


def _using(reader: Reader) -> None:
    if reader.take("USING") or reader.take("TYPE"):
        reader.at += 1


def read_index_options(reader: Reader) -> None:
    """Read what may stand behind an index's columns."""
    while True:
        if reader.peek("USING"):
            _using(reader)
        elif reader.take_any("KEY_BLOCK_SIZE", "ALGORITHM", "LOCK", "CLUSTERING"):
            reader.take_sign("=")
            reader.at += 1
        elif reader.take("WITH", "PARSER") or reader.take("COMMENT"):
            reader.at += 1
        elif not (reader.take_any(*_INDEX_WORDS) or reader.take("NOT", "IGNORED")):
            return


def _foreign_key(reader: Reader, name: str, origin: Origin) -> ForeignKey:
    reader.take("IF", "NOT", "EXISTS")
    if not reader.peek_sign("("):
        index = reader.name()  # the index's name, which serves for the key's where that has none
        name = name or index
    columns = _names(reader)
    reader.expect("REFERENCES")
    table = reader.qualified()[-1]
    references = _names(reader)
    actions = read_actions(reader)
    return ForeignKey(
        name,
        columns,
        QualifiedName(SCHEMA, table),
        references,
        _ACTIONS[actions.get("DELETE", "NO ACTION")],
        _ACTIONS[actions.get("UPDATE", "NO ACTION")],
        history=(origin,),
    )


def _names(reader: Reader) -> tuple[str, ...]:
    return tuple(part[0].value for part in split_at_commas(reader.group()))


def read_options(reader: Reader) -> Options:
    """Read table options; those that say nothing of the model are passed over."""
    options = Options()
    while (token := reader.current) is not None:
        reader.take("DEFAULT")
        if reader.take("CHARACTER", "SET") or reader.take("CHARSET"):
            options.charset = canonical(_value(reader))
        elif reader.take("COLLATE"):
            options.collation = canonical(_value(reader))
        elif reader.take("COMMENT"):
            options.comment = _value(reader) or None
        elif reader.take("PARTITION", "BY"):
            reader.rest()
        elif token.is_word("SELECT", "AS", "LIKE", "IGNORE", "REPLACE"):
            raise UnreadStatement("The columns of this table come from a query.")
        else:
            reader.at += 1
    if options.collation is not None and options.charset is None:
        options.charset = charset_of(options.collation)
    return options


def _value(reader: Reader) -> str:
    reader.take_sign("=")
    token = reader.current
    if token is None:
        raise reader.unread()
    reader.at += 1
    return token.value


def definitions(reader: Reader) -> Iterator[Reader]:
    """A reader for each part of a bracketed list."""
    for part in split_at_commas(reader.group()):
        yield Reader(part, reader.text)
