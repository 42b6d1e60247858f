"""What a T-SQL script runs only under a condition."""

from __future__ import annotations

from workers.engine.sql.reader import Reader

_DEFINES = ("CREATE", "ALTER", "DROP")


class Guard:
    """Whether the statement at hand is run under a condition: an IF before it, or its block."""

    def __init__(self) -> None:
        self._is_next = False
        self._depth = 0

    def sees(self, reader: Reader) -> bool:
        """Take note of a statement, and tell whether it is guarded."""
        is_guarded = self._is_next or self._depth > 0
        if reader.peek("BEGIN") and not (reader.peek("BEGIN", "TRY") or _is_transaction(reader)):
            self._depth += 1 if is_guarded else 0
        elif reader.peek("END") and not reader.peek("END", "TRY"):
            self._depth = max(0, self._depth - 1)
        self._is_next = reader.peek("ELSE") or (reader.peek("IF") and not _has_body(reader))
        return is_guarded


def _is_transaction(reader: Reader) -> bool:
    return reader.peek("BEGIN", "TRAN") or reader.peek("BEGIN", "TRANSACTION")


def _has_body(reader: Reader) -> bool:
    """Whether an IF has what it guards in its own statement, on the same line."""
    words = ("EXEC", "EXECUTE", "INSERT", "UPDATE", "DELETE", "SET", "PRINT", "RETURN", *_DEFINES)
    depth = 0
    for token in reader.tokens:
        depth += token.is_sign("(") - token.is_sign(")")
        if depth == 0 and token.is_word(*words):
            return True
    return False


def defines(reader: Reader) -> bool:
    """Whether a statement, or a text in it that is run, changes the schema."""
    return any(
        token.value.lstrip().upper().split(" ")[0] in _DEFINES
        for token in reader.tokens
        if token.kind in ("word", "string")
        and not token.value.lstrip().upper().startswith("CREATE SCHEMA")
    )
