"""Steps that change one table as one ALTER TABLE, as Prisma writes them.

PostgreSQL rewrites a table once for a statement, however many of its columns get another type, and
reads it once for all that become required.
https://www.postgresql.org/docs/current/sql-altertable.html#SQL-ALTERTABLE-NOTES
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from msgspec.structs import replace

from workers.engine.fixes.steps import Stage, Step

_SHAPE = frozenset(
    (Stage.ADD_COLUMN, Stage.DROP_DEFAULT, Stage.SET_TYPE, Stage.SET_DEFAULT, Stage.LOOSEN)
)
_TOGETHER = (_SHAPE, frozenset((Stage.REQUIRE,)), frozenset((Stage.DROP_COLUMN,)))
"""Stages whose neighbouring statements may stand in one."""
_COMMANDS = frozenset(
    (
        "AT_AddColumn",
        "AT_AlterColumnType",
        "AT_ColumnDefault",
        "AT_DropNotNull",
        "AT_SetNotNull",
        "AT_DropColumn",
    )
)


def merged(steps: Iterable[Step]) -> Iterator[Step]:
    """The steps as the statements that are written."""
    for group in _groups(steps):
        yield _one(group)


def _groups(steps: Iterable[Step]) -> Iterator[tuple[Step, ...]]:
    """The steps that stand in one statement, for each statement.

    Statements change places only with such of other tables between which nothing else stands.
    """
    waiting: dict[str, list[Step]] = {}
    last: frozenset[Stage] | None = None
    for step in steps:
        together = _together(step)
        if together is None or together is not last:
            yield from map(tuple, waiting.values())
            waiting = {}
        last = together
        if together is None:
            yield (step,)
        else:
            waiting.setdefault(str(step.statement.fields["relation"]), []).append(step)
    yield from map(tuple, waiting.values())


def _together(step: Step) -> frozenset[Stage] | None:
    """The stages of which a step may be put into one statement with others; None for none."""
    made = step.statement
    if made.kind != "AlterTableStmt" or made.fields.get("objtype") != "OBJECT_TABLE":
        return None
    kinds = {command["AlterTableCmd"]["subtype"] for command in made.fields["cmds"]}
    if not kinds <= _COMMANDS:
        return None
    return next((stages for stages in _TOGETHER if step.stage in stages), None)


def _one(group: tuple[Step, ...]) -> Step:
    first = group[0]
    if len(group) == 1:
        return first
    commands = [command for step in group for command in step.statement.fields["cmds"]]
    made = replace(first.statement, fields={**first.statement.fields, "cmds": commands})
    notes = tuple(dict.fromkeys(note for step in group for note in step.notes))
    return replace(first, statement=made, notes=notes)
