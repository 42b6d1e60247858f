"""The words of an SQL text without its comments and blanks."""

from __future__ import annotations

from workers.engine.sql.postgres import SqlSyntaxError, scan


def words(text: str) -> tuple[str, ...]:
    """The tokens as written; a text that has none is one word, itself."""
    data = text.encode()
    try:
        found = scan(data)
    except SqlSyntaxError:
        return (text,)
    written = (data[token.start : token.end].decode("utf-8", "replace") for token in found)
    return tuple(word for word in written if not word.startswith(("--", "/*")))


def is_same_but_comments(one: str, other: str) -> bool:
    """Whether two texts differ in comments and blanks alone."""
    return words(one) == words(other)


def is_empty(text: str) -> bool:
    """Whether a text holds no statement. Most are told by their first line of code."""
    if "/*" not in text:
        lines = (line.strip() for line in text.splitlines())
        return not any(line.strip(";") and not line.startswith("--") for line in lines)
    return not any(word != ";" for word in words(text))
