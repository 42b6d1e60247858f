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
