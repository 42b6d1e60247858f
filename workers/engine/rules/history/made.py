"""What one file did to a schema, told by the provenance of the objects in it."""

from __future__ import annotations

from collections.abc import Iterator

from msgspec import Struct

from workers.engine.schema.model import History, Schema, Table
from workers.engine.source import Origin

_RECORDS = ("_prisma_migrations", "supabase_migrations.schema_migrations")
"""Where runners keep what they ran: they make the tables themselves."""


class Trace(Struct, frozen=True):
    """A mark that a file left: the kind and the name of the object, and the statement.

    `table` is the table that the object belongs to, as `schema.name`; `is_made` says that the file
    made the object, not only changed it.
    """

    kind: str
    name: str
    table: str | None
    origin: Origin
    is_made: bool

    @property
    def label(self) -> str:
        """The object for the reader: table `users`."""
        return f"{self.kind} `{self.name}`"


def traces(schema: Schema, path: str) -> Iterator[Trace]:
    """The marks of one file, tables first."""
    for kind, name, table, history in objects(schema):
        if table is not None and table.endswith(_RECORDS):
            continue
        for place, origin in enumerate(history):
            if origin.path == path:
                yield Trace(kind, name, table, origin, is_made=place == 0)
                break


def objects(schema: Schema) -> Iterator[tuple[str, str, str | None, History]]:
    """Every object of a schema: kind, name, table, history."""
    for name, table in schema.tables.items():
        yield "table", name.name, str(name), table.history
    for table in schema.tables.values():
        yield from _parts(table)
    for kind, owned in (
        ("enum", schema.enums),
        ("domain", schema.domains),
        ("type", schema.composites),
        ("view", schema.views),
        ("sequence", schema.sequences),
    ):
        for key, thing in owned.items():
            yield kind, key.name, None, thing.history
    for enum in schema.enums.values():
        for value in enum.values:
            yield "enum value", f"{enum.name.name}.{value.name}", None, value.history
    for extension in schema.extensions.values():
        yield "extension", extension.name, None, extension.history
    for function in schema.functions.values():
        yield "function", function.name.name, None, function.history
    for trigger in schema.triggers.values():
        yield "trigger", trigger.name, str(trigger.table), trigger.history
    for policy in schema.policies.values():
        yield "policy", policy.name, str(policy.table), policy.history


def _parts(table: Table) -> Iterator[tuple[str, str, str | None, History]]:
    owner = str(table.name)
    for column in table.columns:
        yield "column", f"{table.name.name}.{column.name}", owner, column.history
    for index in table.indexes:
        if not index.is_constraint:
            yield "index", index.name, owner, index.history
    if table.primary_key:
        yield "primary key", table.primary_key.name, owner, table.primary_key.history
    for unique in table.uniques:
        yield "unique constraint", unique.name, owner, unique.history
    for key in table.foreign_keys:
        yield "foreign key", key.name, owner, key.history
    for check in (*table.checks, *table.excludes):
        yield "check constraint", check.name, owner, check.history
