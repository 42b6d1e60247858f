"""Set operations: as many columns on both sides, of types that meet, and an order of their own.

Follows transformSetOperationTree of src/backend/parser/analyze.c.
"""

from __future__ import annotations

from msgspec import Struct, field

from workers.engine.schema.model import Column, QualifiedName, SqlType
from workers.engine.sql import printing, resolve
from workers.engine.sql.ddl.outputs import UNKNOWN, Levels, Output, Sources
from workers.engine.sql.ddl.query import select_output, united
from workers.engine.sql.ddl.sorting import check_united_order
from workers.engine.sql.ddl.typing import need_comparable
from workers.engine.sql.expressions.coercion import to_type
from workers.engine.sql.expressions.kinds import bare, base, category, coerces, element
from workers.engine.sql.expressions.operators import COMMON
from workers.engine.sql.expressions.polymorphic import common_type
from workers.engine.sql.expressions.typed import Const, MismatchError, UnprintableError
from workers.engine.sql.postgres import Node
from workers.engine.sql.refusal import RefusedError
from workers.engine.sql.run import Run

_WORDS = {"SETOP_UNION": "UNION", "SETOP_INTERSECT": "INTERSECT", "SETOP_EXCEPT": "EXCEPT"}


class Side(Struct):
    """What one side of a set operation gives, with the columns that are untyped literals."""

    output: Output
    literals: frozenset[int] = frozenset()
    texts: dict[int, str] = field(default_factory=dict)
    """Of those literals that are no NULL."""


def side(run: Run, fields: Node, ctes: Sources, around: Levels) -> Side:
    """A SELECT as a side of a set operation."""
    before, run.needs_types = run.needs_types, True
    try:
        output = select_output(run, fields, ctes, around)
        return Side(output, untyped(fields), _texts(fields))
    finally:
        run.needs_types = before


def joined(run: Run, fields: Node, left: Side, right: Side) -> Side:
    """What a set operation gives, or the refusal of sides that do not fit each other."""
    word = _WORDS[fields["op"]]
    made = Side(united(run, left.output, right.output))
    if not left.output.is_certain or not right.output.is_certain:
        made.output.is_certain = False
        return made
    columns = left.output.columns, right.output.columns
    if len(columns[0]) != len(columns[1]):
        raise RefusedError("42601", f"each {word} query must have the same number of columns")
    literals = left.literals | right.literals
    for number, (one, other) in enumerate(zip(*columns, strict=True)):
        for text, kind in ((left.texts.get(number), other), (right.texts.get(number), one)):
            if text is not None and number not in left.literals & right.literals:
                _need_value(run, text, kind)
        if number not in literals:
            _need_common(run, word, one, other)
            if not fields.get("all") and one.type == other.type:
                need_comparable(one.type, "equality")
    return made


def _need_common(run: Run, word: str, one: Column, other: Column) -> None:
    kinds = bare(one.type), bare(other.type)
    scope = printing.TableScope(run.state, {})
    letters = [_category(kind, scope) for kind in kinds]
    if "" in letters:
        return
    found = common_type(kinds, scope) if letters[0] == letters[1] else None
    first, second = (resolve.format_visible(run.state, kind) for kind in kinds)
    if found is None:
        raise RefusedError("42804", f"{word} types {first} and {second} cannot be matched")
    for kind in kinds:
        if not _is_taken(kind, found, scope):
            given, wanted = (resolve.format_visible(run.state, each) for each in (kind, found))
            shown = f"{word} could not convert type {given} to {wanted}"
            raise RefusedError("42846", shown)


def _need_value(run: Run, text: str, column: Column) -> None:
    """Refuse a literal that is no value of the other side's type."""
    kind = bare(column.type)
    if kind == UNKNOWN:
        return
    try:
        to_type(Const(UNKNOWN, text), kind, printing.TableScope(run.state, {}))
    except MismatchError as mismatch:
        raise RefusedError(mismatch.sqlstate, mismatch.message) from None
    except UnprintableError:
        return


def _texts(fields: Node) -> dict[int, str]:
    targets = fields.get("targetList", ())
    if fields.get("op", "SETOP_NONE") != "SETOP_NONE" or any(
        "A_Star" in str(one) for one in targets
    ):
        return {}
    found = {}
    for number, one in enumerate(targets):
        constant = one["ResTarget"]["val"].get("A_Const", {}).get("sval")
        if constant is not None:
            found[number] = constant.get("sval", "")
    return found


def _category(kind: SqlType, scope: printing.TableScope) -> str:
    """pg_type.typcategory where all casts of the type are known, else nothing."""
    item = base(element(kind) if kind.is_array else kind, scope)
    if item == UNKNOWN:
        return ""
    if item.schema is None:
        known = item.name in COMMON
    else:
        known = scope.enum(item) is not None or _is_row(item, scope)
    if not known:
        return ""
    return "C" if not kind.is_array and _is_row(item, scope) else category(kind, scope)


def _is_row(kind: SqlType, scope: printing.TableScope) -> bool:
    return kind.schema is not None and scope.row(QualifiedName(kind.schema, kind.name)) is not None


def _is_taken(kind: SqlType, wanted: SqlType, scope: printing.TableScope) -> bool:
    """Whether an implicit cast leads from one to the other, or one may: the history's casts."""
    pair = base(kind, scope), base(wanted, scope)
    if pair[0] == pair[1] or scope.has_cast(*pair):
        return True
    if pair[0].is_array and pair[1].is_array:
        return _is_taken(element(pair[0]), element(pair[1]), scope)
    return coerces(*pair, scope)


def untyped(fields: Node) -> frozenset[int]:
    """The columns that are untyped literals, or all where rows are spread or listed.

    A set operation has none: it has made text of those of its sides.
    """
    if fields.get("op", "SETOP_NONE") != "SETOP_NONE":
        return frozenset()
    if fields.get("valuesLists"):
        return frozenset(range(2000))
    values = [one["ResTarget"]["val"] for one in fields.get("targetList", ())]
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
