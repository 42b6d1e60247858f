"""DROP INDEX as each database takes it."""

from __future__ import annotations

from workers.engine.fixes.quoting import quoted
from workers.engine.schema.model import Index, QualifiedName


def drop_index(provider: str, table: QualifiedName, index: Index) -> str:
    """The statement that drops an index which is no constraint.

    MySQL and SQL Server name an index with its table, the others with its schema; CockroachDB
    holds a unique index for a constraint, and SQLite has no schemas.
    """
    match provider:
        case "mysql":
            return f"DROP INDEX {_ticked(index.name)} ON {_ticked(table.name)};"
        case "sqlserver":
            where = f"{_bracketed(table.schema)}.{_bracketed(table.name)}"
            return f"DROP INDEX {_bracketed(index.name)} ON {where};"
        case "sqlite":
            return f"DROP INDEX {quoted(index.name)};"
    cascade = " CASCADE" if provider == "cockroachdb" and index.is_unique else ""
    return f"DROP INDEX {quoted(table.schema)}.{quoted(index.name)}{cascade};"


def _ticked(name: str) -> str:
    return "`" + name.replace("`", "``") + "`"


def _bracketed(name: str) -> str:
    return "[" + name.replace("]", "]]") + "]"
