"""Reading the tokens of one SQLite statement, one after the other."""

from __future__ import annotations

from collections.abc import Sequence

from workers.engine.sql.sqlite.lexer import Token


class SqliteError(Exception):
    """SQLite would refuse the statement; the message is SQLite's own."""


class Reader:
    """A place in a list of tokens; keywords are asked for in capitals."""

    def __init__(self, found: Sequence[Token], text: str) -> None:
        self.tokens = found
        self.text = text
        self.at = 0

    @property
    def current(self) -> Token | None:
        """The next token, or None at the end."""
        return self.tokens[self.at] if self.at < len(self.tokens) else None

    def peek(self, *words: str) -> bool:
        """Whether these key words come next."""
        for offset, word in enumerate(words):
            if self.at + offset >= len(self.tokens):
                return False
            if not self.tokens[self.at + offset].is_word(word):
                return False
        return True

    def take(self, *words: str) -> bool:
        """Read these key words if they come next."""
        if self.peek(*words):
            self.at += len(words)
            return True
        return False

    def take_sign(self, sign: str) -> bool:
        """Read a punctuation mark if it comes next."""
        token = self.current
        if token is not None and token.is_sign(sign):
            self.at += 1
            return True
        return False

    def expect_sign(self, sign: str) -> None:
        """Read a punctuation mark, or refuse."""
        if not self.take_sign(sign):
            raise self.refusal()

    def name(self) -> str:
        """Read a name."""
        token = self.current
        if token is None or token.kind not in ("word", "name", "string"):
            raise self.refusal()
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

    def group(self) -> list[Token]:
        """Read `( ... )` and return what is inside."""
        self.expect_sign("(")
        start, depth = self.at, 1
        while depth:
            token = self.current
            if token is None:
                raise self.refusal()
            depth += token.is_sign("(") - token.is_sign(")")
            self.at += 1
        return list(self.tokens[start : self.at - 1])

    def source(self, found: Sequence[Token]) -> str:
        """The text of some tokens as written."""
        return self.text[found[0].start : found[-1].end] if found else ""

    def refusal(self) -> SqliteError:
        """The complaint about the next token."""
        token = self.current
        if token is None:
            return SqliteError("incomplete input")
        return SqliteError(f'near "{self.text[token.start : token.end]}": syntax error')


def split_at_commas(found: Sequence[Token]) -> list[list[Token]]:
    """Tokens cut at the commas that stand in no brackets."""
    parts: list[list[Token]] = [[]]
    depth = 0
    for token in found:
        depth += token.is_sign("(") - token.is_sign(")")
        if depth == 0 and token.is_sign(","):
            parts.append([])
        else:
            parts[-1].append(token)
    return [part for part in parts if part]
