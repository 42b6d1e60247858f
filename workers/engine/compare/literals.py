"""Reading a default expression far enough to say what kind it is.

The reader takes an expression both as a person wrote it and as PostgreSQL prints it back. It
knows literals, casts, signs, parentheses, ARRAY constructors and calls without arguments; all
else is left to be compared as text.
"""

from __future__ import annotations

from typing import Literal

from msgspec import Struct

Kind = Literal["word", "quoted", "string", "number", "sign"]


class Token(Struct, frozen=True):
    """One token: its kind and its value, unquoted and, for a word, in small letters."""

    kind: Kind
    value: str


def tokens(text: str) -> list[Token] | None:
    """The tokens of an expression, or None where a string or a name is not closed."""
    found: list[Token] = []
    at, size = 0, len(text)
    while at < size:
        letter = text[at]
        if letter.isspace():
            at += 1
        elif letter == "'":
            end = _end_of_string(text, at + 1, escapes=False)
            if end is None:
                return None
            found.append(Token("string", text[at + 1 : end].replace("''", "'")))
            at = end + 1
        elif letter in "eE" and text[at + 1 : at + 2] == "'":
            end = _end_of_string(text, at + 2, escapes=True)
            if end is None:
                return None
            found.append(Token("string", _unescaped(text[at + 2 : end])))
            at = end + 1
        elif letter == '"':
            end = _end_of_name(text, at + 1)
            if end is None:
                return None
            found.append(Token("quoted", text[at + 1 : end].replace('""', '"')))
            at = end + 1
        elif letter == "$" and (dollar := _dollar_string(text, at)) is not None:
            found.append(Token("string", dollar[0]))
            at = dollar[1]
        elif letter.isdigit() or (letter == "." and text[at + 1 : at + 2].isdigit()):
            end = _end_of_number(text, at)
            found.append(Token("number", text[at:end]))
            at = end
        elif letter.isalpha() or letter == "_":
            end = at + 1
            while end < size and (text[end].isalnum() or text[end] in "_$"):
                end += 1
            found.append(Token("word", text[at:end].lower()))
            at = end
        elif text.startswith("::", at):
            found.append(Token("sign", "::"))
            at += 2
        else:
            found.append(Token("sign", letter))
            at += 1
    return found


def _end_of_string(text: str, at: int, *, escapes: bool) -> int | None:
    while at < len(text):
        if escapes and text[at] == "\\":
            at += 2
        elif text[at] != "'":
            at += 1
        elif text[at + 1 : at + 2] == "'":
            at += 2
        else:
            return at
    return None


def _end_of_name(text: str, at: int) -> int | None:
    while (at := text.find('"', at)) >= 0:
        if text[at + 1 : at + 2] != '"':
            return at
        at += 2
    return None


def _end_of_number(text: str, at: int) -> int:
    while at < len(text) and (text[at].isdigit() or text[at] in "._"):
        at += 1
    if text[at : at + 1] in ("e", "E"):
        end = at + 1
        if text[end : end + 1] in ("+", "-"):
            end += 1
        if text[end : end + 1].isdigit():
            while end < len(text) and text[end].isdigit():
                end += 1
            return end
    return at


def _dollar_string(text: str, at: int) -> tuple[str, int] | None:
    close = text.find("$", at + 1)
    if close < 0 or not all(letter.isalnum() or letter == "_" for letter in text[at + 1 : close]):
        return None
    tag = text[at : close + 1]
    end = text.find(tag, close + 1)
    return None if end < 0 else (text[close + 1 : end], end + len(tag))


_ESCAPES = {"n": "\n", "t": "\t", "r": "\r", "b": "\b", "f": "\f"}


def _unescaped(text: str) -> str:
    out, at = [], 0
    while at < len(text):
        letter = text[at]
        if letter == "'":
            at += 1
        elif letter == "\\" and at + 1 < len(text):
            at += 1
            letter = text[at]
            width = {"u": 4, "U": 8}.get(letter)
            if width is not None and len(text) >= at + 1 + width:
                try:
                    letter = chr(int(text[at + 1 : at + 1 + width], 16))
                    at += width
                except ValueError:
                    pass
            else:
                letter = _ESCAPES.get(letter, letter)
        out.append(letter)
        at += 1
    return "".join(out)
