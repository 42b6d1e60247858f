"""What separates a database from the declared schema, in the words of differences."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from msgspec import Struct

from workers.engine.compare import changes as c
from workers.engine.compare.subjects import objects_of, subject_of
from workers.engine.observed.difference import Difference, Kind
from workers.engine.schema.model import Column
from workers.engine.schema.types import format_type

PRISMA = "the Prisma schema"


class Beside(Struct, frozen=True):
    """What separates a database from the declared schema, and which schema that is.

    `disputed` are the subjects in which they differ. A schema `is_plain` that is written in SQL:
    then every kind of object is compared.
    """

    differences: tuple[Difference, ...]
    disputed: frozenset[str]
    source: str = PRISMA
    is_plain: bool = False


def of_changes(changes: Sequence[c.Change]) -> Beside:
    """What separates a database from a Prisma schema."""
    disputed = frozenset(name for change in changes for name in objects_of(change))
    return Beside(tuple(from_declared(changes)), disputed)


def of_sql(found: tuple[Difference, ...], root: str) -> Beside:
    """What separates a database from a schema that files of SQL declare."""
    return Beside(found, frozenset(one.subject for one in found), f"`{root}`", is_plain=True)


_MISSING: dict[type, str] = {
    c.TableMissing: "table",
    c.ColumnMissing: "column",
    c.IndexMissing: "index",
    c.ForeignKeyMissing: "foreign key",
    c.EnumMissing: "enum",
    c.ExtensionMissing: "extension",
    c.SchemaMissing: "schema",
}
_EXTRA: dict[type, str] = {
    c.TableExtra: "table",
    c.ColumnExtra: "column",
    c.IndexExtra: "index",
    c.ForeignKeyExtra: "foreign key",
    c.EnumExtra: "enum",
}
_CHANGED: dict[type, tuple[str, str]] = {
    c.ColumnDefaultChanged: ("column", "another default"),
    c.PrimaryKeyChanged: ("primary key", "other columns"),
    c.IndexChanged: ("index", "another definition"),
    c.ForeignKeyChanged: ("foreign key", "another definition"),
}


def from_declared(changes: Iterable[c.Change]) -> Iterator[Difference]:
    """The changes as differences: what the schema declares is what is expected."""
    for change in changes:
        if not getattr(change, "only_name", False):
            yield _difference(change)


def _difference(change: c.Change) -> Difference:
    subject, kind = subject_of(change), type(change)
    if kind in _MISSING:
        return Difference("missing", _MISSING[kind], subject)
    if kind in _EXTRA:
        return Difference("extra", _EXTRA[kind], subject)
    match change:
        case c.TableRenamed() | c.ColumnRenamed() | c.EnumRenamed():
            what = "table" if kind is c.TableRenamed else "enum"
            what = "column" if kind is c.ColumnRenamed else what
            return _changed(
                what, subject, "the name", _name(change.declared), _name(change.replayed)
            )
        case c.ColumnTypeChanged():
            return _changed(
                "column", subject, "the type", _type(change.declared), _type(change.replayed)
            )
        case c.ColumnNullabilityChanged():
            is_required = change.declared.not_null
            return _changed("column", subject, "NOT NULL", _yes(is_required), _yes(not is_required))
        case c.EnumValuesChanged():
            return _changed(
                "enum", subject, "the values", _values(change.declared), _values(change.replayed)
            )
    what, part = _CHANGED.get(kind, ("object", "another definition"))
    return Difference("different", what, subject, part)


def _changed(what: str, subject: str, part: str, expected: str, found: str) -> Difference:
    kind: Kind = "different"
    return Difference(kind, what, subject, part, expected, found)


def _name(one: object) -> str:
    name = getattr(one, "name", "")
    return str(getattr(name, "name", name))


def _type(column: Column) -> str:
    return format_type(column.type)


def _yes(value: bool) -> str:
    return "yes" if value else "no"


def _values(enum: object) -> str:
    return ", ".join(value.name for value in getattr(enum, "values", ()))


def beside_schema(one: Difference) -> str:
    """A difference from the declared schema in words."""
    if one.kind == "missing":
        return f"{one.what} `{one.subject}` is declared, and not there"
    if one.kind == "extra":
        return f"{one.what} `{one.subject}` is there, and not declared"
    if not one.expected and not one.found:
        return f"{one.what} `{one.subject}` has {one.part} than is declared"
    return str(one)
