"""A MySQL script cut into statements, as the server and the `mysql` client cut it.

A stored program is one statement down to its END, whatever semicolons it holds. `/*! ... */` and
`/*M! ... */` are not comments to MySQL and MariaDB: what they hold is run. DELIMITER is a command
of the client, which the server does not know.
https://dev.mysql.com/doc/refman/8.4/en/comments.html
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from msgspec import Struct

from workers.engine.numerals import is_whole
from workers.engine.sql.generic import UnreadableText, tokens
from workers.engine.sql.reader import Token

_PROGRAMS = ("TRIGGER", "PROCEDURE", "FUNCTION", "EVENT")
_BEFORE_PROGRAM = ("CREATE", "OR", "REPLACE", "DEFINER", "IF", "NOT", "EXISTS", "AGGREGATE")
_STARTS_BLOCK = ("IF", "LOOP", "WHILE", "REPEAT")
_BEFORE_BLOCK = ("BEGIN", "THEN", "ELSE", "DO", "LOOP", "REPEAT", "ROW")


class Statement(Struct, frozen=True):
    """The tokens of one statement; `is_client_command` for DELIMITER, `is_unclosed` for a text
    that the lexer could not read to its end."""

    tokens: Sequence[Token]
    start: int
    end: int
    is_client_command: bool = False
    is_unclosed: bool = False


def statements(text: str) -> Iterator[Statement]:
    """The statements of a script in order."""
    for section in _sections(text):
        if section.is_command:
            yield Statement((), section.start, section.end, is_client_command=True)
        elif section.delimiter == ";":
            yield from _split(text, section.start, section.end)
        else:
            yield from _cut(text, section)


class _Section(Struct, frozen=True):
    start: int
    end: int
    delimiter: str
    is_command: bool = False


def _sections(text: str) -> Iterator[_Section]:
    """The parts of the text between DELIMITER lines, and those lines."""
    delimiter, start, at = ";", 0, 0
    if "delimiter" not in text.lower():
        yield _Section(0, len(text), ";")
        return
    for line in text.splitlines(keepends=True):
        words = line.split()
        if len(words) >= 2 and words[0].upper() == "DELIMITER":
            yield _Section(start, at, delimiter)
            yield _Section(at + line.upper().index("DELIMITER"), at + len(line.rstrip()), ";", True)
            delimiter, start = words[1], at + len(line)
        at += len(line)
    yield _Section(start, len(text), delimiter)


def _cut(text: str, section: _Section) -> Iterator[Statement]:
    """The statements between delimiters of the script's own."""
    at = section.start
    for piece in text[section.start : section.end].split(section.delimiter):
        found = _lexed(text, at, at + len(piece))
        if found is None:
            yield Statement((), at, at + len(piece), is_unclosed=True)
        elif found:
            yield Statement(found, found[0].start, found[-1].end)
        at += len(piece) + len(section.delimiter)


def _split(text: str, start: int, end: int) -> Iterator[Statement]:
    found = _lexed(text, start, end)
    if found is None:
        yield Statement((), start, end, is_unclosed=True)
        return
    current: list[Token] = []
    depth, is_program = 0, False
    for token in found:
        if token.is_sign(";") and depth == 0:
            if current:
                yield Statement(current, current[0].start, current[-1].end)
            current, is_program = [], False
            continue
        if is_program:
            depth = max(0, depth + _nesting(token, current[-1]))
        elif token.is_word(*_PROGRAMS):
            is_program = _begins_program(current)
        current.append(token)
    if current:
        yield Statement(current, current[0].start, current[-1].end)


def _begins_program(before: Sequence[Token]) -> bool:
    """Whether what stands before TRIGGER, PROCEDURE ... is the start of a CREATE statement."""
    if not before or not before[0].is_word("CREATE") or len(before) > 12:
        return False
    if len(before) == 1:
        return True
    return any(token.is_word(*_BEFORE_PROGRAM) for token in before[1:]) and not any(
        token.is_word("TABLE", "VIEW", "INDEX") for token in before
    )


def _nesting(token: Token, before: Token) -> int:
    if token.is_word("BEGIN", "CASE"):
        return 0 if before.is_word("END") else 1
    if token.is_word("END"):
        return -1
    if token.is_word(*_STARTS_BLOCK):
        opens = before.is_sign(";") or before.is_sign(":") or before.is_word(*_BEFORE_BLOCK)
        return 1 if opens and not before.is_word("END") else 0
    return 0


def _lexed(text: str, start: int, end: int) -> list[Token] | None:
    """The tokens of a part of the text, with places in the whole; None if it is not closed."""
    part = _executable(text[start:end])
    try:
        found = tokens(part, "mysql")
    except UnreadableText:
        return None
    if start == 0:
        return found
    return [Token(t.kind, t.value, t.start + start, t.end + start) for t in found]


def _executable(text: str) -> str:
    """The text with the marks of `/*! ... */` blanked, so that what they hold is read."""
    if "/*!" not in text and "/*M!" not in text:
        return text
    out = list(text)
    at, size = 0, len(text)
    while at < size:
        letter = text[at]
        if letter in "'\"`":
            at = _after_quote(text, at)
        elif letter == "#" or (letter == "-" and text[at : at + 2] == "--"):
            at = _find(text, "\n", at)
        elif text.startswith(("/*!", "/*M!"), at):
            close = _find(text, "*/", at)
            head = at + (4 if text[at + 2] == "M" else 3)
            while head < close and is_whole(text[head]):
                head += 1
            out[at:head] = " " * (head - at)
            out[close : close + 2] = " " * len(text[close : close + 2])
            at = head
        elif text.startswith("/*", at):
            at = _find(text, "*/", at) + 2
        else:
            at += 1
    return "".join(out)


def _find(text: str, what: str, at: int) -> int:
    found = text.find(what, at)
    return len(text) if found < 0 else found


def _after_quote(text: str, at: int) -> int:
    quote = text[at]
    at += 1
    while at < len(text):
        if text[at] == "\\" and quote != "`":
            at += 2
        elif text[at] == quote:
            return at + 1
        else:
            at += 1
    return at
