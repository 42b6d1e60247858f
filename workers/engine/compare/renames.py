"""Renamed tables and enums: which missing object is an extra one under another name.

A rename needs a likeness of the names, or a stronger tie: nearly the same columns, the same two
tables joined, a column that has the one type here and the other there.
"""

from __future__ import annotations

from collections.abc import Iterable

from workers.engine.compare.changes import Evidence
from workers.engine.compare.likeness import SAME, likeness
from workers.engine.compare.matching import IN_CODE, Match, best_pairs, client_likeness
from workers.engine.compare.pair import Sides, is_join_table
from workers.engine.compare.rewording import of_tables, rewording
from workers.engine.compare.types import same_native
from workers.engine.schema.model import Column, EnumType, QualifiedName, Table


def find_tables(
    missing: Iterable[Table], extra: Iterable[Table], sides: Sides
) -> list[tuple[Table, Table, Evidence]]:
    """The declared tables that are made under another name."""

    def match(wanted: Table, there: Table) -> Match | None:
        client = sides.client_tables.get(wanted.name)
        names = client_likeness(wanted.name.name, client, "model", there.name.name)
        overlap, shared = _overlap(wanted, there, sides)
        same_words = names.score == SAME
        joined = _joined(wanted, there)
        in_code = sides.replaced_table(there.name, wanted.name)
        if same_words:
            enough = shared >= 2 or overlap >= 0.4
        elif names.score >= 0.6 or in_code:
            enough = overlap >= 0.6
        else:
            enough = overlap >= 0.85 and (shared >= 4 or bool(joined))
        if not enough:
            return None
        reasons = [names.reason] if names.reason else []
        aside = ", the table's own name in them aside" if _alike(wanted, there) else ""
        reasons.append(f"{shared} columns have the same name and type{aside}")
        if joined:
            reasons.append(f"both join {joined}")
        score = max(overlap, 0.4 if same_words else 0.0) + names.score / 2
        score += IN_CODE if in_code else 0
        is_sure = (same_words or in_code is not None) and overlap >= 0.8
        return Match(score, tuple(reasons), is_sure, in_code)

    return best_pairs(list(missing), list(extra), match, lambda table: table.name)


def _joined(wanted: Table, there: Table) -> str:
    """The two tables that both are Prisma's join table of."""
    if not (is_join_table(wanted) and is_join_table(there)):
        return ""
    ends = [
        {key.columns: key.ref_table.name for key in table.foreign_keys} for table in (wanted, there)
    ]
    if len(ends[0]) != 2 or ends[0] != ends[1]:
        return ""
    return " and ".join(f"`{name}`" for name in ends[0].values())


def _overlap(wanted: Table, there: Table, sides: Sides) -> tuple[float, int]:
    """The portion and the number of the columns that agree in name and type."""
    columns = {column.name: column for column in there.columns}
    alike = _alike(wanted, there)
    shared = 0
    for column in wanted.columns:
        other = columns.get(column.name) or alike.get(column.name)
        if other is not None and same_native(
            sides.declared_types.native(column), sides.replayed_types.native(other), True
        ):
            shared += 1
    whole = len({column.name for column in wanted.columns} | set(columns))
    whole -= len({one.name for one in alike.values()} - {each.name for each in wanted.columns})
    return (shared / whole if whole else 0.0), shared


def find_enums(
    missing: Iterable[EnumType], extra: Iterable[EnumType], sides: Sides
) -> list[tuple[EnumType, EnumType, Evidence]]:
    """The declared enums that are made under another name."""

    def match(wanted: EnumType, there: EnumType) -> Match | None:
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
        score = overlap + names.score / 2 + (0.5 if users else 0) + (IN_CODE if in_code else 0)
        is_sure = (names.score == SAME or in_code is not None) and overlap == 1
        return Match(score, tuple(reasons), is_sure, in_code)

    return best_pairs(list(missing), list(extra), match, lambda enum: enum.name)


def _alike(wanted: Table, there: Table) -> dict[str, Column]:
    """The columns whose names differ by the tables' own names alone, by their wanted names."""
    table = of_tables(wanted.name.name, there.name.name)
    names = {column.name for column in there.columns}
    return {
        column.name: one
        for one in (there.columns if table is not None else ())
        for column in wanted.columns
        if column.name not in names
        and table is not None
        and (made := rewording(one.name, column.name)) is not None
        and made[:2] == table[:2]
    }


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
