"""Schemas, extensions and tables: made, and dropped when nobody hangs on them any more."""

from __future__ import annotations

from collections.abc import Iterator

from workers.engine.compare import changes as c
from workers.engine.fixes import definitions as sql
from workers.engine.fixes import objects
from workers.engine.fixes.steps import Stage, Step, Work
from workers.engine.schema.model import ForeignKey, Index, QualifiedName, Table

_STILL_USED = "it still reads and writes the table"


def table_steps(work: Work) -> Iterator[Step]:
    """What schemas, extensions and tables need."""
    for change in work.changes:
        match change:
            case c.SchemaMissing():
                yield _schema(work, change.name)
            case c.ExtensionMissing(installed=None):
                yield _extension(work, change)
    missing = [one.declared for one in work.changes if isinstance(one, c.TableMissing)]
    for table in missing:
        yield from _create(work, table)
    extra = [one.replayed for one in work.changes if isinstance(one, c.TableExtra)]
    yield from _drops(work, extra)


def _schema(work: Work, name: str) -> Step:
    made = objects.create_schema(work.house, name)
    undo = work.make('DROP SCHEMA "$name"', name=name)
    return Step(Stage.SCHEMA, "CreateSchema", made, name, (undo,))


def _extension(work: Work, change: c.ExtensionMissing) -> Step:
    name, schema = change.declared.name, change.declared.schema
    undo = work.make('DROP EXTENSION "$name"', name=(name,))
    made = objects.create_extension(work.house, name, schema)
    return Step(Stage.EXTENSION, "CreateExtension", made, name, (undo,))


def _create(work: Work, table: Table) -> Iterator[Step]:
    name = str(table.name)
    undo = (sql.drop_table(work.house, table.name),)
    loss = f"the rows that {table.name.name} will hold by then"
    yield Step(
        Stage.CREATE_TABLE, "CreateTable", sql.create_table(work.house, table), name, undo, loss
    )
    for index in _own_indexes(table):
        made = sql.create_index(work.house, table.name, index)
        yield Step(Stage.ADD_INDEX, "CreateIndex", made, f"{name}.{index.name}")
    for key in table.foreign_keys:
        made = sql.add_foreign_key(work.house, table.name, key, is_valid=True)
        # Taken off first on the way back, since tables may refer to one another.
        back = (sql.drop_constraint(work.house, table.name, key.name),)
        yield Step(Stage.ADD_FOREIGN_KEY, "AddForeignKey", made, f"{name}.{key.name}", back)


def _own_indexes(table: Table) -> Iterator[Index]:
    for index in table.indexes:
        if table.primary_key is None or index.name != table.primary_key.name:
            yield index


def _drops(work: Work, extra: list[Table]) -> Iterator[Step]:
    """Tables that refer to others go first; a circle is cut at its foreign keys."""
    waiting = {table.name: table for table in extra}
    rank = 0
    while waiting:
        free = [table for table in waiting.values() if not _wanted_by(table, waiting)]
        if not free:
            free = list(waiting.values())[:1]
            for other, key in _wanted_by(free[0], waiting):
                yield _cut(work, other, key)
        for table in free:
            yield _drop(work, table, rank)
            del waiting[table.name]
            rank += 1


def _wanted_by(table: Table, others: dict[QualifiedName, Table]) -> list[tuple[Table, ForeignKey]]:
    return [
        (other, key)
        for other in others.values()
        if other.name != table.name
        for key in other.foreign_keys
        if key.ref_table == table.name
    ]


def _cut(work: Work, table: Table, key: ForeignKey) -> Step:
    made = sql.drop_constraint(work.house, table.name, key.name)
    undo = sql.add_foreign_key(work.house, table.name, key, is_valid=True)
    subject = f"{table.name}.{key.name}"
    return Step(Stage.DROP_FOREIGN_KEY, "DropForeignKey", made, subject, (undo,))


def _drop(work: Work, table: Table, rank: int) -> Step:
    undo = [sql.create_table(work.house, table)]
    undo += [sql.create_index(work.house, table.name, index) for index in _own_indexes(table)]
    undo += [
        sql.add_foreign_key(work.house, table.name, key, is_valid=True)
        for key in table.foreign_keys
    ]
    return Step(
        Stage.DROP_TABLE,
        "DropTable",
        sql.drop_table(work.house, table.name),
        str(table.name),
        tuple(undo),
        loss=f"the rows of {table.name.name}",
        breaks=_STILL_USED if work.running.has_table(table.name) else "",
        rank=rank,
    )
