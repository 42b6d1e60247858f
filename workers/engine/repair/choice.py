"""Which side is to be mended, and why: what the base had, what the pull request changed.

The declared side is what Prisma Client is generated from, so code that compiles uses it. Without
other evidence the database follows it, unless that would throw rows away: what nobody has said may
go is declared instead.
"""

from __future__ import annotations

from typing import Any

from msgspec import Struct
from msgspec.structs import replace

from workers.engine.compare import changes as c
from workers.engine.compare.subjects import subject_of
from workers.engine.repair.proposal import Side, Wanted
from workers.engine.rules.context import Context
from workers.engine.rules.history.makers import Makings, missing_object
from workers.engine.rules.wording import is_written_in_sql
from workers.engine.schema.model import EnumType, QualifiedName, Schema, Table

_MADE_LATE = (
    "older migrations need it before any migration makes it: the history lacks the one that did. "
    "Write that one first (`prisma migrate diff --from-empty`), and mark it as applied where it is "
    "there already (`prisma migrate resolve --applied`)"
)
_EXTRA = (c.TableExtra, c.ColumnExtra, c.EnumExtra)


class Choice(Struct, frozen=True):
    """A change, the side that is to be mended, and why."""

    change: c.Change
    side: Side
    why: str
    is_firm: bool = False
    """Whether the other side must not be mended instead: the pull request wants it as it is."""


def choose(change: c.Change, context: Context, wanted: Wanted) -> Choice:
    """The side that the evidence speaks for."""
    if _is_needed_earlier(change, context):
        return Choice(change, "none", _MADE_LATE, is_firm=True)
    if wanted != "auto":
        return Choice(change, wanted, "as asked for")
    moved = _moved(change, context)
    if moved == "declared":
        return Choice(
            change,
            "migration",
            "the pull request changes the schema without a migration for it",
        )
    if moved == "replayed":
        why = "the pull request's migration makes it so, and its schema was not brought along"
        return Choice(change, "schema", why, is_firm=True)
    if _is_kept(change):
        why = "the migrations made it, and nothing says that it may go: the schema declares it"
        return Choice(change, "schema", why)
    used = _used(change, context)
    why = "code is compiled against the schema, and works once the database follows"
    if is_written_in_sql(context):
        why = "the schema in SQL says what is wanted"
    if used:
        why = f"{why}: {used}"
    if moved == "both":
        why = f"the pull request changes both sides; {why}"
    return Choice(change, "migration", why)


def _is_needed_earlier(change: c.Change, context: Context) -> bool:
    """Whether a migration fails because what is missing was never made, not even in vain: a new
    migration, which runs last, does not help that one."""
    if not isinstance(change, c.TableMissing | c.EnumMissing):
        return False
    needed = {missing_object(failure.message) for failure in context.replay.failures}
    name = change.declared.name.name
    wanted = next((one for one in needed if one is not None and one.name == name), None)
    if wanted is None:
        return False
    return not Makings(one.source for one in context.migrations).of(wanted)


def _used(change: c.Change, context: Context) -> str:
    """Where the code uses the declared object: "`src/a.ts` uses it", "" where it does not."""
    if context.code is None:
        return ""
    table = getattr(change, "table", None)
    match change:
        case c.TableMissing() | c.TableRenamed():
            uses = context.code.of_table(change.declared.name)
        case (
            c.ColumnMissing()
            | c.ColumnRenamed()
            | c.ColumnTypeChanged()
            | c.ColumnNullabilityChanged()
            | c.ColumnDefaultChanged()
        ) if table is not None:
            uses = context.code.of_column(table.name, change.declared.name)
        case _:
            return ""
    paths = list(dict.fromkeys(use.path for use in uses))
    if not paths:
        return ""
    more = f" and {len(paths) - 1} more files" if len(paths) > 2 else ""
    more = f" and `{paths[1]}`" if len(paths) == 2 else more
    return f"`{paths[0]}`{more} {'uses' if len(paths) == 1 else 'use'} it"


def _is_kept(change: c.Change) -> bool:
    """Whether the migrations made something that costs rows or time when it is dropped.

    A unique index that the schema does not know refuses rows that the code may write: it goes.
    """
    if isinstance(change, c.IndexExtra):
        return not change.replayed.is_unique
    if isinstance(change, c.EnumValuesChanged):
        return not change.missing
    return isinstance(change, _EXTRA)


def _moved(change: c.Change, context: Context) -> str:
    """Which side the pull request changed: "declared", "replayed", "both", or "" for neither."""
    base = context.base
    if base is None:
        return ""
    told = (type(change), subject_of(change))
    if any((type(one), subject_of(one)) == told for one in base.comparison.changes):
        return ""
    is_declared = _declared(change, context.declared) != _declared(change, base.declared)
    is_replayed = _replayed(change, context.replayed) != _replayed(change, base.replayed)
    if is_declared and is_replayed:
        return "both"
    return "declared" if is_declared else "replayed" if is_replayed else ""


def _declared(change: c.Change, schema: Schema) -> Any:
    """The object of a change on the declared side of some state."""
    name, table = _parts(change, is_declared=True)
    return _found(change, schema, name, table)


def _replayed(change: c.Change, schema: Schema) -> Any:
    name, table = _parts(change, is_declared=False)
    return _found(change, schema, name, table)


def _parts(change: Any, *, is_declared: bool) -> tuple[Any, QualifiedName | None]:
    """The name of the object and of its table on one side; the other side's where it has none."""
    one = getattr(change, "declared", None)
    other = getattr(change, "replayed", None)
    found = (one or other) if is_declared else (other or one)
    table = getattr(change, "table" if is_declared else "replayed_table", None)
    name = found.name if found is not None else getattr(change, "name", None)
    return name, table.name if table is not None else None


def _found(change: c.Change, schema: Schema, name: Any, table: QualifiedName | None) -> Any:
    if table is None:
        pools: tuple[Any, ...] = (schema.tables, schema.enums, schema.extensions, schema.schemas)
        return next((_bare(pool[name]) for pool in pools if name in pool), None)
    owner = schema.tables.get(table)
    if owner is None:
        return None
    match change:
        case c.PrimaryKeyChanged():
            return _bare(owner.primary_key)
        case c.IndexMissing() | c.IndexExtra() | c.IndexChanged():
            parts: tuple[Any, ...] = owner.indexes
        case c.ForeignKeyMissing() | c.ForeignKeyExtra() | c.ForeignKeyChanged():
            parts = owner.foreign_keys
        case _:
            parts = owner.columns
    return next((_bare(part) for part in parts if part.name == name), None)


def _bare(found: Any) -> Any:
    """An object without its places, which differ from state to state."""
    if isinstance(found, tuple) and found and not hasattr(found, "_fields"):
        return True
    if not hasattr(found, "history"):
        return found
    changes: dict[str, Any] = {"history": ()}
    if isinstance(found, Table):
        return (found.name, tuple(_bare(column) for column in found.columns))
    if isinstance(found, EnumType):
        return tuple(value.name for value in found.values)
    return replace(found, **changes)
