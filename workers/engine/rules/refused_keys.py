"""Foreign keys that a migration adds by a statement which the database refuses.

They are missing, and yet it is wrong to say that no migration adds them: what is wrong with the
statement is told where it fails.
"""

from __future__ import annotations

from workers.engine.rules.context import Context
from workers.engine.schema.model import ForeignKey, QualifiedName
from workers.engine.sql.postgres import SqlSyntaxError, scan


def is_refused(key: ForeignKey, table: QualifiedName, context: Context) -> bool:
    """Whether a migration with a refused statement speaks of this key: by name, or by its ends."""
    failing = {failure.migration for failure in context.replay.failures}
    for migration in context.migrations:
        if migration.name in failing:
            words = _words(migration.source.text)
            ends = {table.name, key.ref_table.name, *key.columns}
            if key.name in words or ("references" in words and ends <= words):
                return True
    return False


def _words(text: str) -> set[str]:
    data = text.encode()
    try:
        tokens = scan(data)
    except SqlSyntaxError:
        return set()
    written = (data[token.start : token.end].decode("utf-8", "replace") for token in tokens)
    return {word[1:-1] if word.startswith('"') else word.lower() for word in written}
