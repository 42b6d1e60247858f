"""Reading the tokens of one SQLite statement, one after the other."""

from __future__ import annotations

from workers.engine.sql import reader


class SqliteError(Exception):
    """SQLite would refuse the statement; the message is SQLite's own."""


class Reader(reader.Reader):
    """A place in a list of tokens; where it cannot go on, SQLite could not."""

    def name(self) -> str:
        """Read a name; SQLite takes a string for one."""
        token = self.current
        if token is None or token.kind not in ("word", "name", "string"):
            raise self.unread()
        self.at += 1
        return token.value

    def qualified_name(self) -> str:
        """Read `name` or `schema.name`; the schema of a file counts for nothing."""
        name = self.name()
        return self.name() if self.take_sign(".") else name

    def names(self) -> tuple[str, ...]:
        """Read `(name, name)`; orders and collations are passed over."""
        self.expect_sign("(")
        found = []
        while True:
            found.append(self.name())
            while not (self.current is None or self.current.value in (",", ")")):
                self.at += 1
            if not self.take_sign(","):
                break
        self.expect_sign(")")
        return tuple(found)

    def unread(self) -> SqliteError:
        """The complaint about the next token."""
        token = self.current
        if token is None:
            return SqliteError("incomplete input")
        return SqliteError(f'near "{self.text[token.start : token.end]}": syntax error')
