"""Two schemas, object by object: what a database holds beside what it should hold.

Both sides are PostgreSQL's own words or the replay's, which are the same but for expressions that
stand as they were written: two texts of an expression count as one when they hold the same names,
literals and operators.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Literal

from msgspec import Struct

from workers.engine.observed.expressions import same_expression
from workers.engine.schema.catalogue import to_catalogue
from workers.engine.schema.model import Schema

Kind = Literal["missing", "extra", "different"]

_OBJECTS = (
    ("tables", "table"),
    ("enums", "enum"),
    ("domains", "domain"),
    ("composites", "type"),
    ("views", "view"),
    ("functions", "function"),
    ("triggers", "trigger"),
    ("policies", "policy"),
    ("extensions", "extension"),
)
_PARTS = (
    ("columns", "column"),
    ("uniques", "unique constraint"),
    ("indexes", "index"),
    ("foreignKeys", "foreign key"),
    ("checks", "check constraint"),
    ("excludes", "exclusion constraint"),
)
INVALID = "the mark INVALID"
"""The part in which an index differs whose building broke off."""
_TEXTS = frozenset({"default", "generated", "where", "expr", "definition", "using", "withCheck"})
_NOT_COMPARED = {
    # The server prints bodies in its own way, and a view's text depends on the server's version.
    # A continuous aggregate of Timescale is a view to the server, made as a materialised one.
    "view": frozenset({"definition", "comment", "kind"}),
    "function": frozenset({"definition"}),
    "trigger": frozenset({"definition", "function"}),
    # Storage parameters are the operator's: `autovacuum_*` is set where the rows are. The server
    # prints the bounds of a partition in its own time zone.
    "table": frozenset({"comment", "kind", "options", "partitionBound"}),
    "index": frozenset({"constraint"}),
}


class Difference(Struct, frozen=True):
    """One object that the two sides do not share.

    `subject` is `schema.table` or `schema.table.column`, `what` the kind of object in words;
    `expected` and `found` are texts of the part in which they differ, empty where a side has none.
    """

    kind: Kind
    what: str
    subject: str
    part: str = ""
    expected: str = ""
    found: str = ""

    def __str__(self) -> str:
        if self.kind == "missing":
            return f"{self.what} `{self.subject}` is not there"
        if self.kind == "extra":
            return f"{self.what} `{self.subject}` is there, and nothing makes it"
        return (
            f"{self.what} `{self.subject}` has {self.part} `{self.found or 'none'}`"
            f" where `{self.expected or 'none'}` belongs"
        )


def differences(expected: Schema, found: Schema) -> Iterator[Difference]:
    """Everything in which a found schema departs from the expected one, tables first."""
    wanted, there = to_catalogue(expected), to_catalogue(found)
    for key, what in _OBJECTS:
        yield from _named(what, wanted.get(key) or {}, there.get(key) or {})


def _named(what: str, wanted: dict[str, Any], there: dict[str, Any]) -> Iterator[Difference]:
    for name in sorted(wanted.keys() | there.keys()):
        if name not in there:
            yield Difference("missing", what, name)
        elif name not in wanted:
            yield Difference("extra", what, name)
        elif what == "extension":
            continue  # the schema that holds it is the platform's affair
        elif isinstance(wanted[name], dict):
            yield from _whole(what, name, wanted[name], there[name])
        elif wanted[name] != there[name]:
            yield _changed(what, name, "the values", wanted[name], there[name])


def _whole(
    what: str, name: str, wanted: dict[str, Any], there: dict[str, Any]
) -> Iterator[Difference]:
    parts = dict(_PARTS)
    ignored = _NOT_COMPARED.get(what, frozenset())
    for key in (*wanted, *(key for key in there if key not in wanted)):
        if key in ignored:
            continue
        ours, theirs = wanted.get(key), there.get(key)
        if key in parts:
            yield from _parts(parts[key], name, ours or [], theirs or [])
        elif key == "primaryKey":
            yield from _primary_key(name, ours, theirs)
        elif not _same(key, ours, theirs):
            yield _changed(what, name, _WORDS.get(key, key), ours, theirs)


def _parts(
    what: str, table: str, wanted: list[dict[str, Any]], there: list[dict[str, Any]]
) -> Iterator[Difference]:
    ours = {one["name"]: one for one in wanted}
    theirs = {one["name"]: one for one in there}
    for name, one in ours.items():
        subject = f"{table}.{name}"
        if name not in theirs:
            yield Difference("missing", what, subject)
            continue
        ignored = _NOT_COMPARED.get(what, frozenset())
        other = theirs[name]
        for key in sorted((one.keys() | other.keys()) - ignored):
            if not _same(key, one.get(key), other.get(key)):
                part = _WORDS.get(key, key)
                yield _changed(what, subject, part, one.get(key), other.get(key))
    for name in theirs:
        if name not in ours:
            yield Difference("extra", what, f"{table}.{name}")


def _primary_key(table: str, ours: Any, theirs: Any) -> Iterator[Difference]:
    if ours is None or theirs is None:
        if ours is not theirs:
            yield Difference("missing" if theirs is None else "extra", "primary key", table)
    elif ours["columns"] != theirs["columns"]:
        yield _changed("primary key", table, "the columns", ours["columns"], theirs["columns"])


def _same(key: str, ours: Any, theirs: Any) -> bool:
    if ours == theirs:
        return True
    if key in _TEXTS and isinstance(ours, str) and isinstance(theirs, str):
        return same_expression(ours, theirs)
    if key == "keys" and isinstance(ours, list) and isinstance(theirs, list):
        return len(ours) == len(theirs) and all(
            one.keys() == other.keys() and all(_same(k, one[k], other[k]) for k in one)
            for one, other in zip(ours, theirs, strict=True)
        )
    return False


_WORDS = {
    "type": "the type",
    "notNull": "NOT NULL",
    "default": "the default",
    "identity": "the identity",
    "generated": "the generation expression",
    "keys": "the keys",
    "unique": "uniqueness",
    "where": "the predicate",
    "definition": "the definition",
    "rls": "row-level security",
    "forceRls": "forced row-level security",
    "using": "USING",
    "withCheck": "WITH CHECK",
    "cmd": "the command",
    "onDelete": "ON DELETE",
    "notValid": "NOT VALID",
    "invalid": INVALID,
    "include": "the INCLUDE columns",
    "method": "the method",
    "nullsNotDistinct": "NULLS NOT DISTINCT",
    "collation": "the collation",
    "columns": "the columns",
    "refTable": "the target",
    "refColumns": "the target's columns",
    "deferrable": "the deferral",
    "partitionKey": "the partition key",
    "parent": "the parent",
    "unlogged": "UNLOGGED",
    "options": "the options",
    "permissive": "the kind",
    "roles": "the roles",
    "returns": "the result",
    "language": "the language",
    "securityDefiner": "SECURITY DEFINER",
    "settings": "the settings",
    "enabled": "being enabled",
    "attributes": "the attributes",
    "checks": "the checks",
    "onUpdate": "ON UPDATE",
}


def _changed(what: str, subject: str, part: str, ours: Any, theirs: Any) -> Difference:
    return Difference("different", what, subject, part, _text(ours), _text(theirs))


def _text(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, list):
        return ", ".join(_text(one) for one in value)
    if isinstance(value, dict):
        name = value.get("column") or value.get("expr") or value.get("name") or ""
        return " ".join(str(part) for part in (name, value.get("type")) if part)
    return str(value)
