"""What is wrong with the names in a built query, by a schema."""

from __future__ import annotations

from collections.abc import Iterator

from workers.engine.code.facts import Built, Mention
from workers.engine.code.places import snake_cased
from workers.engine.code.reach import OWN_TABLES, Columns, Scope, Source, Trouble
from workers.engine.schema.model import QualifiedName, Schema


class Chains:
    """Judges built queries; `others` are relations that something else makes.

    Where the client has the CamelCasePlugin, `createdAt` means `created_at`: either will do.
    """

    def __init__(
        self, schema: Schema, search_path: tuple[str, ...], others: frozenset[str]
    ) -> None:
        self.schema = schema
        self.search_path = search_path
        self.others = others
        self._folds = schema.provider != "postgresql"
        self._names = {
            (self._key(name.schema), self._key(name.name)): name
            for name in (*schema.tables, *schema.views)
        }

    def troubles(self, built: Built) -> Iterator[tuple[Trouble, Mention, bool]]:
        """Each trouble with the name that it is about; whether a table is there at all."""
        scope = Scope(labels=frozenset(map(self._key, built.labels)))
        missing: list[tuple[Trouble, Mention]] = []
        for table in built.tables:
            label = table.alias or table.name.rpartition(".")[2]
            found = self._find(table.name) if table.name not in built.labels else None
            scope.sources.append(Source(self._key(label), self._columns(found), found))
            if found is None and not built.is_open and self._is_ours(table.name):
                missing.append((Trouble("table", table.start, table.name), table))
        missing += self._columns_missing(built, scope)
        knows_some = any(source.table is not None for source in scope.sources)
        for trouble, mention in missing:
            yield trouble, mention, knows_some

    def _columns_missing(self, built: Built, scope: Scope) -> Iterator[tuple[Trouble, Mention]]:
        for column in built.columns:
            path = tuple(map(self._key, column.name.split(".")))[-2:]
            if "*" in path or (built.is_open and len(path) == 1):
                continue
            snake = (*path[:-1], snake_cased(column.name.rpartition(".")[2]))
            if not scope.lookup(path)[1] and not scope.lookup(snake)[1]:
                table = scope.owner(path)
                yield Trouble("column", column.start, column.name, table), column

    def _key(self, name: str) -> str:
        return name.lower() if self._folds else name

    def _find(self, name: str) -> QualifiedName | None:
        schema, _, table = name.rpartition(".")
        for place in (schema,) if schema else self.search_path:
            for written in (table, snake_cased(table)):
                found = self._names.get((self._key(place), self._key(written)))
                if found is not None:
                    return found
        return None

    def _is_ours(self, name: str) -> bool:
        """Whether migrations would have made a table of this name, were it there."""
        return "." not in name and name not in OWN_TABLES and name not in self.others

    def _columns(self, name: QualifiedName | None) -> Columns:
        if name is None:
            return None
        table = self.schema.tables.get(name)
        columns = table.columns if table is not None else self.schema.views[name].columns
        return {self._key(column.name): column for column in columns} or None
