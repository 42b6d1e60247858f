"""SQLite's tokens, with their places, and a script cut into statements.

Follows https://www.sqlite.org/lang.html: names in double quotes, brackets or backticks, no escapes
in strings but the doubled quote, `--` and `/* */` comments.
"""

from __future__ import annotations

from collections.abc import Iterator

from workers.engine.sql.reader import Token

_CLOSING = {'"': '"', "`": "`", "[": "]"}


def tokens(text: str) -> Iterator[Token]:
    """The tokens of a script; what is not closed ends with the text."""
    at, size = 0, len(text)
    while at < size:
        letter = text[at]
        if letter.isspace() or letter == "\ufeff":
            at += 1
        elif text.startswith("--", at):
            end = text.find("\n", at)
            at = size if end < 0 else end + 1
        elif text.startswith("/*", at):
            end = text.find("*/", at + 2)
            at = size if end < 0 else end + 2
        elif letter == "'":
            end = _quoted_end(text, at, "'")
            yield Token("string", text[at + 1 : end - 1].replace("''", "'"), at, end)
            at = end
        elif letter in _CLOSING:
            close = _CLOSING[letter]
            end = _quoted_end(text, at, close)
            yield Token("name", text[at + 1 : end - 1].replace(close * 2, close), at, end)
            at = end
        elif letter in "xX" and text[at + 1 : at + 2] == "'":
            end = _quoted_end(text, at + 1, "'")
            yield Token("blob", text[at + 2 : end - 1], at, end)
            at = end
        elif letter.isdigit() or (letter == "." and text[at + 1 : at + 2].isdigit()):
            end = at + 1
            while end < size and (text[end].isalnum() or text[end] in "._"):
                end += 1
            yield Token("number", text[at:end], at, end)
            at = end
        elif letter.isalpha() or letter in "_$" or ord(letter) > 127:
            end = at + 1
            while end < size and (text[end].isalnum() or text[end] in "_$"):
                end += 1
            yield Token("word", text[at:end], at, end)
            at = end
        else:
            yield Token("sign", letter, at, at + 1)
            at += 1


def _quoted_end(text: str, at: int, close: str) -> int:
    end = at + 1
    while (end := text.find(close, end)) >= 0:
        if close != "]" and text[end + 1 : end + 2] == close:
            end += 2
            continue
        return end + 1
    return len(text)


def statements(text: str) -> Iterator[list[Token]]:
    """The tokens of each statement, without the semicolon; a trigger's body is part of it."""
    current: list[Token] = []
    is_trigger, depth = False, 0
    for token in tokens(text):
        if token.is_sign(";") and not (is_trigger and depth > 0):
            if current:
                yield current
            current, is_trigger, depth = [], False, 0
            continue
        if token.is_word("TRIGGER") and len(current) < 3:
            is_trigger = bool(current) and current[0].is_word("CREATE")
        elif is_trigger and token.is_word("BEGIN", "CASE"):
            depth += 1
        elif is_trigger and token.is_word("END"):
            depth -= 1
        current.append(token)
    if current:
        yield current
