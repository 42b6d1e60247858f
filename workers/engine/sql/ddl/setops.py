"""Set operations: as many columns on both sides, of types that meet, and an order of their own.

Follows transformSetOperationTree of src/backend/parser/analyze.c.
"""

from __future__ import annotations

from workers.engine.schema.model import Column
from workers.engine.sql import printing, resolve
from workers.engine.sql.ddl.outputs import UNKNOWN, Levels, Sources
from workers.engine.sql.ddl.query import select_output
from workers.engine.sql.ddl.sorting import check_united_order
from workers.engine.sql.ddl.typing import need_comparable
from workers.engine.sql.expressions.kinds import bare
from workers.engine.sql.expressions.operators import COMMON
from workers.engine.sql.expressions.polymorphic import common_type
from workers.engine.sql.postgres import Node
from workers.engine.sql.refusal import RefusedError
from workers.engine.sql.run import Run

_WORDS = {"SETOP_UNION": "UNION", "SETOP_INTERSECT": "INTERSECT", "SETOP_EXCEPT": "EXCEPT"}


def check_sides(run: Run, fields: Node, ctes: Sources, around: Levels) -> None:
    """Refuse a set operation whose sides do not fit each other."""
    word = _WORDS[fields["op"]]
    sides = [fields["larg"], fields["rarg"]]
    if any(side.get("op", "SETOP_NONE") != "SETOP_NONE" for side in sides):
        return
    before, run.needs_types = run.needs_types, True
    try:
        left, right = (select_output(run, side, ctes, around) for side in sides)
    finally:
        run.needs_types = before
    if not left.is_certain or not right.is_certain:
        return
    if len(left.columns) != len(right.columns):
        raise RefusedError("42601", f"each {word} query must have the same number of columns")
    pairs = zip(left.columns, right.columns, strict=True)
    literals = untyped(sides[0]) | untyped(sides[1])
    for number, (one, other) in enumerate(pairs):
        if number not in literals:
            _need_common(run, word, one, other)
            if not fields.get("all") and one.type == other.type:
                need_comparable(one.type, "equality")


def _need_common(run: Run, word: str, one: Column, other: Column) -> None:
    kinds = bare(one.type), bare(other.type)
    if UNKNOWN in kinds or not all(
        kind.name in COMMON and kind.schema is None and not kind.is_array for kind in kinds
    ):
        return
    if common_type(kinds, printing.TableScope(run.state, {})) is None:
        first, second = (resolve.format_visible(run.state, kind) for kind in kinds)
        raise RefusedError("42804", f"{word} types {first} and {second} cannot be matched")


def untyped(side: Node) -> frozenset[int]:
    """The columns that are untyped literals, or all where rows are spread or listed."""
    if side.get("valuesLists"):
        return frozenset(range(2000))
    values = [one["ResTarget"]["val"] for one in side.get("targetList", ())]
    if any("A_Star" in one.get("ColumnRef", {}).get("fields", [{}])[-1] for one in values):
        return frozenset(range(2000)) if len(values) > 1 else frozenset()
    return frozenset(
        number
        for number, one in enumerate(values)
        if "sval" in one.get("A_Const", {}) or one.get("A_Const", {}).get("isnull")
    )


def check_order(run: Run, fields: Node, ctes: Sources, around: Levels) -> None:
    """Refuse an item of ORDER BY that is no column of the set operation."""
    if not fields.get("sortClause"):
        return
    before, run.needs_types = run.needs_types, False
    try:
        output = select_output(run, fields, ctes, around)
    finally:
        run.needs_types = before
    if output.is_certain:
        check_united_order(fields, tuple(column.name for column in output.columns))
