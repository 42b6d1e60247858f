"""Set operations and FROM: as many columns on both sides, of types that meet; no name twice.

Follows transformSetOperationTree and checkNameSpaceConflicts of src/backend/parser.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from workers.engine.schema.model import Column
from workers.engine.sql import printing, resolve
from workers.engine.sql.ddl.outputs import UNKNOWN, Levels, Sources
from workers.engine.sql.ddl.query import select_output
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
    literals = _literals(sides[0]) | _literals(sides[1])
    for number, (one, other) in enumerate(pairs):
        if number not in literals:
            _need_common(run, word, one, other)


def _need_common(run: Run, word: str, one: Column, other: Column) -> None:
    kinds = bare(one.type), bare(other.type)
    if UNKNOWN in kinds or not all(
        kind.name in COMMON and kind.schema is None and not kind.is_array for kind in kinds
    ):
        return
    if common_type(kinds, printing.TableScope(run.state, {})) is None:
        first, second = (resolve.format_visible(run.state, kind) for kind in kinds)
        raise RefusedError("42804", f"{word} types {first} and {second} cannot be matched")


def _literals(side: Node) -> frozenset[int]:
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


def refuse_twice(nodes: Iterable[Node]) -> None:
    """Refuse a name that two items of FROM go by."""
    seen: dict[str, str] = {}
    for label, relation in _labels(nodes):
        if label in seen and (not relation or not seen[label] or seen[label] == relation):
            raise RefusedError("42712", f'table name "{label}" specified more than once')
        seen[label] = relation


def _labels(nodes: Iterable[Node]) -> Iterator[tuple[str, str]]:
    """The name of each item of FROM, and the relation as written where it has no alias."""
    for node in nodes:
        ((kind, fields),) = node.items()
        alias = fields.get("alias", {}).get("aliasname")
        if alias:
            yield alias, ""
        elif kind == "RangeVar":
            yield fields["relname"], resolve.dotted(resolve.range_path(fields))
        elif kind == "JoinExpr":
            yield from _labels((fields["larg"], fields["rarg"]))
