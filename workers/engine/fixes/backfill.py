"""What rows that are already there can be given, and on what evidence.

Nothing is guessed: where neither the schema nor the rows tell a value, only people know it, and the
migration stops at the first such row.
"""

from __future__ import annotations

from msgspec import Struct

from workers.engine.compare.changes import ColumnRenamed
from workers.engine.compare.likeness import words
from workers.engine.fixes.definitions import default_of, is_serial
from workers.engine.fixes.steps import Work
from workers.engine.fixes.tree import Statement, cast, column, expression, string
from workers.engine.schema.model import Column, SqlType, Table
from workers.engine.sql.postgres import Node

_STRINGS = frozenset(("text", "character varying", "uuid"))
_UNIQUE_MAKERS = ("uuid(", "cuid(", "ulid(", "nanoid(")
_UUID_LENGTH = 36
_UUID_SINCE = 13
_FLAGS = frozenset(("active", "current", "latest", "primary", "default"))


class Backfill(Struct, frozen=True):
    """A statement that gives rows their values, and what it rests on. `is_whole` says that no row
    can be left without one."""

    statement: Statement
    evidence: str
    is_whole: bool = True


def backfill(work: Work, table: Table, there: Table, wanted: Column) -> Backfill | None:
    """How the rows of a table get a value in a required column, or None where nothing tells."""
    return (
        _from_default(work, table, wanted)
        or _from_field(work, table, there, wanted)
        or _from_parent(work, table, wanted)
    )


def _fill(work: Work, table: Table, name: str, value: Node) -> Statement:
    pattern = 'UPDATE "$table" SET "$name" = "$value" WHERE "$name" IS NULL'
    return work.make(pattern, table=table.name, name=name, value=value)


def _from_default(work: Work, table: Table, wanted: Column) -> Backfill | None:
    if wanted.default_kind not in ("value", "now", "dbgenerated") or is_serial(wanted):
        return None
    value = default_of(work.house, wanted)
    if value is None:
        return None
    return Backfill(_fill(work, table, wanted.name, value), "the default of the column")


def _from_field(work: Work, table: Table, there: Table, wanted: Column) -> Backfill | None:
    """What Prisma Client would have put there: a new id, or the moment of the last change."""
    text = "".join(work.field_text(table.name, wanted.name).split())
    if "@updatedAt" in text and "time" in wanted.type.name:
        made = _moment_of_making(table, there)
        now = expression("CURRENT_TIMESTAMP")
        if made is None:
            return Backfill(
                _fill(work, table, wanted.name, now), "`@updatedAt`: rows count as changed now"
            )
        both = {"CoalesceExpr": {"args": [column(made.name), now]}}
        evidence = f"`@updatedAt`, and rows that tell when they were made in `{made.name}`"
        return Backfill(_fill(work, table, wanted.name, both), evidence)
    is_made = any(f"@default({maker}" in text for maker in _UNIQUE_MAKERS)
    if is_made and wanted.type.name in _STRINGS and work.server_version >= _UUID_SINCE:
        return _new_ids(work, table, wanted)
    return None


def _new_ids(work: Work, table: Table, wanted: Column) -> Backfill | None:
    arguments = wanted.type.arguments
    if arguments and int(arguments[0]) < _UUID_LENGTH:
        return None
    value = expression("gen_random_uuid()")
    if wanted.type.name != "uuid":
        value = cast(value, SqlType("text"), work.names)
    evidence = "the default that Prisma Client makes: any value that is new will do"
    return Backfill(_fill(work, table, wanted.name, value), evidence)


def _moment_of_making(table: Table, there: Table) -> Column | None:
    """The column that says when a row was made: required, there already, and filled by now()."""
    for one in table.columns:
        old = there.column(one.name)
        if old is not None and old.not_null and one.default_kind == "now":
            return one
    return None


def _from_parent(work: Work, table: Table, wanted: Column) -> Backfill | None:
    """A column of the same name and type in the one row that a row belongs to."""
    found = []
    for key in table.foreign_keys:
        parent = work.tables.get(key.ref_table)
        declared = work.declared.tables.get(key.ref_table)
        source = parent.column(wanted.name) if parent is not None else None
        twin = declared.column(wanted.name) if declared is not None else None
        is_there = all(work.tables[table.name].column(name) for name in key.columns)
        if (
            len(key.columns) == 1
            and is_there
            and source is not None
            and twin is not None
            and source.type == wanted.type == twin.type
            and wanted.name not in (*key.columns, *key.ref_columns)
            and wanted.name.lower() not in ("id", "name", "createdat", "updatedat")
        ):
            found.append(key)
    if len(found) != 1:
        return None
    (key,) = found
    pattern = (
        'UPDATE "$table" AS child SET "$name" = parent."$name" FROM "$parent" AS parent '
        'WHERE parent."$other" = child."$key" AND child."$name" IS NULL'
    )
    made = work.make(
        pattern,
        table=table.name,
        name=wanted.name,
        parent=key.ref_table,
        other=key.ref_columns[0],
        key=key.columns[0],
    )
    evidence = f"`{key.ref_table.name}`.`{wanted.name}`, of the row that `{key.columns[0]}` names"
    return Backfill(made, evidence, is_whole=False)


def newest_of_each(work: Work, table: Table, flag: Column) -> Backfill | None:
    """A new flag such as `is_active`, set on the newest row of each owner.

    The evidence is twofold: a unique key that counts versions of something, and an index that looks
    the flag up under the same leading columns.
    """
    there = work.tables[table.name]
    owner = _owner_of_versions(table, there, flag)
    key = table.primary_key
    moment = _newest_by(table, there, work)
    if owner is None or key is None or moment is None or len(key.columns) != 1:
        return None
    pattern = (
        'UPDATE "$table" SET "$flag" = true WHERE "$key" IN '
        '(SELECT DISTINCT ON (x) "$key" FROM "$table" ORDER BY x, "$moment" DESC)'
    )
    made = work.make(
        pattern, table=table.name, flag=flag.name, key=key.columns[0], moment=moment.name
    )
    _group_by(made, owner)
    evidence = (
        f"the newest row of each {', '.join(f'`{name}`' for name in owner)} by `{moment.name}` is "
        "taken for the one in use"
    )
    return Backfill(made, evidence)


def _group_by(made: Statement, owner: tuple[str, ...]) -> None:
    query = made.fields["whereClause"]["SubLink"]["subselect"]["SelectStmt"]
    references = [{"ColumnRef": {"fields": [string(name)]}} for name in owner]
    query["distinctClause"] = references
    first, *rest = query["sortClause"]
    query["sortClause"] = [
        *({"SortBy": {**first["SortBy"], "node": one}} for one in references),
        *rest,
    ]


def _owner_of_versions(table: Table, there: Table, flag: Column) -> tuple[str, ...] | None:
    """The columns, there already, under which both keys gather the rows."""
    if flag.type.name != "boolean" or not _FLAGS & set(words(flag.name)):
        return None
    for index in table.indexes:
        columns = index.columns or ()
        if columns[-1:] != (flag.name,) or len(columns) < 2:
            continue
        lead = columns[:-1]
        is_versioned = any(
            other.is_unique
            and (other.columns or ())[: len(lead)] == lead
            and len(other.columns or ()) > len(lead)
            for other in table.indexes
        )
        known = tuple(name for name in lead if there.column(name) is not None)
        if is_versioned and known:
            return known
    return None


def _newest_by(table: Table, there: Table, work: Work) -> Column | None:
    """A required moment that is there already: when it was made, trained, published."""
    old_names = {
        change.declared.name: change.replayed.name
        for change in work.comparison.of_table(table.name)
        if isinstance(change, ColumnRenamed)
    }
    moments = []
    for one in table.columns:
        old = there.column(old_names.get(one.name, one.name))
        if old is not None and old.not_null and one.type.name.startswith("timestamp"):
            moments.append(one)
    own = [one for one in moments if "created" not in words(one.name)]
    own = [one for one in own if "updated" not in words(one.name)]
    return next(iter(own or moments), None)
