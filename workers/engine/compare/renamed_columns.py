"""Renamed columns: by their names, types and places, and by what refers to them.

A rename needs a likeness of the names, or a stronger tie: the same foreign key, the primary key,
the same change of words in another name, or in the table's, or the same rename in code.
"""

from __future__ import annotations

from msgspec.structs import replace

from workers.engine.compare.casts import is_cast
from workers.engine.compare.defaults import read_default, same_default
from workers.engine.compare.likeness import SAME, are_opposed, words
from workers.engine.compare.matching import IN_CODE, Match, best_pairs, client_likeness
from workers.engine.compare.pair import ColumnPairs, Sides
from workers.engine.compare.rewording import Rewording, of_tables, recurring, rewording
from workers.engine.compare.types import Native, same_native
from workers.engine.schema.model import Column, Table


def find_columns(
    declared: Table, replayed: Table, columns: ColumnPairs, sides: Sides
) -> ColumnPairs:
    """The pairs with the renamed columns taken out of the missing and the extra."""
    if not columns.missing or not columns.extra:
        return columns
    known = {column.name for column, _ in columns.same}
    reworded = recurring(columns.missing, columns.extra)
    table = of_tables(declared.name.name, replayed.name.name)

    def match(wanted: Column, there: Column) -> Match | None:
        again = _reworded(wanted, there, reworded, table)
        return _match_columns(wanted, there, declared, replayed, known, sides, again)

    renamed = best_pairs(columns.missing, columns.extra, match, lambda column: column.name)
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
    reworded: str,
) -> Match | None:
    client = sides.client_columns.get((declared.name, wanted.name))
    names = client_likeness(wanted.name, client, "field", there.name)
    same_words = names.score == SAME
    one, other = sides.declared_types.native(wanted), sides.replayed_types.native(there)
    is_list = sides.declared_types.is_list(wanted)
    same_type = (
        is_list == sides.replayed_types.is_list(there)
        and same_native(one, other, is_list)
        and (one.family != "unsupported" or one.name == other.name)
    )
    if not same_type and not (same_words and _keeps_values(wanted, there, one, other)):
        return None
    reasons = [names.reason] if names.reason else []
    score = names.score
    if same_type:
        reasons.append("the types are the same")
    tied = _same_target(wanted, there, declared, replayed)
    if tied:
        reasons.append(f"both refer to `{tied}`")
        score += 0.4
    if _are_keys(wanted, there, declared, replayed):
        reasons.append("each is the primary key")
        tied, score = "key", score + 0.6
    if reworded:
        reasons.append(reworded)
        score = max(score, 0.4) + 0.4
    in_code = sides.replaced_column(replayed.name, there.name, declared.name, wanted.name)
    in_place = _neighbours(wanted, declared, known) == _neighbours(there, replayed, known)
    agrees = in_code is not None and same_type and in_place
    if names.score < 0.45 and not tied and not agrees and not reworded:
        return None
    if are_opposed(words(wanted.name), words(there.name)):
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
    score += IN_CODE if agrees else 0
    return Match(score, tuple(reasons), (same_words and same_type) or agrees, in_code)


def _keeps_values(wanted: Column, there: Column, one: Native, other: Native) -> bool:
    """Whether a column under the same words can be had by a new type, and need not be new."""
    if wanted.type.is_array != there.type.is_array:
        return False
    return one.family == other.family or is_cast(there.type, wanted.type)


def _are_keys(wanted: Column, there: Column, declared: Table, replayed: Table) -> bool:
    keys = declared.primary_key, replayed.primary_key
    columns = tuple(key.columns if key is not None else () for key in keys)
    return columns == ((wanted.name,), (there.name,))


def _reworded(
    wanted: Column, there: Column, recurring: frozenset[Rewording], table: Rewording | None
) -> str:
    """Why the change of words is no chance: it recurs, or is the table's own."""
    made = rewording(there.name, wanted.name)
    if made is None:
        return ""
    if table is not None and made[:2] == table[:2]:
        return "the table's name changes alike"
    return "another column's name changes alike" if made in recurring else ""


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
