"""What an expression or a query stands on beside columns: functions, types, and named relations.

Which of several functions of one name a call means is told by the analysis of its arguments; where
that fails, by their number, and nothing is said of it where that fits several.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager

from workers.engine.schema.model import Column, QualifiedName
from workers.engine.sql import printing, resolve
from workers.engine.sql.expressions.constants import identifiers
from workers.engine.sql.postgres import Node, SqlSyntaxError, parse_expression
from workers.engine.sql.printing import check_function
from workers.engine.sql.references import references
from workers.engine.sql.registered import SEQUENCE_CALLS
from workers.engine.sql.run import Run
from workers.engine.sql.state import State


@contextmanager
def noted(state: State) -> Iterator[set[str]]:
    """The functions that calls are found to mean in the meantime."""
    kept, fresh = state.log.calls, set[str]()
    state.log.calls = fresh
    try:
        yield fresh
    finally:
        state.log.calls = kept | fresh


def named(run: Run, node: Node, calls: set[str]) -> frozenset[str]:
    """What a tree names that is no column: `calls` are those that the analysis has settled."""
    found: set[str] = set()
    names = references(node)
    for path, fields in names.functions:
        check_function(run.state, path, fields)
        found |= meant(run.state, path, len(fields.get("args", ())), calls)
        if path[-1] in SEQUENCE_CALLS and fields.get("args"):
            found |= _relation(run.state, fields["args"][0])
    for fields in names.literals:
        if resolve.strings(fields["typeName"]["names"])[-1] == "regclass":
            found |= _relation(run.state, fields["arg"])
    for fields in names.types:
        kind = resolve.resolve_type(run.state, fields)
        if kind.schema is not None:
            found.add(f"{kind.schema}.{kind.name}")
    return frozenset(found)


def meant(state: State, path: tuple[str, ...], count: int, calls: set[str]) -> set[str]:
    """The functions of the history that a call with so many arguments certainly means."""
    schema, name = resolve.split_path(path)
    overloads: list[str] = []
    for place in (schema,) if schema is not None else tuple(resolve.searched(state)):
        overloads += state.hidden.overloads.get(QualifiedName(place, name), ())
    settled = calls.intersection(overloads)
    if settled or len(overloads) < 2:
        return settled or set(overloads)
    fitting = [one for one in overloads if _takes(state, one, count)]
    return set(fitting) if len(fitting) == 1 else set()


def _takes(state: State, signature: str, count: int) -> bool:
    function = state.schema.functions[signature]
    most = len(function.arguments)
    return count >= most - function.optional and (count <= most or function.is_variadic)


def _relation(state: State, node: Node) -> set[str]:
    """The relation that a literal names."""
    constant = node.get("A_Const", {}).get("sval")
    path = identifiers(constant.get("sval", "")) if constant is not None else ()
    name = resolve.lookup(state, *resolve.split_path(path)) if path else None
    return {str(name)} if name is not None else set()


def called(
    state: State, text: str | None, columns: Iterable[Column] = (), table: str = ""
) -> set[str]:
    """The functions of the history that a printed expression certainly calls."""
    if text is None or "(" not in text:
        return set()
    try:
        node = parse_expression(text)
    except SqlSyntaxError:
        return set()
    with noted(state) as calls:
        printing.type_of(node, printing.scope_of(state, table, columns))
    found: set[str] = set()
    for path, fields in references(node).functions:
        found |= meant(state, path, len(fields.get("args", ())), calls)
    return found
