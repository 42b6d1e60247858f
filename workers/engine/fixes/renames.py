"""Renames, so that nothing is thrown away: types, tables, columns, and the names that hang on them.

Prisma would name the sequences, indexes and constraints of a renamed table anew. PostgreSQL does
not, so each is renamed by a statement of its own; where names change places, one is parked.
"""

from __future__ import annotations

from collections.abc import Iterator

from msgspec import Struct

from workers.engine.compare import changes as c
from workers.engine.fixes import definitions as sql
from workers.engine.fixes.objects import moved
from workers.engine.fixes.steps import Stage, Step, Work
from workers.engine.schema.model import QualifiedName, Table
from workers.engine.schema.names import MAX_BYTES, clip, make_object_name

_RUNS = "it still uses the old name"


def rename_steps(work: Work) -> Iterator[Step]:
    """Every rename that the comparison asks for, in an order in which the names are free."""
    for change in work.changes:
        match change:
            case c.EnumRenamed():
                yield from _type(work, change)
            case c.TableRenamed():
                yield from _table(work, change)
            case c.ColumnRenamed():
                yield _column(work, change)
    yield from _rest(work)


def _type(work: Work, change: c.EnumRenamed) -> Iterator[Step]:
    old, new = change.replayed.name, change.declared.name
    for made, undo in moved(work.house, "TYPE", old, new):
        yield Step(Stage.RENAME_TYPE, "AlterEnum", made, str(new), (undo,), notes=_why(change))


def _table(work: Work, change: c.TableRenamed) -> Iterator[Step]:
    old, new = change.replayed.name, change.declared.name
    breaks = _RUNS if work.running.has_table(old) else ""
    for made, undo in moved(work.house, "TABLE", old, new):
        yield Step(
            Stage.RENAME_TABLE,
            "RenameTable",
            made,
            str(new),
            (undo,),
            notes=_why(change),
            breaks=breaks,
        )


def _column(work: Work, change: c.ColumnRenamed) -> Step:
    table, old, new = change.table.name, change.replayed.name, change.declared.name
    breaks = _RUNS if work.running.has_column(change.replayed_table.name, old) else ""
    return Step(
        Stage.RENAME_COLUMN,
        "AlterTable",
        sql.rename_column(work.house, table, old, new),
        f"{table}.{new}",
        (sql.rename_column(work.house, table, new, old),),
        notes=_why(change),
        breaks=breaks,
    )


def _why(change: c.EnumRenamed | c.TableRenamed | c.ColumnRenamed) -> tuple[str, ...]:
    return (f"Held for one and the same: {'; '.join(change.evidence.reasons)}.",)


class _Rename(Struct, frozen=True):
    """A relation or a constraint that gets another name; `table` is None for a sequence."""

    kind: str
    table: Table
    old: str
    new: str

    @property
    def schema(self) -> str:
        return self.table.name.schema


def _rest(work: Work) -> Iterator[Step]:
    wanted = [*_named_anew(work), *_sequences(work)]
    taken = {(one.schema, one.old) for one in wanted}
    rank = 0
    while wanted:
        free = [one for one in wanted if (one.schema, one.new) not in taken]
        if not free:
            one = wanted[0]
            parked = clip(one.old, MAX_BYTES - 4) + "_old"
            yield _renamed(work, _Rename(one.kind, one.table, one.old, parked), rank)
            wanted[0] = _Rename(one.kind, one.table, parked, one.new)
            taken.discard((one.schema, one.old))
            rank += 1
            continue
        for one in free:
            yield _renamed(work, one, rank)
            wanted.remove(one)
            taken.discard((one.schema, one.old))
            rank += 1


def _named_anew(work: Work) -> Iterator[_Rename]:
    for change in work.changes:
        match change:
            case c.PrimaryKeyChanged(only_name=True) if change.declared and change.replayed:
                yield _Rename(
                    "constraint", change.table, change.replayed.name, change.declared.name
                )
            case c.ForeignKeyChanged(only_name=True):
                yield _Rename(
                    "foreign key", change.table, change.replayed.name, change.declared.name
                )
            case c.IndexChanged(only_name=True):
                yield _Rename("index", change.table, change.replayed.name, change.declared.name)


def _sequences(work: Work) -> Iterator[_Rename]:
    """The sequences of renamed tables and columns that have the name that SERIAL gives."""
    columns = {
        (change.replayed_table.name, change.replayed.name): change.declared.name
        for change in work.changes
        if isinstance(change, c.ColumnRenamed)
    }
    tables = {there.name: declared for declared, there in work.comparison.tables}
    for sequence in work.replayed.sequences.values():
        if sequence.owned_by is None or sequence.owned_by[0] not in tables:
            continue
        table, column = sequence.owned_by
        declared = tables[table]
        new = make_object_name(declared.name.name, columns.get((table, column), column), "seq")
        is_serials = sequence.name.name == make_object_name(table.name, column, "seq")
        if is_serials and sequence.name.name != new:
            yield _Rename("sequence", declared, sequence.name.name, new)


def _renamed(work: Work, one: _Rename, rank: int) -> Step:
    if one.kind in ("constraint", "foreign key"):
        made = sql.rename_constraint(work.house, one.table.name, one.old, one.new)
        undo = sql.rename_constraint(work.house, one.table.name, one.new, one.old)
    elif one.kind == "sequence":
        pattern = 'ALTER SEQUENCE "$old" RENAME TO "$new"'
        made = work.make(pattern, old=QualifiedName(one.schema, one.old), new=one.new)
        undo = work.make(pattern, old=QualifiedName(one.schema, one.new), new=one.old)
    else:
        made = sql.rename_index(work.house, one.schema, one.old, one.new)
        undo = sql.rename_index(work.house, one.schema, one.new, one.old)
    comments = {"constraint": "AlterTable", "foreign key": "RenameForeignKey"}
    comment = comments.get(one.kind, "RenameIndex" if one.kind == "index" else "AlterSequence")
    subject = f"{one.table.name}.{one.new}"
    return Step(Stage.RENAME_REST, comment, made, subject, (undo,), rank=rank)
