"""Objects that a literal names: `'users'::regclass`, `'f(text)'::regprocedure`, `nextval('s')`.

PostgreSQL reads such a literal when it analyses the statement, whatever rows there are; follows
src/backend/utils/adt/regproc.c.
"""

from __future__ import annotations

from workers.engine.numerals import is_whole
from workers.engine.schema.model import QualifiedName, SqlType
from workers.engine.schema.types import parse_type
from workers.engine.sql import resolve
from workers.engine.sql.builtin.functions import is_builtin_function
from workers.engine.sql.expressions.constants import identifiers
from workers.engine.sql.postgres import Node, SqlSyntaxError, parse_expression
from workers.engine.sql.refusal import RefusedError
from workers.engine.sql.state import State

KINDS = frozenset(
    ("regclass", "regtype", "regproc", "regprocedure", "regrole", "regnamespace")
)  # fmt: skip
"""The types whose literals name an object of the history's."""

SEQUENCE_CALLS = frozenset(("nextval", "currval", "setval"))
"""Functions of pg_catalog's whose first argument is a regclass."""

_OWN = "pg_catalog"
_SYSTEM = ("pg_catalog", "information_schema", "pg_toast")


def need(state: State, kind: str, text: str) -> None:
    """Refuse a literal of one of `KINDS` that certainly names nothing."""
    if is_whole(text.strip()) or text.strip() == "-":
        return
    _NEEDS[kind](state, text)


def check_cast(state: State, kind: SqlType, argument: Node) -> None:
    """Refuse `'text'::type` where no value of the type has that text."""
    constant = argument.get("A_Const", {}).get("sval")
    if constant is None or kind.is_array:
        return
    if kind.schema is None and kind.name in KINDS:
        need(state, kind.name, constant.get("sval", ""))
    elif kind.schema is not None:
        need_value(state, kind, constant.get("sval", ""))


def need_value(state: State, kind: SqlType, text: str) -> None:
    """Refuse a literal that an enum has not among its values."""
    enum = state.schema.enums.get(QualifiedName(kind.schema or "", kind.name))
    if enum is None or kind.is_array:
        return
    shown = resolve.format_visible(state, kind)
    if (enum.name, text) in state.hidden.fresh_values:
        raise RefusedError("55P04", f'unsafe use of new value "{text}" of enum type {shown}')
    if any(one.name == text for one in enum.values):
        return
    raise RefusedError("22P02", f'invalid input value for enum {shown}: "{text}"')


def check_call(state: State, path: tuple[str, ...], fields: Node) -> None:
    """Refuse `nextval('name')` and its like where there is no relation of that name."""
    if path[-1] not in SEQUENCE_CALLS or not fields.get("args"):
        return
    constant = fields["args"][0].get("A_Const", {}).get("sval")
    if constant is not None and (len(path) == 1 or path[0] == "pg_catalog"):
        need(state, "regclass", constant.get("sval", ""))


def need_sequences(state: State, query: Node) -> None:
    """Refuse `SELECT nextval('table')`, of a relation that is no sequence."""
    for target in query.get("targetList", ()):
        fields = target["ResTarget"].get("val", {}).get("FuncCall", {})
        path = resolve.strings(fields.get("funcname", []))
        constant = fields["args"][0].get("A_Const", {}).get("sval") if fields.get("args") else None
        if constant is None or path[-1] not in SEQUENCE_CALLS or path[0] not in (path[-1], _OWN):
            continue
        named = identifiers(constant.get("sval", ""))
        name = resolve.lookup(state, *resolve.split_path(named)) if named else None
        if name is not None and state.relation_kind(name) not in ("sequence", None):
            raise RefusedError("42809", f'"{name.name}" is not a sequence')


def procedure(state: State, text: str) -> str | None:
    """The signature of the history's function that `name(types)` means; None where there is none.

    A type that does not exist is refused.
    """
    name, _, tail = text.partition("(")
    wanted = [_argument(state, one) for one in split_list(tail.rstrip().removesuffix(")"))]
    for signature in _overloads(state, identifiers(name.strip())):
        function = state.schema.functions[signature]
        if [parse_type(one) for one in function.arguments] == wanted:
            return signature
    return None


def _relation(state: State, text: str) -> None:
    path = identifiers(text)
    if not path:
        return
    schema, name = resolve.split_path(path)
    if schema in _SYSTEM or (schema is None and name.startswith("pg_")):
        return
    if resolve.lookup(state, schema, name) is not None or _is_opaque(state, path):
        return
    state.log.needs.add(text)
    if schema is not None and state.server_version < 16 and not state.has_schema(schema):
        raise RefusedError("3F000", f'schema "{schema}" does not exist')
    raise RefusedError("42P01", f'relation "{resolve.dotted(path)}" does not exist')


def _type(state: State, text: str) -> None:
    try:
        node = parse_expression(f"CAST(NULL AS {text})")["TypeCast"]["typeName"]
    except (SqlSyntaxError, KeyError, ValueError):
        return
    try:
        resolve.resolve_type(state, node)
    except RefusedError as refusal:
        raise RefusedError(refusal.sqlstate, refusal.message) from None


def _function(state: State, text: str) -> None:
    path = identifiers(text)
    if not path or _is_known(state, path):
        return
    found = list(_overloads(state, path))
    if not found:
        raise RefusedError("42883", f'function "{text}" does not exist')
    if len(found) > 1:
        raise RefusedError("42725", f'more than one function named "{text}"')


def _procedure(state: State, text: str) -> None:
    path = identifiers(text.partition("(")[0].strip())
    if not path or "(" not in text or _is_known(state, path):
        return
    if procedure(state, text) is None:
        state.log.needs.add(resolve.dotted(path))
        raise RefusedError("42883", f'function "{text}" does not exist')


def _role(state: State, text: str) -> None:
    path = identifiers(text)
    if path and path[-1] not in state.hidden.roles:
        raise RefusedError("42704", f'role "{path[-1]}" does not exist')


def _namespace(state: State, text: str) -> None:
    path = identifiers(text)
    if path and path[-1] not in _SYSTEM and not state.has_schema(path[-1]):
        raise RefusedError("3F000", f'schema "{path[-1]}" does not exist')


_NEEDS = {
    "regclass": _relation, "regtype": _type, "regproc": _function, "regprocedure": _procedure,
    "regrole": _role, "regnamespace": _namespace,
}  # fmt: skip


def _overloads(state: State, path: tuple[str, ...]) -> tuple[str, ...]:
    schema, name = resolve.split_path(path)
    found: list[str] = []
    for place in (schema,) if schema is not None else tuple(resolve.searched(state)):
        found += state.hidden.overloads.get(QualifiedName(place, name), ())
    return tuple(found)


def _is_known(state: State, path: tuple[str, ...]) -> bool:
    """Whether a function may be there of which only the name is known."""
    schema, name = resolve.split_path(path)
    if schema in _SYSTEM or (schema is None and is_builtin_function(name, state.reads_as)):
        return True
    return _is_opaque(state, path)


def _is_opaque(state: State, path: tuple[str, ...]) -> bool:
    other = state.hidden.other
    schema, name = resolve.split_path(path)
    for place in (schema,) if schema is not None else tuple(resolve.searched(state)):
        names = (("opaque schema", place), ("opaque extension", place), (place, name))
        if any(one in other for one in names):
            return True
        if any((kind, f"{place}.{name}") in other for kind in ("relation", "function")):
            return True
    return False


def split_list(text: str) -> list[str]:
    """The parts of a list, cut at the commas outside of parentheses and quotes."""
    parts, level, is_quoted, current = [], 0, False, ""
    for letter in text:
        is_quoted = is_quoted is not (letter == '"')
        level += (letter == "(") - (letter == ")") if not is_quoted else 0
        if letter == "," and level == 0 and not is_quoted:
            parts.append(current)
            current = ""
        else:
            current += letter
    return [*parts, current] if current.strip() or parts else []


def _argument(state: State, text: str) -> object:
    try:
        node: Node = parse_expression(f"NULL::{text}")["TypeCast"]["typeName"]
    except (SqlSyntaxError, KeyError, ValueError):
        return None
    kind = resolve.resolve_type(state, node)
    return type(kind)(kind.name, (), kind.is_array, kind.schema)
