"""The parameters of a function and the type of its result.

interpret_function_parameter_list and CreateFunction of src/backend/commands/functioncmds.c.
"""

from __future__ import annotations

from collections.abc import Sequence

from workers.engine.schema.model import SqlType
from workers.engine.schema.types import format_type
from workers.engine.sql import printing, resolve
from workers.engine.sql.ddl.aggregation import ALONE, refuse_in
from workers.engine.sql.ddl.callees import named, noted
from workers.engine.sql.postgres import Node
from workers.engine.sql.references import references
from workers.engine.sql.refusal import RefusedError
from workers.engine.sql.run import Run

_IN = frozenset(("FUNC_PARAM_DEFAULT", "FUNC_PARAM_IN", "FUNC_PARAM_VARIADIC"))
_OUT = frozenset(("FUNC_PARAM_OUT", "FUNC_PARAM_TABLE"))
ANY_OF = {
    "anyelement": 0, "anyarray": 0, "anynonarray": 0, "anyenum": 0, "anyrange": 0,
    "anymultirange": 0, "anycompatible": 1, "anycompatiblearray": 1,
    "anycompatiblenonarray": 1, "anycompatiblerange": 1, "anycompatiblemultirange": 1,
}  # fmt: skip
"""The two families of polymorphic types: what is given tells the others of its family."""


def check_parameters(run: Run, node: Node, parameters: Sequence[Node]) -> frozenset[str]:
    """Refuse what a list of parameters may not hold; what their defaults stand on."""
    depends: frozenset[str] = frozenset()
    kinds: list[SqlType] = []
    variadic = False
    for place, one in enumerate(parameters):
        mode = _mode(one)
        kind = resolve.resolve_type(run.state, one["argType"])
        kinds.append(kind)
        if one["argType"].get("setof") and mode != "FUNC_PARAM_TABLE":
            word = "procedures" if node.get("is_procedure") else "functions"
            raise RefusedError("42P13", f"{word} cannot accept set arguments")
        if mode not in _OUT and variadic:
            raise RefusedError("42P13", "VARIADIC parameter must be the last input parameter")
        if mode == "FUNC_PARAM_VARIADIC":
            variadic = True
            if not kind.is_array and kind.name not in ("anyarray", "anycompatiblearray", "any"):
                raise RefusedError("42P13", "VARIADIC parameter must be an array")
        _refuse_repeated(one, parameters[:place])
        if "defexpr" in one:
            with noted(run.state) as calls:
                _check_default(run, one["defexpr"], kind, mode)
            depends |= named(run, one["defexpr"], calls)
        elif mode not in _OUT and not variadic and _has_default(parameters[:place]):
            raise RefusedError(
                "42P13", "input parameters after one with a default value must also have defaults"
            )
    _check_result(run, node, parameters, kinds)
    return depends


def refuse_shared(parameters: Sequence[Node]) -> None:
    """PL/pgSQL has one namespace for all parameters."""
    seen = set()
    for name in (one["name"] for one in parameters if one.get("name")):
        if name in seen:
            raise RefusedError("42P13", f'parameter name "{name}" used more than once')
        seen.add(name)


def _mode(parameter: Node) -> str:
    mode: str = parameter.get("mode", "FUNC_PARAM_DEFAULT")
    return mode


def _has_default(parameters: Sequence[Node]) -> bool:
    return any("defexpr" in one for one in parameters)


def _refuse_repeated(one: Node, before: Sequence[Node]) -> None:
    """Two input parameters, or two output parameters, of one name."""
    name, mode = one.get("name"), _mode(one)
    if not name:
        return
    for other in before:
        ways = {mode, _mode(other)}
        is_apart = bool(ways & _IN) and bool(ways & _OUT)
        if not is_apart and other.get("name") == name:
            raise RefusedError("42P13", f'parameter name "{name}" used more than once')


def _check_default(run: Run, node: Node, kind: SqlType, mode: str) -> None:
    if mode in _OUT:
        raise RefusedError("42P13", "only input parameters can have default values")
    scope = printing.TableScope(run.state, {})
    found = references(node)
    if found.has_query:
        raise RefusedError("0A000", "cannot use subquery in DEFAULT expression")
    printing.check(run, node, scope)
    refuse_in(node, ALONE, "DEFAULT expressions")
    if kind.name in ANY_OF or kind.name == "any":
        return
    bare = SqlType(kind.name, (), kind.is_array, kind.schema)
    try:
        printing.printed(run, node, scope, bare)
    except RefusedError as refusal:
        if not refusal.message.startswith("is of type"):
            raise
        given = printing.type_of(node, scope)
        shown = "another" if given is None else f"type {format_type(given)}"
        raise RefusedError(
            "42804", f"argument of DEFAULT must be type {format_type(bare)}, not {shown}"
        ) from None


def _check_result(
    run: Run, node: Node, parameters: Sequence[Node], kinds: Sequence[SqlType]
) -> None:
    """The result must be what the OUT parameters say, and follow from what is given."""
    outputs = [kind for one, kind in zip(parameters, kinds, strict=True) if _mode(one) not in _IN]
    returned = node.get("returnType")
    given = resolve.resolve_type(run.state, returned) if returned else None
    if not node.get("is_procedure"):
        _need_result(outputs, given)
    inputs = {
        ANY_OF[kind.name]
        for one, kind in zip(parameters, kinds, strict=True)
        if _mode(one) not in _OUT and kind.name in ANY_OF
    }
    for kind in (*outputs, *((given,) if given is not None else ())):
        if kind.schema is None and ANY_OF.get(kind.name, -1) not in (-1, *inputs):
            raise RefusedError("42P13", "cannot determine result data type")


def _need_result(outputs: Sequence[SqlType], given: SqlType | None) -> None:
    if given is None:
        if not outputs:
            raise RefusedError("42P13", "function result type must be specified")
        return
    if not outputs:
        return
    wanted = outputs[0] if len(outputs) == 1 else SqlType("record")
    if (wanted.name, wanted.schema, wanted.is_array) != (given.name, given.schema, given.is_array):
        raise RefusedError(
            "42P13",
            f"function result type must be {format_type(wanted)} because of OUT parameters",
        )
