"""A T-SQL script cut into statements, which need no semicolons.

GO ends a batch. A statement begins after a semicolon, or with one of the words that begin
statements at the start of a line and outside brackets. A procedure, a function, a trigger and a
view last to the end of their batch. What stands in BEGIN CATCH is run on errors alone.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from workers.engine.sql.generic import tokens
from workers.engine.sql.reader import Token

_STARTS = (
    *("EXEC", "EXECUTE", "INSERT", "SELECT", "IF", "BEGIN", "END", "COMMIT", "ROLLBACK"),
    *("DECLARE", "PRINT", "THROW", "TRUNCATE", "USE", "MERGE", "RAISERROR", "WHILE", "ELSE"),
    *("GRANT", "DENY", "REVOKE", "RETURN", "WITH"),
)
_OBJECTS = (
    *("TABLE", "INDEX", "VIEW", "PROCEDURE", "PROC", "FUNCTION", "TRIGGER", "SCHEMA", "TYPE"),
    *("SEQUENCE", "DATABASE", "USER", "LOGIN", "ROLE", "UNIQUE", "CLUSTERED", "NONCLUSTERED"),
    *("OR", "STATISTICS", "FULLTEXT", "SYNONYM", "COLUMNSTORE", "SPATIAL", "XML"),
)
_WHOLE_BATCH = ("PROCEDURE", "PROC", "FUNCTION", "TRIGGER", "VIEW")


def statements(text: str) -> Iterator[list[Token]]:
    """The statements in order; raises `generic.UnreadableText`."""
    for batch in _batches(tokens(text, "tsql"), text):
        yield from _split(_without_catch(batch), text)


def _batches(found: Sequence[Token], text: str) -> Iterator[list[Token]]:
    batch: list[Token] = []
    for token in found:
        if token.is_word("GO") and _begins_line(token, text):
            yield batch
            batch = []
        else:
            batch.append(token)
    yield batch


def _begins_line(token: Token, text: str) -> bool:
    return not text[text.rfind("\n", 0, token.start) + 1 : token.start].strip()


def _without_catch(batch: list[Token]) -> list[Token]:
    kept: list[Token] = []
    skipping = False
    for token in batch:
        before = kept[-1] if kept else None
        if not skipping and token.is_word("CATCH") and before and before.is_word("BEGIN"):
            kept.pop()
            skipping = True
        elif skipping and token.is_word("CATCH"):
            skipping = False
        elif not skipping:
            kept.append(token)
    return kept


def _split(batch: list[Token], text: str) -> Iterator[list[Token]]:
    current: list[Token] = []
    depth = 0
    for at, token in enumerate(batch):
        following = batch[at + 1] if at + 1 < len(batch) else None
        depth = max(0, depth + token.is_sign("(") - token.is_sign(")"))
        if current and _lasts(current):
            current.append(token)
        elif depth == 0 and token.is_sign(";"):
            if current:
                yield current
            current = []
        else:
            if current and depth == 0 and _starts(token, following, current, text):
                yield current
                current = []
            current.append(token)
    if current:
        yield current


def _lasts(current: list[Token]) -> bool:
    """Whether the statement goes to the end of its batch."""
    return current[0].is_word("CREATE", "ALTER") and any(
        token.is_word(*_WHOLE_BATCH) for token in current[1:4]
    )


def _starts(token: Token, following: Token | None, current: list[Token], text: str) -> bool:
    if token.kind != "word" or not _begins_line(token, text):
        return False
    before = current[-1]
    if token.is_word("CREATE", "ALTER", "DROP"):
        return following is not None and following.is_word(*_OBJECTS)
    if token.is_word("UPDATE", "DELETE"):
        return not before.is_word("ON")
    if token.is_word("SET"):
        return not before.is_word("DELETE", "UPDATE") and not current[0].is_word("UPDATE")
    if token.is_word("SELECT") and current[0].is_word("INSERT"):
        return False
    if token.is_word("WITH") and (before.is_sign(")") or current[0].is_word("ALTER")):
        return False
    return token.is_word(*_STARTS)
