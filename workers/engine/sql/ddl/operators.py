"""CREATE OPERATOR: its function must be there, with just these arguments.

Follows DefineOperator of src/backend/commands/operatorcmds.c and LookupFuncName.
"""

from __future__ import annotations

from collections.abc import Iterable

from workers.engine.schema.model import QualifiedName, SqlType
from workers.engine.sql import printing, resolve
from workers.engine.sql.builtin.functions import is_builtin_function
from workers.engine.sql.ddl.functions import argument_text
from workers.engine.sql.expressions import candidates
from workers.engine.sql.expressions.kinds import bare
from workers.engine.sql.postgres import Node
from workers.engine.sql.refusal import RefusedError
from workers.engine.sql.run import Run

_TYPES = ("leftarg", "rightarg")


def create_operator(run: Run, path: tuple[str, ...], definition: Iterable[Node]) -> None:
    """Make an operator known by its name and its arguments."""
    state = run.state
    schema, name = resolve.split_path(path)
    place = resolve.creation_schema(state, schema)
    elements = {one["DefElem"]["defname"].lower(): one["DefElem"] for one in definition}
    types = [
        elements[side]["arg"]["TypeName"]
        for side in _TYPES
        if "TypeName" in elements.get(side, {}).get("arg", {})
    ]
    function = elements.get("function") or elements.get("procedure")
    if function is None:
        raise RefusedError("42P13", "operator function must be specified")
    if not types:
        raise RefusedError("42P13", "operator argument types must be specified")
    kinds = [resolve.resolve_type(state, one) for one in types]
    shown = tuple(argument_text(run, one) for one in types)
    under = _need_function(run, _path(function), kinds, shown)
    for part in ("restrict", "join"):
        if part in elements:
            _need_estimator(run, _path(elements[part]))
    sides = shown if len(shown) == 2 else ("", *shown) if "rightarg" in elements else (*shown, "")
    key = ("operator signature", f"{place}.{name}({','.join(sides)})")
    if key in state.hidden.other:
        raise RefusedError("42723", f"operator {name} already exists")
    state.hidden.other[key] = True
    state.hidden.operators[key[1]] = under
    state.hidden.other["operator", f"{place}.{name}"] = True


def _path(element: Node) -> tuple[str, ...]:
    return tuple(resolve.value_text(element.get("arg")).split("."))


def _need_function(
    run: Run, path: tuple[str, ...], kinds: list[SqlType], shown: tuple[str, ...]
) -> str:
    """The signature of the history's function under an operator; empty for another's."""
    state = run.state
    schema, name = resolve.split_path(path)
    if schema in (None, "pg_catalog") and is_builtin_function(name, state.reads_as):
        known = candidates.builtin_functions(name)
        if not known or any(len(one.arguments) == len(kinds) for one in known):
            return ""
    for place in (schema,) if schema is not None else tuple(resolve.searched(state)):
        for signature in state.hidden.overloads.get(QualifiedName(place, name), ()):
            if state.schema.functions[signature].arguments == shown:
                state.log.needs.add(signature)
                return signature
    scope = printing.TableScope(state, {})
    is_own = any(True for _ in scope.functions(path))
    if scope.has_function(path) and not is_own:
        return ""  # an extension's, of which only the name is known
    arguments = ", ".join(resolve.format_visible(state, bare(kind)) for kind in kinds)
    raise RefusedError("42883", f"function {resolve.dotted(path)}({arguments}) does not exist")


def drop_operator(run: Run, node: Node) -> None:
    """DROP OPERATOR, by its arguments."""
    state = run.state
    for one in node.get("objects", ()):
        fields = one["ObjectWithArgs"]
        path = resolve.strings(fields["objname"])
        schema, name = resolve.split_path(path)
        sides = [
            argument_text(run, side["TypeName"]) if "TypeName" in side else ""
            for side in fields.get("objargs", ())
        ]
        places = (schema,) if schema is not None else tuple(resolve.searched(state))
        keys = [f"{place}.{name}({','.join(sides)})" for place in places]
        found = next((key for key in keys if key in state.hidden.operators), None)
        if found is not None:
            forget_operator(run, found)
        elif not node.get("missing_ok") and not _is_anothers(run, places, name):
            shown = f" {resolve.dotted(path)} ".join(sides)
            raise RefusedError("42883", f"operator does not exist: {shown}")


def forget_operator(run: Run, key: str) -> None:
    """Take an operator away, by `schema.name(a,b)`."""
    hidden = run.state.hidden
    del hidden.operators[key]
    hidden.other.pop(("operator signature", key), None)
    name = key.rpartition("(")[0]
    if not any(one.rpartition("(")[0] == name for one in hidden.operators):
        hidden.other.pop(("operator", name), None)


def _is_anothers(run: Run, places: tuple[str, ...], name: str) -> bool:
    """Whether the server or an extension has operators of that name."""
    own = {key.rpartition("(")[0] for key in run.state.hidden.operators}
    known = [f"{place}.{name}" for place in places]
    is_brought = any(
        ("operator", one) in run.state.hidden.other and one not in own for one in known
    )
    scope = printing.TableScope(run.state, {})
    return (
        is_brought
        or bool(candidates.builtin_operators(name))
        or (not own and scope.has_operator(name))
    )


def _need_estimator(run: Run, path: tuple[str, ...]) -> None:
    """RESTRICT and JOIN name functions that estimate: pg_catalog's, or an extension's."""
    name = path[-1]
    if is_builtin_function(name) or printing.TableScope(run.state, {}).has_function(path):
        return
    raise RefusedError(
        "42883",
        f"function {resolve.dotted(path)}(internal, oid, internal, integer) does not exist",
    )
