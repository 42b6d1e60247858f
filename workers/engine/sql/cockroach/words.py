"""CockroachDB's own words, taken out of a text or put under PostgreSQL's, place by place.

What PostgreSQL's grammar does not read within CREATE TABLE, and inverted and hash-sharded indexes,
leave the text and come back as statements of their own. The text keeps its length.
https://www.cockroachlabs.com/docs/stable/create-table
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import pairwise

from msgspec import Struct

from workers.engine.sql.reader import Reader, Token, UnreadStatement, split_at_commas
from workers.engine.sql.split import Statement, read
from workers.engine.sql.text import Text

_MARKS = ("@", "storing", " asc", "index", "hash")


class Apart(Struct, frozen=True):
    """A statement in PostgreSQL's words, and the characters `[start, end)` that it stands for."""

    sql: str
    start: int
    end: int

    def statements(self, whole: Text) -> list[Statement]:
        """The statement, placed where it was written."""
        start, end = (
            len(whole.text[:at].encode("utf-8", "replace")) for at in (self.start, self.end)
        )
        found = read(Text("", self.sql)).statements
        return [Statement(one.kind, one.fields, start, end, start) for one in found]


def readable(text: str) -> tuple[str, list[Apart]]:
    """The text as PostgreSQL's grammar reads it, as long as before, and what left it."""
    low = text.lower()
    if not any(mark in low for mark in _MARKS):
        return text, []
    from workers.engine.sql.generic import UnreadableText, tokens

    try:
        found = tokens(text, "postgres")
    except UnreadableText:
        return text, []
    page = _Page(text)
    for at, token in enumerate(found[:-1]):
        if token.is_word("STORING") and found[at + 1].is_sign("("):
            page.put(token.start, token.end, "INCLUDE")
        elif token.is_word("ASC"):  # PostgreSQL has no order in a primary key
            page.put(token.start, token.end)
        elif token.is_sign("@") and at and found[at - 1].end == token.start:
            page.put(found[at - 1].start, token.end)  # `table@index`
    for statement in _statements(found):
        _take_apart(statement, page)
    return "".join(page.signs), page.apart


class _Page:
    """A text in the making."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.signs = list(text)
        self.apart: list[Apart] = []

    def put(self, start: int, end: int, word: str = "") -> None:
        """Write a word over `[start, end)`, or nothing; line ends stay."""
        if "\n" not in self.text[start:end]:
            self.signs[start:end] = word.ljust(end - start)
            return
        for at in range(start, end):
            if self.signs[at] not in "\r\n":
                self.signs[at] = " "

    def move(self, sql: str, found: Sequence[Token]) -> None:
        """Let some tokens leave the text as a statement of their own."""
        self.apart.append(Apart(sql, found[0].start, found[-1].end))
        self.put(found[0].start, found[-1].end)


def _statements(found: Sequence[Token]) -> Iterator[list[Token]]:
    statement: list[Token] = []
    for token in found:
        if token.is_sign(";"):
            yield statement
            statement = []
        else:
            statement.append(token)
    yield statement


def _take_apart(statement: list[Token], page: _Page) -> None:
    reader = Reader(statement, page.text)
    try:
        if not reader.take("CREATE"):
            return
        start = reader.at
        if _index_words(reader):
            reader.at = start
            _index_apart(reader, statement, page)
            return
        while reader.take_any("GLOBAL", "LOCAL", "TEMPORARY", "TEMP", "UNLOGGED"):
            pass
        if not reader.take("TABLE"):
            return
        reader.take("IF", "NOT", "EXISTS")
        at = reader.at
        reader.qualified()
        name = statement[at : reader.at]
        _elements_apart(reader.group(), name, page)
    except UnreadStatement:
        return


def _index_apart(reader: Reader, statement: list[Token], page: _Page) -> None:
    """An inverted or hash-sharded index; any other is read as it stands."""
    hashed = any(one.is_word("USING") and two.is_word("HASH") for one, two in pairwise(statement))
    words = _index_words(reader)
    if "INVERTED" not in words and not hashed:
        return
    reader.take("CONCURRENTLY")
    is_new = "IF NOT EXISTS " if reader.take("IF", "NOT", "EXISTS") else ""
    name = "" if reader.peek("ON") else reader.name()
    reader.expect("ON")
    at = reader.at
    reader.qualified()
    page.move(_index(reader, words, name, statement[at : reader.at], is_new), statement)


def _elements_apart(inside: list[Token], table: list[Token], page: _Page) -> None:
    is_any_kept = False
    by_place = {token.start: at for at, token in enumerate(inside)}
    for element in split_at_commas(inside):
        before = by_place[element[0].start] - 1
        comma = inside[before] if before >= 0 else None
        sql = _inline_index(Reader(element, page.text), table)
        if sql is not None:
            page.move(sql, element)
        else:
            _without_sharding(element, page)
        if comma is not None and (sql is not None or not is_any_kept):
            page.put(comma.start, comma.end)
        is_any_kept = is_any_kept or sql is None


def _inline_index(reader: Reader, table: list[Token]) -> str | None:
    """`[UNIQUE] [INVERTED] INDEX [name] (columns) ...` as CREATE INDEX; None for anything else."""
    words = _index_words(reader)
    if not words:
        return None
    reader.take("IF", "NOT", "EXISTS")
    try:
        name = "" if reader.peek_sign("(") else reader.name()
        return _index(reader, words, name, table, "")
    except UnreadStatement:
        return None


def _index_words(reader: Reader) -> tuple[str, ...]:
    """The words up to INDEX; none where it is something else."""
    start = reader.at
    words: list[str] = []
    while word := reader.take_any("UNIQUE", "INVERTED", "INDEX"):
        words.append(word)
        if word == "INDEX":
            return tuple(words)
    reader.at = start
    return ()


def _index(
    reader: Reader, words: tuple[str, ...], name: str, table: Sequence[Token], is_new: str
) -> str:
    """CREATE INDEX in PostgreSQL's words. CockroachDB's shards are how an index is stored."""
    keys = reader.group()
    if not keys or (keys[0].kind not in ("word", "name") and not keys[0].is_sign("(")):
        raise reader.unread()
    is_unique = "UNIQUE" in words
    if not name and is_unique:
        columns = [part[0].value for part in split_at_commas(keys)]
        name = "_".join((table[-1].value, *columns, "key"))
    quoted = '"' + name.replace('"', '""') + '" ' if name else ""
    method = "USING gin " if "INVERTED" in words else ""
    included = where = ""
    while reader.current is not None:
        if reader.take_any("STORING", "COVERING", "INCLUDE"):
            included = f" INCLUDE ({reader.source(reader.group())})"
        elif reader.take("WHERE"):
            where = f" WHERE {reader.source(reader.rest())}"
        elif not (_is_sharding(reader) or reader.take("VISIBLE") or reader.take("NOT", "VISIBLE")):
            raise reader.unread()
    unique = "UNIQUE " if is_unique else ""
    on = reader.source(table)
    return (
        f"CREATE {unique}INDEX {is_new}{quoted}ON {on} {method}({reader.source(keys)})"
        f"{included}{where}"
    )


def _is_sharding(reader: Reader) -> bool:
    """`USING HASH`, with the number of shards in any of its spellings, is read."""
    if reader.take("USING", "HASH"):
        if reader.take("WITH", "BUCKET_COUNT"):
            reader.expect_sign("=")
            reader.at += 1
        return True
    if reader.take("WITH"):
        reader.group()
        return True
    return False


def _without_sharding(element: list[Token], page: _Page) -> None:
    """A key of a table that is stored in shards is the same key."""
    reader = Reader(element, page.text)
    while reader.current is not None:
        start = reader.at
        if reader.peek("USING", "HASH") and _is_sharding(reader):
            if reader.peek("WITH"):
                _is_sharding(reader)
            page.put(element[start].start, element[reader.at - 1].end)
        else:
            reader.at += 1
