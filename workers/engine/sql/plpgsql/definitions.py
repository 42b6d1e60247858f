"""Definitions as pg_get_constraintdef and pg_get_indexdef write them."""

from __future__ import annotations

from typing import Any

from workers.engine.schema.model import (
    ForeignKey,
    Function,
    Index,
    IndexKey,
    KeyConstraint,
    QualifiedName,
)
from workers.engine.schema.names import quote, quote_literal


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
    shown = ".".join(map(quote, target))
    text = f"FOREIGN KEY ({_names(key.columns)}) REFERENCES {shown}({_names(key.ref_columns)})"
    if key.on_update != "NO ACTION":
        text += f" ON UPDATE {key.on_update}"
    if key.on_delete != "NO ACTION":
        text += f" ON DELETE {key.on_delete}"
    return text + (" NOT VALID" if key.not_valid else "")


def function(one: Function) -> str:
    """CREATE OR REPLACE FUNCTION as pg_get_functiondef writes it, with NULL for every default."""
    names = (*one.parameters, *[""] * len(one.arguments))
    first = len(one.arguments) - one.optional
    parameters = [
        f"{quote(name)} {kind}" if name else kind
        for name, kind in zip(names, one.arguments, strict=False)
    ]
    parameters[first:] = [f"{text} DEFAULT NULL" for text in parameters[first:]]
    word = "PROCEDURE" if one.kind == "procedure" else "FUNCTION"
    shown = f"{quote(one.name.schema)}.{quote(one.name.name)}"
    text = f"CREATE OR REPLACE {word} {shown}({', '.join(parameters)})\n"
    if word == "FUNCTION":
        text += f" RETURNS {one.returns}\n"
    text += f" LANGUAGE {one.language}\n"
    options = [one.volatility.upper()] if one.volatility != "volatile" else []
    options += ["SECURITY DEFINER"] if one.is_security_definer else []
    text += f" {' '.join(options)}\n" if options else ""
    for setting in one.settings:
        name, _, value = setting.partition("=")
        text += f" SET {name} TO {_setting(name, value)}\n"
    mark = "$function$" if word == "FUNCTION" else "$procedure$"
    return f"{text}AS {mark}{one.body}{mark}\n"


def _setting(name: str, value: str) -> str:
    if name in ("search_path", "temp_tablespaces", "session_preload_libraries"):
        return ", ".join(quote_literal(part.strip().strip('"')) for part in value.split(","))
    return quote_literal(value)


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
