"""Function calls: which function is meant, and how SQL's own syntax for some is printed.

Follows ParseFuncOrColumn of src/backend/parser/parse_func.c and get_func_sql_syntax of
src/backend/utils/adt/ruleutils.c.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from workers.engine.schema.model import SqlType
from workers.engine.schema.names import quote
from workers.engine.schema.types import builtin, format_type
from workers.engine.sql.expressions import candidates, operators
from workers.engine.sql.expressions.candidates import Candidate
from workers.engine.sql.expressions.coercion import explicit, to_type
from workers.engine.sql.expressions.kinds import (
    ANY,
    POLYMORPHIC,
    UNKNOWN,
    array,
    bare,
    base,
    element,
)
from workers.engine.sql.expressions.polymorphic import resolved, substitute
from workers.engine.sql.expressions.typed import (
    Call,
    Const,
    MismatchError,
    Opaque,
    Typed,
    UnprintableError,
)
from workers.engine.sql.postgres import Node
from workers.engine.sql.resolve import strings
from workers.engine.sql.scope import Scope

if TYPE_CHECKING:
    from workers.engine.sql.expressions.analysis import Analysis


def call(analysis: Analysis, fields: Node) -> Typed:
    """A FuncCall."""
    nodes = fields.get("args", ())
    if any("NamedArgExpr" in node for node in nodes):
        raise UnprintableError("arguments by name")
    path = strings(fields["funcname"])
    arguments = analysis.expressions(nodes)
    if fields.get("agg_within_group"):
        arguments += analysis.expressions(one["SortBy"]["node"] for one in fields["agg_order"])
    frame = _frame(path, fields, arguments)
    made = _resolve(analysis, path, arguments, bool(fields.get("func_variadic")))
    for part in ("over", "agg_within_group", "agg_order"):
        if fields.get(part):
            return Opaque(made.type, f"a call with {part}")
    if isinstance(made, Call):
        made.frame = frame
        made.is_star = bool(fields.get("agg_star"))
        made.is_distinct = bool(fields.get("agg_distinct"))
        made.tail = _filter(analysis, fields)
    return made


def _filter(analysis: Analysis, fields: Node) -> str:
    from workers.engine.sql.expressions.printer import show

    condition = fields.get("agg_filter")
    return f" FILTER (WHERE {show(analysis.condition(condition))})" if condition else ""


def _resolve(
    analysis: Analysis, path: tuple[str, ...], arguments: tuple[Typed, ...], is_variadic: bool
) -> Typed:
    name, scope = path[-1], analysis.scope
    types = tuple(one.type for one in arguments)
    is_builtin = len(path) == 1 or path[0] == "pg_catalog"
    known: Sequence[Candidate] = candidates.builtin_functions(name) if is_builtin else ()
    own = _of_user(scope, path) if path[0] != "pg_catalog" or len(path) == 1 else []
    is_plain = (
        bool(known) and not own and not is_variadic and all(kind.schema is None for kind in types)
    )
    if is_builtin and len(types) == 1 and types[0] == UNKNOWN:
        cast = _as_cast(scope, name, arguments[0])
        if cast is not None:
            return cast
    if is_plain:
        found = candidates.plain_function(name, types)
    else:
        found = _chosen(scope, [*known, *own], types, is_variadic)
    if found is not None and found.is_ambiguous:
        raise _ambiguous(path, types)
    if found is None:
        if known and not own and not is_variadic and _is_refused(scope, path, types):
            shown = ", ".join(format_type(kind) for kind in types)
            raise MismatchError("42883", f"function {name}({shown}) does not exist")
        if own and not is_variadic and _is_known(scope, path, types, [*known, *own]):
            if _usable(scope, [*known, *own], types):
                raise _ambiguous(path, types)
            raise MismatchError("42883", f"function {_shown(path, types)} does not exist")
        raise UnprintableError(f"no one function {name} for the types")
    if found.kind == "procedure":
        raise MismatchError("42809", f"{_shown(path, types)} is a procedure")
    if found.signature:
        scope.note_call(found.signature)
    made = _make(scope, name, found, arguments, is_variadic)
    if found.is_set and not analysis.allows_sets:
        raise MismatchError("0A000", "set-returning functions are not allowed in an expression")
    return made


_LATER = frozenset(("generate_series", "random", "reverse", "timezone"))
"""Functions that newer servers have with more types."""


def _is_refused(scope: Scope, path: tuple[str, ...], types: candidates.Types) -> bool:
    """Whether no function of the name, of whoever's, takes arguments of these types."""
    if path[-1] in _LATER or not all(_is_common(kind, scope) for kind in types):
        return False
    usable = candidates.fitted(candidates.builtin_functions(path[-1]), len(types))
    return not candidates.matching(usable, types, scope) and not scope.has_function(path)


def _shown(path: tuple[str, ...], types: candidates.Types) -> str:
    return f"{'.'.join(path)}({', '.join(format_type(kind) for kind in types)})"


def _ambiguous(path: tuple[str, ...], types: candidates.Types) -> MismatchError:
    return MismatchError("42725", f"function {_shown(path, types)} is not unique")


def _is_known(
    scope: Scope, path: tuple[str, ...], types: candidates.Types, known: list[Candidate]
) -> bool:
    """Whether all functions of the name are known, and all types in reach."""
    if len(scope.functions(path)) != sum(one.schema is not None for one in known):
        return False
    if scope.has_foreign_function(path) or not all(_is_common(kind, scope) for kind in types):
        return False
    wanted = [kind for one in known for kind in one.arguments]
    return all(kind in POLYMORPHIC or _is_common(kind, scope) for kind in wanted)


def _usable(scope: Scope, known: Sequence[Candidate], types: candidates.Types) -> list[Candidate]:
    """Those that take arguments of these types."""
    usable = candidates.merged(candidates.fitted(known, len(types)))
    return candidates.matching(usable, types, scope)


def _is_common(kind: SqlType, scope: Scope) -> bool:
    item = base(element(kind) if kind.is_array else kind, scope)
    if item.schema is not None:
        return scope.enum(item) is not None
    return item.name in operators.COMMON


def _of_user(scope: Scope, path: tuple[str, ...]) -> list[Candidate]:
    return [
        Candidate(
            tuple(bare(argument) for argument in one.arguments),
            bare(one.returns),
            optional=one.optional,
            schema=one.schema,
            is_mutable=one.is_mutable,
            is_variadic=one.is_variadic,
            kind=one.kind,
            is_set=one.is_set,
            signature=one.signature,
        )
        for one in scope.functions(path)
        if one.returns is not None
    ]


def _chosen(
    scope: Scope, known: Sequence[Candidate], types: candidates.Types, is_variadic: bool
) -> Candidate | None:
    if is_variadic:
        usable = [one for one in known if len(one.arguments) == len(types)]
    else:
        usable = candidates.merged(candidates.fitted(known, len(types)))
    found = candidates.exact(usable, types)
    if found is not None:
        return found
    return candidates.select(candidates.matching(usable, types, scope), types, scope)


def _as_cast(scope: Scope, name: str, argument: Typed) -> Typed | None:
    """`text('x')`, `date('2024-01-01')`: a literal as the type of that name."""
    kind = builtin(name)
    if kind is None or not isinstance(argument, Const) or argument.type != UNKNOWN:
        return None
    return explicit(argument, kind, scope)


def _make(
    scope: Scope, name: str, found: Candidate, arguments: tuple[Typed, ...], is_variadic: bool
) -> Call:
    types = tuple(one.type for one in arguments)
    wanted, result = found.arguments, found.result
    if any(kind in POLYMORPHIC for kind in (*wanted, result)):
        stands = resolved(types, wanted, scope)
        if stands is None:
            raise UnprintableError("polymorphic types that do not agree")
        wanted = tuple(substitute(kind, stands) for kind in wanted)
        result = substitute(result, stands)
    cast = tuple(to_type(one, kind, scope) for one, kind in zip(arguments, wanted, strict=True))
    cast = _gathered(found, cast, is_variadic)
    shown = quote(name) if found.schema is None else f"{quote(found.schema)}.{quote(name)}"
    shows_variadic = is_variadic or (found.is_variadic and ANY not in found.arguments)
    return Call(result, shown, cast, is_variadic=shows_variadic, is_mutable=found.is_mutable)


def _gathered(found: Candidate, cast: tuple[Typed, ...], is_variadic: bool) -> tuple[Typed, ...]:
    """The last arguments of a variadic function as the array that it receives."""
    if not found.is_variadic or is_variadic or found.arguments[-1:] == (ANY,):
        return cast
    from workers.engine.sql.expressions.typed import Array

    items = cast[found.fixed :]
    return (*cast[: found.fixed], Array(array(items[0].type), items))


_TRIMS = {"btrim": "BOTH", "ltrim": "LEADING", "rtrim": "TRAILING"}


def _frame(path: tuple[str, ...], fields: Node, arguments: tuple[Typed, ...]) -> str:
    """How a call in SQL's own syntax is printed; empty for the common form."""
    if fields.get("funcformat") != "COERCE_SQL_SYNTAX":
        return ""
    name, count = path[-1], len(arguments)
    if name == "timezone":
        return "({1} AT TIME ZONE {0})" if count == 2 else "({0} AT LOCAL)"
    if name == "extract":
        unit = arguments[0]
        if isinstance(unit, Const) and unit.text is not None:
            return f"EXTRACT({_escaped(quote(unit.text))} FROM {{1}})"
    if name in _TRIMS:
        inner = "{1} FROM {0}" if count == 2 else "FROM {0}"
        return f"TRIM({_TRIMS[name]} {inner})"
    if name == "position":
        return "POSITION(({1}) IN ({0}))"
    if name == "substring":
        return "SUBSTRING({0} FROM {1} FOR {2})" if count == 3 else "SUBSTRING({0} FROM {1})"
    if name == "overlay":
        tail = " FOR {3}" if count == 4 else ""
        return "OVERLAY({0} PLACING {1} FROM {2}" + tail + ")"
    if name == "overlaps" and count == 4:
        return "(({0}, {1}) OVERLAPS ({2}, {3}))"
    raise UnprintableError(f"the SQL syntax of {name} is not printed")


def _escaped(text: str) -> str:
    return text.replace("{", "{{").replace("}", "}}")
