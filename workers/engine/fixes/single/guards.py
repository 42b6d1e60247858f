"""What protects rows: row-level security, who may run a function, and as whom a view reads."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from workers.engine.findings import Fix
from workers.engine.fixes.single.offer import HOUSE, Piece, fix
from workers.engine.fixes.tree import Statement, type_of
from workers.engine.schema.model import Function, QualifiedName
from workers.engine.sql.postgres import Node

_NO_OWNER = "No other table shows who owns its rows: add a policy for each command."


def row_level_security(table: QualifiedName) -> Statement:
    """ALTER TABLE ... ENABLE ROW LEVEL SECURITY."""
    return HOUSE.make('ALTER TABLE "$table" ENABLE ROW LEVEL SECURITY', table=table)


def protect(table: QualifiedName, policies: Iterable[Statement]) -> Fix:
    """Switch row-level security on, with policies like those of the other tables."""
    pieces: list[Piece] = [row_level_security(table), *policies]
    if len(pieces) == 1:
        pieces.append(_NO_OWNER)
    return fix("Enable row-level security", pieces, safe=False)


def switch_on(table: QualifiedName) -> Fix:
    """Switch row-level security on, for the policies that are there or are to be written."""
    return fix("Enable row-level security", [row_level_security(table)], safe=False)


def revoke(functions: Iterable[Function]) -> Fix:
    """Take the right to call functions from everyone that the API speaks for."""
    return fix("Take the right away", _revoked(functions), safe=False)


def _revoked(functions: Iterable[Function]) -> Iterator[Piece]:
    for function in functions:
        kind = "PROCEDURE" if function.kind == "procedure" else "FUNCTION"
        pattern = f"REVOKE EXECUTE ON {kind} {_PLACE} FROM PUBLIC, anon, authenticated"
        yield _of_function(pattern, function)


def fix_search_path(function: Function) -> Fix:
    """Let a function look up names in no schema but those that it names."""
    return fix("Fix the search path", _searched(function), safe=False)


def _searched(function: Function) -> Iterator[Piece]:
    kind = "PROCEDURE" if function.kind == "procedure" else "FUNCTION"
    yield _of_function(f"ALTER {kind} {_PLACE} SET search_path = ''", function)


_PLACE = "$function"


def _of_function(pattern: str, function: Function) -> Statement:
    """The pattern's statement; the function stands in it with the types of its arguments."""
    types: dict[str, Node] = {
        f"type{at}": type_of(text) for at, text in enumerate(function.arguments)
    }
    listed = ", ".join(f'"${name}"' for name in types)
    return HOUSE.make(pattern.replace(_PLACE, f'"$name"({listed})'), name=function.name, **types)


def move_extensions(names: Iterable[str]) -> Fix:
    """Move extensions into the schema that Supabase keeps for them."""
    pattern = 'ALTER EXTENSION "$name" SET SCHEMA "extensions"'
    return fix("Move them", [HOUSE.make(pattern, name=name) for name in names], safe=False)


def read_as_caller(view: QualifiedName) -> Fix:
    """Let a view read with the rights of whoever asks it."""
    pattern = 'ALTER VIEW "$view" SET (security_invoker = true)'
    pieces = [HOUSE.make(pattern, view=view)]
    return fix("Let the view run as its caller", pieces, safe=False)


def policy(made: Statement) -> Fix:
    """One more policy."""
    return fix("Let the same people read", [made], safe=False)
