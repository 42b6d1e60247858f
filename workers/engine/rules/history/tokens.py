"""What two SQL texts, or one, come to without comments and blanks."""

from __future__ import annotations

from workers.engine.sql.words import words


def is_same_but_comments(one: str, other: str) -> bool:
    """Whether two texts differ in comments and blanks alone."""
    return words(one) == words(other)


def is_empty(text: str) -> bool:
    """Whether a text holds no statement. Most are told by their first line of code."""
    if "/*" not in text:
        lines = (line.strip() for line in text.splitlines())
        return not any(line.strip(";") and not line.startswith("--") for line in lines)
    return not any(word != ";" for word in words(text))
