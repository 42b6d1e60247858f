"""Definitions as pg_get_constraintdef and pg_get_indexdef write them."""

from __future__ import annotations

from typing import Any

from workers.engine.schema.model import ForeignKey, Index, IndexKey, KeyConstraint, QualifiedName
from workers.engine.schema.names import quote


def _names(columns: tuple[str, ...]) -> str:
    return ", ".join(quote(column) for column in columns)


def constraint(letter: str, part: Any) -> str:
    """The definition of a constraint of that letter of pg_constraint.contype."""
    if isinstance(part, ForeignKey):
        return _foreign_key(part)
    if isinstance(part, KeyConstraint):
        word = "PRIMARY KEY" if letter == "p" else "UNIQUE"
        nulls = " NULLS NOT DISTINCT" if part.nulls_not_distinct else ""
        return f"{word}{nulls} ({_names(part.columns)})"
    return str(part.definition)


def _foreign_key(key: ForeignKey) -> str:
    target = key.ref_table
    shown = quote(target.name) if target.schema == "public" else ".".join(map(quote, target))
    text = f"FOREIGN KEY ({_names(key.columns)}) REFERENCES {shown}({_names(key.ref_columns)})"
    if key.on_update != "NO ACTION":
        text += f" ON UPDATE {key.on_update}"
    if key.on_delete != "NO ACTION":
        text += f" ON DELETE {key.on_delete}"
    return text + (" NOT VALID" if key.not_valid else "")


def index(owner: QualifiedName, one: Index) -> str:
    """CREATE INDEX as pg_get_indexdef writes it."""
    word = "UNIQUE INDEX" if one.is_unique else "INDEX"
    keys = ", ".join(_key(key) for key in one.keys)
    text = (
        f"CREATE {word} {quote(one.name)} ON {quote(owner.schema)}.{quote(owner.name)}"
        f" USING {one.method} ({keys})"
    )
    if one.include:
        text += f" INCLUDE ({_names(one.include)})"
    return text + (f" WHERE {one.where}" if one.where else "")


def _key(key: IndexKey) -> str:
    text = quote(key.column) if key.column is not None else f"({key.expression})"
    if key.operator_class:
        text += f" {key.operator_class}"
    if key.descending:
        text += " DESC"
    if key.nulls_first is not None:
        text += " NULLS FIRST" if key.nulls_first else " NULLS LAST"
    return text
