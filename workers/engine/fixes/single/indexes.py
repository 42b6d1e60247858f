"""An index more, or one fewer, in the words of each database."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from workers.engine.errors import EngineError
from workers.engine.findings import Fix
from workers.engine.fixes import definitions as sql
from workers.engine.fixes.single.offer import HOUSE, fix, unread_fix
from workers.engine.fixes.tokens import (
    CLOSE_BY,
    Dialect,
    Pieces,
    named,
    names,
    statement_of,
    words,
)
from workers.engine.fixes.tree import Statement
from workers.engine.schema.model import ForeignKey, Index, IndexKey, QualifiedName, Table
from workers.engine.schema.names import make_object_name

_DIALECTS: dict[str, Dialect] = {"mysql": "mysql", "sqlserver": "tsql", "sqlite": "sqlite"}


def drop_index(provider: str, title: str, table: QualifiedName, index: Index) -> Fix:
    """Drop an index which is no constraint.

    MySQL and SQL Server name an index with its table, the others with its schema; CockroachDB
    holds a unique index for a constraint, and SQLite has no schemas.
    """
    if dialect := _DIALECTS.get(provider):
        where = () if dialect == "sqlite" else (*words("ON"), *_table(table, dialect))
        return _lexed(title, [(*words("DROP INDEX"), named(index.name), *where)], dialect)
    return fix(title, [_dropped(provider, table, index)], safe=False)


def _dropped(provider: str, table: QualifiedName, index: Index) -> Statement:
    pattern = 'DROP INDEX "$index"'
    if provider == "cockroachdb" and index.is_unique:
        pattern += " CASCADE"
    return HOUSE.make(pattern, index=QualifiedName(table.schema, index.name))


def index_keys(provider: str, title: str, keys: Iterable[tuple[Table, ForeignKey]]) -> Fix:
    """An index on the columns of each foreign key."""
    wanted = [(table.name, _index_of(table, key)) for table, key in keys]
    if dialect := _DIALECTS.get(provider):
        return _lexed(title, (_created(dialect, *one) for one in wanted), dialect)
    return fix(title, (sql.create_index(HOUSE, *one) for one in wanted), safe=False)


def _index_of(table: Table, key: ForeignKey) -> Index:
    name = make_object_name(table.name.name, "_".join(key.columns), "idx")
    return Index(name, tuple(IndexKey(column) for column in key.columns))


def _created(dialect: Dialect, table: QualifiedName, index: Index) -> Pieces:
    columns = names((key.column or "" for key in index.keys), CLOSE_BY)
    where = _table(table, dialect)
    return (*words("CREATE INDEX"), named(index.name), *words("ON"), *where, *columns)


def _table(name: QualifiedName, dialect: Dialect) -> Pieces:
    if dialect == "tsql":
        return (named(name.schema), ("sign", "."), named(name.name))
    return (named(name.name),)


def _lexed(title: str, statements: Iterable[Pieces], dialect: Dialect) -> Fix:
    try:
        return unread_fix(title, list(_texts(statements, dialect)), safe=False)
    except EngineError:
        return Fix(title, safe=False)


def _texts(statements: Iterable[Pieces], dialect: Dialect) -> Iterator[str]:
    for one in statements:
        yield statement_of(one, dialect)
