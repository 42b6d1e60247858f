"""MySQL's views: their text, and whether the tables that they read are there."""

from __future__ import annotations

from workers.engine.schema.model import QualifiedName, View
from workers.engine.source import Origin
from workers.engine.sql.mysql import refusals
from workers.engine.sql.mysql.catalogue import Catalogue
from workers.engine.sql.mysql.create import SCHEMA
from workers.engine.sql.reader import Reader


def starts_view(reader: Reader) -> bool:
    """Pass over what may stand before VIEW."""
    start = reader.at
    while reader.current is not None and not reader.current.is_word("TABLE", "INDEX", "AS"):
        if reader.take("VIEW"):
            return True
        if reader.current.is_word("TRIGGER", "PROCEDURE", "FUNCTION", "EVENT"):
            break
        reader.at += 1
    reader.at = start
    return False


def create_view(catalogue: Catalogue, reader: Reader, origin: Origin, *, replaces: bool) -> None:
    """CREATE VIEW, after that word."""
    guarded = reader.take("IF", "NOT", "EXISTS")
    name = reader.qualified()[-1]
    old = catalogue.view(name)
    if catalogue.is_there(name) and not (replaces and old is not None):
        if guarded:
            return
        raise refusals.table_exists(name)
    if reader.peek_sign("("):
        reader.group()
    reader.expect("AS")
    query = reader.source(reader.rest())
    _check_query(catalogue, query, origin)
    key = old or QualifiedName(SCHEMA, name)
    history = (*catalogue.schema.views[old].history, origin) if old is not None else (origin,)
    catalogue.schema.views[key] = View(key, definition=query, history=history)


def _check_query(catalogue: Catalogue, query: str, origin: Origin) -> None:
    """Refuse a query of a table that is not there; one that sqlglot cannot read passes."""
    from workers.engine.sql.generic import UnreadableQuery, tables_read

    try:
        read = tables_read(query, "mysql")
    except UnreadableQuery:
        return
    for name in sorted(read):
        if name.lower() != "dual" and not catalogue.is_there(name):
            catalogue.need(name, origin)


def drop_view(catalogue: Catalogue, name: str, *, guarded: bool) -> None:
    """Let a view go."""
    key = catalogue.view(name)
    if key is not None:
        del catalogue.schema.views[key]
    elif not guarded:
        raise refusals.unknown_table(name)
