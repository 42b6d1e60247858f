"""Collations: by name, and the one that an expression has.

Follows assign_collations_walker and merge_collation_state of src/backend/parser/parse_collate.c.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import Any

from msgspec import Struct
from msgspec.structs import replace

from workers.engine.schema.model import Column, Index, IndexKey, SqlType, Table
from workers.engine.sql import printing, resolve
from workers.engine.sql.expressions.kinds import base, element
from workers.engine.sql.postgres import Node, SqlSyntaxError, parse_expression
from workers.engine.sql.refusal import RefusedError
from workers.engine.sql.run import Run

DEFAULT = "default"
_TEXTS = frozenset(("text", "character varying", "bpchar", "character", "name", "citext"))
_ALIASES = frozenset(
    ("default", "ucs_basic", "unicode", "pg_c_utf8", "pg_unicode_fast", "bokmal", "catalan",
     "croatian", "czech", "danish", "dansk", "deutsch", "dutch", "eesti", "estonian", "finnish",
     "french", "galego", "galician", "german", "greek", "hebrew", "hrvatski", "hungarian",
     "icelandic", "italian", "japanese", "korean", "lithuanian", "norwegian", "nynorsk", "polish",
     "portuguese", "romanian", "russian", "slovak", "slovene", "slovenian", "spanish", "swedish",
     "thai", "turkish")
)  # fmt: skip
"""Names that a server may have, whatever its system calls its locales."""


def collation_name(run: Run, path: tuple[str, ...]) -> str | None:
    """A collation as the catalogue names it; None for the default one."""
    schema, name = resolve.split_path(path)
    if schema is None:
        for place in resolve.searched(run.state):
            if ("collation", f"{place}.{name}") in run.state.hidden.other:
                return f"{place}.{name}"
    if schema in (None, "pg_catalog"):
        _refuse_unknown(run, name)
        return None if name == DEFAULT else name
    return f"{schema}.{name}"


def is_no_locale(name: str) -> bool:
    """Whether no locale of any system is called so: those have capitals, digits or a dot."""
    is_word = name.isascii() and name.replace("_", "").isalpha() and name.islower()
    return is_word and len(name) > 3 and name not in _ALIASES


def _refuse_unknown(run: Run, name: str) -> None:
    is_dark = any(kind.startswith("opaque") for kind, _ in run.state.hidden.other)
    if is_no_locale(name) and not is_dark:
        raise RefusedError("42704", f'collation "{name}" for encoding "UTF8" does not exist')


def need_collatable(run: Run, kind: SqlType) -> None:
    """Refuse a collation of a type that has none."""
    if not is_collatable(kind, printing.TableScope(run.state, {})) and kind.schema is None:
        shown = resolve.format_visible(run.state, kind)
        raise RefusedError("42804", f"collations are not supported by type {shown}")


def is_collatable(kind: SqlType, scope: printing.TableScope) -> bool:
    """Whether values of a type are compared by a collation."""
    return base(element(kind), scope).name in _TEXTS


class _Derived(Struct, frozen=True):
    """`strength`: 0 none, 1 implicit, 2 in conflict, 3 explicit; the name as the catalogue's."""

    strength: int = 0
    name: str = DEFAULT


Find = Callable[[tuple[str, ...]], Column | None]
"""The column that a reference means."""


def among(columns: Iterable[Column]) -> Find:
    """References to the columns of one table."""
    known = {column.name: column for column in columns}
    return lambda path: known.get(path[-1])


def collation_of(
    run: Run, node: Node, find: Find, scope: printing.TableScope, subject: str = "index expression"
) -> str | None:
    """The collation of an expression; None where it is not known, or has none.

    Refuses an expression in which two columns' collations are in conflict.
    """
    kind = printing.type_of(node, scope)
    if kind is None or not is_collatable(kind, scope):
        return None
    found = _derived(run, node, find, scope)
    if found is not None and found.strength == 2:
        raise RefusedError("42P22", f"could not determine which collation to use for {subject}")
    return found.name if found is not None else None


def _derived(run: Run, node: Node, find: Find, scope: printing.TableScope) -> _Derived | None:
    ((kind, fields),) = node.items()
    if kind == "ColumnRef":
        column = find(resolve.strings(fields["fields"]))
        return _of_column(run, column, scope) if column is not None else None
    if kind == "CollateClause":
        return _Derived(3, collation_name(run, resolve.strings(fields["collname"])) or DEFAULT)
    if kind == "A_Const":
        return _Derived(1) if "sval" in fields else _Derived()
    if kind in ("SubLink", "CaseExpr"):
        return None
    merged = _Derived()
    for child in _children(fields):
        found = _derived(run, child, find, scope)
        if found is None:
            return None
        merged = _merged(merged, found)
    made = printing.type_of(node, scope)
    if made is None:
        return None
    if not is_collatable(made, scope):
        return _Derived()
    return merged if merged.strength else _Derived(1)


def _of_column(run: Run, column: Column, scope: printing.TableScope) -> _Derived | None:
    if not is_collatable(column.type, scope):
        return _Derived()
    if base(element(column.type), scope).name == "name":
        return _Derived(1, column.collation or "C")
    if column.collation is None and column.type.schema is not None:
        return None  # a domain or an extension's type, of a collation of its own perhaps
    return _Derived(1, column.collation or DEFAULT)


def _merged(one: _Derived, other: _Derived) -> _Derived:
    if one.strength != other.strength:
        return one if one.strength > other.strength else other
    if one.name == other.name or one.strength == 0:
        return one
    if one.strength == 3:
        names = f'"{one.name}" and "{other.name}"'
        raise RefusedError("42P21", f"collation mismatch between explicit collations {names}")
    if DEFAULT in (one.name, other.name):
        return other if one.name == DEFAULT else one
    return _Derived(2)


def _children(fields: Any) -> Iterator[Node]:
    """The expressions right below a node."""
    for key, value in fields.items():
        if key in ("funcname", "name", "typeName", "location"):
            continue
        for one in value if isinstance(value, list) else [value]:
            if isinstance(one, dict) and [type(inside) for inside in one.values()] == [dict]:
                yield one


def follow(run: Run, table: Table, column: Column) -> tuple[Index, ...]:
    """The indexes of a table, of which a column now has another collation.

    `table` is as it was before; an index is built anew by what its definition says.
    """
    after = tuple(column if one.name == column.name else one for one in table.columns)
    return tuple(
        replace(index, keys=tuple(_followed(run, table, after, column, key) for key in index.keys))
        for index in table.indexes
    )


def _followed(
    run: Run, table: Table, after: tuple[Column, ...], column: Column, key: IndexKey
) -> IndexKey:
    if key.column == column.name and key.collation is not None:
        is_own = key.collation == last_part(column.collation)
        return replace(key, collation=None) if is_own else key
    if key.expression is None:
        return key
    try:
        node = parse_expression(key.expression)
    except SqlSyntaxError:
        return key
    scope = printing.scope_of(run.state, table.name.name, table.columns)
    if last_part(collation_of(run, node, among(table.columns), scope)) != key.collation:
        return key  # said in the index itself
    return replace(key, collation=last_part(collation_of(run, node, among(after), scope)))


def last_part(name: str | None) -> str | None:
    """A collation as an index tells it: without its schema, and not the default one."""
    return None if name is None or name == DEFAULT else name.rpartition(".")[2]
