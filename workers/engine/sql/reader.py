"""Reading the tokens of one statement, one after the other, in any dialect."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

from msgspec import Struct

Kind = Literal["word", "name", "string", "number", "blob", "literal", "sign"]


class Token(Struct, frozen=True):
    """A token with its half-open place; a name and a string without their quotation marks.

    `literal` is a constant of another kind as written: `b'0'`, `0x41`; `blob` is SQLite's, without
    its marks.
    """

    kind: Kind
    value: str
    start: int
    end: int

    def is_word(self, *words: str) -> bool:
        """Whether it is one of these key words, which are asked for in capitals."""
        return self.kind == "word" and self.value.upper() in words

    def is_sign(self, sign: str) -> bool:
        """Whether it is this punctuation mark."""
        return self.kind == "sign" and self.value == sign


class RefusedStatement(Exception):
    """The database would refuse the statement: its error number and its message."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code


class UnreadStatement(Exception):
    """The statement, or a part of it, is not known here; `subjects` are what it leaves open."""

    def __init__(self, message: str, *subjects: str) -> None:
        super().__init__(message)
        self.subjects = subjects


class Reader:
    """A place in a list of tokens; key words are asked for in capitals."""

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
        if self.at + len(words) > len(self.tokens):
            return False
        return all(self.tokens[self.at + i].is_word(word) for i, word in enumerate(words))

    def peek_sign(self, sign: str) -> bool:
        """Whether this punctuation mark comes next."""
        token = self.current
        return token is not None and token.is_sign(sign)

    def take(self, *words: str) -> bool:
        """Read these key words if they come next."""
        if self.peek(*words):
            self.at += len(words)
            return True
        return False

    def take_any(self, *words: str) -> str | None:
        """Read one of these key words if it comes next, and say which."""
        token = self.current
        if token is None or not token.is_word(*words):
            return None
        self.at += 1
        return token.value.upper()

    def take_sign(self, sign: str) -> bool:
        """Read a punctuation mark if it comes next."""
        if self.peek_sign(sign):
            self.at += 1
            return True
        return False

    def expect(self, *words: str) -> None:
        """Read these key words, or give up."""
        if not self.take(*words):
            raise self.unread()

    def expect_sign(self, sign: str) -> None:
        """Read a punctuation mark, or give up."""
        if not self.take_sign(sign):
            raise self.unread()

    def name(self) -> str:
        """Read a name, quoted or not."""
        token = self.current
        if token is None or token.kind not in ("word", "name"):
            raise self.unread()
        self.at += 1
        return token.value

    def qualified(self) -> tuple[str, ...]:
        """Read `name`, `schema.name` or `database.schema.name`."""
        parts = [self.name()]
        while self.take_sign("."):
            parts.append(self.name())
        return tuple(parts)

    def string(self) -> str:
        """Read a string constant."""
        token = self.current
        if token is None or token.kind != "string":
            raise self.unread()
        self.at += 1
        return token.value

    def group(self) -> list[Token]:
        """Read `( ... )` and return what is inside."""
        self.expect_sign("(")
        start, depth = self.at, 1
        while depth:
            token = self.current
            if token is None:
                raise self.unread()
            depth += token.is_sign("(") - token.is_sign(")")
            self.at += 1
        return list(self.tokens[start : self.at - 1])

    def rest(self) -> list[Token]:
        """Read everything that is left."""
        found = list(self.tokens[self.at :])
        self.at = len(self.tokens)
        return found

    def source(self, found: Sequence[Token]) -> str:
        """The text of some tokens as written."""
        return self.text[found[0].start : found[-1].end] if found else ""

    def near(self) -> str:
        """The text from the next token on, as an error message quotes it."""
        token = self.current
        if token is None or not self.tokens:
            return ""
        return self.text[token.start : min(self.tokens[-1].end, token.start + 80)]

    def unread(self) -> Exception:
        """The complaint about the next token."""
        near = self.near()
        where = f"at `{near.splitlines()[0]}`" if near else "at its end"
        return UnreadStatement(f"This statement was not understood {where}.")


def reads_rows(reader: Reader) -> bool:
    """Whether a statement in brackets is a query: `(SELECT ...) UNION ...`."""
    ahead = next((token for token in reader.tokens[reader.at :] if not token.is_sign("(")), None)
    return ahead is not None and ahead.is_word("SELECT", "WITH", "VALUES", "TABLE")


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
