"""Tables and columns that SQL and built queries name, as uses of the models that declare them."""

from __future__ import annotations

from collections.abc import Iterator

from workers.engine.code.client import ClientModel, ClientSchema
from workers.engine.code.facts import Built, Mention, Query
from workers.engine.code.places import snake_cased
from workers.engine.code.statements import PROVIDERS, read_query
from workers.engine.code.uses import IN_BUILDER, IN_SQL, How, Use
from workers.engine.schema.model import Column, Provider, QualifiedName, Schema, SqlType, Table

_HOWS: dict[str, How] = {
    "reads": "reads",
    "filters by": "filters by",
    "sorts by": "sorts by",
    "writes": "writes",
}


class Mentions:
    """Finds what names in SQL mean in one client's schema."""

    def __init__(self, client: ClientSchema, provider: Provider) -> None:
        self.provider = provider
        self._models: dict[QualifiedName, ClientModel] = {}
        self._by_name: dict[str, list[ClientModel]] = {}
        for model in client.models.values():
            self._models[model.table] = model
            self._by_name.setdefault(model.table.name, []).append(model)
        self._fields = {
            model.name: {f.column: f.name for f in model.fields.values() if f.column is not None}
            for model in client.models.values()
        }
        self._schema = Schema(provider=provider, tables=dict(self._tables()))
        self._path = tuple(dict.fromkeys(name.schema for name in self._models))

    def _tables(self) -> Iterator[tuple[QualifiedName, Table]]:
        for name, model in self._models.items():
            columns = tuple(Column(one, SqlType("text")) for one in self._fields[model.name])
            yield name, Table(name, columns)

    def of_query(self, path: str, query: Query) -> list[Use]:
        """What a query in SQL uses of the schema; nothing where it cannot be read."""
        if self.provider not in PROVIDERS:
            return []
        read = read_query(query, self._schema, self._path)
        found: list[Use] = []
        for one in read.said.found if read is not None else ():
            model = self._models[one.table]
            field = self._fields[model.name].get(one.column) if one.column else None
            if one.column and field is None:
                continue  # a column of PostgreSQL's own
            assert read is not None
            start = read.place(one.at)
            end = start + len(one.column or one.table.name)
            how: How = "writes" if one.is_written else "reads"
            found.append(Use(path, start, end, model.name, field, how, False, IN_SQL))
        return found

    def model_named(self, name: str) -> ClientModel | None:
        """The model of a table by its name in SQL, with its schema's before it or not."""
        schema, _, table = name.rpartition(".")
        found = self._by_name.get(table) or self._by_name.get(snake_cased(table)) or []
        fitting = [one for one in found if not schema or one.table.schema == schema]
        return fitting[0] if len(fitting) == 1 else None

    def of_built(self, path: str, built: Built) -> Iterator[Use]:
        """What a built query uses of the schema."""
        models: dict[str, ClientModel] = {}
        for table in built.tables:
            model = self.model_named(table.name)
            if model is not None and table.name not in built.labels:
                models[table.alias or table.name.rpartition(".")[2]] = model
                place = path, table.start, table.end
                yield Use(*place, model.name, None, "reads", False, IN_BUILDER)
        for column in built.columns:
            yield from self._column(path, column, models, len(built.tables))

    def _column(
        self, path: str, column: Mention, models: dict[str, ClientModel], tables: int
    ) -> Iterator[Use]:
        label, _, name = column.name.rpartition(".")
        label = label.rpartition(".")[2]
        if not label and len(models) != tables:
            return
        for one, model in models.items():
            fields = self._fields[model.name]
            field = fields.get(name) or fields.get(snake_cased(name))
            if label in ("", one) and field is not None:
                start = column.end - len(name)
                how = _HOWS[column.how]
                yield Use(path, start, column.end, model.name, field, how, False, IN_BUILDER)
                return
