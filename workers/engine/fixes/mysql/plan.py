"""MySQL's migrations: every statement that the changes ask for, in the order that InnoDB accepts.

MySQL commits each statement that changes a table, so what rows may refuse comes before what throws
anything away, and a column is required only once its rows are filled.
https://dev.mysql.com/doc/refman/8.4/en/implicit-commit.html
"""

from __future__ import annotations

from collections.abc import Iterator

from msgspec import Struct

from workers.engine.compare import changes as c
from workers.engine.errors import EngineError
from workers.engine.fixes.mysql import clauses as sql
from workers.engine.fixes.mysql.columns import Wanted, fill_of, wanted_columns
from workers.engine.fixes.mysql.dependence import in_the_way
from workers.engine.fixes.steps import Work
from workers.engine.fixes.tokens import Line, Pieces, words
from workers.engine.schema.model import Index, Table

_FITS = "In strict mode, MySQL's own, this stops at a value that its new type does not hold."


class Planned(Struct, frozen=True):
    """A statement; `breaks` says what of today's code it would break, `todos` what people owe."""

    line: Line
    breaks: str = ""
    todos: tuple[str, ...] = ()


def plan(work: Work) -> list[Planned]:
    """Every statement, in order."""
    if any(there.checks for _, there in work.comparison.tables) and _renames_columns(work):
        raise EngineError("a check may name a column that is to be renamed")
    wanted = list(wanted_columns(work))
    return [
        *_freed(work),
        *_renamed(work),
        *_indexes_gone(work),
        *_tables_made(work),
        *_altered(work, wanted),
        *_filled(work, wanted),
        *_required(work, wanted),
        *_indexes_made(work),
        *_bound(work),
        *_thrown_away(work),
    ]


def _renames_columns(work: Work) -> bool:
    return any(
        isinstance(change, c.ColumnRenamed) and change.replayed_table.checks
        for change in work.changes
    )


def _freed(work: Work) -> Iterator[Planned]:
    """Foreign keys go first: those that are to go, and those in the way."""
    for change in work.changes:
        if isinstance(change, c.ForeignKeyExtra | c.ForeignKeyChanged):
            table = change.replayed_table.name.name
            yield Planned(Line("DropForeignKey", sql.drop_key(table, change.replayed.name)))
    for change in work.changes:
        if isinstance(change, c.TableExtra):
            table = change.replayed.name.name
            for key in change.replayed.foreign_keys:
                if _is_kept_breaking(work, change):
                    continue
                yield Planned(Line("DropForeignKey", sql.drop_key(table, key.name)))
    for _, there, key in in_the_way(work.comparison):
        yield Planned(Line("DropForeignKey", sql.drop_key(there.name.name, key.name)))


def _is_kept_breaking(work: Work, change: c.TableExtra) -> bool:
    """Whether the table stays until today's code is gone; its keys then go with it."""
    return work.running.has_table(change.replayed.name)


def _renamed(work: Work) -> Iterator[Planned]:
    for change in work.changes:
        if isinstance(change, c.TableRenamed):
            old, new = change.replayed.name.name, change.declared.name.name
            yield Planned(Line("RenameTable", sql.rename_table(old, new)))
    for change in work.changes:
        if isinstance(change, c.ColumnRenamed):
            table = change.table.name.name
            pieces = sql.rename_column(table, change.replayed.name, change.declared.name)
            yield Planned(Line("AlterTable", pieces))


def _indexes_gone(work: Work) -> Iterator[Planned]:
    for change in work.changes:
        if isinstance(change, c.IndexExtra | c.IndexChanged):
            table, index = change.table.name.name, change.replayed
            if isinstance(change, c.IndexChanged) and change.only_name:
                pieces = sql.rename_index(table, index.name, change.declared.name)
                yield Planned(Line("RenameIndex", pieces))
            else:
                yield Planned(Line("DropIndex", sql.drop_index(table, index)))


def _tables_made(work: Work) -> Iterator[Planned]:
    for change in work.changes:
        if isinstance(change, c.TableMissing):
            yield Planned(Line("CreateTable", sql.create_table(change.declared)))


def _altered(work: Work, wanted: list[Wanted]) -> Iterator[Planned]:
    """What the columns of a table become before its rows are filled, in one statement."""
    for table in _tables(work):
        actions = []
        own = [one for one in wanted if one.table.name == table.name]
        for one in own:
            if one.is_new and not one.is_keyed:
                actions.append(sql.add_column(one.before_filling))
            elif not one.is_new and one.is_redefined and not one.is_keyed:
                actions.append(sql.modify(one.before_filling))
        notes = (_FITS,) if any(one.is_retyped for one in own) else ()
        if actions:
            yield Planned(Line("AlterTable", sql.alter(table.name.name, *actions), notes))


def _tables(work: Work) -> Iterator[Table]:
    for declared, _ in work.comparison.tables:
        yield declared


def _filled(work: Work, wanted: list[Wanted]) -> Iterator[Planned]:
    for one in wanted:
        if not one.waits:
            continue
        found = fill_of(work, one)
        if found is None:
            continue
        value, evidence = found
        notes = (f"From evidence: {evidence}. Read it before you run it.",)
        pieces = sql.fill(one.table.name.name, one.column.name, value)
        yield Planned(Line("Backfill", pieces, notes))


def _required(work: Work, wanted: list[Wanted]) -> Iterator[Planned]:
    """NOT NULL for what is filled, and the primary key with the columns that it numbers."""
    for table in _tables(work):
        key = _key_change(work, table)
        own = [one for one in wanted if one.table.name == table.name]
        actions: list[Pieces] = []
        notes: list[str] = []
        if key is not None and key.replayed is not None:
            actions.append(words("DROP PRIMARY KEY"))
        actions += [
            sql.drop_column(change.replayed.name) for change in _dropped_with_key(work, table)
        ]
        for one in own:
            if one.is_keyed:
                made = sql.add_column(one.column) if one.is_new else sql.modify(one.column)
                actions.append(made)
            elif one.waits:
                actions.append(sql.modify(one.column))
                if fill_of(work, one) is None:
                    notes.append(_todo(one))
        if key is not None and key.declared is not None:
            actions.append((*words("ADD"), *sql.primary_key(key.declared)))
        if actions:
            line = Line("AlterTable", sql.alter(table.name.name, *actions), tuple(notes))
            breaks = _breaking(work, own)
            yield Planned(line, breaks, tuple(notes))


def _todo(one: Wanted) -> str:
    where = f"{one.table.name.name}.{one.column.name}"
    return (
        f"TODO: give every row a value in {where}; nothing in the schema tells which. In strict "
        "mode, MySQL's own, this stops where a row has none."
    )


def _breaking(work: Work, own: list[Wanted]) -> str:
    for one in own:
        name = one.table.name
        is_unknown = work.running.has_table(name) and not work.running.has_column(
            name, one.column.name
        )
        if one.waits and is_unknown:
            return f"it inserts rows without {one.column.name}"
    return ""


def _key_change(work: Work, table: Table) -> c.PrimaryKeyChanged | None:
    return next(
        (
            change
            for change in work.changes
            if isinstance(change, c.PrimaryKeyChanged)
            and change.table.name == table.name
            and not change.only_name
        ),
        None,
    )


def _dropped_with_key(work: Work, table: Table) -> list[c.ColumnExtra]:
    """The columns of the old primary key that go: one that counts cannot stay without its key."""
    key = _key_change(work, table)
    names = key.replayed.columns if key is not None and key.replayed is not None else ()
    return [
        change
        for change in work.changes
        if isinstance(change, c.ColumnExtra)
        and change.table.name == table.name
        and change.replayed.name in names
    ]


def _indexes_made(work: Work) -> Iterator[Planned]:
    for change in work.changes:
        if isinstance(change, c.IndexMissing) or (
            isinstance(change, c.IndexChanged) and not change.only_name
        ):
            table, index = change.table.name.name, change.declared
            notes = (_doubles(index),) if index.is_unique else ()
            yield Planned(Line("CreateIndex", sql.create_index(table, index), notes))


def _doubles(index: Index) -> str:
    names = ", ".join(key.column or "" for key in index.keys)
    return f"Every row is checked first: it stops where two have the same {names}."


def _bound(work: Work) -> Iterator[Planned]:
    """Foreign keys come last of what is made: new ones, those of new tables, those put aside."""
    for change in work.changes:
        match change:
            case c.TableMissing():
                for key in change.declared.foreign_keys:
                    pieces = sql.add_key(change.declared.name.name, key)
                    yield Planned(Line("AddForeignKey", pieces))
            case c.ForeignKeyMissing() | c.ForeignKeyChanged():
                pieces = sql.add_key(change.table.name.name, change.declared)
                yield Planned(Line("AddForeignKey", pieces))
    for declared, _, key in in_the_way(work.comparison):
        twin = next((one for one in declared.foreign_keys if one.name == key.name), key)
        pieces = sql.add_key(declared.name.name, twin)
        yield Planned(Line("AddForeignKey", pieces))


def _dropped(work: Work, table: Table) -> dict[str, list[str]]:
    """The columns that go, by what of today's code that would break."""
    with_key = _dropped_with_key(work, table)
    found: dict[str, list[str]] = {}
    for change in work.changes:
        if not isinstance(change, c.ColumnExtra) or change in with_key:
            continue
        if change.table.name == table.name:
            used = work.running.has_column(change.replayed_table.name, change.replayed.name)
            breaks = "it still reads and writes the column" if used else ""
            found.setdefault(breaks, []).append(change.replayed.name)
    return found


def _thrown_away(work: Work) -> Iterator[Planned]:
    for table in _tables(work):
        for breaks, names in _dropped(work, table).items():
            pieces = sql.alter(table.name.name, *(sql.drop_column(name) for name in names))
            yield Planned(Line("AlterTable", pieces), breaks)
    for change in work.changes:
        if isinstance(change, c.TableExtra):
            used = _is_kept_breaking(work, change)
            if used:
                for key in change.replayed.foreign_keys:
                    off = sql.drop_key(change.replayed.name.name, key.name)
                    yield Planned(Line("DropForeignKey", off), "it still uses the table")
            breaks = "it still uses the table" if used else ""
            yield Planned(Line("DropTable", sql.drop_table(change.replayed.name.name)), breaks)
