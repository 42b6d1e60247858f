"""What a query gives and what its names mean: columns by the alias of their relation."""

from __future__ import annotations

from msgspec import Struct

from workers.engine.schema.model import Column, QualifiedName, SqlType
from workers.engine.sql import printing
from workers.engine.sql.state import State

UNKNOWN = SqlType("unknown")
RECORD = SqlType("record")


class Output(Struct):
    """A query's columns; `is_certain` says that all of their names and their number are right."""

    columns: list[Column]
    is_certain: bool = True
    all_columns: list[Column] | None = None
    """With those that a join's USING takes out of `*`."""
    relation: QualifiedName | None = None
    """The table or view itself, where the columns are its own."""
    is_listed: bool = False
    """All names are known, if not their order: a relation of the system's own."""
    row: SqlType | None = None
    """The type of a whole row, where it is not the relation's own."""


Sources = dict[str, Output]

Levels = tuple[Sources, ...]
"""What can be named, the innermost query first."""


def find_column(sources: Sources, path: tuple[str, ...]) -> Column | None:
    """The column that a reference means."""
    for label, output in sources.items():
        if len(path) > 1 and label != path[-2]:
            continue
        for column in output.columns:
            if column.name == path[-1]:
                return column
    return None


def held(path: tuple[str, ...], levels: Levels) -> Column | None:
    """The column that a reference means, from the innermost query outwards.

    None where that is not certain: where there are two, or relations that are not known in full.
    """
    for sources in levels:
        if len(path) == 1 and path[0] in sources and path[0] != "":
            return None
        found: list[Column] = []
        is_sure = True
        for label, output in sources.items():
            if len(path) > 1 and label != path[-2]:
                continue
            is_sure = is_sure and output.is_certain
            columns = output.all_columns or output.columns
            found += [one for one in columns if one.name == path[-1] and one not in found]
        if found or not is_sure or (len(path) > 1 and path[-2] in sources):
            return found[0] if len(found) == 1 else None
    return None


class QueryScope(printing.TableScope, frozen=True):
    """Names within a query: columns of several relations."""

    sources: Sources | None = None
    ctes: Sources | None = None
    around: Levels = ()

    def column(self, path: tuple[str, ...]) -> SqlType | None:
        """The type of a column, by `("name",)` or `("alias", "name")`."""
        found = find_column(self.sources or {}, path)
        if found is None and len(path) == 1:
            for sources in (self.sources or {}, *self.around):
                if path[0] in sources:
                    return _row_type(sources[path[0]])
        if found is None and self.around:
            found = held(path, self.around)
        return found.type if found is not None and found.type != UNKNOWN else None


def _row_type(output: Output) -> SqlType:
    """The type of a whole row of a relation."""
    name = output.relation
    if output.row is not None:
        return output.row
    return RECORD if name is None else SqlType(name.name, schema=name.schema)


def query_scope(
    state: State, sources: Sources, ctes: Sources | None = None, around: Levels = ()
) -> QueryScope:
    """The scope of one query's expressions."""
    flat: dict[str, SqlType] = {}
    for output in sources.values():
        for column in output.columns:
            if column.type != UNKNOWN:
                flat.setdefault(column.name, column.type)
    return QueryScope(state, flat, sources=sources, ctes=ctes, around=around)
