"""Statements that change rows: they must find their table and its columns."""

from __future__ import annotations

from workers.engine.schema.model import Table
from workers.engine.source import Origin
from workers.engine.sql.mysql import refusals
from workers.engine.sql.mysql.catalogue import Catalogue
from workers.engine.sql.reader import Reader, split_at_commas


def insert(catalogue: Catalogue, reader: Reader, origin: Origin) -> None:
    """INSERT and REPLACE, after that word: the table and the columns that they name."""
    while reader.take_any("LOW_PRIORITY", "DELAYED", "HIGH_PRIORITY", "IGNORE"):
        pass
    reader.take("INTO")
    table = _written(catalogue, reader.qualified()[-1], origin)
    if table is None or not reader.peek_sign("("):
        return
    for part in split_at_commas(reader.group()):
        name = part[-1].value
        if len(part) == 1 and not any(c.name.lower() == name.lower() for c in table.columns):
            raise refusals.no_column(name, "field list")


def _written(catalogue: Catalogue, name: str, origin: Origin) -> Table | None:
    """The table that rows go to; None for one that is not looked into."""
    low = name.lower()
    if low in catalogue.temporary or low in catalogue.unknown or catalogue.view(name) is not None:
        return None
    return catalogue.need(name, origin)


def update(catalogue: Catalogue, reader: Reader, origin: Origin) -> None:
    """UPDATE, after that word."""
    while reader.take_any("LOW_PRIORITY", "IGNORE"):
        pass
    if not reader.peek_sign("("):
        _written(catalogue, reader.qualified()[-1], origin)


def delete(catalogue: Catalogue, reader: Reader, origin: Origin) -> None:
    """DELETE, after that word."""
    while reader.take_any("LOW_PRIORITY", "QUICK", "IGNORE"):
        pass
    if not reader.take("FROM"):
        return
    name = reader.qualified()[-1]
    if reader.current is None or reader.current.is_word("WHERE", "ORDER", "LIMIT"):
        _written(catalogue, name, origin)


def truncate(catalogue: Catalogue, reader: Reader, origin: Origin) -> None:
    """TRUNCATE, after that word."""
    reader.take("TABLE")
    _written(catalogue, reader.qualified()[-1], origin)
