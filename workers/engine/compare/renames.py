"""Renames: which missing object is an extra one under another name, and on what evidence.

Nothing is guessed: a rename needs a likeness of the names, or a stronger tie (the same foreign
key, nearly the same columns), and must be the best match of both sides by a clear margin.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Sequence
from typing import TYPE_CHECKING, TypeVar

from msgspec import Struct
from msgspec.structs import replace

from workers.engine.compare.changes import Evidence
from workers.engine.compare.defaults import read_default, same_default
from workers.engine.compare.likeness import SAME, Likeness, likeness
from workers.engine.compare.pair import ColumnPairs, Sides
from workers.engine.compare.types import same_native
from workers.engine.findings import Confidence
from workers.engine.schema.model import Column, EnumType, QualifiedName, Table

if TYPE_CHECKING:
    from workers.engine.code.renaming import Replaced

_ENOUGH = 0.8
_MARGIN = 0.1
_MAPPED = 0.9
"""The likeness of a replayed name to a field or model that is mapped to another."""
_IN_CODE = 0.6
"""What the same rename in code adds, where nothing contradicts it: with the place, it is enough."""

Item = TypeVar("Item")


class _Match(Struct, frozen=True):
    """How well two objects fit, with the reasons."""

    score: float
    reasons: tuple[str, ...]
    is_sure: bool = False
    in_code: Replaced | None = None

    @property
    def evidence(self) -> Evidence:
        sure = Confidence.CERTAIN if self.is_sure else Confidence.LIKELY
        told = (self.in_code.reason,) if self.in_code else ()
        return Evidence((*self.reasons, *told), sure, self.in_code)


def _best_pairs(
    missing: Sequence[Item],
    extra: Sequence[Item],
    match: Callable[[Item, Item], _Match | None],
    key: Callable[[Item], Hashable],
) -> list[tuple[Item, Item, Evidence]]:
    """The pairs that are the best of both sides by a margin; each object in one pair at most."""
    scored = []
    for wanted in missing:
        for there in extra:
            found = match(wanted, there)
            if found is not None:
                scored.append((found, wanted, there))
    pairs = []
    for found, wanted, there in scored:
        if found.score < _ENOUGH:
            continue
        rivals = [
            other.score
            for other, one, two in scored
            if (key(one) == key(wanted)) != (key(two) == key(there))
        ]
        if all(found.score - rival >= _MARGIN for rival in rivals):
            pairs.append((wanted, there, found.evidence))
    return pairs


def find_columns(
    declared: Table, replayed: Table, columns: ColumnPairs, sides: Sides
) -> ColumnPairs:
    """The pairs with the renamed columns taken out of the missing and the extra."""
    if not columns.missing or not columns.extra:
        return columns
    known = {column.name for column, _ in columns.same}

    def match(wanted: Column, there: Column) -> _Match | None:
        return _match_columns(wanted, there, declared, replayed, known, sides)

    renamed = _best_pairs(columns.missing, columns.extra, match, lambda column: column.name)
    gone = {there.name for _, there, _ in renamed}
    found = {wanted.name for wanted, _, _ in renamed}
    return replace(
        columns,
        missing=tuple(column for column in columns.missing if column.name not in found),
        extra=tuple(column for column in columns.extra if column.name not in gone),
        renamed=tuple(renamed),
    )


def _match_columns(
    wanted: Column,
    there: Column,
    declared: Table,
    replayed: Table,
    known: set[str],
    sides: Sides,
) -> _Match | None:
    client = sides.client_columns.get((declared.name, wanted.name))
    names = _likeness(wanted.name, client, "field", there.name)
    same_words = names.score == SAME
    one, other = sides.declared_types.native(wanted), sides.replayed_types.native(there)
    is_list = sides.declared_types.is_list(wanted)
    same_type = (
        is_list == sides.replayed_types.is_list(there)
        and same_native(one, other, is_list)
        and (one.family != "unsupported" or one.name == other.name)
    )
    if not same_type and not (same_words and one.family == other.family):
        return None
    reasons = [names.reason] if names.reason else []
    score = names.score
    if same_type:
        reasons.append("the types are the same")
    tied = _same_target(wanted, there, declared, replayed)
    if tied:
        reasons.append(f"both refer to `{tied}`")
        score += 0.4
    in_code = sides.replaced_column(replayed.name, there.name, declared.name, wanted.name)
    in_place = _neighbours(wanted, declared, known) == _neighbours(there, replayed, known)
    agrees = in_code is not None and same_type and in_place
    if names.score < 0.45 and not tied and not agrees:
        return None
    if wanted.not_null == there.not_null:
        score += 0.05
    if same_default(
        read_default(wanted, one.family, is_list),
        read_default(there, other.family, is_list),
        one.family == "datetime",
    ):
        score += 0.05
    if in_place:
        reasons.append("both stand in the same place among the columns that agree")
        score += 0.15
    if _same_index(wanted, there, declared, replayed):
        reasons.append("both stand in an index with the same other columns")
        score += 0.15
    score += _IN_CODE if agrees else 0
    return _Match(score, tuple(reasons), (same_words and same_type) or agrees, in_code)


def _likeness(name: str, client: str | None, kind: str, there: str) -> Likeness:
    """How alike the names are in the database; else the client's own name, that `@map` changes."""
    names = likeness(name, there)
    if client is None or names.score == SAME:
        return names
    own = likeness(client, there)
    if own.score != SAME:
        return names
    sign = "@map" if kind == "field" else "@@map"
    return Likeness(_MAPPED, f"the {kind} is called `{client}`, and `{sign}` alone says otherwise")


def _same_target(wanted: Column, there: Column, declared: Table, replayed: Table) -> str:
    targets = {
        (key.ref_table.name, key.ref_columns)
        for key in replayed.foreign_keys
        if key.columns == (there.name,)
    }
    for key in declared.foreign_keys:
        if key.columns == (wanted.name,) and (key.ref_table.name, key.ref_columns) in targets:
            return f"{key.ref_table.name}.{key.ref_columns[0]}"
    return ""


def _neighbours(column: Column, table: Table, known: set[str]) -> tuple[str | None, str | None]:
    """The nearest columns before and after that both sides have."""
    names = [each.name for each in table.columns]
    at = names.index(column.name)
    before = next((name for name in reversed(names[:at]) if name in known), None)
    after = next((name for name in names[at + 1 :] if name in known), None)
    return before, after


def _same_index(wanted: Column, there: Column, declared: Table, replayed: Table) -> bool:
    """Whether an index of two or more columns differs in nothing but this one."""
    shapes = {
        (tuple(None if name == there.name else name for name in columns), index.is_unique)
        for index in replayed.indexes
        if (columns := index.columns) is not None and len(columns) > 1 and there.name in columns
    }
    return any(
        (tuple(None if name == wanted.name else name for name in columns), index.is_unique)
        in shapes
        for index in declared.indexes
        if (columns := index.columns) is not None and len(columns) > 1 and wanted.name in columns
    )


def find_tables(
    missing: Iterable[Table], extra: Iterable[Table], sides: Sides
) -> list[tuple[Table, Table, Evidence]]:
    """The declared tables that are made under another name."""

    def match(wanted: Table, there: Table) -> _Match | None:
        client = sides.client_tables.get(wanted.name)
        names = _likeness(wanted.name.name, client, "model", there.name.name)
        overlap, shared = _overlap(wanted, there, sides)
        same_words = names.score == SAME
        in_code = sides.replaced_table(there.name, wanted.name)
        if same_words:
            enough = shared >= 2 or overlap >= 0.4
        elif names.score >= 0.6 or in_code:
            enough = overlap >= 0.6
        else:
            enough = overlap >= 0.85 and shared >= 4
        if not enough:
            return None
        reasons = [names.reason] if names.reason else []
        reasons.append(f"{shared} columns have the same name and type")
        score = max(overlap, 0.4 if same_words else 0.0) + names.score / 2
        score += _IN_CODE if in_code else 0
        is_sure = (same_words or in_code is not None) and overlap >= 0.8
        return _Match(score, tuple(reasons), is_sure, in_code)

    return _best_pairs(list(missing), list(extra), match, lambda table: table.name)


def _overlap(wanted: Table, there: Table, sides: Sides) -> tuple[float, int]:
    """The portion and the number of the columns that agree in name and type."""
    columns = {column.name: column for column in there.columns}
    shared = 0
    for column in wanted.columns:
        other = columns.get(column.name)
        if other is not None and same_native(
            sides.declared_types.native(column), sides.replayed_types.native(other), True
        ):
            shared += 1
    whole = len({column.name for column in wanted.columns} | set(columns))
    return (shared / whole if whole else 0.0), shared


def find_enums(
    missing: Iterable[EnumType], extra: Iterable[EnumType], sides: Sides
) -> list[tuple[EnumType, EnumType, Evidence]]:
    """The declared enums that are made under another name."""

    def match(wanted: EnumType, there: EnumType) -> _Match | None:
        first = {value.name for value in wanted.values}
        second = {value.name for value in there.values}
        overlap = len(first & second) / len(first | second)
        names = likeness(wanted.name.name, there.name.name)
        users = _shared_users(wanted.name, there.name, sides)
        in_code = sides.replaced_enum(there.name, wanted.name)
        if overlap < 0.5 or not (users or in_code or names.score >= 0.6):
            return None
        reasons = [names.reason] if names.reason else []
        reasons.append("the values are the same" if overlap == 1 else "most values are the same")
        if users:
            reasons.append(f"`{users}` has the one type here and the other there")
        score = overlap + names.score / 2 + (0.5 if users else 0) + (_IN_CODE if in_code else 0)
        is_sure = (names.score == SAME or in_code is not None) and overlap == 1
        return _Match(score, tuple(reasons), is_sure, in_code)

    return _best_pairs(list(missing), list(extra), match, lambda enum: enum.name)


def _shared_users(wanted: QualifiedName, there: QualifiedName, sides: Sides) -> str:
    """A column that has the wanted type on the declared side and the other on the replayed."""
    for name, table in sides.declared_tables.items():
        other = sides.replayed_tables.get(name)
        if other is None:
            continue
        for column in table.columns:
            if (column.type.schema, column.type.name) != tuple(wanted):
                continue
            twin = other.column(column.name)
            if twin is not None and (twin.type.schema, twin.type.name) == tuple(there):
                return f"{name.name}.{column.name}"
    return ""
