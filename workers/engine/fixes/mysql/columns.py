"""What each column of a table is to become, on the way and in the end."""

from __future__ import annotations

from collections.abc import Iterator

from msgspec import Struct
from msgspec.structs import replace

from workers.engine.compare import changes as c
from workers.engine.fixes.mysql.clauses import value
from workers.engine.fixes.steps import Work
from workers.engine.fixes.tokens import CLOSE, CLOSE_BY, Pieces, named, words
from workers.engine.numerals import is_whole
from workers.engine.schema.model import Column, Table

_UNIQUE_MAKERS = ("uuid(", "cuid(", "ulid(", "nanoid(")
_UUID_LENGTH = 36
_OF_COLUMNS = c.ColumnTypeChanged | c.ColumnNullabilityChanged | c.ColumnDefaultChanged


class Wanted(Struct, frozen=True):
    """A column as it is to be in the end."""

    table: Table
    column: Column
    there: Column | None
    """What stands now; None where it is new."""
    there_table: Table
    is_redefined: bool
    """Whether more of it changes than that it is required."""
    is_retyped: bool
    """Whether its rows get another type."""
    is_keyed: bool
    """Whether it starts to count by itself, for which it must be a key in the same statement."""

    @property
    def is_new(self) -> bool:
        """Whether the table does not have it yet."""
        return self.there is None

    @property
    def waits(self) -> bool:
        """Whether its rows must be filled before it is required."""
        if self.is_keyed or not self.column.not_null:
            return False
        if self.there is not None:
            return not self.there.not_null
        return self.column.default is None and self.column.generated is None

    @property
    def before_filling(self) -> Column:
        """The column while rows may lack a value."""
        return replace(self.column, not_null=False) if self.waits else self.column


def wanted_columns(work: Work) -> Iterator[Wanted]:
    """Every column that is new or changes, table by table."""
    for change in work.changes:
        if isinstance(change, c.ColumnMissing):
            column = change.declared
            is_keyed = column.identity is not None
            yield Wanted(change.table, column, None, change.replayed_table, True, False, is_keyed)
    seen = set()
    for change in work.changes:
        if isinstance(change, _OF_COLUMNS):
            key = (change.table.name, change.declared.name)
            if key not in seen:
                seen.add(key)
                yield _changed(work, change)


def _changed(
    work: Work,
    change: c.ColumnTypeChanged | c.ColumnNullabilityChanged | c.ColumnDefaultChanged,
) -> Wanted:
    """The column with the changes that are asked for, and the rest of it as it stands."""
    there, declared = change.replayed, change.declared
    column = replace(there, name=declared.name, collation=_collation(change), generated=None)
    is_redefined = False
    for one in work.changes:
        if not isinstance(one, _OF_COLUMNS) or one.table.name != change.table.name:
            continue
        if one.declared.name != declared.name:
            continue
        match one:
            case c.ColumnTypeChanged():
                column, is_redefined = replace(column, type=declared.type), True
            case c.ColumnNullabilityChanged():
                column = replace(column, not_null=declared.not_null)
                is_redefined = is_redefined or not declared.not_null
            case c.ColumnDefaultChanged():
                column = replace(
                    column,
                    default=declared.default,
                    default_kind=declared.default_kind,
                    identity=declared.identity,
                )
                is_redefined = True
    counts = column.identity is not None and there.identity is None
    is_retyped = column.type != there.type
    return Wanted(
        change.table, column, there, change.replayed_table, is_redefined, is_retyped, counts
    )


def _collation(
    change: c.ColumnTypeChanged | c.ColumnNullabilityChanged | c.ColumnDefaultChanged,
) -> str | None:
    """A collation of the column's own; one that all columns of the table have is the table's."""
    own = change.replayed.collation
    others = {one.collation for one in change.replayed_table.columns if one.collation is not None}
    is_text = change.declared.type.name.endswith(("char", "text")) or change.declared.type.name in (
        "enum",
        "set",
    )
    return own if own is not None and len(others) > 1 and is_text else None


def fill_of(work: Work, one: Wanted) -> tuple[Pieces, str] | None:
    """A value for the rows that have none, and on what evidence; None where only people know."""
    column = one.column
    if column.default is not None:
        return value(column), "the default of the column"
    text = "".join(work.field_text(one.table.name, column.name).split())
    if "@updatedAt" in text and column.type.name in ("datetime", "timestamp"):
        return _moment(one)
    is_made = any(f"@default({maker}" in text for maker in _UNIQUE_MAKERS)
    if is_made and column.type.name in ("char", "varchar") and _length(column) >= _UUID_LENGTH:
        evidence = "the default that Prisma Client makes: any value that is new will do"
        return (*words("UUID"), CLOSE_BY, CLOSE), evidence
    return None


def _length(column: Column) -> int:
    text = column.type.arguments[0] if column.type.arguments else "0"
    return int(text) if is_whole(text) else 0


def _moment(one: Wanted) -> tuple[Pieces, str]:
    """When a row was made, where it tells; else the present moment."""
    for other in one.table.columns:
        old = one.there_table.column(other.name)
        if old is not None and old.not_null and other.default_kind == "now":
            evidence = f"`@updatedAt`, and rows that tell when they were made in `{other.name}`"
            return (named(other.name),), evidence
    digits = one.column.type.arguments[:1]
    precision: Pieces = (CLOSE_BY, ("number", digits[0]), CLOSE) if digits else ()
    return (*words("CURRENT_TIMESTAMP"), *precision), "`@updatedAt`: rows count as changed now"
