"""Bounds of partitions: their values, and whether they leave each other room.

Follows check_new_partition_bound of src/backend/partitioning/partbounds.c and
transformPartitionBound of src/backend/parser/parse_utilcmd.c. What cannot be compared here refuses
nothing: texts in an order that depends on the collation, keys that are expressions.
"""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from functools import lru_cache
from math import gcd
from typing import Any

from msgspec.structs import replace

from workers.engine.schema.model import Column, QualifiedName, SqlType, Table
from workers.engine.schema.names import quote_literal
from workers.engine.sql import printing
from workers.engine.sql.expressions import MismatchError, UnprintableError
from workers.engine.sql.expressions.constants import identifiers, output
from workers.engine.sql.expressions.kinds import bare
from workers.engine.sql.postgres import Node, SqlSyntaxError, parse
from workers.engine.sql.refusal import RefusedError
from workers.engine.sql.resolve import strings
from workers.engine.sql.run import Run

_LETTERS = {"l": "LIST", "r": "RANGE", "h": "HASH"}
_WHOLE = frozenset(("smallint", "integer", "bigint"))
_ORDERED = frozenset(("date", "timestamp without time zone", "timestamp with time zone", "uuid"))
"""Types whose output sorts as their values do, within four digits of a year."""

Value = Any
"""An int, a Decimal, a text, None for NULL; (-1,) and (1,) for MINVALUE and MAXVALUE."""


def check_bound(run: Run, parent: Table, name: QualifiedName, spec: Node) -> None:
    """Refuse the bound of a new partition."""
    key = parent.partition_key
    if key is None:
        raise RefusedError("42P17", f'"{parent.name.name}" is not partitioned')
    strategy = key.partition(" ")[0]
    refuse_kind_of_bound(parent, spec)
    siblings = [
        (one.name, one.partition_bound)
        for one in run.state.schema.tables.values()
        if one.partition_bound is not None and parent.name in one.parents and one.name != name
    ]
    if spec.get("is_default"):
        _check_default(name, siblings)
        return
    columns = _columns(parent)
    others = [(one, _spec(text)) for one, text in siblings if text not in (None, "DEFAULT")]
    if strategy == "HASH":
        _check_hash(name, spec, others)
    elif strategy == "LIST":
        _check_list(run, name, columns, spec, others)
    else:
        _check_range(run, name, columns, spec, others)


def refuse_kind_of_bound(parent: Table, spec: Node) -> None:
    """transformPartitionBound: a bound of another kind than the key's is told first of all."""
    strategy = (parent.partition_key or "").partition(" ")[0]
    if spec.get("is_default"):
        if strategy == "HASH":
            raise RefusedError("42P16", "a hash-partitioned table may not have a default partition")
    elif _LETTERS.get(spec.get("strategy", ""), strategy) != strategy:
        word = strategy.lower()
        raise RefusedError("42P16", f"invalid bound specification for a {word} partition")


def _check_default(
    name: QualifiedName, siblings: Sequence[tuple[QualifiedName, str | None]]
) -> None:
    for other, text in siblings:
        if text == "DEFAULT":
            raise RefusedError(
                "42P17",
                f'partition "{name.name}" conflicts with existing default partition "{other.name}"',
            )


def _check_hash(name: QualifiedName, spec: Node, others: list[tuple[QualifiedName, Node]]) -> None:
    modulus, remainder = spec.get("modulus", 0), spec.get("remainder", 0)
    if modulus <= 0:
        raise RefusedError(
            "42P16", "modulus for hash partition must be an integer value greater than zero"
        )
    if remainder >= modulus:
        raise RefusedError("42P16", "remainder for hash partition must be less than modulus")
    for _, other in others:
        larger, smaller = sorted((modulus, other.get("modulus", 1)), reverse=True)
        if larger % smaller:
            raise RefusedError(
                "42P17", "every hash partition modulus must be a factor of the next larger modulus"
            )
    for one, other in others:
        step = gcd(modulus, other.get("modulus", 1))
        if remainder % step == other.get("remainder", 0) % step:
            _overlap(name, one)


def _check_list(
    run: Run,
    name: QualifiedName,
    columns: Sequence[Column] | None,
    spec: Node,
    others: list[tuple[QualifiedName, Node]],
) -> None:
    kind = columns[0].type if columns else None
    own = [_value(run, one, kind) for one in spec.get("listdatums", ())]
    for one, other in others:
        theirs = [_value(run, datum, kind) for datum in other.get("listdatums", ())]
        if any(value is not UNKNOWN and value in theirs for value in own):
            _overlap(name, one)


def _check_range(
    run: Run,
    name: QualifiedName,
    columns: Sequence[Column] | None,
    spec: Node,
    others: list[tuple[QualifiedName, Node]],
) -> None:
    count = len(columns) if columns is not None else None
    for word, part in (("FROM", "lowerdatums"), ("TO", "upperdatums")):
        if count is not None and len(spec.get(part, ())) != count:
            message = f"{word} must specify exactly one value per partitioning column"
            raise RefusedError("42P16", message)
    own = _range(run, columns, spec)
    if own is None:
        return
    if not own[0] < own[1] and (own[0] == own[1] or _are_ordered(columns)):
        raise RefusedError("42P17", f'empty range bound specified for partition "{name.name}"')
    for one, other in others:
        theirs = _range(run, columns, other)
        if theirs is None or not _are_ordered(columns):
            continue
        if own[0] < theirs[1] and theirs[0] < own[1]:
            _overlap(name, one)


def _overlap(name: QualifiedName, other: QualifiedName) -> None:
    raise RefusedError("42P17", f'partition "{name.name}" would overlap partition "{other.name}"')


UNKNOWN = object()
"""A value that cannot be compared here."""


def _range(
    run: Run, columns: Sequence[Column] | None, spec: Node
) -> tuple[tuple[Any, ...], tuple[Any, ...]] | None:
    """Both ends as tuples that sort as the values do; None where that is not known."""
    ends = []
    for part in ("lowerdatums", "upperdatums"):
        end: list[Any] = []
        for number, datum in enumerate(spec.get(part, ())):
            column = columns[number] if columns is not None else None
            value = _value(run, datum, column.type if column else None)
            if value in ((-1,), (1,)):
                end.append((value[0], 0))
            elif value is UNKNOWN or value is None or column is None:
                return None
            else:
                end.append((0, value))
        ends.append(tuple(end))
    return ends[0], ends[1]


def _are_ordered(columns: Sequence[Column] | None) -> bool:
    """Whether the order of all values is known; texts sort by their bytes under C alone."""
    return columns is not None and all(_is_ordered(column) for column in columns)


def _is_ordered(column: Column) -> bool:
    if column.type.schema is not None or column.type.is_array:
        return False
    if column.type.name in ("text", "character varying"):
        return column.collation in ("C", "POSIX")
    return column.type.name in _WHOLE | _ORDERED | {"numeric"}


def _columns(parent: Table) -> Sequence[Column] | None:
    """The columns of the partition key; None where one is an expression."""
    inside = (parent.partition_key or "").partition(" ")[2][1:-1]
    columns = []
    for part in inside.split(", "):
        name, _, collation = part.partition(" COLLATE ")
        path = identifiers(name)
        column = parent.column(path[0]) if path else None
        if column is not None and collation:
            column = replace(column, collation=collation.strip('"'))
        columns += [column] if column is not None else []
    return columns if columns and len(columns) == len(inside.split(", ")) else None


@lru_cache(maxsize=2048)
def _spec(text: str) -> Node:
    """A bound as its syntax tree."""
    try:
        (statement,) = parse(f"CREATE TABLE a PARTITION OF b {text}".encode())
    except (SqlSyntaxError, ValueError):
        return {}
    found: Node = statement.fields.get("partbound", {})
    return found


def _value(run: Run, node: Node, kind: SqlType | None) -> Value:
    """The value of a datum as the key's type reads it, or `UNKNOWN`."""
    ((word, fields),) = node.items()
    if word == "ColumnRef":
        return {"minvalue": (-1,), "maxvalue": (1,)}.get(strings(fields["fields"])[-1], UNKNOWN)
    if word == "TypeCast":
        return _value(run, fields["arg"], kind)
    if word != "A_Const" or kind is None:
        return UNKNOWN
    if fields.get("isnull"):
        return None
    text = read(run, node, kind)
    if text is None:
        return UNKNOWN
    if kind.schema is None and kind.name in _WHOLE:
        return int(text)
    return Decimal(text) if kind.schema is None and kind.name == "numeric" else text


def shown_value(run: Run, parent: Table, number: int, node: Node) -> str | None:
    """A constant of a bound as the catalogue prints it; None where that is not known."""
    columns = _columns(parent)
    if "TypeCast" in node:
        node = node["TypeCast"]["arg"]
    if columns is None or number >= len(columns) or "A_Const" not in node:
        return None
    kind = columns[number].type
    text = None if node["A_Const"].get("isnull") else read(run, node, kind)
    if text is None:
        return None
    is_bare = kind.schema is None and (kind.name in _WHOLE or kind.name in ("numeric", "boolean"))
    return text if is_bare and not text.startswith("-") else quote_literal(text)


def read(run: Run, node: Node, kind: SqlType) -> str | None:
    """A constant as the type's output function writes it; None where that is not known."""
    fields = node["A_Const"]
    if "sval" in fields:
        text = str(fields["sval"].get("sval", ""))
    elif "ival" in fields:
        text = str(fields["ival"].get("ival", 0))
    elif "fval" in fields:
        text = str(fields["fval"].get("fval", ""))
    else:
        return None
    try:
        return output(text, bare(kind), printing.TableScope(run.state, {}))
    except MismatchError as mismatch:
        raise RefusedError(mismatch.sqlstate, mismatch.message) from None
    except UnprintableError:
        return None
